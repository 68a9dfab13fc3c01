"""Images written to archives and made of them: what is where S3Location names it, and disks.

An archive is written under its name when it is whole. What an image is made of is in the store
before any of it is on a disk, so that nothing is left behind by a crash.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from ownstream.archive import images as archive
from ownstream.archive.bounds import BadArchive
from ownstream.archive.images import Contents, Icon
from ownstream.clock import Clock
from ownstream.control.image_trials import try_out
from ownstream.control.images import Work
from ownstream.control.pace import Offload
from ownstream.domain import image_archives as rules
from ownstream.domain.agent_version import AGENT_VERSION
from ownstream.domain.keys import ImageExportKey
from ownstream.domain.layers import new_layer_id
from ownstream.drivers.base import InstanceDriver, Terminal, Transient
from ownstream.log import Log
from ownstream.storage.locations import Location, LocationError, Locations, NotReachable
from ownstream.store import ImageExportRow, ImageRow, Store, Tx, resources

P = ParamSpec("P")
R = TypeVar("R")

# After so long an export is given up: AWS has a state for it, and no number that is known.
WITHIN = timedelta(hours=6)
# Each keeps a thread busy for long, and threads are what all of control works with.
AT_ONCE = 2
# Whatever agent an image was made with, its instances have that of the service that runs them.
AGENT = {"AppstreamAgentVersion": AGENT_VERSION, "LatestAppstreamAgentVersion": "TRUE"}
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Export:
    """What an export task is to write, and where."""

    location: Location
    layers: Sequence[str]
    image: Mapping[str, Any]
    icons: Mapping[str, Icon]


@dataclass
class ImageArchives:
    """Works on one export task, or one image that is imported, at a time."""

    store: Store
    driver: InstanceDriver
    clock: Clock
    locations: Locations
    bucket: str
    most_bytes: int
    offload: Offload = asyncio.to_thread
    folder: Path | None = None  # where archives are made and read; None: the system's for such
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def reconcile(self, key: ImageExportKey) -> None:
        """The task has come to its end. What may go better later is tried again by the queue."""
        _, task_id = key
        export = await self.offload(self._export, task_id)
        if export is None:
            return
        try:
            async with self._turns:
                await self._write(export)
        except Terminal as error:
            return await self.offload(self._end, task_id, "FAILED", str(error))
        except (Transient, OSError) as error:  # there may be room for the archive later
            if await self.offload(self._is_late, task_id):
                return await self.offload(self._end, task_id, "TIMED_OUT", str(error))
            raise
        await self.offload(self._end, task_id, "COMPLETED")

    async def take_in(self, work: Work) -> None:
        """The image is what its archive says, and AVAILABLE. A job, as `images` has them."""
        async with self._turns:
            await self._take_in(work)

    async def _take_in(self, work: Work) -> None:
        async with self._workplace() as folder:
            contents = await self._fetched(work, Path(folder))
            system = await self.driver.disks.system()
            if contents.system != system:
                raise Terminal(
                    f"The archive is of an image for {contents.system}, and this service's"
                    f" instances run {system}. Export it from a service on the same system."
                )
            names = await self.offload(self._name_layers, work, len(contents.layers))
            for name, layer in zip(names, contents.layers, strict=True):
                await self.driver.disks.unpack(layer, name, most_bytes=self.most_bytes)
        icons = await self._catalog_icons(work.task.get("icons", {}), names)
        await self.offload(self._fill, work, contents, names, icons)
        if work.task.get("validate"):
            await try_out(work, str(work.task["validate"]))
        await self.offload(self._finish, work)

    @asynccontextmanager
    async def _workplace(self) -> AsyncGenerator[str]:
        """A folder for the time of the work; to be rid of its files takes its time, too."""
        folder = tempfile.TemporaryDirectory(prefix="ownstream-image-", dir=self.folder)
        try:
            yield folder.name
        finally:
            await self.offload(folder.cleanup)

    # Exports

    def _export(self, task_id: str) -> Export | None:
        """What is to be written; None if the task is at its end. Its archive's name is known."""
        with self.store.transaction() as tx:
            task = tx.get(ImageExportRow, task_id)
            if task is None or task.state != "EXPORTING":
                return None
            image = resources.find(tx, ImageRow, task.scope, task.image)
            if image is None:
                task.state, task.errors = "FAILED", _error("The image was deleted meanwhile.")
                return None
            task.ami_id = task.ami_id or rules.new_ami_id()
            location = Location(self.bucket, rules.archive_key(task.account, task.ami_id))
            icons = _icons(tx, image)
            return Export(location, list(image.layers), _carried(image, icons), _by_sum(icons))

    async def _write(self, export: Export) -> None:
        async with self._workplace() as folder:
            packed = [Path(folder, str(number)) for number in range(len(export.layers))]
            for layer, place in zip(export.layers, packed, strict=True):
                await self.driver.disks.pack(layer, place)
            system = await self.driver.disks.system()
            contents = Contents(export.image, system, packed, export.icons)
            await self.offload(self._send, contents, export.location, Path(folder, "archive"))

    def _send(self, contents: Contents, location: Location, place: Path) -> None:
        with place.open("w+b") as file:
            archive.write(contents, file)
            file.seek(0)
            _told(self.locations.write, location, file)

    def _is_late(self, task_id: str) -> bool:
        with self.store.snapshot() as tx:
            task = tx.get(ImageExportRow, task_id)
            return task is not None and self.clock.now() - task.created_at > WITHIN

    def _end(self, task_id: str, state: str, why: str = "") -> None:
        with self.store.transaction() as tx:
            task = tx.get(ImageExportRow, task_id)
            if task is not None:
                task.state, task.errors = state, _error(why) if why else []
        log = Log("control").bind(task=task_id, state=state)
        log.warning("image not exported", why=why) if why else log.info("image exported")

    # Imports

    async def _fetched(self, work: Work, folder: Path) -> Contents:
        key = rules.archive_key(work.scope.account, str(work.task["ami"]))
        location = Location(self.bucket, key)
        return await self.offload(self._read, location, folder)

    def _read(self, location: Location, folder: Path) -> Contents:
        with (folder / "archive").open("w+b") as file:
            _told(self.locations.fetch, location, file, most_bytes=self.most_bytes)
            file.seek(0)
            try:
                return archive.read(file, folder, most_bytes=self.most_bytes)
            except BadArchive as error:
                raise Terminal(f"{location} is no archive of an image: {error}.") from error

    def _name_layers(self, work: Work, count: int) -> Sequence[str]:
        """The names of the image's layers, which stay the same when the job is repeated."""
        with self.store.transaction() as tx:
            row = resources.find(tx, ImageRow, work.scope, work.image)
            if row is None:
                raise Terminal("the image was deleted meanwhile")
            task = row.task or {}
            names = task.get("layers", ())
            if len(names) != count:  # none, or those of an archive that was there before
                names = [new_layer_id() for _ in range(count)]
            row.task = {**task, "layers": names}
            return names

    async def _catalog_icons(
        self, paths: Mapping[str, str], layers: Sequence[str]
    ) -> Mapping[str, Icon]:
        """The pictures of applications, whose files in the image are named."""
        found: dict[str, Icon] = {}
        for name, path in paths.items():
            data = await self.driver.disks.read(layers, path, most_bytes=archive.MOST_ICON_BYTES)
            if data is None or not data.startswith(PNG):
                raise Terminal(
                    f"The icon {path} of {name} is no PNG file of the image with up to"
                    f" {archive.MOST_ICON_BYTES >> 10} KiB. Links are not followed."
                )
            found[name] = Icon("image/png", data)
        return found

    def _fill(
        self, work: Work, contents: Contents, names: Sequence[str], icons: Mapping[str, Icon]
    ) -> None:
        with self.store.transaction() as tx:
            row = resources.find(tx, ImageRow, work.scope, work.image)
            if row is None:
                return
            row.layers = list(names)
            said = rules.image_of(contents.image, _kept_icons(tx, contents.icons))
            catalog = work.task.get("catalog")
            if catalog:
                own = rules.with_icons(catalog, _kept_icons(tx, icons), said["Applications"])
                said = {**said, "Applications": own}
            state = {"State": "VALIDATING"} if work.task.get("validate") else {}
            row.document = {**row.document, **said, **_kept(row), **AGENT, **state}

    def _finish(self, work: Work) -> None:
        with self.store.transaction() as tx:
            work.done(tx, State="AVAILABLE")


def _kept_icons(tx: Tx, icons: Mapping[str, Icon]) -> Mapping[str, str]:
    """The paths that browsers find these icons by."""
    return {
        name: f"/icons/{resources.keep_icon(tx, icon.media_type, icon.data)}"
        for name, icon in icons.items()
    }


def _kept(row: ImageRow) -> Mapping[str, Any]:
    """What whoever imports an image has said of it, whatever the archive says."""
    said = ("Description", "DisplayName")
    return {member: row.document[member] for member in said if member in row.document}


def _icons(tx: Tx, image: ImageRow) -> Mapping[str, Icon]:
    """The icons of an image's applications, by their paths."""
    found: dict[str, Icon] = {}
    for application in image.document.get("Applications", ()):
        path = application.get("IconURL", "")
        row = resources.icon(tx, path.rpartition("/")[2])
        if row is not None:
            found[path] = Icon(row.media_type, row.data)
    return found


def _by_sum(icons: Mapping[str, Icon]) -> Mapping[str, Icon]:
    return {hashlib.sha256(icon.data).hexdigest(): icon for icon in icons.values()}


def _carried(image: ImageRow, icons: Mapping[str, Icon]) -> Mapping[str, Any]:
    sums = {path: hashlib.sha256(icon.data).hexdigest() for path, icon in icons.items()}
    return rules.carried(image.document, sums)


def _error(why: str) -> list[dict[str, str]]:
    return [{"ErrorCode": "INTERNAL_ERROR", "ErrorMessage": why}]


def _told(do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Errors of locations as the driver's: those that may pass are tried again."""
    try:
        return do(*args, **kwargs)
    except NotReachable as error:
        raise Transient(str(error)) from error
    except LocationError as error:
        raise Terminal(str(error)) from error

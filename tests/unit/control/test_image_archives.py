"""Images exported and imported by control: what comes back, and how each thing can fail."""

import asyncio
import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ownstream.archive import images as archive
from ownstream.archive.images import Contents
from ownstream.control.image_archives import AT_ONCE, WITHIN, ImageArchives
from ownstream.control.image_jobs import image_jobs
from ownstream.control.images import ImageReconciler
from ownstream.control.pace import at_once
from ownstream.domain.image_archives import archive_key
from ownstream.domain.keys import image_export_key, image_key
from ownstream.drivers.base import Terminal, Transient
from ownstream.drivers.fake import DyingDriver, FailingLaunchDriver, ImmediateDriver
from ownstream.drivers.nowhere import DisksNowhere
from ownstream.storage.base import Source
from ownstream.storage.locations import Found, Location, Locations, NotReachable, Sink
from ownstream.storage.memory_locations import MemoryLocations
from ownstream.store import (
    ImageExportRow,
    ImageRow,
    NodeRow,
    Store,
    exports,
    memory_store,
    resources,
    streaming,
)
from tests.support.clock import START, TurnedClock
from tests.support.world import SCOPE

PNG = b"\x89PNG"
LAYERS = ["b-0000000000000001", "l-0000000000000002"]
AMI = "ami-0123456789abcdef0"


class UnreachableLocations(MemoryLocations):
    """Nobody answers."""

    def write(self, location: Location, content: Source) -> None:
        raise NotReachable("nobody answers")

    def fetch(self, location: Location, target: Sink, *, most_bytes: int) -> Found:
        raise NotReachable("nobody answers")


class FullLocations(MemoryLocations):
    """There is no room."""

    def write(self, location: Location, content: Source) -> None:
        raise OSError(errno.ENOSPC, "no space left")


class UnpackableDisks(DisksNowhere):
    """Layers that no archive can have."""

    async def pack(self, layer: str, target: Path) -> None:
        raise Terminal("/usr/.wh.x cannot be archived")


class CrowdedDisks(DisksNowhere):
    """Layers whose packing takes its time; it is counted how many are packed at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.most = 0

    async def pack(self, layer: str, target: Path) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        await super().pack(layer, target)
        self.now -= 1


class PicturedDisks(DisksNowhere):
    """Images that have a picture, and a text."""

    async def read(self, layers: Sequence[str], path: str, *, most_bytes: int) -> bytes | None:
        assert len(layers) == 2
        return {"/opt/a.png": PNG + b"\r\n\x1a\n", "/opt/a.txt": b"a text"}.get(path)


class InterruptedDisks(DisksNowhere):
    """The second layer that is unpacked is not, once."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[str] = []

    async def unpack(self, source: Path, layer: str, *, most_bytes: int) -> None:
        self.taken.append(layer)
        if len(self.taken) == 2:
            raise Transient("the disk is away")
        await super().unpack(source, layer, most_bytes=most_bytes)


@dataclass
class Desk:
    """A service's store, disks and archives."""

    folder: Path
    locations: Locations = field(default_factory=MemoryLocations)
    driver: ImmediateDriver = field(default_factory=ImmediateDriver)
    store: Store = field(default_factory=memory_store)
    clock: TurnedClock = field(default_factory=TurnedClock)
    most_bytes: int = 1 << 20

    @property
    def archives(self) -> ImageArchives:
        return ImageArchives(
            self.store,
            self.driver,
            self.clock,
            self.locations,
            bucket="archives",
            most_bytes=self.most_bytes,
            offload=at_once,
            folder=self.folder,
        )

    def image(self, name: str, *, layers: list[str] | None = None, **columns: Any) -> None:
        with self.store.transaction() as tx:
            digest = resources.keep_icon(tx, "image/png", PNG)
            application = {
                "Name": "xterm",
                "LaunchPath": "/usr/bin/xterm",
                "Enabled": True,
                "IconURL": f"/icons/{digest}",
            }
            document = {"State": "AVAILABLE", "Applications": [application]}
            made: dict[str, Any] = {"document": document, "layers": layers or [], **columns}
            key = {"account": SCOPE.account, "region": SCOPE.region, "name": name}
            tx.add(ImageRow(**key, **made, created_at=START))

    def importing(self, name: str = "Back", **task: Any) -> None:
        failure = {"failure": "IMAGE_IMPORT_FAILURE"}
        task = {"do": "import", "ami": AMI, "catalog": [], **failure, **task}
        self.image(name, document={"State": "IMPORTING"}, task=task)

    def task(self, id_: str = "t") -> None:
        with self.store.transaction() as tx:
            scope = {"account": SCOPE.account, "region": SCOPE.region}
            document = {"AmiName": "an-ami", "ImageArn": SCOPE.arn("image", "Mine")}
            row = ImageExportRow(id=id_, image="Mine", document=document, created_at=START, **scope)
            tx.add(row)

    def export(self) -> ImageExportRow:
        """The task after control has worked on it once."""
        asyncio.run(self.archives.reconcile(image_export_key("t")))
        return self.seen()

    def seen(self) -> ImageExportRow:
        with self.store.snapshot() as tx:
            row = tx.get(ImageExportRow, "t")
        assert row
        return row

    def work(self, name: str = "Back") -> ImageRow:
        """The image after control has worked on it once."""
        images = ImageReconciler(
            self.store, self.driver, self.clock, at_once, image_jobs(self.archives)
        )
        asyncio.run(images.reconcile(image_key(SCOPE, name)))
        return self.found(name)

    def found(self, name: str = "Back") -> ImageRow:
        with self.store.snapshot() as tx:
            row = resources.find(tx, ImageRow, SCOPE, name)
        assert row
        return row

    def put(self, content: bytes, account: str = SCOPE.account) -> None:
        """There is such an archive."""
        self.locations.write(Location("archives", archive_key(account, AMI)), BytesIO(content))

    def archive(self, *, system: str = "nowhere", layers: int = 2, **image: Any) -> bytes:
        layer = self.folder / "layer"
        layer.write_bytes(b"a layer")
        target = BytesIO()
        archive.write(Contents(image, system, [layer] * layers, {}), target)
        layer.unlink()
        return target.getvalue()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def reason(row: ImageRow) -> tuple[str, str]:
    said = row.document["StateChangeReason"]
    return said["Code"], said["Message"]


def test_an_exported_image_comes_back_with_its_catalog_icons_and_as_many_layers(
    desk: Desk,
) -> None:
    desk.image("Mine", layers=LAYERS)
    desk.task()
    task = desk.export()
    desk.importing(ami=task.ami_id)
    back = desk.work()
    assert (task.state, back.document["State"], back.task) == ("COMPLETED", "AVAILABLE", None)
    assert back.document["Applications"] == desk.found("Mine").document["Applications"]
    assert (len(back.layers), set(back.layers) & set(LAYERS)) == (2, set())
    assert set(back.layers) == set(asyncio.run(desk.driver.disks.layers()))


def test_nothing_is_left_of_the_work(desk: Desk) -> None:
    desk.image("Mine", layers=LAYERS)
    desk.task()
    desk.importing(ami=desk.export().ami_id)
    desk.work()
    assert list(desk.folder.iterdir()) == []


def test_an_export_that_cannot_be_written_says_why(desk: Desk) -> None:
    desk.image("Mine", layers=LAYERS)
    desk.task()
    desk.driver.disks = UnpackableDisks()
    task = desk.export()
    assert task.state == "FAILED"
    assert task.errors == [
        {"ErrorCode": "INTERNAL_ERROR", "ErrorMessage": "/usr/.wh.x cannot be archived"}
    ]


def test_an_export_of_an_image_that_is_gone_has_failed(desk: Desk) -> None:
    desk.task()
    assert (desk.export().state, desk.seen().errors[0]["ErrorMessage"]) == (
        "FAILED",
        "The image was deleted meanwhile.",
    )


@pytest.mark.parametrize("locations", [UnreachableLocations(), FullLocations()], ids=type)
def test_an_export_is_tried_again_and_in_the_end_given_up(
    tmp_path: Path, locations: MemoryLocations
) -> None:
    desk = Desk(tmp_path, locations=locations)
    desk.image("Mine", layers=LAYERS)
    desk.task()
    with pytest.raises((Transient, OSError), match=r"nobody answers|no space"):
        desk.export()
    first = desk.seen()
    assert first.state == "EXPORTING"
    asyncio.run(desk.clock.advance(WITHIN + timedelta(seconds=1)))
    last = desk.export()
    assert (last.state, last.ami_id) == ("TIMED_OUT", first.ami_id)


def test_an_export_that_has_ended_is_left_alone(desk: Desk) -> None:
    desk.image("Mine", layers=LAYERS)
    desk.task()
    first = desk.export().ami_id
    assert desk.export().ami_id == first


def test_an_archive_of_another_account_is_not_found(desk: Desk) -> None:
    desk.put(desk.archive(), account="210987654321")
    desk.importing()
    code, why = reason(desk.work())
    assert code == "IMAGE_IMPORT_FAILURE"
    assert f"{SCOPE.account}/{AMI}.tar" in why


CHANGES: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut": (lambda content: content[:700], "no archive of an image: it is broken"),
    "empty": (lambda _: b"", "no archive of an image"),
    "changed": (lambda content: content.replace(b"a layer", b"b layer"), "checksum is another"),
    "large": (lambda content: content + bytes(1 << 20), "has more than 1048576 bytes"),
}


@pytest.mark.parametrize(("change", "why"), CHANGES.values(), ids=CHANGES)
def test_an_archive_that_is_not_as_it_was_written_makes_no_image(
    desk: Desk, change: Callable[[bytes], bytes], why: str
) -> None:
    desk.put(change(desk.archive()))
    desk.importing()
    failed = desk.work()
    assert failed.document["State"] == "FAILED"
    assert why in reason(failed)[1]
    assert (failed.layers, asyncio.run(desk.driver.disks.layers())) == ([], [])


def test_an_image_of_another_system_is_refused_with_both_named(desk: Desk) -> None:
    desk.put(desk.archive(system="fedora 39 x86_64"))
    desk.importing()
    assert "fedora 39 x86_64" in reason(desk.work())[1]
    assert "nowhere" in reason(desk.found())[1]


def test_an_archive_says_what_the_image_is_and_not_whose_or_in_what_state(desk: Desk) -> None:
    desk.put(desk.archive(State="FAILED", Visibility="PUBLIC", Arn="a", DisplayName="Theirs"))
    desk.importing()
    document = desk.work().document
    assert (document["State"], document["DisplayName"]) == ("AVAILABLE", "Theirs")
    assert not {"Visibility", "Arn"} & document.keys()


CATALOG = [
    {"Name": "a", "LaunchPath": "/usr/bin/a", "Enabled": True},
    {"Name": "other", "LaunchPath": "/usr/bin/xterm", "Enabled": True},
    {"Name": "plain", "LaunchPath": "/usr/bin/plain", "Enabled": True},
]


def test_applications_have_the_icons_said_or_those_of_their_program(desk: Desk) -> None:
    desk.image("Mine", layers=LAYERS)
    desk.task()
    ami = desk.export().ami_id
    desk.driver.disks = PicturedDisks()
    desk.importing(ami=ami, catalog=CATALOG, icons={"a": "/opt/a.png"})
    icons = [each.get("IconURL") for each in desk.work().document["Applications"]]
    [of_xterm] = [each["IconURL"] for each in desk.found("Mine").document["Applications"]]
    assert icons[1:] == [of_xterm, None]
    with desk.store.snapshot() as tx:
        row = resources.icon(tx, str(icons[0]).rpartition("/")[2])
        assert row
        assert (row.media_type, row.data) == ("image/png", PNG + b"\r\n\x1a\n")


@pytest.mark.parametrize("path", ["/opt/a.txt", "/opt/none.png"])
def test_an_icon_that_is_no_picture_of_the_image_makes_no_image(desk: Desk, path: str) -> None:
    desk.put(desk.archive())
    desk.driver.disks = PicturedDisks()
    desk.importing(catalog=CATALOG, icons={"a": path})
    assert f"The icon {path} of a is no PNG file" in reason(desk.work())[1]


def test_an_import_is_tried_again_while_nobody_answers(tmp_path: Path) -> None:
    desk = Desk(tmp_path, locations=UnreachableLocations())
    desk.importing()
    with pytest.raises(Transient):
        desk.work()
    assert desk.found().document["State"] == "IMPORTING"


def test_a_repeated_import_makes_the_same_layers(desk: Desk) -> None:
    desk.put(desk.archive())
    desk.importing()
    desk.driver.disks = disks = InterruptedDisks()
    taken = disks.taken
    with pytest.raises(Transient):
        desk.work()
    with desk.store.snapshot() as tx:
        assert set(taken) <= resources.layers_in_use(tx)
    assert desk.work().layers == taken[:2] == taken[2:]


def test_an_import_goes_on_with_an_archive_of_more_layers(desk: Desk) -> None:
    desk.put(desk.archive())
    desk.importing()
    desk.driver.disks = InterruptedDisks()
    with pytest.raises(Transient):
        desk.work()
    desk.put(desk.archive(layers=3))
    back = desk.work()
    assert (back.document["State"], len(back.layers)) == ("AVAILABLE", 3)


VALIDATED = {"validate": "stream.standard.small"}


def with_room(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        tx.add(NodeRow(name="here", cpus=2, memory_bytes=16 << 30))


def left(desk: Desk) -> tuple[object, object]:
    """What is there of instances, in the driver and in the store."""
    with desk.store.snapshot() as tx:
        return desk.driver.instances, list(streaming.all_instances(tx))


def test_an_image_is_tried_where_that_is_asked_for_and_nothing_is_left(desk: Desk) -> None:
    with_room(desk)
    desk.put(desk.archive())
    desk.importing(**VALIDATED)
    assert desk.work().document["State"] == "AVAILABLE"
    assert (desk.driver.launches, left(desk)) == (1, ({}, []))


@pytest.mark.parametrize(
    ("driver", "why"),
    [
        (
            FailingLaunchDriver(error=Terminal("its layer is broken"), times=1),
            "does not start: its layer is broken",
        ),
        (DyingDriver(looks=0), "does not become ready: its agent has ended"),
    ],
    ids=["refused", "dying"],
)
def test_an_image_of_which_no_instance_comes_up_has_failed(
    tmp_path: Path, driver: ImmediateDriver, why: str
) -> None:
    desk = Desk(tmp_path, driver=driver)
    with_room(desk)
    desk.put(desk.archive())
    desk.importing(**VALIDATED)
    assert why in reason(desk.work())[1]
    assert left(desk) == ({}, [])


def test_an_image_is_not_tried_before_there_is_room(desk: Desk) -> None:
    desk.put(desk.archive())
    desk.importing(**VALIDATED)
    with pytest.raises(Transient, match="no room"):
        desk.work()
    assert desk.found().document["State"] == "VALIDATING"
    with_room(desk)
    assert desk.work().document["State"] == "AVAILABLE"


def test_few_images_are_exported_at_once_and_all_in_the_end(desk: Desk) -> None:
    desk.image("Mine", layers=LAYERS)
    desk.driver.disks = disks = CrowdedDisks()
    names = [f"t-{number}" for number in range(5)]
    for name in names:
        desk.task(name)

    async def export() -> None:
        archives = desk.archives
        await asyncio.gather(*(archives.reconcile(image_export_key(name)) for name in names))

    asyncio.run(export())
    with desk.store.snapshot() as tx:
        states = {row.state for row in exports.of_scope(tx, SCOPE)}
    assert (states, disks.most) == ({"COMPLETED"}, AT_ONCE)

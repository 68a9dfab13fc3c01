"""`ownstream image build`: an image made by the API's own ways, from a file that says how."""

import asyncio
import io
import json
import secrets
import tarfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import click

from ownstream import profile
from ownstream.cli.image_file import File, ImageFile, ImageFileError, digest, read_image_file
from ownstream.cli.status import api_client
from ownstream.control import inside
from ownstream.domain import owners
from ownstream.domain.scope import Scope, owner_of
from ownstream.settings import Settings
from ownstream.store import Store, open_store, sqlite_url, streaming

TAG = "ownstream:image-file"  # its value is a digest of what the image was made of
POLL_S = 0.5
WITHIN_S = 600
PACKAGES_WITHIN_S = 3600
FILES_WITHIN_S = 600
APT: Mapping[str, str] = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
SKELETON = "/etc/skel"
_PUT = 'mkdir -p -- "$(dirname -- "$1")" && cat > "$1" && chmod -- "$2" "$1"'
_UNFOLD = 'mkdir -p -- "$1" && tar -x --no-same-owner -C "$1"'


class BuildFailed(Exception):
    """The image was not made; the text names the entry of the file that stood in the way."""


def build(place: Path, *, name: str, data_dir: Path) -> int:
    """The exit status: 0 if the image is there, made now or before of the same."""
    from botocore.exceptions import BotoCoreError, ClientError

    folder = data_dir.resolve()
    if profile.key_pair(folder / "aws") is None:
        click.echo(f"No service has run on {data_dir} yet. Start one: ownstream serve", err=True)
        return 1
    options: dict[str, Any] = {"data_dir": data_dir}
    settings = Settings(**options)
    try:
        image = read_image_file(place, name=name)
        store = open_store(settings.store_url or sqlite_url(folder / "ownstream.db"))
        try:
            Build(image, api_client(folder / "aws"), store).run()
        finally:
            store.close()
    except (ImageFileError, BuildFailed) as error:
        click.echo(str(error), err=True)
        return 1
    except (BotoCoreError, ClientError) as error:
        click.echo(f"{place}: the service refuses it: {error}", err=True)
        return 1
    return 0


@dataclass
class Build:
    """One image being made in an image builder of its own, which is gone at the end."""

    image: ImageFile
    client: Any
    store: Store
    say: Callable[[str], None] = lambda text: click.echo(f"==> {text}")
    show: Callable[[bytes], None] = lambda piece: click.echo(piece, nl=False)
    builder: str = field(default_factory=lambda: f"build-{secrets.token_hex(6)}")

    def run(self) -> None:
        """The image is AVAILABLE; BuildFailed if it cannot be made."""
        base = self._base()
        made_of = digest(self.image, f"{base['Arn']} {base.get('CreatedTime')}")
        if self._is_there(made_of):
            return self.say(f"The image {self.image.name} is as {self.image.place} says already")
        self.say(f"Starting the image builder {self.builder} on {base['Name']}")
        self._create(base["Arn"])
        try:
            endpoint = self._endpoint(self._await_builder("RUNNING"))
            self._fill(endpoint)
            self._make(endpoint, made_of)
            self._await_image()
        finally:
            self.say(f"Deleting the image builder {self.builder}")
            self._clear()
        self.say(f"The image {self.image.name} is AVAILABLE")

    # Before

    def _base(self) -> Mapping[str, Any]:
        asked = self.image.base
        if asked.startswith("arn:"):
            return self.client.describe_images(Arns=[asked])["Images"][0]
        if asked:
            return self.client.describe_images(Names=[asked])["Images"][0]
        return self.client.describe_images(Type="PUBLIC")["Images"][0]

    def _is_there(self, made_of: str) -> bool:
        found = self._found()
        if found is None:
            return False
        tags = self.client.list_tags_for_resource(ResourceArn=found["Arn"])["Tags"]
        if found["State"] == "AVAILABLE" and tags.get(TAG) == made_of:
            return True
        raise self._failure(
            "name",
            f"there is an image {self.image.name}, {found['State']}, that was not made of this."
            " Give another name by --name, or delete that image.",
        )

    def _found(self) -> Mapping[str, Any] | None:
        """The image of this name, whatever it is."""
        missing = self.client.exceptions.ResourceNotFoundException
        try:
            return self.client.describe_images(Names=[self.image.name])["Images"][0]
        except missing:
            return None

    def _create(self, base: str) -> None:
        self.client.create_image_builder(
            Name=self.builder,
            ImageArn=base,
            InstanceType=self.image.instance_type,
            Description=f"Makes the image {self.image.name}",
            EnableDefaultInternetAccess=self.image.internet,
        )

    # Inside

    def _fill(self, endpoint: str) -> None:
        image = self.image
        if image.packages:
            self.say(f"Installing {', '.join(image.packages)}")
            self._run_packages(endpoint)
        for number, file in enumerate(image.files):
            self.say(f"Copying {file.source.name} to {file.target}")
            self._put(endpoint, f"files[{number}]", file)
        for number, command in enumerate(image.commands):
            self.say(f"Running {' '.join(command.argv[-1:])[:60]}")
            self._run(
                endpoint,
                f"run[{number}]",
                command.argv,
                environment=command.environment,
                directory=command.directory,
                within_s=command.within_s,
            )
        if image.default_profile is not None:
            self.say("Copying the default profile")
            profile_of = File(image.default_profile, SKELETON)
            self._put(endpoint, "default_profile", profile_of)
        for number, application in enumerate(image.applications):
            self.say(f"Adding {application.name} to the catalog")
            options = {
                "--name": application.name,
                "--absolute-app-path": application.path,
                "--display-name": application.display_name,
                "--launch-parameters": application.parameters,
                "--working-directory": application.working_directory,
                "--absolute-icon-path": application.icon,
            }
            self._assist(endpoint, f"applications[{number}]", "add-application", options)

    def _run_packages(self, endpoint: str) -> None:
        install = ["apt-get", "install", "--yes", "--no-install-recommends", "--"]
        # Lists that cannot be renewed may do: apt says of each package whether they did.
        for argv, entry in (
            (["apt-get", "update"], ""),
            ([*install, *self.image.packages], "packages"),
            (["apt-get", "clean"], "packages"),
        ):
            self._run(endpoint, entry, argv, environment=APT, within_s=PACKAGES_WITHIN_S)

    def _put(self, endpoint: str, entry: str, file: File) -> None:
        if file.source.is_dir():
            argv = ["/bin/sh", "-ec", _UNFOLD, "sh", file.target]
            given = _folded(file.source)
        else:
            mode = file.source.stat().st_mode & 0o777 if file.mode is None else file.mode
            argv = ["/bin/sh", "-ec", _PUT, "sh", file.target, f"{mode:o}"]
            given = file.source.read_bytes()
        self._run(endpoint, entry, argv, given=given, within_s=FILES_WITHIN_S)

    def _make(self, endpoint: str, made_of: str) -> None:
        image = self.image
        self.say(f"Making the image {image.name}")
        options = {
            "--name": image.name,
            "--display-name": image.display_name,
            "--description": image.description,
        }
        tags = [text for pair in {**image.tags, TAG: made_of}.items() for text in pair]
        try:
            self._assist(endpoint, "", "create-image", options, ["--tags", *tags])
        except BuildFailed:
            # The builder ends as soon as the image is begun, often before it can answer.
            if self._found() is None:
                raise

    def _assist(
        self,
        endpoint: str,
        entry: str,
        operation: str,
        options: Mapping[str, str],
        more: Sequence[str] = (),
    ) -> None:
        """The Image Assistant does this; BuildFailed with its own words if it does not."""
        given = [word for option, text in options.items() if text for word in (option, text)]
        said = bytearray()
        argv = ["image-assistant", operation, *given, *more]
        status = self._status(endpoint, entry, argv, on_output=said.extend)
        if status != 0:
            raise self._failure(entry, _message(bytes(said)))

    def _run(self, endpoint: str, entry: str, argv: Sequence[str], **options: Any) -> None:
        """The command has ended well; one that no entry stands for may end in any way."""
        status = self._status(endpoint, entry, argv, on_output=self.show, **options)
        if status != 0 and entry:
            raise self._failure(entry, f"{argv[0]} ended with the status {status}")

    def _status(self, endpoint: str, entry: str, argv: Sequence[str], **options: Any) -> int:
        try:
            return asyncio.run(inside.run(endpoint, argv, **options))
        except inside.NotRun as error:
            raise self._failure(entry, str(error)) from error

    def _failure(self, entry: str, why: str) -> BuildFailed:
        return BuildFailed(": ".join(filter(None, (str(self.image.place), entry, why))))

    # Waiting and afterwards

    def _await_builder(self, *states: str, within_s: float = WITHIN_S) -> Mapping[str, Any]:
        def look() -> Mapping[str, Any]:
            return self.client.describe_image_builders(Names=[self.builder])["ImageBuilders"][0]

        return self._await(look, states, "the image builder", within_s)

    def _await_image(self) -> None:
        def look() -> Mapping[str, Any]:
            return self.client.describe_images(Names=[self.image.name])["Images"][0]

        self._await(look, ("AVAILABLE",), f"the image {self.image.name}", WITHIN_S)

    def _await(
        self,
        look: Callable[[], Mapping[str, Any]],
        states: Collection[str],
        what: str,
        within_s: float,
    ) -> Mapping[str, Any]:
        give_up_at = time.monotonic() + within_s
        while (found := look())["State"] not in states:
            if found["State"] == "FAILED" or time.monotonic() > give_up_at:
                why = found.get("StateChangeReason", {}).get("Message") or _errors(found)
                raise self._failure("", f"{what} is {found['State']}: {why}")
            time.sleep(POLL_S)
        return found

    def _endpoint(self, builder: Mapping[str, Any]) -> str:
        """Where the agent of the image builder's instance listens on this machine."""
        arn = builder["Arn"]
        scope = Scope(owner_of(arn), arn.split(":")[3])
        with self.store.snapshot() as tx:
            rows = streaming.fleet_instances(tx, scope, owners.image_builder(self.builder))
            ready = [row.endpoint for row in rows if row.seen == "ready"]
        if not ready:
            raise self._failure("", "the image builder has no instance on this machine")
        return ready[0]

    def _clear(self) -> None:
        """The image builder is gone, in whatever state it was."""
        found = self._await_builder("RUNNING", "STOPPED", "FAILED")
        if found["State"] == "RUNNING":
            self.client.stop_image_builder(Name=self.builder)
            self._await_builder("STOPPED", "FAILED")
        self.client.delete_image_builder(Name=self.builder)


def _folded(folder: Path) -> bytes:
    """What is in the folder as a tar, everything its administrator's."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for path in sorted(folder.rglob("*")):
            member = tar.gettarinfo(path, str(PurePosixPath(path.relative_to(folder))))
            member.uid = member.gid = 0
            member.uname = member.gname = "root"
            with path.open("rb") if member.isreg() else io.BytesIO() as content:
                tar.addfile(member, content)
    return target.getvalue()


def _message(said: bytes) -> str:
    """What the Image Assistant answered; all that was printed if that is no answer of its."""
    text = said.decode(errors="replace").strip()
    try:
        return str(json.loads(text.splitlines()[-1])["message"])
    except (ValueError, KeyError, IndexError, TypeError):
        return text or "the Image Assistant said nothing"


def _errors(found: Mapping[str, Any]) -> str:
    errors = [*found.get("ImageBuilderErrors", ()), *found.get("ImageErrors", ())]
    return "; ".join(error["ErrorMessage"] for error in errors) or "it took too long"

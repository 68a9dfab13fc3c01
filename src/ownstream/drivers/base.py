"""The port to wherever instances run. Owns its words; runs nothing itself.

Written so that a stranger can add a driver: what each method must promise is in its docstring,
and `tests/drivers` holds one suite that every driver passes.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

SHOWN = "/opt/appstream"  # where instances see what they are shown: AppStream's own place
PROVISIONING_FAILURE = "FLEET_INSTANCE_PROVISIONING_FAILURE"


class Failure(Exception):
    """It failed; the text says why, for the owner of the fleet.

    The code is the service model's FleetErrorCode that names it best.
    """

    def __init__(self, why: str = "", *, code: str = PROVISIONING_FAILURE) -> None:
        super().__init__(why)
        self.code = code


class Transient(Failure):
    """It failed now and may succeed later; the caller tries again with a delay."""


class Terminal(Failure):
    """It will fail the same way until somebody changes something; the text says what."""


@dataclass(frozen=True)
class Application:
    """One entry of an image's catalog."""

    name: str  # what ApplicationId names; [A-Za-z0-9_.-]
    display_name: str
    command: tuple[str, ...]  # argv inside the instance
    # An absolute path on the host to a PNG or SVG, or a path below the service's URL; or empty.
    icon: str = ""
    description: str = ""
    terminal: bool = False  # wants a terminal to run in
    directory: str = ""  # where it runs; empty: in the user's home folder


ICONS = "/icons/"


def icon_path(image: str, application: Application) -> str:
    """Where browsers find the application's icon, below the service's URL; empty if it has none."""
    if application.icon.startswith(ICONS):
        return application.icon
    return f"{ICONS}{quote(image)}/{quote(application.name)}" if application.icon else ""


WITHOUT_GPU = ("General Purpose", "Compute Optimized", "Memory Optimized")


@dataclass(frozen=True)
class Image:
    """What instances can be launched from."""

    name: str
    display_name: str
    description: str
    platform: str  # the service model's PlatformType
    applications: tuple[Application, ...]
    families: tuple[str, ...] = WITHOUT_GPU  # the service model's SupportedInstanceFamilies
    layers: tuple[str, ...] = ()  # over the host's own files, the lowest first
    builders: bool = True  # whether image builders can be made of it


@dataclass(frozen=True)
class InstanceSpec:
    """All that a driver needs to launch an instance."""

    id: str  # chosen by us, [a-z0-9-]{1,40}; launching the same id twice is one launch
    image: Image
    view: str  # the service model's StreamView
    memory_bytes: int
    cpus: float
    internet: bool
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    fleet: str = ""  # whose instance it is
    # What is written to the instance's system outlives it here; empty: nothing can be written.
    volume: str = ""
    # The instance that this is a seat of, with whose other seats it shares its memory and its
    # processors; empty: it is an instance of its own. In all else a seat is like an instance.
    part_of: str = ""


Handle = Mapping[str, Any]
"""What a driver needs to find an instance again: a JSON object, persisted by the caller."""


class Seen(StrEnum):
    """What a look at an instance shows."""

    STARTING = "starting"  # its processes run, its agent does not answer yet
    READY = "ready"  # its agent takes a session
    LOST = "lost"  # it was launched, and it is not whole any more; it wants to be retired
    GONE = "gone"  # nothing of it is left


@dataclass(frozen=True)
class Observation:
    """One instance as seen now."""

    seen: Seen
    endpoint: str = ""  # where its agent listens, "unix:/path"; filled when READY
    reason: str = ""  # why it is LOST, in words for the owner of the fleet
    due_s: float = 0.0  # in how many seconds it is expected to be READY; 0: not known


@dataclass(frozen=True)
class Node:
    """A place with room for instances."""

    name: str
    cpus: float
    memory_bytes: int
    gpus: int = 0


class Disks(Protocol):
    """What outlives instances: layers, which images are made of, and image builders' volumes.

    Names are those of `domain.layers`. Every method may be repeated, after a crash as well; each
    raises Transient or Terminal.
    """

    async def base(self) -> str:
        """The layer below all others of images made here, made now if it was not there."""
        ...

    async def freeze(self, volume: str, layer: str) -> None:
        """What was written to the volume is this layer, and the volume is empty.

        No instance has the volume meanwhile.
        """
        ...

    async def discard(self, volume: str) -> None:
        """The volume is gone. No instance has it."""
        ...

    async def remove(self, layer: str) -> None:
        """The layer is gone. No image, image builder or instance has it."""
        ...

    async def pack(self, layer: str, target: Path) -> None:
        """The file, which this makes, is the layer's archive, as `archive.packing` writes them."""
        ...

    async def unpack(self, source: Path, layer: str, *, most_bytes: int) -> None:
        """The layer is what is in this archive, whoever has written that.

        Terminal if it is broken, asks for what no layer may have, or holds more than so many bytes
        or than there is room for.
        """
        ...

    async def read(self, layers: Sequence[str], path: str, *, most_bytes: int) -> bytes | None:
        """The file at this path of an image with these layers, the lowest first.

        None if there is none, and for what is larger or behind a link.
        """
        ...

    async def system(self) -> str:
        """What kind of system layers lie over: those of another kind do not fit here."""
        ...

    async def layers(self) -> Sequence[str]:
        """The layers that there are."""
        ...

    async def volumes(self) -> Sequence[str]:
        """The volumes that there are; one is made when an instance first has it."""
        ...


class InstanceDriver(Protocol):
    """Where instances run."""

    @property
    def disks(self) -> Disks:
        """What outlives instances."""
        ...

    def images(self) -> Sequence[Image]:
        """The public images that this driver can launch, read anew."""
        ...

    def launch(self, spec: InstanceSpec) -> AsyncIterator[Handle]:
        """Handles of the instance, one after each step that leaves something to clean up.

        The caller persists each before it asks for the next. It ends when all that makes the
        instance has been started, which may be before it is READY. A launch that fails raises
        Transient or Terminal and leaves what `retire` can clean up; a repeated launch of an id
        that stands goes on where it is.
        """
        ...

    async def show(self, instance_id: str, path: str, folder: Path) -> None:
        """The instance, which is READY, sees what this folder of the service's machine has.

        It is at `SHOWN`/path, read-only, whole when this returns, and stays when the folder goes.
        A path that it has already stays as it is. Raises Transient or Terminal if it cannot be.
        """
        ...

    async def retire(self, instance_id: str, handle: Handle | None) -> None:
        """Nothing of the instance is left when this returns: no process, mount, file or limit.

        Idempotent; None as handle means that the launch got no further than its id. Raises
        Transient if anything is left.
        """
        ...

    async def observe(self, handles: Mapping[str, Handle]) -> Mapping[str, Observation]:
        """What is seen now of each of these instances, by id; an entry for every id asked."""
        ...

    async def inventory(self) -> Sequence[str]:
        """The ids of all instances of which anything is left, known to the caller or not."""
        ...

    async def nodes(self) -> Sequence[Node]:
        """Where instances run, with what each has in all (not what is free)."""
        ...

    async def close(self) -> None:
        """Let go of what this object holds open; instances run on."""
        ...

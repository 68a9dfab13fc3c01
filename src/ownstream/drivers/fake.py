"""Drivers in memory, for tests; each is named for how it fails, and keeps the port's promises.

Nothing here waits for real time: what is to take long takes a number of looks.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ownstream.drivers.base import (
    Application,
    Handle,
    Image,
    InstanceSpec,
    Node,
    Observation,
    Seen,
    Terminal,
    Transient,
)
from ownstream.drivers.nowhere import DisksNowhere

GIB = 1 << 30
IMAGE = Image(
    name="fake-image",
    display_name="An image of nothing",
    description="Its instances are entries of a dictionary",
    platform="UBUNTU_PRO_2404",
    applications=(Application(name="xterm", display_name="XTerm", command=("xterm",)),),
)
NODE = Node(name="fake-node", cpus=4.0, memory_bytes=16 * GIB)


@dataclass
class FakeInstance:
    """One instance that is nowhere."""

    spec: InstanceSpec
    looks: int = 0  # how often it has been observed since its launch ended
    launched: bool = False
    shown: dict[str, Path] = field(default_factory=dict[str, Path])
    lost: str = ""  # why it is lost, if it is

    @property
    def handle(self) -> Handle:
        return {"id": self.spec.id, "launched": self.launched}


class ImmediateDriver:
    """Instances are READY at once and nothing fails."""

    def __init__(self, *, image: Image = IMAGE, node: Node = NODE) -> None:
        self.disks = DisksNowhere()
        self.instances: dict[str, FakeInstance] = {}
        self.launches = 0  # that began anything
        self._image = image
        self._node = node

    def images(self) -> Sequence[Image]:
        return [self._image]

    async def launch(self, spec: InstanceSpec) -> AsyncGenerator[Handle]:
        self._check(spec)
        if spec.id not in self.instances:
            self.launches += 1
            self.instances[spec.id] = FakeInstance(spec)
            self.disks.written(spec.volume)
        instance = self.instances[spec.id]
        yield instance.handle
        self._finish(instance)
        yield instance.handle

    async def show(self, instance_id: str, path: str, folder: Path) -> None:
        if instance_id not in self.instances:
            raise Terminal(f"there is no instance {instance_id}")
        self.instances[instance_id].shown.setdefault(path, folder)

    async def retire(self, instance_id: str, handle: Handle | None) -> None:
        self.instances.pop(instance_id, None)

    async def observe(self, handles: Mapping[str, Handle]) -> Mapping[str, Observation]:
        return {instance_id: self._look(instance_id) for instance_id in handles}

    async def inventory(self) -> Sequence[str]:
        return sorted(self.instances)

    async def nodes(self) -> Sequence[Node]:
        return [self._node]

    async def close(self) -> None:
        """Nothing is held open."""

    def lose(self, instance_id: str, reason: str = "its agent has ended") -> None:
        """The instance dies, as if its agent had been killed."""
        self.instances[instance_id].lost = reason

    def _check(self, spec: InstanceSpec) -> None:
        """Raises what a launch of this is to raise before anything is made."""

    def _finish(self, instance: FakeInstance) -> None:
        """Makes what was begun whole, or raises what a launch is to raise in its midst."""
        instance.launched = True

    def _look(self, instance_id: str) -> Observation:
        instance = self.instances.get(instance_id)
        if instance is None:
            return Observation(Seen.GONE)
        if instance.lost:
            return Observation(Seen.LOST, reason=instance.lost)
        if not instance.launched:
            return Observation(Seen.LOST, reason="its launch was interrupted")
        instance.looks += 1
        return self._observe(instance)

    def _observe(self, instance: FakeInstance) -> Observation:
        return Observation(Seen.READY, endpoint=f"unix:/nowhere/{instance.spec.id}")


class SlowDriver(ImmediateDriver):
    """Instances are STARTING for some looks before they are READY."""

    def __init__(self, *, looks: int, image: Image = IMAGE, node: Node = NODE) -> None:
        super().__init__(image=image, node=node)
        self._looks = looks

    def _observe(self, instance: FakeInstance) -> Observation:
        if instance.looks <= self._looks:
            return Observation(Seen.STARTING)
        return super()._observe(instance)


class FailingLaunchDriver(ImmediateDriver):
    """The first launches fail in their midst, leaving something to clean up."""

    def __init__(
        self, *, error: Transient | Terminal, times: int, image: Image = IMAGE, node: Node = NODE
    ) -> None:
        super().__init__(image=image, node=node)
        self._error = error
        self._times = times

    def _finish(self, instance: FakeInstance) -> None:
        if self._times:
            self._times -= 1
            raise self._error
        super()._finish(instance)


class DyingDriver(ImmediateDriver):
    """Instances are READY for some looks and LOST from then on."""

    def __init__(self, *, looks: int, image: Image = IMAGE, node: Node = NODE) -> None:
        super().__init__(image=image, node=node)
        self._looks = looks

    def _observe(self, instance: FakeInstance) -> Observation:
        if instance.looks > self._looks:
            self.lose(instance.spec.id)
            return Observation(Seen.LOST, reason=instance.lost)
        return super()._observe(instance)


class LeakyDriver(ImmediateDriver):
    """The first retirements of instances fail and leave them as they are."""

    def __init__(self, *, times: int, image: Image = IMAGE, node: Node = NODE) -> None:
        super().__init__(image=image, node=node)
        self._times = times

    async def retire(self, instance_id: str, handle: Handle | None) -> None:
        if self._times and instance_id in self.instances:
            self._times -= 1
            raise Transient(f"processes of instance {instance_id} do not end")
        await super().retire(instance_id, handle)


class FullDriver(ImmediateDriver):
    """There is room for some instances; a launch beyond them fails before it makes anything."""

    def __init__(self, *, room: int, image: Image = IMAGE, node: Node = NODE) -> None:
        super().__init__(image=image, node=node)
        self._room = room

    def _check(self, spec: InstanceSpec) -> None:
        if spec.id not in self.instances and len(self.instances) >= self._room:
            raise Transient(f"there is no room for instance {spec.id}")

"""A driver whose instances take as long as it is told, by the clock that it is given."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ownstream.clock import Clock
from ownstream.drivers.base import Handle, Image, InstanceSpec, Node, Observation, Seen, Transient
from ownstream.drivers.nowhere import DisksNowhere
from ownstream.drivers.simulated.agent import Agent
from ownstream.drivers.simulated.catalog import CATALOG

NODE = Node(name="simulated", cpus=1e6, memory_bytes=1 << 50, gpus=10_000)


@dataclass
class _Instance:
    id: str
    endpoint: str
    ready_at: datetime | None = None  # None until its launch has ended
    lost: str = ""  # why it is lost, if it is

    @property
    def handle(self) -> Handle:
        return {"id": self.id, "launched": self.ready_at is not None}


class SimulatedDriver:
    """Instances that become ready, are lost and end without being anywhere.

    `launch_takes` and `stop_takes` may be set at any time; what has begun goes on as it was.
    Browsers can be connected to them where there is an `agent`.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        images: Sequence[Image] = CATALOG,
        agent: Agent | None = None,
        launch_takes: timedelta = timedelta(0),
        stop_takes: timedelta = timedelta(0),
    ) -> None:
        self.disks = DisksNowhere()
        self.launch_takes = launch_takes
        self.stop_takes = stop_takes
        self._clock = clock
        self._images = images
        self._agent = agent
        self._instances: dict[str, _Instance] = {}

    def images(self) -> Sequence[Image]:
        return self._images

    async def launch(self, spec: InstanceSpec) -> AsyncGenerator[Handle]:
        endpoint = await self._endpoint(spec)
        instance = self._instances.setdefault(spec.id, _Instance(spec.id, endpoint))
        self.disks.written(spec.volume)
        yield instance.handle
        if instance.ready_at is None:
            instance.ready_at = self._clock.now() + self.launch_takes
        yield instance.handle

    async def show(self, instance_id: str, path: str, folder: Path) -> None:
        """Nobody is there to see it."""

    async def retire(self, instance_id: str, handle: Handle | None) -> None:
        if instance_id in self._instances and self.stop_takes:
            await self._clock.sleep(self.stop_takes.total_seconds())
        self._instances.pop(instance_id, None)

    async def observe(self, handles: Mapping[str, Handle]) -> Mapping[str, Observation]:
        return {instance_id: self._look(instance_id) for instance_id in handles}

    async def inventory(self) -> Sequence[str]:
        return sorted(self._instances)

    async def nodes(self) -> Sequence[Node]:
        return [NODE]

    async def close(self) -> None:
        """Nobody listens for browsers any more."""
        if self._agent is not None:
            await self._agent.close()

    def lose(self, instance_id: str, reason: str) -> None:
        """The instance has died, for this reason; KeyError if there is none of this id."""
        self._instances[instance_id].lost = reason

    async def _endpoint(self, spec: InstanceSpec) -> str:
        if self._agent is None:
            return f"unix:/simulated/{spec.id}"
        try:
            return await self._agent.listen()
        except OSError as error:
            raise Transient(f"its agent cannot listen: {error}") from error

    def _look(self, instance_id: str) -> Observation:
        instance = self._instances.get(instance_id)
        if instance is None:
            return Observation(Seen.GONE)
        if instance.lost:
            return Observation(Seen.LOST, reason=instance.lost)
        if instance.ready_at is None:
            return Observation(Seen.LOST, reason="its launch was interrupted")
        due_s = (instance.ready_at - self._clock.now()).total_seconds()
        if due_s > 0:
            return Observation(Seen.STARTING, due_s=due_s)
        return Observation(Seen.READY, endpoint=instance.endpoint)

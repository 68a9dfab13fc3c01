"""Any driver, whose launches fail where a fault says so. It makes and ends nothing itself."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path

from ownstream.domain.faults import Faults, NoCapacity
from ownstream.drivers.base import (
    Disks,
    Handle,
    Image,
    InstanceDriver,
    InstanceSpec,
    Node,
    Observation,
    Terminal,
    Transient,
)


class FaultyDriver:
    """The driver within, and the faults that strike its launches before they begin."""

    def __init__(self, within: InstanceDriver, faults: Faults) -> None:
        self._within = within
        self._faults = faults

    @property
    def disks(self) -> Disks:
        return self._within.disks

    def images(self) -> Sequence[Image]:
        return self._within.images()

    async def launch(self, spec: InstanceSpec) -> AsyncGenerator[Handle]:
        self._check(spec.fleet)
        async for handle in self._within.launch(spec):
            yield handle

    async def show(self, instance_id: str, path: str, folder: Path) -> None:
        await self._within.show(instance_id, path, folder)

    async def retire(self, instance_id: str, handle: Handle | None) -> None:
        await self._within.retire(instance_id, handle)

    async def observe(self, handles: Mapping[str, Handle]) -> Mapping[str, Observation]:
        return await self._within.observe(handles)

    async def inventory(self) -> Sequence[str]:
        return await self._within.inventory()

    async def nodes(self) -> Sequence[Node]:
        return await self._within.nodes()

    async def close(self) -> None:
        await self._within.close()

    def _check(self, fleet: str) -> None:
        fault = self._faults.strike_launch(fleet)
        if isinstance(fault, NoCapacity):
            # The model has no code for lack of capacity, and the real service's is not known.
            raise Transient(f"There is no capacity for an instance of fleet {fleet} at present.")
        if fault is not None:
            words = f"An instance of fleet {fleet} could not be launched: {fault.code}."
            raise Terminal(fault.message or words, code=fault.code)

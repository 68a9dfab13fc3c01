"""Instances launched and retired, each step remembered before the next one is taken."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ownstream.clock import Clock
from ownstream.control.launchable import launchable
from ownstream.control.pace import Offload
from ownstream.domain import capacity
from ownstream.domain.elastic import image_for, is_elastic
from ownstream.domain.scope import Scope
from ownstream.domain.sharing import withdrawn
from ownstream.drivers.base import (
    PROVISIONING_FAILURE,
    WITHOUT_GPU,
    Image,
    InstanceDriver,
    InstanceSpec,
    Terminal,
    Transient,
)
from ownstream.store import FleetRow, InstanceRow, Store, Tx, resources, sharing, streaming


def random_instance_id() -> str:
    """An id that no other instance has."""
    return f"i-{secrets.token_hex(8)}"


@dataclass(frozen=True)
class Why:
    """Why something failed, as FleetErrors has it."""

    text: str
    code: str = PROVISIONING_FAILURE


class LaunchFailed(Exception):
    """Some of the instances asked for could not be launched."""

    def __init__(self, reasons: Sequence[Why]) -> None:
        super().__init__("; ".join(why.text for why in reasons))
        self.reasons = reasons


@dataclass
class InstanceSetup:
    """Launches and retires instances, with their rows in the store."""

    store: Store
    driver: InstanceDriver
    clock: Clock
    offload: Offload = asyncio.to_thread
    new_id: Callable[[], str] = random_instance_id

    async def launch(self, scope: Scope, fleet: str, count: int) -> None:
        """So many new instances have been started, as far as there is room; else LaunchFailed."""
        images = {image.name: image for image in await self.offload(self.driver.images)}
        specs, reasons = await self.offload(self._admit, scope, fleet, count, images)
        results = await asyncio.gather(*(self.start(spec) for spec in specs))
        reasons = [*reasons, *(why for why in results if why)]
        if reasons:
            raise LaunchFailed(reasons)

    async def retire(self, instance_id: str) -> None:
        """Nothing of the instance is left, its row neither. Raises the driver's Transient."""
        handle = await self.offload(self._handle, instance_id)
        await self.driver.retire(instance_id, handle)
        await self.offload(self._forget, instance_id)

    def _admit(
        self, scope: Scope, fleet: str, count: int, images: Mapping[str, Image]
    ) -> tuple[Sequence[InstanceSpec], Sequence[Why]]:
        """Specs of the instances that there is room for, their rows made; and what is short."""
        with self.store.transaction() as tx:
            row = resources.find(tx, FleetRow, scope, fleet)
            if row is None or row.goal != "RUNNING":
                return (), ()
            document = row.document
            arn = str(document.get("ImageArn", ""))
            if sharing.is_withdrawn(tx, scope, arn):
                error = withdrawn(arn)
                return (), [Why(error["ErrorMessage"], error["ErrorCode"])]
            instance_type = str(document["InstanceType"])
            size = capacity.instance_size(instance_type)
            image = launchable(tx, scope, document, _image_name(document, images), images)
            if size is None or image is None:
                what = "image" if size else "instance type"
                return (), [Why(f"This machine cannot launch the {what} of fleet {fleet}.")]
            fits = min(count, room(tx, size))
            specs = [_spec(self.new_id(), row, image, size) for _ in range(fits)]
            for spec in specs:
                tx.add(self._row(row, spec, gpus=1 if size.gpu else 0))
            if fits == count:
                return specs, ()
            gib = size.memory_bytes / capacity.GIB
            short = f"There is room for {fits} of {count} more {instance_type} ({gib:g} GiB each)."
            return specs, [Why(f"{short} Stop another fleet or take a smaller instance type.")]

    def _row(self, fleet: FleetRow, spec: InstanceSpec, *, gpus: int) -> InstanceRow:
        return InstanceRow(
            id=spec.id,
            account=fleet.account,
            region=fleet.region,
            fleet=fleet.name,
            generation=fleet.generation,
            spec={
                "memory_bytes": spec.memory_bytes,
                "gpus": gpus,
                "layers": list(spec.image.layers),
            },
            created_at=self.clock.now(),
        )

    async def start(self, spec: InstanceSpec) -> Why | None:
        """None, or why this instance could not be launched; it is then marked to be retired.

        Its row has been made.
        """
        try:
            async for handle in self.driver.launch(spec):
                await self.offload(self._update, spec.id, handle=dict(handle))
        except (Transient, Terminal) as error:
            await self.offload(self._update, spec.id, goal="retire", seen="lost")
            return Why(str(error), error.code)
        await self.offload(self._update, spec.id, seen="starting")
        return None

    def _update(self, instance_id: str, **values: Any) -> None:
        with self.store.transaction() as tx:
            row = tx.get(InstanceRow, instance_id)
            if row is not None:
                for name, value in values.items():
                    setattr(row, name, value)

    def _handle(self, instance_id: str) -> dict[str, Any] | None:
        with self.store.snapshot() as tx:
            row = tx.get(InstanceRow, instance_id)
            return row.handle if row else None

    def _forget(self, instance_id: str) -> None:
        with self.store.transaction() as tx:
            row = tx.get(InstanceRow, instance_id)
            if row is not None:
                tx.delete(row)


def _image_name(document: Mapping[str, Any], images: Mapping[str, Image]) -> str:
    if not is_elastic(document):
        return str(document.get("ImageName"))
    plain = [image for image in images.values() if image.families == WITHOUT_GPU]
    return image_for(document["Platform"], [(image.name, image.platform) for image in plain])


def room(tx: Tx, size: capacity.InstanceSize) -> int:
    """How many more instances of this size there is room for."""
    specs = [row.spec for row in streaming.all_instances(tx)]
    return capacity.room(
        size,
        [node.view for node in streaming.nodes(tx)],
        taken_bytes=sum(int(spec["memory_bytes"]) for spec in specs),
        taken_gpus=sum(int(spec.get("gpus", 0)) for spec in specs),
    )


def _spec(id_: str, fleet: FleetRow, image: Image, size: capacity.InstanceSize) -> InstanceSpec:
    document = fleet.document
    return InstanceSpec(
        id=id_,
        image=image,
        view=str(document.get("StreamView", "APP")),
        memory_bytes=size.memory_bytes,
        cpus=size.cpus,
        internet=bool(document.get("EnableDefaultInternetAccess", False)),
        fleet=fleet.name,
    )

"""Instances launched and retired, each step remembered before the next one is taken."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
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

IMAGE = ("ImageName", "ImageArn")  # what says in a fleet's document which image it has


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

    async def launch(self, scope: Scope, fleet: str, count: int, *, on: str = "") -> None:
        """So many new instances have been started, as far as there is room; else LaunchFailed.

        Or so many seats of the instance `on`, which take no more room.
        """
        images = {image.name: image for image in await self.offload(self.driver.images)}
        admit = partial(self._admit_seats, on=on) if on else self._admit
        specs, reasons = await self.offload(admit, scope, fleet, count, images)
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
            what = _what(tx, scope, fleet, document, images)
            if isinstance(what, Why):
                return (), [what]
            image, size = what
            instance_type = str(document["InstanceType"])
            fits = min(count, room(tx, size))
            parts = [self.new_id() if capacity.seats(document) > 1 else "" for _ in range(fits)]
            specs = [_spec(self.new_id(), row, image, size, part_of=part) for part in parts]
            for spec in specs:
                tx.add(self._row(row, spec, gpus=1 if size.gpu else 0))
            if fits == count:
                return specs, ()
            gib = size.memory_bytes / capacity.GIB
            short = f"There is room for {fits} of {count} more {instance_type} ({gib:g} GiB each)."
            return specs, [Why(f"{short} Stop another fleet or take a smaller instance type.")]

    def _admit_seats(
        self, scope: Scope, fleet: str, count: int, images: Mapping[str, Image], *, on: str
    ) -> tuple[Sequence[InstanceSpec], Sequence[Why]]:
        """Specs of more seats of this instance, of the kind that it has; none if it drains."""
        with self.store.transaction() as tx:
            row = resources.find(tx, FleetRow, scope, fleet)
            seats = streaming.parts_of(tx, scope, on)
            if row is None or row.goal != "RUNNING" or not seats or any(s.drain for s in seats):
                return (), ()
            made = seats[0]
            what = _what(tx, scope, fleet, {**row.document, **made.spec["image"]}, images)
            if isinstance(what, Why):
                return (), [what]
            specs = [_spec(self.new_id(), row, *what, part_of=on) for _ in range(count)]
            for spec in specs:
                seat = self._row(row, spec, gpus=1 if what[1].gpu else 0)
                seat.generation, seat.spec = made.generation, made.spec
                tx.add(seat)
            return specs, ()

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
                "image": {key: fleet.document[key] for key in IMAGE if key in fleet.document},
                "layers": list(spec.image.layers),
            },
            part_of=spec.part_of,
            drain="",
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


def _what(
    tx: Tx, scope: Scope, fleet: str, document: Mapping[str, Any], images: Mapping[str, Image]
) -> tuple[Image, capacity.InstanceSize] | Why:
    """What an instance of this document is made of and its size, or why there can be none."""
    arn = str(document.get("ImageArn", ""))
    if sharing.is_withdrawn(tx, scope, arn):
        error = withdrawn(arn)
        return Why(error["ErrorMessage"], error["ErrorCode"])
    size = capacity.instance_size(str(document["InstanceType"]))
    image = launchable(tx, scope, document, image_name(document, images), images)
    if size is None or image is None:
        what = "image" if size else "instance type"
        return Why(f"This machine cannot launch the {what} of fleet {fleet}.")
    return image, size


def image_name(document: Mapping[str, Any], images: Mapping[str, Image]) -> str:
    """The image that instances of a fleet of this document are launched from; empty for none."""
    if not is_elastic(document):
        return str(document.get("ImageName"))
    plain = [image for image in images.values() if image.families == WITHOUT_GPU]
    return image_for(document["Platform"], [(image.name, image.platform) for image in plain])


def room(tx: Tx, size: capacity.InstanceSize) -> int:
    """How many more instances of this size there is room for."""
    # The seats of an instance have its memory together.
    specs = {row.instance: row.spec for row in streaming.all_instances(tx)}.values()
    return capacity.room(
        size,
        [node.view for node in streaming.nodes(tx)],
        taken_bytes=sum(int(spec["memory_bytes"]) for spec in specs),
        taken_gpus=sum(int(spec.get("gpus", 0)) for spec in specs),
    )


def _spec(
    id_: str, fleet: FleetRow, image: Image, size: capacity.InstanceSize, *, part_of: str
) -> InstanceSpec:
    document = fleet.document
    return InstanceSpec(
        id=id_,
        image=image,
        view=str(document.get("StreamView", "APP")),
        memory_bytes=size.memory_bytes,
        cpus=size.cpus,
        internet=bool(document.get("EnableDefaultInternetAccess", False)),
        fleet=fleet.name,
        part_of=part_of,
    )

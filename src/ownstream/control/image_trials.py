"""Images tried before they are AVAILABLE: an instance of one comes up, and is taken away again."""

from datetime import timedelta

from ownstream.control.images import Work
from ownstream.control.launchable import made_image
from ownstream.control.launching import InstanceSetup, random_instance_id, room
from ownstream.domain import capacity
from ownstream.drivers.base import InstanceSpec, Seen, Terminal, Transient
from ownstream.store import ImageRow, InstanceRow, resources, streaming

WITHIN = timedelta(minutes=2)
LOOK_S = 0.5


async def try_out(work: Work, instance_type: str) -> None:
    """An instance of the image has become ready. Terminal, if none does; Transient for no room."""
    setup = InstanceSetup(work.store, work.driver, work.clock, offload=work.offload)
    for instance_id in await work.offload(_left_over, work):
        await setup.retire(instance_id)
    spec = await work.offload(_admit, work, instance_type)
    try:
        failed = await setup.start(spec)
        if failed is not None:
            raise Terminal(f"An instance of the image does not start: {failed.text}")
        await _await_ready(work, spec.id)
    finally:
        await setup.retire(spec.id)


async def _await_ready(work: Work, instance_id: str) -> None:
    give_up_at = work.clock.now() + WITHIN
    while True:
        handle = await work.offload(_handle, work, instance_id)
        seen = (await work.driver.observe({instance_id: handle}))[instance_id]
        if seen.seen is Seen.READY:
            return
        late = work.clock.now() > give_up_at and not seen.due_s
        if seen.seen is not Seen.STARTING or late:
            why = seen.reason or "it was not ready in time"
            raise Terminal(f"An instance of the image does not become ready: {why}.")
        await work.clock.sleep(max(LOOK_S, seen.due_s))


def _owner(work: Work) -> str:
    """Whose the instance is: no fleet's and no image builder's, since names have no slash."""
    return f"image/{work.image}"


def _left_over(work: Work) -> list[str]:
    """What a try that was cut short has left."""
    with work.store.snapshot() as tx:
        return [row.id for row in streaming.fleet_instances(tx, work.scope, _owner(work))]


def _handle(work: Work, instance_id: str) -> dict[str, object]:
    with work.store.snapshot() as tx:
        row = tx.get(InstanceRow, instance_id)
        return dict(row.handle or {}) if row else {}


def _admit(work: Work, instance_type: str) -> InstanceSpec:
    """What is to be launched, its row made."""
    size = capacity.instance_size(instance_type)
    if size is None:
        raise Terminal(f"There is no instance type {instance_type}.")
    with work.store.transaction() as tx:
        image = resources.find(tx, ImageRow, work.scope, work.image)
        if image is None:
            raise Terminal("the image was deleted meanwhile")
        if room(tx, size) < 1:
            raise Transient(f"There is no room for an instance of the type {instance_type}.")
        spec = InstanceSpec(
            id=random_instance_id(),
            image=made_image(image),
            view="APP",
            memory_bytes=size.memory_bytes,
            cpus=size.cpus,
            internet=False,
            fleet=_owner(work),
        )
        tx.add(
            InstanceRow(
                id=spec.id,
                account=work.scope.account,
                region=work.scope.region,
                fleet=spec.fleet,
                generation=0,
                spec={
                    "memory_bytes": size.memory_bytes,
                    "gpus": int(size.gpu),
                    "layers": list(image.layers),
                },
                created_at=work.clock.now(),
            )
        )
        return spec

"""Keeps the books true: nodes as they are, orphans ended, old sessions forgotten."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from ownstream.clock import Clock
from ownstream.control.pace import Offload, Pace
from ownstream.domain.keys import (
    app_block_builder_key,
    builder_key,
    fleet_key,
    image_export_key,
    image_key,
    mail_key,
    session_key,
    software_key,
    usage_reports_key,
)
from ownstream.domain.layers import is_base
from ownstream.drivers.base import InstanceDriver, Terminal, Transient
from ownstream.log import Log
from ownstream.store import (
    NodeRow,
    Store,
    Tx,
    app_block_builders,
    exports,
    pool,
    resources,
    software,
    streaming,
    usage,
)

KEPT = timedelta(days=1)


@dataclass
class Sweeper:
    """What is done now and then, apart from any one fleet or session."""

    store: Store
    driver: InstanceDriver
    clock: Clock
    reserved_memory_bytes: int
    offload: Offload = asyncio.to_thread
    pace: Pace = field(default_factory=Pace)

    async def run(self) -> None:
        """Sweeps until cancelled."""
        while True:
            await self.clock.sleep(self.pace.sweep_s)
            try:
                await self.sweep()
            except Exception as error:  # the loop's outermost frame: the next sweep makes it good
                Log("control").warning("sweep failed", error=repr(error))

    async def sweep(self) -> None:
        """Nodes are written down, orphans are gone, everything live has been looked at."""
        nodes = await self.driver.nodes()
        rows = [
            NodeRow(
                name=node.name,
                cpus=node.cpus,
                memory_bytes=max(0, node.memory_bytes - self.reserved_memory_bytes),
                gpus=node.gpus,
            )
            for node in nodes
        ]
        # Before the store is asked: an instance's row is made before its launch, so what is
        # here and not known there afterwards is an orphan.
        left = await self.driver.inventory()
        known = await self.offload(self._write, rows)
        for instance_id in left:
            if instance_id not in known:
                await self._end_orphan(instance_id)
        await self._sweep_disks()

    def _write(self, nodes: list[NodeRow]) -> set[str]:
        with self.store.transaction() as tx:
            streaming.replace_nodes(tx, nodes)
            streaming.forget_ended(tx, self.clock.now() - KEPT)
            pool.forget_old(tx, self.clock.now())
            for fleet in streaming.all_fleets(tx):
                tx.touch(fleet_key(fleet.scope, fleet.name))
            for builder in streaming.all_builders(tx):
                tx.touch(builder_key(builder.scope, builder.name))
            for builder in app_block_builders.all_app_block_builders(tx):
                tx.touch(app_block_builder_key(builder.scope, builder.name))
            _touch_images(tx)
            for session in streaming.live_sessions(tx):
                tx.touch(session_key(session.id))
            for scope in usage.subscribers(tx):
                tx.touch(usage_reports_key(scope))
            for mail in pool.queued_mails(tx):
                tx.touch(mail_key(mail.id))
            rows = streaming.all_instances(tx)
            for row in rows:
                if row.goal == "save" and row.session_id:
                    tx.touch(session_key(row.session_id))
            return {row.id for row in rows}

    async def _sweep_disks(self) -> None:
        """Layers and volumes that nothing is made of are gone.

        They are listed before the store is asked, where each is named before it is made.
        """
        disks = self.driver.disks
        layers, volumes = await disks.layers(), await disks.volumes()
        if not layers and not volumes:
            return
        in_use = await self.offload(self._disks_in_use, layers)
        try:
            for layer in layers:
                if layer not in in_use:
                    await disks.remove(layer)
                    Log("control").info("layer removed", layer=layer)
            for volume in volumes:
                if volume not in in_use:
                    await disks.discard(volume)
                    Log("control").info("volume removed", volume=volume)
        except (Transient, Terminal) as error:
            Log("control").warning("disks not swept, tried again later", why=str(error))

    def _disks_in_use(self, layers: Iterable[str]) -> set[str]:
        with self.store.snapshot() as tx:
            found = resources.layers_in_use(tx) | resources.volumes_in_use(tx)
            begins = any(not builder.layers for builder in streaming.all_builders(tx)) or any(
                builder.goal == "RUNNING"
                for builder in app_block_builders.all_app_block_builders(tx)
            )
        # One that has no layers yet may be about to have any that is below all others.
        return found | {layer for layer in layers if begins and is_base(layer)}

    async def _end_orphan(self, instance_id: str) -> None:
        log = Log("control")
        try:
            await self.driver.retire(instance_id, None)
            log.info("orphan ended", instance=instance_id)
        except (Transient, Terminal) as error:
            log.warning("orphan not ended, tried again later", instance=instance_id, why=str(error))


def _touch_images(tx: Tx) -> None:
    """What there is to do with images, exports and image builders' software is looked at."""
    for image in resources.images_with_tasks(tx):
        tx.touch(image_key(image.scope, image.name))
    for task in exports.unfinished(tx):
        tx.touch(image_export_key(task.id))
    for scope, name in software.builders_to_look_at(tx):
        tx.touch(software_key(scope, name))

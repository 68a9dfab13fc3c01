"""Keeps the books true: nodes as they are, orphans ended, old sessions forgotten."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from ownstream.clock import Clock
from ownstream.control.pace import Offload, Pace
from ownstream.domain.keys import fleet_key, mail_key, session_key, usage_reports_key
from ownstream.drivers.base import InstanceDriver, Terminal, Transient
from ownstream.log import Log
from ownstream.store import NodeRow, Store, pool, streaming, usage

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

    def _write(self, nodes: list[NodeRow]) -> set[str]:
        with self.store.transaction() as tx:
            streaming.replace_nodes(tx, nodes)
            streaming.forget_ended(tx, self.clock.now() - KEPT)
            pool.forget_old(tx, self.clock.now())
            for fleet in streaming.all_fleets(tx):
                tx.touch(fleet_key(fleet.scope, fleet.name))
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

    async def _end_orphan(self, instance_id: str) -> None:
        log = Log("control")
        try:
            await self.driver.retire(instance_id, None)
            log.info("orphan ended", instance=instance_id)
        except (Transient, Terminal) as error:
            log.warning("orphan not ended, tried again later", instance=instance_id, why=str(error))

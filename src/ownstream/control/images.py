"""Does to images what operations have asked for: one image at a time, as its key comes up.

An operation writes an image's task, whose `do` is a job's name. A job can be repeated, after a
crash as well: it is done when the image has no task any more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ownstream.clock import Clock
from ownstream.control.pace import Offload
from ownstream.domain.keys import ImageKey
from ownstream.domain.scope import Scope
from ownstream.drivers.base import InstanceDriver, Terminal
from ownstream.log import Log
from ownstream.store import ImageRow, Store, Tx, resources


@dataclass(frozen=True)
class Work:
    """One image's task, and what a job needs to do it."""

    scope: Scope
    image: str
    task: Mapping[str, Any]
    store: Store
    driver: InstanceDriver
    clock: Clock
    offload: Offload

    def done(self, tx: Tx, **document: Any) -> None:
        """The task is done, and the image's document has these members; in the job's own tx."""
        row = resources.find(tx, ImageRow, self.scope, self.image)
        if row is not None:
            row.document = {**row.document, **document}
            row.task = None


Job = Callable[[Work], Awaitable[None]]
"""Does a task. Transient: it is tried again; Terminal: the image has FAILED for that reason."""

JOBS: Mapping[str, Job] = {}


@dataclass
class ImageReconciler:
    """Works on one image at a time."""

    store: Store
    driver: InstanceDriver
    clock: Clock
    offload: Offload = asyncio.to_thread
    jobs: Mapping[str, Job] = field(default_factory=lambda: JOBS)

    async def reconcile(self, key: ImageKey) -> None:
        """Its task is done. A job that raises Transient is tried again by the queue."""
        _, scope, name = key
        task = await self.offload(self._task, scope, name)
        if task is None:
            return
        work = Work(scope, name, task, self.store, self.driver, self.clock, self.offload)
        try:
            await self.jobs[str(task["do"])](work)
        except Terminal as error:
            Log("control").warning("image has failed", image=name, do=task["do"], why=str(error))
            await self.offload(self._fail, work, str(error))

    def _task(self, scope: Scope, name: str) -> Mapping[str, Any] | None:
        with self.store.snapshot() as tx:
            row = resources.find(tx, ImageRow, scope, name)
            return dict(row.task) if row and row.task else None

    def _fail(self, work: Work, why: str) -> None:
        with self.store.transaction() as tx:
            reason = {"Code": work.task.get("failure", "INTERNAL_ERROR"), "Message": why}
            work.done(tx, State="FAILED", StateChangeReason=reason)

"""Keeps the home folders of sessions whose stack has them, one session at a time.

A session's instance is not retired before its home folder has been saved: until then the goal of
the instance is `save`.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from ownstream.clock import Clock
from ownstream.control.agent_files import AgentGone, NotDone
from ownstream.control.home_folder import HomeFolder, Turn
from ownstream.control.pace import Offload
from ownstream.control.workqueue import backoff_s
from ownstream.domain.home_folders import folder_of
from ownstream.domain.keys import fleet_key, session_key
from ownstream.domain.scope import Scope
from ownstream.log import Log
from ownstream.storage.base import HomeFolderStore, StorageError
from ownstream.store import InstanceRow, SessionRow, Store, Tx, streaming

THREADS = 16
LOOK_S = 2.0  # how soon what was saved in the session is saved in the store
LONGEST_LOOK_S = 60.0
SOON_S = 0.5
# A session that waits for its home folder begins without all of it after so long.
OPEN_WITHIN = timedelta(seconds=15)
LAST_TRIES = 4


@dataclass(frozen=True)
class Work:
    """What there is to do for a session: its home folder is at this agent; `last` at its end."""

    endpoint: str
    folder: str
    last: bool = False
    waits: bool = False  # for an earlier session of the same user to be saved, or for scripts


@dataclass
class Keeping:
    """A home folder that is kept, and how that goes."""

    home_folder: HomeFolder
    since: datetime
    failures: int = 0


@dataclass
class HomeFolders:
    """Works on one session at a time, as its key comes up."""

    store: Store
    clock: Clock
    kept_in: HomeFolderStore
    offload: Offload = asyncio.to_thread
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="home-folders")
    )
    _keepings: dict[str, Keeping] = field(default_factory=dict[str, Keeping])

    async def reconcile(self, session_id: str) -> float | None:
        """After how many seconds to look again; None when nothing is to be kept any more."""
        work = await self.offload(self._work, session_id)
        if work is None:
            self._keepings.pop(session_id, None)
            return None
        if work.waits:
            return SOON_S
        keeping = self._keeping(session_id, work)
        opening = asyncio.create_task(self._open_in_time(session_id, keeping))
        try:
            turn = await self._in_thread(keeping, work)
        except (StorageError, AgentGone, NotDone) as error:
            return await self._after_failure(session_id, keeping, error)
        finally:
            opening.cancel()
        keeping.failures = 0
        if work.last:
            await self.offload(self._let_go, session_id)
            self._keepings.pop(session_id, None)
            return None
        return await self._after_turn(session_id, keeping, turn)

    async def finish(self, session_id: str) -> bool:
        """Whether the home folder of this session, which is over, is saved: it is tried again."""
        Log("control").info("home folder is being saved", session=session_id)
        for failures in range(1, LAST_TRIES + 1):
            if await self.reconcile(session_id) is None:
                return True
            if failures < LAST_TRIES:
                await self.clock.sleep(backoff_s(failures))
        return False

    async def close(self) -> None:
        """Let go of what this object holds open."""
        await asyncio.to_thread(self._pool.shutdown)

    def _keeping(self, session_id: str, work: Work) -> Keeping:
        if session_id not in self._keepings:
            home_folder = HomeFolder(session_id, work.folder, self.kept_in)
            self._keepings[session_id] = Keeping(home_folder, self.clock.now())
        return self._keepings[session_id]

    async def _in_thread(self, keeping: Keeping, work: Work) -> Turn:
        """The turn; one that nobody waits for any more is called off."""
        called_off = Event()

        def turn() -> Turn:
            try:
                return keeping.home_folder.turn(work.endpoint, called_off, last=work.last)
            except (StorageError, NotDone):
                keeping.home_folder.tell_trouble(work.endpoint, called_off)
                raise

        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, turn)
        except asyncio.CancelledError:
            called_off.set()
            raise

    async def _open_in_time(self, session_id: str, keeping: Keeping) -> None:
        """One large file may take a turn longer than users wait."""
        left = keeping.since + OPEN_WITHIN - self.clock.now()
        await self.clock.sleep(left.total_seconds())
        await self.offload(self._open, session_id)

    async def _after_turn(self, session_id: str, keeping: Keeping, turn: Turn) -> float:
        if not turn.missing or self.clock.now() - keeping.since >= OPEN_WITHIN:
            await self.offload(self._open, session_id)
        if turn.missing:
            return 0.0
        # To look at very many files takes the session's processors, and is to take a tenth at most.
        return max(LOOK_S, min(LONGEST_LOOK_S, 10 * turn.look_took_s))

    async def _after_failure(self, session_id: str, keeping: Keeping, error: Exception) -> float:
        keeping.failures += 1
        delay_s = backoff_s(keeping.failures)
        log = Log("control").bind(session=session_id)
        log.warning("home folder not kept", why=str(error), again_in_s=delay_s)
        await self.offload(self._note_failure, session_id)
        return delay_s

    # In the store

    def _work(self, session_id: str) -> Work | None:
        with self.store.snapshot() as tx:
            session = tx.get(SessionRow, session_id)
            instance = _instance(tx, session)
            if session is None or not session.home_folder or instance is None:
                return None
            folder = folder_of(
                session.scope, session.user_id, authentication_type=session.authentication_type
            )
            if session.state == "EXPIRED":
                # Scripts that follow the session may still write in it.
                last = Work(instance.endpoint, folder, last=True, waits=session.setup == "armed")
                return last if instance.goal == "save" else None
            waits = instance.seen != "ready" or _has_unsaved(tx, session)
            return Work(instance.endpoint, folder, waits=waits)

    def _open(self, session_id: str) -> None:
        """The stream need not wait any more."""
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is not None and session.home_folder == "wanted":
                session.home_folder = "open"
                tx.touch(session_key(session_id))

    def _note_failure(self, session_id: str) -> None:
        """The user is let in without; the fleet looks whether the instance is there at all."""
        self._open(session_id)
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is not None:
                tx.touch(fleet_key(session.scope, session.fleet))

    def _let_go(self, session_id: str) -> None:
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            instance = _instance(tx, session)
            if session is not None and instance is not None and instance.goal == "save":
                instance.goal = "retire"
                tx.touch(fleet_key(session.scope, session.fleet))


def _instance(tx: Tx, session: SessionRow | None) -> InstanceRow | None:
    return tx.get(InstanceRow, session.instance_id) if session and session.instance_id else None


def _has_unsaved(tx: Tx, session: SessionRow) -> bool:
    """Whether an earlier session of this user is over and its home folder not saved yet."""
    for instance in streaming.all_instances(tx):
        if instance.goal != "save":
            continue
        other = streaming.session_of(tx, instance)
        if other is not None and other.id != session.id and _user(other) == _user(session):
            return True
    return False


def _user(session: SessionRow) -> tuple[Scope, str, str]:
    return (session.scope, session.authentication_type, session.user_id)

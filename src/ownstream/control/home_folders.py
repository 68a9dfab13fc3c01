"""Keeps the home folders and application settings of sessions whose stack has them.

A session's instance is not retired before they have been saved: until then the goal of the instance
is `save`.
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
from ownstream.control.settings_folder import SettingsFolder
from ownstream.control.workqueue import backoff_s
from ownstream.domain.app_settings import settings_folder
from ownstream.domain.home_folders import folder_of
from ownstream.domain.keys import fleet_key, session_key
from ownstream.domain.scope import Scope
from ownstream.log import Log
from ownstream.storage.base import HomeFolderStore, StorageError
from ownstream.store import InstanceRow, SessionRow, Store, Tx, streaming, troubles

THREADS = 16
LOOK_S = 2.0  # how soon what was saved in the session is saved in the store
LONGEST_LOOK_S = 60.0
SOON_S = 0.5
# A session that waits for its home folder begins without all of it after so long.
OPEN_WITHIN = timedelta(seconds=15)
LAST_TRIES = 4


@dataclass(frozen=True)
class Work:
    """What there is to do for a session: what is kept of it is at this agent; `last` at its end.

    Empty where there is no home folder, or nothing to be done for application settings now.
    """

    endpoint: str
    folder: str
    settings: str = ""
    last: bool = False
    waits: bool = False  # for an earlier session of the same user to be saved, or for scripts


@dataclass
class Keeping:
    """What is kept of a session, and how that goes."""

    home_folder: HomeFolder | None
    since: datetime
    failures: int = 0
    is_open: bool = False  # its user waits no longer


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
            turn = await self._in_thread(session_id, keeping, work)
        except (StorageError, AgentGone, NotDone) as error:
            return await self._after_failure(session_id, keeping, error)
        finally:
            opening.cancel()
        if keeping.failures or not keeping.is_open:
            await self.offload(self._note_success, session_id)
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
            home = HomeFolder(session_id, work.folder, self.kept_in) if work.folder else None
            self._keepings[session_id] = Keeping(home, self.clock.now())
        return self._keepings[session_id]

    async def _in_thread(self, session_id: str, keeping: Keeping, work: Work) -> Turn:
        """The turn; one that nobody waits for any more is called off."""
        called_off = Event()

        def turn() -> Turn:
            try:
                self._settle(session_id, keeping, work, called_off)
            finally:  # whatever becomes of the settings
                done = _turned(keeping.home_folder, work, called_off)
            return done

        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, turn)
        except asyncio.CancelledError:
            called_off.set()
            raise

    def _settle(self, session_id: str, keeping: Keeping, work: Work, called_off: Event) -> None:
        """Application settings are where they are to be now."""
        if not work.settings:
            return
        settings = SettingsFolder(
            session_id, work.settings, self.kept_in, work.endpoint, called_off
        )
        if work.last:
            return settings.save()
        settings.fill(lambda: keeping.is_open)
        self._note_filled(session_id)

    async def _open_in_time(self, session_id: str, keeping: Keeping) -> None:
        """One large file may take a turn longer than users wait."""
        left = keeping.since + OPEN_WITHIN - self.clock.now()
        await self.clock.sleep(left.total_seconds())
        keeping.is_open = True
        await self.offload(self._open, session_id)

    async def _after_turn(self, session_id: str, keeping: Keeping, turn: Turn) -> float | None:
        if not turn.missing or self.clock.now() - keeping.since >= OPEN_WITHIN:
            keeping.is_open = True
            await self.offload(self._open, session_id)
        if keeping.home_folder is None:
            return None  # settings wait for the session's end
        if turn.missing:
            return 0.0
        # To look at very many files takes the session's processors, and is to take a tenth at most.
        return max(LOOK_S, min(LONGEST_LOOK_S, 10 * turn.look_took_s))

    async def _after_failure(self, session_id: str, keeping: Keeping, error: Exception) -> float:
        keeping.failures += 1
        keeping.is_open = True
        delay_s = backoff_s(keeping.failures)
        log = Log("control").bind(session=session_id)
        log.warning("session not kept", why=str(error), again_in_s=delay_s)
        await self.offload(self._note_failure, session_id, error)
        return delay_s

    # In the store

    def _work(self, session_id: str) -> Work | None:
        with self.store.snapshot() as tx:
            session = tx.get(SessionRow, session_id)
            instance = _instance(tx, session)
            if session is None or not session.home_folder or instance is None:
                return None
            last = session.state == "EXPIRED"
            home, settings = _home(session), _settings(session, last=last)
            if last:
                # Scripts that follow the session may still write in it.
                armed = session.setup == "armed"
                work = Work(instance.endpoint, home, settings, last=True, waits=armed)
                return work if instance.goal == "save" else None
            waits = instance.seen != "ready" or _has_unsaved(tx, session)
            work = Work(instance.endpoint, home, settings, waits=waits)
            return work if home or session.home_folder == "wanted" else None

    def _open(self, session_id: str) -> None:
        """The stream need not wait any more."""
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is not None and session.home_folder == "wanted":
                session.home_folder = "open"
                tx.touch(session_key(session_id))

    def _note_filled(self, session_id: str) -> None:
        """The session has its settings, and its user has not come before them: they are saved."""
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is not None and session.home_folder == "wanted":
                settings = {**session.wish["settings"], "filled": True}
                session.wish = {**session.wish, "settings": settings}

    def _note_failure(self, session_id: str, error: Exception) -> None:
        """The user is let in without; the fleet looks whether the instance is there at all."""
        self._open(session_id)
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is None:
                return
            tx.touch(fleet_key(session.scope, session.fleet))
            if isinstance(error, StorageError):
                troubles.note(tx, session.scope, session.stack, str(error), self.clock.now())

    def _note_success(self, session_id: str) -> None:
        """What was in the way of the stack's storage is not there any more."""
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is not None:
                troubles.forget(tx, session.scope, session.stack)

    def _let_go(self, session_id: str) -> None:
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            instance = _instance(tx, session)
            if session is not None and instance is not None and instance.goal == "save":
                instance.goal = "retire"
                tx.touch(fleet_key(session.scope, session.fleet))


def _instance(tx: Tx, session: SessionRow | None) -> InstanceRow | None:
    return tx.get(InstanceRow, session.instance_id) if session and session.instance_id else None


def _home(session: SessionRow) -> str:
    """Where the user's home folder is, if the session has one."""
    if not session.wish.get("home", True):
        return ""
    kind = session.authentication_type
    return folder_of(session.scope, session.user_id, authentication_type=kind)


def _settings(session: SessionRow, *, last: bool) -> str:
    """Where the user's settings are, if the session is to get them, or at last to give them."""
    settings = session.wish.get("settings")
    if not settings or not (settings["filled"] if last else session.home_folder == "wanted"):
        return ""
    kind, group = session.authentication_type, settings["group"]
    return settings_folder(session.scope, group, session.user_id, authentication_type=kind)


def _turned(home_folder: HomeFolder | None, work: Work, called_off: Event) -> Turn:
    if home_folder is None:
        return Turn(missing=0)
    try:
        return home_folder.turn(work.endpoint, called_off, last=work.last)
    except (StorageError, NotDone):
        home_folder.tell_trouble(work.endpoint, called_off)
        raise


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

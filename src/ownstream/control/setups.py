"""Makes the applications of Elastic fleets' sessions ready, one session at a time.

What their app blocks hold is fetched while the instance comes up, shown to it once it is there,
and set up by their scripts; until then the session's stream waits. What cannot be ends the session
in words for its user. A session that has scripts for its end keeps its instance until they have
run: until then the goal of the instance is `save`.
"""

import asyncio
import contextlib
import os
import stat
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ownstream.clock import Clock
from ownstream.control import agent_scripts
from ownstream.control.agent_files import AgentGone
from ownstream.control.agent_scripts import Order, Outcome
from ownstream.control.pace import Offload
from ownstream.control.script_logs import ScriptLogs
from ownstream.domain import setup
from ownstream.domain.identities import Identity
from ownstream.domain.keys import fleet_key, session_key
from ownstream.domain.scope import Scope
from ownstream.domain.script_logs import event_log, setup_log
from ownstream.domain.session_scripts import (
    BadConfig,
    Event,
    Script,
    SessionScripts,
    session_scripts,
)
from ownstream.domain.session_variables import session_variables
from ownstream.domain.setup import Block, NotReady, Run
from ownstream.drivers.base import SHOWN, InstanceDriver, Terminal, Transient
from ownstream.log import Log
from ownstream.storage.locations import Location
from ownstream.storage.packages import Package, Packages, Unusable
from ownstream.store import (
    AppBlockRow,
    FleetRow,
    InstanceRow,
    SessionRow,
    Store,
    Tx,
    applications,
    resources,
    streaming,
)

THREADS = 8
SOON_S = 0.5
LOOK_S = 5.0
GIVEN_UP_AFTER = timedelta(minutes=5)
LATE = "Its applications could not be made ready in time."
SHORTEST_S = 0.1  # that a script has at least, whatever those before it have taken
MOST_CONFIG_BYTES = 64 * 1024


@dataclass(frozen=True)
class Work:
    """What there is to do for a session; `endpoint` is empty while its instance is not there."""

    scope: Scope
    stack: str
    fleet: str
    session: str
    identity: Identity
    instance: str
    endpoint: str
    variables: Mapping[str, str]
    blocks: Sequence[Block] = ()
    scripts: Location | None = None  # of the session's start and end
    last: Sequence[Run] = ()  # the session is over, and this is to run

    def runs(self, event: Event, name: str) -> Sequence[Run]:
        """What is run for this event, which AppStream calls so."""
        return [self._run(script, event.within_s, name) for script in event.scripts]

    def _run(self, script: Script, within_s: float, event: str) -> Run:
        log = event_log(
            stack=self.stack,
            fleet=self.fleet,
            identity=self.identity,
            session=self.session,
            event=event,
            context=script.context,
        )
        name = f"The {event} script of the context {script.context}"
        return Run(name, script.argv, within_s, log if script.logged else "")


@dataclass
class Setups:
    """Works on one session at a time, as its key comes up."""

    store: Store
    clock: Clock
    driver: InstanceDriver
    packages: Packages
    logs: ScriptLogs
    offload: Offload = asyncio.to_thread
    _troubled: dict[str, datetime] = field(default_factory=dict[str, datetime])  # since when
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="setups")
    )

    async def reconcile(self, session_id: str) -> float | None:
        """After how many seconds to look again; None when there is nothing more to do."""
        try:
            work = await self.offload(self._work, session_id)
            again_s = await self._take(session_id, work) if work else None
        except (NotReady, Unusable) as error:
            again_s = await self.offload(self._give_up, session_id, str(error))
        except (AgentGone, Transient, Terminal) as error:
            return await self._after_trouble(session_id, str(error))
        self._troubled.pop(session_id, None)
        return again_s

    async def close(self) -> None:
        """Let go of what this object holds open."""
        await asyncio.to_thread(self._pool.shutdown)

    async def _take(self, session_id: str, work: Work) -> float | None:
        return await (self._end if work.last else self._begin)(session_id, work)

    async def _after_trouble(self, session_id: str, why: str) -> float | None:
        """What its fleet makes good soon; if that does not, the session ends."""
        now = self.clock.now()
        Log("control").warning("setup waits", session=session_id, why=why)
        if now - self._troubled.setdefault(session_id, now) >= GIVEN_UP_AFTER:
            del self._troubled[session_id]
            await self.offload(self._give_up, session_id, LATE)
            return None
        await self.offload(self._look_at_fleet, session_id)
        return SOON_S

    async def _begin(self, session_id: str, work: Work) -> float | None:
        with ExitStack() as held:
            shown = {block.path: await self._ready(held, _package(block)) for block in work.blocks}
            if work.scripts is not None:
                shown[setup.SCRIPTS] = await self._ready(held, Package(work.scripts))
            if not work.endpoint:
                return LOOK_S  # its assignment touches the session, and this comes sooner
            for path, folder in shown.items():
                await self.driver.show(work.instance, path, folder)
            scripts = await self._session_scripts(shown.get(setup.SCRIPTS))
        await self._set_up(session_id, work)
        first = work.runs(scripts.start, "SessionStart") if scripts else ()
        last = work.runs(scripts.end, "SessionTermination") if scripts else ()
        news = await self._run_event(session_id, work, first)
        await self.offload(self._open, session_id, last, news)
        return None

    async def _ready(self, held: ExitStack, package: Package) -> Path:
        """The package's folder, which stays as long as it is held."""
        loop = asyncio.get_running_loop()
        ready = self.packages.ready(package)
        return await loop.run_in_executor(self._pool, held.enter_context, ready)

    async def _session_scripts(self, folder: Path | None) -> SessionScripts | None:
        if folder is None:
            return None
        try:
            return session_scripts(await self.offload(_config, folder))
        except (BadConfig, OSError) as error:
            why = error if isinstance(error, BadConfig) else "there is no config.json in them"
            raise NotReady(f"The session scripts of this fleet cannot be used: {why}.") from error

    async def _set_up(self, session_id: str, work: Work) -> None:
        for block in work.blocks:
            if block.run is None:
                continue
            log = setup_log(fleet=work.fleet, instance=work.instance, app_block=block.name)
            run = replace(block.run, log=log)
            outcome = await self._run(session_id, work, run, f"{SHOWN}/{block.path}")
            if outcome.trouble:
                said = f": {outcome.last_words}" if outcome.last_words else ""
                raise NotReady(f"{run.name} {outcome.trouble}{said}.")

    async def _run_event(self, session_id: str, work: Work, runs: Sequence[Run]) -> Sequence[str]:
        """What went wrong, for the session's user: AppStream lets its users in nevertheless.

        The time of the event is for all of its scripts together.
        """
        loop = asyncio.get_running_loop()
        begun, troubles = loop.time(), list[str]()
        for run in runs:
            left_s = max(SHORTEST_S, run.within_s - (loop.time() - begun))
            hurried = replace(run, within_s=left_s)
            outcome = await self._run(session_id, work, hurried, f"{SHOWN}/{setup.SCRIPTS}")
            if outcome.trouble:
                log = Log("control").bind(session=session_id, script=run.name)
                log.warning("session script failed", why=outcome.trouble, said=outcome.last_words)
                troubles.append(f"{run.name} {outcome.trouble}.")
        return troubles

    async def _run(self, session_id: str, work: Work, run: Run, folder: str) -> Outcome:
        order = Order(run.argv, folder, work.variables, run.within_s)
        outcome = await agent_scripts.run(work.endpoint, session_id, order)
        await self.logs.keep(work.scope, run.log, outcome.output)
        return outcome

    async def _end(self, session_id: str, work: Work) -> float | None:
        with contextlib.suppress(AgentGone):  # then nobody can run them
            await self._run_event(session_id, work, work.last)
        await self.offload(self._let_go, session_id)
        return None

    # In the store

    def _work(self, session_id: str) -> Work | None:
        with self.store.snapshot() as tx:
            session = tx.get(SessionRow, session_id)
            if session is None or session.setup not in ("wanted", "armed"):
                return None
            fleet = resources.find(tx, FleetRow, session.scope, session.fleet)
            instance = tx.get(InstanceRow, session.instance_id) if session.instance_id else None
            there = instance is not None and instance.seen == "ready"
            work = Work(
                scope=session.scope,
                stack=session.stack,
                fleet=session.fleet,
                session=session.id,
                identity=session.identity,
                instance=instance.id if instance else "",
                endpoint=instance.endpoint if instance and there else "",
                variables=_variables(session, fleet),
            )
            if session.state == "EXPIRED":
                return _last(session, instance, work)
            if session.setup == "armed" or fleet is None:
                return None
            return _first(tx, session, fleet, work)

    def _open(self, session_id: str, last: Sequence[Run], news: Sequence[str]) -> None:
        """The stream need not wait any more; its user is to know this, and at the end that runs."""
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is not None and session.setup == "wanted":
                session.setup = "armed" if last else "ready"
                session.wish = {
                    **session.wish,
                    "last": list(map(setup.run_document, last)),
                    "news": list(news),
                }
                tx.touch(session_key(session_id))

    def _give_up(self, session_id: str, text: str) -> None:
        Log("control").error("session not set up", session=session_id, why=text)
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is not None:
                now, words = self.clock.now(), f"Your session could not be started. {text}"
                streaming.end_session(tx, session, reason="setup_failed", now=now, text=words[:600])

    def _look_at_fleet(self, session_id: str) -> None:
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is not None:
                tx.touch(fleet_key(session.scope, session.fleet))

    def _let_go(self, session_id: str) -> None:
        """The session's scripts have run: its home folder is saved now, if it has one."""
        with self.store.transaction() as tx:
            session = tx.get(SessionRow, session_id)
            if session is None:
                return
            session.setup = "ready"
            tx.touch(session_key(session_id))
            instance = tx.get(InstanceRow, session.instance_id) if session.instance_id else None
            if instance is not None and instance.goal == "save" and not session.home_folder:
                instance.goal = "retire"
                tx.touch(fleet_key(session.scope, session.fleet))


def _first(tx: Tx, session: SessionRow, fleet: FleetRow, work: Work) -> Work:
    arns = [
        row.document["AppBlockArn"] for row in applications.of_fleet(tx, fleet.scope, fleet.name)
    ]
    names = [arn.rpartition("/")[2] for arn in dict.fromkeys(arns)]
    place: Any = fleet.document.get("SessionScriptS3Location")
    return replace(
        work,
        blocks=[_block(tx, session, name) for name in names],
        scripts=Location(place["S3Bucket"], place["S3Key"]) if place else None,
    )


def _block(tx: Tx, session: SessionRow, name: str) -> Block:
    row = resources.find(tx, AppBlockRow, session.scope, name)
    if row is None:
        raise NotReady(f"There is no app block {name} any more.")
    return setup.block(name, row.document)


def _last(session: SessionRow, instance: InstanceRow | None, work: Work) -> Work | None:
    if instance is None or instance.goal != "save" or session.setup != "armed":
        return None
    last = [setup.run_of(run) for run in session.wish.get("last", ())]
    return replace(work, endpoint=instance.endpoint, last=last)


def _variables(session: SessionRow, fleet: FleetRow | None) -> Mapping[str, str]:
    return session_variables(
        session=session.id,
        stack=session.stack,
        fleet=session.fleet,
        identity=session.identity,
        created_at=session.created_at,
        context=str(session.wish.get("context") or ""),
        document=fleet.document if fleet else {},
    )


def _package(block: Block) -> Package:
    return Package(Location(*block.source), Location(*block.script) if block.script else None)


def _config(folder: Path) -> str:
    """What config.json says; the archive may have made a link of it, which leads nowhere."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    with open(os.open(folder / "config.json", flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise BadConfig("config.json is no file")
        return file.read(MOST_CONFIG_BYTES).decode(errors="replace")

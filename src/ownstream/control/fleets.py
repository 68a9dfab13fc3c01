"""Makes each fleet what it is to be: looks at its instances, plans, launches and retires.

Level-triggered: every look starts from the store and the driver, so a look that was cut short is
made good by the next one.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ownstream.clock import Clock
from ownstream.control.deaths import Deaths
from ownstream.control.launching import InstanceSetup, LaunchFailed, Why
from ownstream.control.pace import Offload, Pace
from ownstream.control.workqueue import backoff_s
from ownstream.domain import capacity, fleets, seats
from ownstream.domain.elastic import ELASTIC
from ownstream.domain.keys import FleetKey
from ownstream.drivers.base import InstanceDriver, Observation, Seen, Terminal, Transient
from ownstream.log import Log
from ownstream.store import FleetRow, InstanceRow, SessionRow, Store, Tx, resources, streaming

READY_WITHIN = timedelta(seconds=60)


@dataclass
class Failures:
    """Launches of a fleet that have failed in a row, and until when the next one waits."""

    count: int = 0
    wait_until: datetime | None = None


@dataclass(frozen=True)
class Look:
    """What a look at a fleet came to."""

    steps: Sequence[fleets.Step]
    failures: Sequence[Why]  # why instances ended before they were ready, if steps are to be taken
    again_s: float | None  # after how many seconds to look again, where nothing is to be done


@dataclass
class FleetReconciler:
    """Works on one fleet at a time, as its key comes up."""

    store: Store
    driver: InstanceDriver
    clock: Clock
    setup: InstanceSetup
    offload: Offload = asyncio.to_thread
    pace: Pace = field(default_factory=Pace)
    deaths: Deaths = field(default_factory=Deaths)
    _failures: dict[FleetKey, Failures] = field(default_factory=dict[FleetKey, Failures])

    async def reconcile(self, key: FleetKey) -> float | None:
        """After how many seconds to look again; None when there is no such fleet."""
        look = await self._look(key)
        if look is None:
            self._failures.pop(key, None)
            self.deaths.forget(key)
            return None
        if not look.steps:
            return look.again_s
        errors = await self._act(key, look.steps)
        return await self.offload(self._look_at_what_came_of_it, key, [*look.failures, *errors])

    async def _look(self, key: FleetKey) -> Look | None:
        handles = await self.offload(self._handles, key)
        if handles is None:
            return None
        observed = await self.driver.observe(handles)
        return await self.offload(self._record_and_plan, key, observed)

    def _handles(self, key: FleetKey) -> dict[str, Mapping[str, object]] | None:
        _, scope, name = key
        with self.store.snapshot() as tx:
            if resources.find(tx, FleetRow, scope, name) is None:
                return None
            rows = streaming.fleet_instances(tx, scope, name)
            return {row.id: row.handle for row in rows if row.handle and row.seen != "new"}

    def _record_and_plan(self, key: FleetKey, observed: Mapping[str, Observation]) -> Look | None:
        _, scope, name = key
        with self.store.transaction() as tx:
            fleet = resources.find(tx, FleetRow, scope, name)
            if fleet is None:
                return None
            rows = streaming.fleet_instances(tx, scope, name)
            told = [self._record(key, row, observed.get(row.id)) for row in rows]
            _give_up_saving(rows)
            self.deaths.look(key, rows, self.clock.now())
            sessions = streaming.live_sessions(tx, scope, name)
            _place(tx, sessions, fleet, self.clock.now())
            wanted = self._wanted(key, fleet, sessions)
            steps = self._steps(tx, wanted, rows)
            failures = [Why(text) for text in told if text]
            if steps:
                return Look(steps, failures, None)
            due_s = _due_s(observed.values())
            return Look((), (), self._conclude(key, fleet, wanted, rows, failures, due_s))

    def _steps(
        self, tx: Tx, wanted: fleets.Wanted, rows: Sequence[InstanceRow]
    ) -> Sequence[fleets.Step]:
        """What is to be done; what was to be retired and has not gone yet is so once more."""
        planned = seats.plan if wanted.seats > 1 else fleets.plan
        steps = list(planned(wanted, [row.view for row in rows]))
        for step in steps:
            if isinstance(step, fleets.Retire):
                _mark_for_retirement(tx, step, self.clock.now())
            elif isinstance(step, fleets.Drain):
                _drain(rows, step)
        launches = [step for step in steps if isinstance(step, fleets.Launch)]
        retirements = [fleets.Retire(row.id, "") for row in rows if row.goal == "retire"]
        return [*retirements, *launches]

    def _record(self, key: FleetKey, row: InstanceRow, observation: Observation | None) -> str:
        """Empty, or why the instance ended before it was ready.

        One whose launch was cut short counts as lost; that is no fault of the fleet's.
        """
        was_ready = row.seen == "ready"
        if observation is None:
            row.seen, row.reason = "lost", "its launch was interrupted"
            return ""
        row.seen, row.reason = observation.seen.value, observation.reason
        row.endpoint = observation.endpoint or row.endpoint
        late = self.clock.now() - row.created_at > READY_WITHIN
        if row.seen == Seen.STARTING and late and not observation.due_s:
            row.seen, row.reason = "lost", "it was not ready within a minute"
        if row.seen in (Seen.LOST, Seen.GONE) and not was_ready and row.goal == "run":
            self._note_failure(key)
            return f"An instance did not start: {row.reason or 'it ended'}."
        return ""

    def _note_failure(self, key: FleetKey) -> None:
        failures = self._failures.setdefault(key, Failures())
        failures.count += 1
        failures.wait_until = self.clock.now() + timedelta(seconds=backoff_s(failures.count))

    def _wanted(
        self, key: FleetKey, fleet: FleetRow, sessions: Iterable[SessionRow]
    ) -> fleets.Wanted:
        wait_until = self._failures.get(key, Failures()).wait_until
        return fleets.Wanted(
            running=fleet.goal == "RUNNING",
            on_demand=fleet.document.get("FleetType") in ("ON_DEMAND", ELASTIC),
            desired=capacity.desired(fleet.document),
            generation=fleet.generation,
            seats=capacity.seats(fleet.document),
            waiting=sum(1 for session in sessions if session.instance_id is None),
            may_launch=wait_until is None or self.clock.now() >= wait_until,
        )

    async def _act(self, key: FleetKey, steps: Sequence[fleets.Step]) -> Sequence[Why]:
        """Why, for each step that failed."""
        work = [self._take(key, step) for step in steps]
        return [why for failed in await asyncio.gather(*work) for why in failed]

    async def _take(self, key: FleetKey, step: fleets.Step) -> Sequence[Why]:
        _, scope, name = key
        if isinstance(step, fleets.Retire):
            return await self._retire(key, step.instance_id)
        if isinstance(step, fleets.Drain):
            return ()  # it has been written down, which is all
        try:
            await self.setup.launch(scope, name, step.count, on=step.on)
        except LaunchFailed as failure:
            self._note_failure(key)
            return failure.reasons
        return ()

    async def _retire(self, key: FleetKey, instance_id: str) -> Sequence[Why]:
        try:
            await self.setup.retire(instance_id)
        except (Transient, Terminal) as error:
            self._note_failure(key)
            return (Why(f"Instance {instance_id} does not end: {error}", error.code),)
        return ()

    def _look_at_what_came_of_it(self, key: FleetKey, errors: Sequence[Why]) -> float | None:
        _, scope, name = key
        with self.store.transaction() as tx:
            fleet = resources.find(tx, FleetRow, scope, name)
            if fleet is None:
                return None
            rows = streaming.fleet_instances(tx, scope, name)
            wanted = self._wanted(key, fleet, streaming.live_sessions(tx, scope, name))
            return self._conclude(key, fleet, wanted, rows, errors)

    def _conclude(
        self,
        key: FleetKey,
        fleet: FleetRow,
        wanted: fleets.Wanted,
        rows: Sequence[InstanceRow],
        errors: Sequence[Why],
        due_s: float = 0.0,
    ) -> float | None:
        """After how many seconds to look again; the fleet says whether it is what it is to be."""
        is_met = seats.met if wanted.seats > 1 else fleets.met
        met = is_met(wanted, [row.view for row in rows])
        if met:
            self._failures.pop(key, None)
        _report(fleet, met=met, errors=errors)
        look_s = self._next_look_s(key, wanted, rows, met=met)
        look_s = look_s and max(look_s, due_s)
        return _sooner(look_s, self.deaths.next_in_s(key, self.clock.now()))

    def _next_look_s(
        self,
        key: FleetKey,
        wanted: fleets.Wanted,
        rows: Sequence[InstanceRow],
        *,
        met: bool,
    ) -> float | None:
        if not wanted.running and met:
            return None
        wait_until = self._failures.get(key, Failures()).wait_until
        unsettled = ("new", "starting", "lost")
        if any(row.goal == "run" and row.seen in unsettled for row in rows):
            return self.pace.soon_s
        if wait_until is not None:
            return max(self.pace.soon_s, (wait_until - self.clock.now()).total_seconds())
        if any(row.goal == "retire" for row in rows):
            return self.pace.soon_s
        return self.pace.later_s if met else self.pace.room_s


def _give_up_saving(rows: Iterable[InstanceRow]) -> None:
    """Of an instance that is lost no home folder can be saved: it is to be retired as it is."""
    for row in rows:
        if row.goal == "save" and row.seen not in fleets.ALIVE:
            row.goal = "retire"
            log = Log("control").bind(session=row.session_id, instance=row.id)
            log.error("what changed last in a home folder is lost", why=row.reason)


def _due_s(observed: Iterable[Observation]) -> float:
    starting = [look.due_s for look in observed if look.seen is Seen.STARTING]
    return min(starting, default=0.0)


def _sooner(one: float | None, other: float | None) -> float | None:
    return min((delay_s for delay_s in (one, other) if delay_s is not None), default=None)


def _place(tx: Tx, sessions: Iterable[SessionRow], fleet: FleetRow, now: datetime) -> None:
    """Sessions that wait have what instances are free; a fleet that stops has no sessions."""
    for session in sessions:
        if fleet.goal != "RUNNING":
            streaming.end_session(tx, session, reason="fleet_stopped", now=now)
        elif session.instance_id is None:
            streaming.assign(tx, session, fleet)


def _mark_for_retirement(tx: Tx, step: fleets.Retire, now: datetime) -> None:
    row = tx.get(InstanceRow, step.instance_id)
    if row is None:
        return
    session = streaming.session_of(tx, row)
    if session is None or row.seen not in fleets.ALIVE:
        row.goal = "retire"
    if session is not None:
        streaming.end_session(tx, session, reason=step.reason, now=now)
        streaming.release_instance(tx, session)


def _drain(rows: Iterable[InstanceRow], step: fleets.Drain) -> None:
    for row in rows:
        if row.instance == step.instance:
            row.drain = step.reason


def _report(fleet: FleetRow, *, met: bool, errors: Sequence[Why]) -> None:
    if met:
        fleet.goal_met, fleet.errors = True, []
    elif errors:
        fleet.errors = [
            {"ErrorCode": why.code, "ErrorMessage": why.text} for why in dict.fromkeys(errors)
        ]

"""Sessions ended when they are due, in virtual time."""

import asyncio
from datetime import timedelta

import pytest

from ownstream.control.sessions import SessionReconciler
from ownstream.domain.keys import fleet_key, session_key
from ownstream.gateway.presence import Presence
from ownstream.store import InstanceRow, SessionRow, Store
from tests.support.clock import START, TurnedClock
from tests.support.world import SCOPE, add_ready_instance, store_with_fleet

TIMERS = {
    "MaxUserDurationInSeconds": 3600,
    "DisconnectTimeoutInSeconds": 120,
    "IdleDisconnectTimeoutInSeconds": 600,
}
MINUTE = timedelta(minutes=1)


class Desk:
    """A session on an instance, its clock, and what users do."""

    def __init__(self) -> None:
        self.store: Store = store_with_fleet(**TIMERS)
        self.clock = TurnedClock()
        self.presence = Presence(self.store, self.clock)
        self.reconciler = SessionReconciler(self.store, self.clock)
        with self.store.transaction() as tx:
            add_ready_instance(tx).session_id = "s"
            tx.add(
                SessionRow(
                    id="s",
                    account=SCOPE.account,
                    region=SCOPE.region,
                    stack="s",
                    fleet="f",
                    user_id="ann",
                    created_at=START,
                    instance_id="i-1",
                    wish={"max_duration_s": 3600},
                )
            )
        assert self.presence.arrive("s", "browser")

    def pass_time(self, delay: timedelta) -> SessionRow:
        """The session, looked at whenever it asked to be until then."""
        end = self.clock.now() + delay
        while self.clock.now() < end:
            left_s = (end - self.clock.now()).total_seconds()
            next_s = asyncio.run(self.reconciler.reconcile(session_key("s")))
            step_s = left_s if next_s is None else min(left_s, max(next_s, 0.001))
            asyncio.run(self.clock.advance(timedelta(seconds=step_s)))
        asyncio.run(self.reconciler.reconcile(session_key("s")))
        return self.session()

    def session(self) -> SessionRow:
        with self.store.snapshot() as tx:
            row = tx.get(SessionRow, "s")
        assert row
        return row

    def instance_goal(self) -> str:
        with self.store.snapshot() as tx:
            row = tx.get(InstanceRow, "i-1")
        assert row
        return row.goal


def test_a_user_who_works_stays_until_the_longest_duration() -> None:
    desk = Desk()
    for _ in range(59):
        assert desk.pass_time(MINUTE).state == "ACTIVE"
        desk.presence.note_input("s", desk.clock.now())
    ended = desk.pass_time(MINUTE)
    assert (ended.state, ended.end_reason) == ("EXPIRED", "max_duration")
    assert desk.instance_goal() == "retire"


def test_an_idle_user_is_disconnected_and_the_session_ends_when_they_stay_away() -> None:
    desk = Desk()
    assert desk.pass_time(9 * MINUTE).connected is True
    idle = desk.pass_time(MINUTE)
    assert (idle.state, idle.connected) == ("ACTIVE", False)
    assert desk.pass_time(2 * MINUTE).end_reason == "disconnected"


def test_a_user_who_comes_back_in_time_keeps_the_session() -> None:
    desk = Desk()
    desk.presence.leave("s", "browser", None)
    assert desk.pass_time(MINUTE).state == "ACTIVE"
    assert desk.presence.arrive("s", "another")
    assert desk.pass_time(5 * MINUTE).state == "ACTIVE"


def test_who_was_replaced_does_not_disconnect_who_replaced_them() -> None:
    desk = Desk()
    assert desk.presence.arrive("s", "another")
    desk.presence.leave("s", "browser", None)
    assert desk.session().connected is True


def test_nobody_arrives_at_a_session_that_is_over() -> None:
    desk = Desk()
    desk.presence.leave("s", "browser", None)
    desk.pass_time(3 * MINUTE)
    assert desk.presence.arrive("s", "browser") is False


@pytest.mark.parametrize("known", [True, False])
def test_a_missing_agent_has_control_look_at_the_fleet(known: bool) -> None:
    desk = Desk()
    touched: list[object] = []
    with desk.store.listened(touched.append):
        desk.presence.miss_agent("s" if known else "other")
    assert touched == ([fleet_key(SCOPE, "f")] if known else [])


@pytest.mark.parametrize(("instance", "state"), [("i-1", "PENDING"), (None, "EXPIRED")])
def test_who_is_waited_for_in_vain_is_given_up_but_not_while_the_session_is_set_up(
    instance: str | None, state: str
) -> None:
    store, clock = store_with_fleet(FleetType="ELASTIC", MaxConcurrentSessions=1), TurnedClock()
    with store.transaction() as tx:
        add_ready_instance(tx)
        session = SessionRow(
            id="s",
            account=SCOPE.account,
            region=SCOPE.region,
            stack="s",
            fleet="f",
            user_id="ann",
            setup="wanted",
            created_at=START,
            instance_id=instance,
        )
        tx.add(session)
    asyncio.run(clock.advance(6 * MINUTE))
    asyncio.run(SessionReconciler(store, clock).reconcile(session_key("s")))
    with store.snapshot() as tx:
        row = tx.get(SessionRow, "s")
        assert row
        assert row.state == state

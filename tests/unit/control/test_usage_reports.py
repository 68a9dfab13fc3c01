"""Reports made when they are due, whatever was in the way."""

import asyncio
import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from ownstream.clock import TurnedClock
from ownstream.control.pace import at_once
from ownstream.control.usage_reports import AGAIN_S, UsageReports
from ownstream.domain.keys import usage_reports_key
from ownstream.domain.scope import Scope
from ownstream.storage.base import Source
from ownstream.storage.locations import (
    Location,
    LocationError,
    NoSuchName,
    NotPermitted,
    NotReachable,
    NotThere,
    read,
)
from ownstream.storage.memory_locations import MemoryLocations
from ownstream.store import LaunchRow, SessionRow, Store, UsageReportsRow, streaming, usage
from tests.support.world import SCOPE, store_with_fleet

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = NOON.replace(hour=0)
OTHERS = Scope("999999999999", SCOPE.region)


class FailingLocations(MemoryLocations):
    """It keeps nothing as long as there is an error to raise."""

    def __init__(self) -> None:
        super().__init__()
        self.error: LocationError | None = None
        self.written: list[Location] = []

    def write(self, location: Location, content: Source) -> None:
        if self.error is not None:
            raise self.error
        self.written.append(location)
        super().write(location, content)


@dataclass
class Desk:
    """A subscription, whoever makes its reports, and a hand that ends sessions."""

    store: Store = field(default_factory=store_with_fleet)
    clock: TurnedClock = field(default_factory=lambda: TurnedClock(NOON))
    locations: FailingLocations = field(default_factory=FailingLocations)

    def subscribe(self, scope: Scope = SCOPE) -> None:
        with self.store.transaction() as tx:
            key = {"account": scope.account, "region": scope.region}
            tx.add(UsageReportsRow(**key, bucket="a-bucket", reported_until=DAY, errors=[]))

    def end(
        self, id_: str, at: datetime, *started: str, scope: Scope = SCOPE, fleet: str = "f"
    ) -> None:
        """A session of an hour ended then; it started these applications as it began."""
        began = at - timedelta(hours=1)
        session = SessionRow(
            id=id_,
            account=scope.account,
            region=scope.region,
            stack="s",
            fleet=fleet,
            user_id="ann",
            created_at=began,
            started_at=began,
            ended_at=at,
            state="EXPIRED",
        )
        with self.store.transaction() as tx:
            tx.add(session)
            usage.note_launches(tx, session, started, began)

    def look(self, scope: Scope = SCOPE) -> float | None:
        reports = UsageReports(self.store, self.clock, self.locations, offload=at_once)
        return asyncio.run(reports.reconcile(usage_reports_key(scope)))

    def look_at(self, instant: datetime) -> float | None:
        self.clock.advance_to(instant)
        return self.look()

    def row(self) -> UsageReportsRow:
        with self.store.snapshot() as tx:
            row = usage.usage_reports(tx, SCOPE)
        assert row
        return row

    def kept(self) -> list[str]:
        return [location.key for location in self.locations.written]

    def column(self, key: str, name: str) -> list[str]:
        content = read(self.locations, Location("a-bucket", key), most_bytes=1 << 20)
        return [line[name] for line in csv.DictReader(io.StringIO(content.decode(), newline=""))]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def sessions_of(day: str) -> str:
    year, month, number = day.split("-")
    folders = f"schedule=DAILY/year={year}/month={month}/day={number}"
    return f"sessions/{folders}/daily-session-report-{day}.csv"


def test_nobody_is_reported_on_who_has_not_subscribed(desk: Desk) -> None:
    desk.end("1", NOON)
    desk.clock.advance_to(NOON + timedelta(days=9))
    assert desk.look() is None
    assert desk.kept() == []


def test_a_day_is_reported_once_after_it_is_over(desk: Desk) -> None:
    desk.subscribe()
    desk.end("1", NOON)
    assert desk.look() == (12 * 60 + 5) * 60
    assert desk.kept() == []
    due = DAY + timedelta(days=1, minutes=5)
    assert desk.look_at(due) == 24 * 60 * 60
    assert desk.look() == 24 * 60 * 60
    assert desk.kept() == [sessions_of("2026-11-28")]
    assert desk.column(sessions_of("2026-11-28"), "user_session_id") == ["1"]
    assert desk.row().last_generated_at == due


def test_days_that_nobody_was_there_to_report_are_reported_later_each_by_itself(
    desk: Desk,
) -> None:
    desk.subscribe()
    for number in (0, 1, 3):
        desk.end(str(number), NOON + timedelta(days=number))
    desk.look_at(NOON + timedelta(days=4))
    days = ("2026-11-28", "2026-11-29", "2026-12-01")
    assert desk.kept() == [sessions_of(day) for day in days]
    assert [desk.column(key, "user_session_id") for key in desk.kept()] == [["0"], ["1"], ["3"]]


def test_a_day_without_sessions_has_no_file_and_no_date(desk: Desk) -> None:
    desk.subscribe()
    desk.look_at(NOON + timedelta(days=1))
    assert (desk.kept(), desk.row().last_generated_at) == ([], None)
    assert desk.row().reported_until == DAY + timedelta(days=1)


def test_a_session_is_told_of_on_the_day_it_ends_and_what_it_started_when_it_did(
    desk: Desk,
) -> None:
    desk.subscribe()
    desk.end("late", DAY + timedelta(days=1, minutes=30), "xterm", "gedit", "xterm")
    desk.look_at(NOON + timedelta(days=2))
    [launches, sessions] = desk.kept()
    assert launches.endswith("day=28/daily-app-report-2026-11-28.csv")
    assert sessions == sessions_of("2026-11-29")
    assert desk.column(launches, "application_name") == ["xterm", "gedit", "xterm"]
    assert desk.column(launches, "user_session_id") == ["late"] * 3


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (DAY, "2026-11-28"),
        (DAY + timedelta(days=1, microseconds=-1), "2026-11-28"),
        (DAY + timedelta(days=1), "2026-11-29"),
    ],
)
def test_a_day_is_from_midnight_to_midnight(desk: Desk, at: datetime, day: str) -> None:
    desk.subscribe()
    desk.end("1", at)
    desk.look_at(NOON + timedelta(days=3))
    assert desk.kept() == [sessions_of(day)]


def test_others_are_not_told_of(desk: Desk) -> None:
    desk.subscribe()
    desk.end("mine", NOON, "xterm")
    desk.end("another account's", NOON, "gedit", scope=OTHERS)
    desk.end("an administrator's", NOON, "apt", fleet="image-builder/b")
    desk.end("another region's", NOON, "vim", scope=Scope(SCOPE.account, "eu-west-1"))
    desk.look_at(NOON + timedelta(days=1))
    [sessions, launches] = desk.kept()
    assert desk.column(sessions, "user_session_id") == ["mine"]
    assert desk.column(launches, "application_name") == ["xterm"]
    assert desk.look(OTHERS) is None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotThere("There is no bucket."), "RESOURCE_NOT_FOUND"),
        (NotPermitted("No."), "ACCESS_DENIED"),
        (NotReachable("Nobody answers."), "INTERNAL_SERVICE_ERROR"),
        (NoSuchName("What a name."), "INTERNAL_SERVICE_ERROR"),
    ],
)
def test_what_cannot_be_kept_is_told_and_tried_again(
    desk: Desk, error: LocationError, code: str
) -> None:
    desk.subscribe()
    desk.end("1", NOON)
    desk.locations.error = error
    assert desk.look_at(NOON + timedelta(days=1)) == AGAIN_S
    assert desk.row().errors == [{"ErrorCode": code, "ErrorMessage": str(error)}]
    assert (desk.row().reported_until, desk.row().last_generated_at) == (DAY, None)
    desk.locations.error = None
    desk.look()
    assert (desk.kept(), desk.row().errors) == ([sessions_of("2026-11-28")], [])


def test_a_report_that_was_kept_and_not_noted_is_made_the_same_again(desk: Desk) -> None:
    desk.subscribe()
    desk.end("1", NOON)
    desk.look_at(NOON + timedelta(days=1))
    key = sessions_of("2026-11-28")
    before = read(desk.locations, Location("a-bucket", key), most_bytes=1 << 20)
    with desk.store.transaction() as tx:
        row = usage.usage_reports(tx, SCOPE)
        assert row
        row.reported_until = DAY
    desk.look()
    assert read(desk.locations, Location("a-bucket", key), most_bytes=1 << 20) == before


def test_who_subscribes_no_more_is_not_looked_at_again(desk: Desk) -> None:
    desk.subscribe()
    desk.end("1", NOON)
    with desk.store.transaction() as tx:
        row = usage.usage_reports(tx, SCOPE)
        assert row
        row.subscribed = False
    desk.clock.advance_to(NOON + timedelta(days=1))
    assert desk.look() is None
    assert desk.kept() == []


@pytest.mark.parametrize("subscribed", [True, False])
def test_sessions_are_remembered_until_they_are_reported_and_no_longer(
    desk: Desk, subscribed: bool
) -> None:
    if subscribed:
        desk.subscribe()
    desk.end("1", NOON, "xterm")

    def known() -> tuple[int, int]:
        with desk.store.transaction() as tx:
            streaming.forget_ended(tx, desk.clock.now() - timedelta(days=1))
        with desk.store.snapshot() as tx:
            return tx.query(SessionRow).count(), tx.query(LaunchRow).count()

    desk.clock.advance_to(NOON + timedelta(hours=23))
    assert known() == (1, 1)
    desk.clock.advance_to(NOON + timedelta(days=9))
    assert known() == ((1, 1) if subscribed else (0, 0))
    desk.look()
    assert known() == (0, 0)


def test_a_session_on_a_seat_is_told_of_by_the_instance_that_the_api_names(desk: Desk) -> None:
    desk.subscribe()
    desk.end("one", NOON)
    with desk.store.transaction() as tx:
        session = tx.get(SessionRow, "one")
        assert session
        session.instance_id, session.usage = "seat-1", {"instance": "i-1"}
    desk.look_at(NOON + timedelta(days=1))
    assert desk.column(sessions_of("2026-11-28"), "instance_id") == ["i-1"]


def test_a_session_that_starts_more_than_can_be_told_is_not_told_of_in_full(desk: Desk) -> None:
    desk.subscribe()
    desk.end("1", NOON, *["x" * 300] * (usage.MOST_LAUNCHES + 1))
    with desk.store.snapshot() as tx:
        assert tx.query(LaunchRow).count() == usage.MOST_LAUNCHES
        assert {row.application for row in tx.query(LaunchRow)} == {"x" * usage.MOST_NAME}

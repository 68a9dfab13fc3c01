"""What a multi-session fleet is planned to do, where its sessions go, and what is counted of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownstream.domain.capacity import capacity_status, of_sessions
from ownstream.domain.fleets import Drain, InstanceView, Launch, Retire, Step, Wanted
from ownstream.domain.seats import free_seat, met, plan

SEATS = 2


def wanted(**values: object) -> Wanted:
    defaults = {"running": True, "on_demand": False, "desired": 1, "generation": 1}
    return Wanted(**{**defaults, "seats": SEATS, **values})  # type: ignore[arg-type]


def seat(id_: str, **values: object) -> InstanceView:
    """A seat of the instance that its first letter names."""
    defaults = {"generation": 1, "seen": "ready", "part_of": id_[0]}
    return InstanceView(id_, **{**defaults, **values})  # type: ignore[arg-type]


def used(id_: str, **values: object) -> InstanceView:
    return seat(id_, session_id=f"session of {id_}", **values)


PLANS: dict[str, tuple[Wanted, list[InstanceView], list[Step]]] = {
    "an empty fleet is filled with instances": (wanted(desired=2), [], [Launch(2)]),
    "an instance with a seat that is free is left alone": (wanted(), [seat("a1")], []),
    "a seat is made ready beside one in use": (wanted(), [used("a1")], [Launch(1, on="a")]),
    "a seat that starts is as good as ready": (wanted(), [used("a1"), seat("a2", seen="new")], []),
    "a full instance gets no more seats": (wanted(), [used("a1"), used("a2")], []),
    "a seat that was used is replaced": (
        wanted(),
        [used("a1", goal="retire"), used("a2")],
        [Launch(1, on="a")],
    ),
    "a seat for everybody who waits": (
        wanted(seats=4, waiting=3),
        [used("a1"), seat("a2", seen="starting")],
        [Launch(2, on="a")],
    ),
    "a lost seat goes, the other stays": (
        wanted(),
        [used("a1", seen="lost"), used("a2")],
        [Retire("a1", "instance_lost"), Launch(1, on="a")],
    ),
    "an instance that is lost is replaced": (
        wanted(),
        [used("a1", seen="lost"), used("a2", seen="lost")],
        [Retire("a1", "instance_lost"), Retire("a2", "instance_lost"), Launch(1)],
    ),
    "an instance that drains keeps its sessions and its place": (
        wanted(),
        [used("a1", drain="asked"), seat("a2", drain="asked")],
        [Retire("a2", "drained")],
    ),
    "an instance that has drained is replaced": (
        wanted(),
        [seat("a2", drain="asked")],
        [Retire("a2", "drained"), Launch(1)],
    ),
    "scaling in takes what nobody uses": (
        wanted(),
        [used("a1"), used("a2"), seat("b1")],
        [Retire("b1", "scaled_in")],
    ),
    "scaling in drains what is in use, the emptiest first": (
        wanted(),
        [used("a1"), seat("a2"), used("b1"), used("b2")],
        [Drain("a", "scaled_in")],
    ),
    "what was drained by scaling in is taken again": (
        wanted(desired=2),
        [used("a1", drain="scaled_in"), used("b1"), used("b2")],
        [Drain("a", "")],
    ),
    "what somebody drained is not, and keeps its place": (
        wanted(desired=2),
        [used("a1", drain="asked"), used("b1"), used("b2")],
        [],
    ),
    "an outdated instance that nobody uses is replaced": (
        wanted(),
        [seat("a1", generation=0)],
        [Retire("a1", "outdated"), Launch(1)],
    ),
    "an outdated one in use goes on, with a seat for another": (
        wanted(),
        [used("a1", generation=0)],
        [Launch(1, on="a")],
    ),
    "a stopped fleet has none": (
        wanted(running=False),
        [used("a1"), seat("a2")],
        [Retire("a1", "fleet_stopped"), Retire("a2", "fleet_stopped")],
    ),
    "nothing is launched while a failure is waited out": (
        wanted(desired=2, may_launch=False),
        [used("a1")],
        [],
    ),
    "an on-demand fleet launches for nobody": (wanted(on_demand=True), [], []),
    "an on-demand fleet launches for users": (
        wanted(on_demand=True, desired=5, waiting=3),
        [],
        [Launch(2)],
    ),
    "an on-demand fleet fills the instance that it has": (
        wanted(on_demand=True, desired=5, waiting=1),
        [used("a1")],
        [Launch(1, on="a")],
    ),
    "an on-demand fleet lets go of what nobody uses": (
        wanted(on_demand=True, desired=5),
        [used("a1"), seat("a2"), seat("b1")],
        [Retire("b1", "scaled_in")],
    ),
    "an on-demand fleet drains nothing because users are apart": (
        wanted(on_demand=True, desired=5),
        [used("a1"), seat("a2"), used("b1"), seat("b2")],
        [],
    ),
}


@pytest.mark.parametrize("case", PLANS.values(), ids=PLANS.keys())
def test_plan(case: tuple[Wanted, list[InstanceView], list[Step]]) -> None:
    want, seen, steps = case
    assert list(plan(want, seen)) == steps


@pytest.mark.parametrize(
    ("want", "seen", "expected"),
    [
        (wanted(desired=2), [seat("a1"), used("b1"), used("b2")], True),
        (wanted(), [used("a1")], False),
        (wanted(desired=2), [seat("a1"), seat("a2")], False),
        (wanted(), [seat("a1", seen="starting")], False),
        (wanted(on_demand=True), [], True),
        (wanted(running=False), [], True),
        (wanted(running=False), [seat("a1", goal="retire")], False),
    ],
    ids=[
        "each instance has a seat that is ready, or is full",
        "an instance with room has no seat for the next user",
        "two seats of one instance are not two instances",
        "a seat that starts is not ready",
        "an on-demand fleet needs none ahead",
        "a stopped fleet is empty",
        "a stopping fleet is not",
    ],
)
def test_the_goal_is_met_when(want: Wanted, seen: list[InstanceView], expected: bool) -> None:
    assert met(want, seen) is expected


FREE: dict[str, tuple[list[InstanceView], str | None]] = {
    "on the fullest instance": ([seat("a1"), used("b1"), seat("b2")], "b2"),
    "on the oldest of those that are alike": ([seat("a1"), seat("b1")], "a1"),
    "on an instance of the present kind": ([used("a1", generation=0), seat("a2", generation=0),
                                            seat("b1")], "b1"),
    "on an outdated one before nowhere": ([used("a1", generation=0), seat("a2", generation=0)],
                                          "a2"),
    "nowhere that drains": ([used("a1", drain="asked"), seat("a2", drain="asked")], None),
    "nowhere that is not ready": ([used("a1"), seat("a2", seen="starting")], None),
    "nowhere beyond the fleet's sessions": ([used("a1"), used("a2"), used("b1"), seat("b2")], None),
}  # fmt: skip


@pytest.mark.parametrize("case", FREE.values(), ids=FREE.keys())
def test_the_next_session_goes(case: tuple[list[InstanceView], str | None]) -> None:
    seen, expected = case
    found = free_seat(seen, generation=1, most_sessions=3)
    assert (found.id if found else None) == expected


def test_sessions_and_slots_are_counted() -> None:
    seen = [
        used("a1", drain="asked"),
        *(used("b1"), seat("b2")),
        *(seat("c1", seen="starting"), used("d1", goal="save")),
    ]
    document = {"MaxSessionsPerInstance": 3, "ComputeCapacityStatus": of_sessions(8, 3)}
    assert capacity_status(document, seen, running=True) == {
        "Desired": 3,
        "Running": 2,
        "InUse": 2,
        "Available": 1,
        "DesiredUserSessions": 8,
        "ActiveUserSessions": 2,
        "AvailableUserSessions": 2,
        "ActualUserSessions": 4,
        "Draining": 1,
        "DrainModeActiveUserSessions": 1,
        "DrainModeUnusedUserSessions": 2,
    }


def test_an_on_demand_fleet_offers_the_sessions_that_it_may_still_have() -> None:
    document = {
        "FleetType": "ON_DEMAND",
        "MaxSessionsPerInstance": 2,
        "ComputeCapacityStatus": of_sessions(5, 2),
    }
    numbers = capacity_status(document, [used("a1")], running=True)
    assert (numbers["Available"], numbers["AvailableUserSessions"]) == (3, 4)
    numbers = capacity_status(document, [], running=False)
    assert (numbers["Available"], numbers["AvailableUserSessions"]) == (0, 0)


# A fleet as it lives: users come and go, seats fail, somebody scales it and drains it.


@dataclass
class Life:
    """A fleet whose plans are carried out as they are made."""

    want: Wanted
    sessions: int
    rows: list[InstanceView] = field(default_factory=list[InstanceView])
    waiting: int = 0
    made: count = field(default_factory=count)  # type: ignore[type-arg]

    def come(self) -> None:
        """A user comes, and is let in if there is room or will be."""
        live = sum(1 for row in self.rows if row.session_id and row.goal == "run")
        if live + self.waiting < self.sessions:
            self.waiting += 1

    def place(self) -> None:
        while self.waiting and (
            free := free_seat(
                self.rows, generation=self.want.generation, most_sessions=self.sessions
            )
        ):
            assert not free.drain
            assert not free.session_id
            self.change(free.id, session_id=f"session {next(self.made)}")
            self.waiting -= 1

    def change(self, id_: str, **values: object) -> None:
        self.rows = [replace(row, **values) if row.id == id_ else row for row in self.rows]

    def scale(self, sessions: int) -> None:
        self.sessions = sessions
        self.want = replace(self.want, desired=-(-sessions // self.want.seats))

    def look(self) -> Sequence[Step]:
        """One turn: what waits is placed, the plan made and done; what started is ready."""
        self.place()
        steps = plan(replace(self.want, waiting=self.waiting), self.rows)
        for step in steps:
            self.take(step)
        self.rows = [replace(r, seen="ready") if r.seen == "new" else r for r in self.rows]
        for row in self.rows:
            seats = [r for r in self.rows if r.instance == row.instance and r.goal == "run"]
            assert len(seats) <= self.want.seats
        return steps

    def take(self, step: Step) -> None:
        match step:
            case Retire(id_, reason):
                [row] = [row for row in self.rows if row.id == id_]
                assert not row.session_id or reason in ("instance_lost", "fleet_stopped")
                self.rows.remove(row)
            case Drain(instance, reason):
                for row in self.rows:
                    if row.instance == instance:
                        self.change(row.id, drain=reason)
            case Launch(number, on):
                for _ in range(number):
                    self.launch(on or f"i-{next(self.made)}")

    def launch(self, instance: str) -> None:
        kind = next((r.generation for r in self.rows if r.instance == instance), None)
        made = InstanceView(
            f"s-{next(self.made)}",
            generation=self.want.generation if kind is None else kind,
            part_of=instance,
        )
        self.rows.append(made)


EVENTS = st.one_of(
    st.just(("come", 0)),
    st.just(("come", 0)),
    st.tuples(st.sampled_from(["leave", "fail", "fail all", "drain"]), st.integers(0, 20)),
    st.tuples(st.just("scale"), st.integers(0, 9)),
    st.just(("outdate", 0)),
)


def happen(life: Life, event: str, which: int) -> None:
    match event:
        case "come":
            life.come()
        case "scale":
            life.scale(which)
        case "outdate":
            life.want = replace(life.want, generation=life.want.generation + 1)
        case _ if life.rows:
            befall(life, event, life.rows[which % len(life.rows)])
        case _:
            pass


def befall(life: Life, event: str, row: InstanceView) -> None:
    """This happens to a seat, or to the instance that it is of."""
    together = [other.id for other in life.rows if other.instance == row.instance]
    if event == "leave" and row.session_id:
        life.rows.remove(row)
    elif event == "drain" and row.session_id:
        for id_ in together:
            life.change(id_, drain="asked")
    elif event.startswith("fail"):
        for id_ in together if event == "fail all" else [row.id]:
            life.change(id_, seen="lost")


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    seats=st.integers(2, 4),
    on_demand=st.booleans(),
    sessions=st.integers(0, 9),
    events=st.lists(EVENTS, max_size=40),
)
def test_whatever_happens_no_plan_ends_a_session_and_plans_come_to_an_end(
    seats: int, on_demand: bool, sessions: int, events: list[tuple[str, int]]
) -> None:
    life = Life(wanted(seats=seats, on_demand=on_demand), sessions)
    life.scale(sessions)
    for event, which in events:
        happen(life, event, which)
        life.look()
    looks = 0
    while life.look():
        looks += 1
        assert looks < 20, "the plan never comes to rest"
    check_rest(life)


def check_rest(life: Life) -> None:
    """What holds once a fleet has come to rest."""
    want = replace(life.want, waiting=life.waiting)
    document = {
        "FleetType": "ON_DEMAND" if want.on_demand else "ALWAYS_ON",
        "MaxSessionsPerInstance": want.seats,
        "ComputeCapacityStatus": of_sessions(life.sessions, want.seats),
    }
    numbers = capacity_status(document, life.rows, running=True)
    assert met(want, life.rows)
    assert all(number >= 0 for number in numbers.values()), numbers
    active, available = numbers["ActiveUserSessions"], numbers["AvailableUserSessions"]
    assert numbers["ActualUserSessions"] == active + available
    assert active == sum(1 for row in life.rows if row.session_id)
    if active + life.waiting <= life.sessions:
        withheld = numbers["DrainModeUnusedUserSessions"]
        assert numbers["DesiredUserSessions"] <= available + active + withheld
    # Nobody waits where there is a slot.
    assert not (life.waiting and available), (life.rows, numbers)

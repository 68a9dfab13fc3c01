"""What a fleet is planned to do, from what is wanted and seen."""

import pytest

from ownstream.domain.fleets import InstanceView, Launch, Retire, Wanted, met, plan, state

READY = "ready"


def wanted(**values: object) -> Wanted:
    defaults = {"running": True, "on_demand": False, "desired": 2, "generation": 1}
    return Wanted(**{**defaults, **values})  # type: ignore[arg-type]


def instance(id_: str, seen: str = READY, **values: object) -> InstanceView:
    return InstanceView(id_, **{"generation": 1, "seen": seen, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("goal", "goal_met", "expected"),
    [
        ("RUNNING", False, "STARTING"),
        ("RUNNING", True, "RUNNING"),
        ("STOPPED", False, "STOPPING"),
        ("STOPPED", True, "STOPPED"),
    ],
)
def test_the_state_follows_from_goal_and_whether_it_was_met(
    goal: str, goal_met: bool, expected: str
) -> None:
    assert state(goal, goal_met) == expected


PLANS = {
    "an empty fleet is filled": (wanted(), [], [Launch(2)]),
    "a full fleet is left alone": (wanted(), [instance("a"), instance("b")], []),
    "instances that start count": (wanted(), [instance("a", "new"), instance("b", "starting")], []),
    "a lost instance is replaced": (
        wanted(),
        [instance("a"), instance("b", "lost")],
        [Retire("b", "instance_lost"), Launch(1)],
    ),
    "an instance going away is not counted": (
        wanted(),
        [instance("a"), instance("b", goal="retire")],
        [Launch(1)],
    ),
    "scaling in spares instances in use": (
        wanted(desired=1),
        [instance("a", session_id="s"), instance("b")],
        [Retire("b", "scaled_in")],
    ),
    "scaling in takes what is not ready first": (
        wanted(desired=1),
        [instance("a"), instance("b", "starting")],
        [Retire("b", "scaled_in")],
    ),
    "instances in use beyond the goal stay": (
        wanted(desired=1),
        [instance("a", session_id="s"), instance("b", session_id="t")],
        [],
    ),
    "unused instances of an older kind are replaced": (
        wanted(),
        [instance("a", generation=0), instance("b", generation=0, session_id="s")],
        [Retire("a", "outdated"), Launch(1)],
    ),
    "a stopped fleet has none": (
        wanted(running=False),
        [instance("a"), instance("b", session_id="s")],
        [Retire("a", "fleet_stopped"), Retire("b", "fleet_stopped")],
    ),
    "nothing is launched while a failure is waited out": (wanted(may_launch=False), [], []),
    "an on-demand fleet launches for nobody": (wanted(on_demand=True), [], []),
    "an on-demand fleet launches for a user": (wanted(on_demand=True, waiting=1), [], [Launch(1)]),
    "an on-demand fleet goes no further than its capacity": (
        wanted(on_demand=True, desired=1, waiting=1),
        [instance("a", session_id="s")],
        [],
    ),
}


@pytest.mark.parametrize("case", PLANS.values(), ids=PLANS.keys())
def test_plan(case: tuple[Wanted, list[InstanceView], list[Launch | Retire]]) -> None:
    want, seen, steps = case
    assert list(plan(want, seen)) == steps


@pytest.mark.parametrize(
    ("want", "seen", "expected"),
    [
        (wanted(), [instance("a"), instance("b")], True),
        (wanted(), [instance("a"), instance("b", "starting")], False),
        (wanted(desired=0), [], True),
        (wanted(on_demand=True), [], True),
        (wanted(running=False), [], True),
        (wanted(running=False), [instance("a", goal="retire")], False),
    ],
    ids=[
        "all instances are ready",
        "one still starts",
        "none is wanted",
        "an on-demand fleet needs none ahead",
        "a stopped fleet is empty",
        "a stopping fleet is not",
    ],
)
def test_the_goal_is_met_when(want: Wanted, seen: list[InstanceView], expected: bool) -> None:
    assert met(want, seen) is expected

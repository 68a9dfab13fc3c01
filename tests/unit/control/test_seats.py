"""Multi-session fleets made what they are to be, on drivers of one process."""

from ownstream.domain.capacity import of_sessions
from ownstream.drivers.base import InstanceSpec, Transient
from ownstream.drivers.fake import ImmediateDriver, SlowDriver
from ownstream.faults import Faults, InstanceDeath
from ownstream.store import FleetRow, InstanceRow, SessionRow, streaming
from tests.support.world import GIB, SCOPE
from tests.unit.control.world import World, world


def shared(driver: ImmediateDriver | None = None, *, sessions: int = 4, **more: object) -> World:
    """A fleet of two instances that take two sessions each."""
    faults = more.pop("faults", None)
    assert faults is None or isinstance(faults, Faults)
    members = {"MaxSessionsPerInstance": 2, "ComputeCapacityStatus": of_sessions(sessions, 2)}
    return world(driver, faults=faults, **{**members, **more})


def come(here: World, *sessions: str) -> None:
    """Users come one after another, each when the seats are ready again."""
    for session in sessions:
        here.begin_session(session)
        here.look(3)


def leave(here: World, session: str) -> None:
    with here.store.transaction() as tx:
        row = tx.get(SessionRow, session)
        assert row
        streaming.end_session(tx, row, reason="ended_by_user", now=here.clock.now())
    here.look(3)


def instance_of(here: World, session: str) -> InstanceRow:
    with here.store.snapshot() as tx:
        row = streaming.instance_of(tx, here.session(session))
    assert row
    return row


def drain(here: World, session: str) -> None:
    instance = instance_of(here, session).instance
    with here.store.transaction() as tx:
        for row in streaming.parts_of(tx, SCOPE, instance):
            row.drain = "asked"
    here.look(3)


def instances(here: World) -> dict[str, int]:
    """How many seats each instance has."""
    rows = [row for row in here.instances() if row.goal == "run"]
    return {row.instance: sum(r.instance == row.instance for r in rows) for row in rows}


def test_each_instance_has_one_seat_ready_before_anybody_comes() -> None:
    here = shared(SlowDriver(looks=1))
    here.look(2)
    assert here.state() == "STARTING"
    here.look()
    assert here.state() == "RUNNING"
    assert list(instances(here).values()) == [1, 1]
    assert here.capacity()["AvailableUserSessions"] == 4


def test_seats_of_an_instance_say_of_which_to_the_driver() -> None:
    here = shared()
    here.look(2)
    come(here, "ann")
    specs = [one.spec for one in here.driver.instances.values()]
    assert {spec.part_of for spec in specs} == instances(here).keys()
    assert len(specs) == 3


def test_two_users_share_an_instance_and_a_third_has_the_other() -> None:
    here = shared()
    here.look(2)
    come(here, "ann", "bob", "cid")
    ann, bob, cid = (instance_of(here, each) for each in ("ann", "bob", "cid"))
    assert ann.id != bob.id
    assert ann.instance == bob.instance != cid.instance


def test_who_comes_while_no_seat_is_ready_has_one_that_is_made_for_him() -> None:
    here = shared(sessions=2)
    here.look(2)
    for session in ("ann", "bob"):
        here.begin_session(session)
    assert here.session("bob").instance_id is None
    here.look(3)
    assert instance_of(here, "ann").instance == instance_of(here, "bob").instance


def test_seats_take_the_memory_of_their_instance_once() -> None:
    # The node's 16 GiB hold eight instances of 2: nothing is left for seats beside them.
    here = shared(sessions=16, InstanceType="stream.standard.small")
    here.look(2)
    assert len(instances(here)) == 8
    come(here, "ann", "bob")
    assert (here.errors(), here.capacity()["ActiveUserSessions"]) == ([], 2)
    assert all(row.spec["memory_bytes"] == 2 * GIB for row in here.instances())


def test_a_seat_is_made_anew_after_its_session_and_the_other_session_goes_on() -> None:
    here = shared(sessions=2)
    here.look(2)
    come(here, "ann", "bob")
    before, other = instance_of(here, "ann"), instance_of(here, "bob")
    leave(here, "ann")
    assert before.id not in here.driver.instances
    assert here.session("bob").state == "PENDING"
    come(here, "cid")
    after = instance_of(here, "cid")
    assert after.id != before.id
    assert after.instance == before.instance == other.instance


def test_a_seat_that_is_lost_ends_its_session_alone() -> None:
    here = shared(sessions=2)
    here.look(2)
    come(here, "ann", "bob")
    here.driver.lose(instance_of(here, "ann").id)
    here.look(3)
    assert (here.session("ann").end_reason, here.session("bob").end_reason) == (
        "instance_lost",
        "",
    )
    assert list(instances(here).values()) == [2]


def test_an_instance_that_dies_ends_every_session_on_it() -> None:
    faults = Faults()
    here = shared(faults=faults)
    here.look(2)
    come(here, "ann", "bob", "cid")
    faults.add(InstanceDeath(0), count=1)
    here.look(4)
    ended = [here.session(each).end_reason for each in ("ann", "bob", "cid")]
    assert ended in (["instance_lost", "instance_lost", ""], ["", "", "instance_lost"])
    assert here.capacity()["Running"] == 2


def test_an_instance_that_drains_takes_nobody_and_is_replaced_at_its_end() -> None:
    here = shared()
    here.look(2)
    come(here, "ann")
    drain(here, "ann")
    old = instance_of(here, "ann").instance
    come(here, "bob", "cid")
    assert {instance_of(here, each).instance for each in ("bob", "cid")} == (
        instances(here).keys() - {old}
    )
    assert instances(here)[old] == 1
    leave(here, "ann")
    assert old not in instances(here)
    assert here.capacity()["Running"] == 2


def test_scaling_in_drains_and_scaling_out_takes_it_back() -> None:
    here = shared()
    here.look(2)
    come(here, "ann", "bob", "cid")
    for sessions, drains in ((2, 1), (4, 0)):

        def scaled(row: FleetRow, sessions: int = sessions) -> None:
            row.document = {
                **row.document,
                "ComputeCapacityStatus": of_sessions(sessions, 2),
            }

        here.change(scaled)
        here.look(3)
        numbers = here.capacity()
        assert (numbers["Draining"], numbers["ActiveUserSessions"]) == (drains, 3)


def test_a_seat_more_of_an_outdated_instance_is_of_the_instances_own_kind() -> None:
    here = shared(sessions=2)
    here.look(2)
    come(here, "ann")

    def outdate(row: FleetRow) -> None:
        row.generation += 1

    here.change(outdate)
    here.look(3)
    come(here, "bob")
    assert instance_of(here, "bob").instance == instance_of(here, "ann").instance
    leave(here, "ann")
    leave(here, "bob")
    assert {row.generation for row in here.instances()} == {1}


def test_a_seat_that_cannot_be_launched_is_an_error_of_the_fleet() -> None:
    class NoSecond(ImmediateDriver):
        def _check(self, spec: InstanceSpec) -> None:
            if any(one.spec.part_of == spec.part_of for one in self.instances.values()):
                raise Transient("there is no second seat")

    here = shared(NoSecond(), sessions=2)
    here.look(2)
    here.begin_session("ann")
    here.look()
    assert here.errors() == ["there is no second seat"]
    assert here.session("ann").end_reason == ""

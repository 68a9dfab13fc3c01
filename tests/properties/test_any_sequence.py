"""Any sequence of calls, users' doings, faults and hours leaves the service consistent."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ownstream import faults
from ownstream.gateway.admission import Refused
from ownstream.model.catalog import appstream
from ownstream.operations.registry import written_operations
from tests.properties.desk import PAIRS, Desk, Refusal
from tests.properties.expected import Expected
from tests.properties.invariants import check_refusal, check_view, must_be_refused
from tests.properties.profiles import tried
from tests.properties.shapes import (
    FLEETS,
    IMAGES,
    USERS,
    breaching_request,
    fitting_request,
)
from tests.properties.walks import Walk

WRITTEN = sorted(written_operations())
PAGED = [
    name for name in WRITTEN if "NextToken" in appstream().operations[name].input_shape.members
]
CHANGING = [name for name in WRITTEN if not name.startswith(("Describe", "List"))]
SECONDS = st.sampled_from((0, 1, 29, 59, 60, 61, 300, 899, 901, 3600, 7200, 57601))
MOMENTS = st.sampled_from([timedelta(0), timedelta(seconds=1), timedelta(minutes=2)])
TOKENS = st.sampled_from(("x", "=", "AAAA", "é", "\u202e", "A" * 5000, "eyJhIjoxfQ==", "[]"))
INDEX = st.integers(0, 7)
CAPACITIES = (
    {"ComputeCapacity": {"DesiredInstances": 2}},
    {"ComputeCapacity": {"DesiredSessions": 3}, "MaxSessionsPerInstance": 2},
)


class AnySequence(RuleBasedStateMachine):
    """One service, and what ought to be there."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.expected = Expected()
        self.view = self.desk.look()
        self.stood = self.desk.now  # when the view was taken
        self.refused = ""  # what the last step was refused, as nothing may have changed then
        self.users: list[Any] = []
        self.urls: list[str] = []
        self.walks: list[Walk] = []

    def teardown(self) -> None:
        self.desk.close()

    @rule(operation=st.sampled_from(WRITTEN), data=st.data())
    def call(self, operation: str, data: st.DataObject) -> None:
        self.carry_out(operation, data.draw(fitting_request(operation), label="members"))

    @rule(operation=st.sampled_from(WRITTEN), data=st.data())
    def call_against_the_model(self, operation: str, data: st.DataObject) -> None:
        breach = data.draw(breaching_request(operation), label="breach")
        answer = self.desk.call(operation, breach.members)
        assert isinstance(answer, Refusal), f"{operation} was answered with {breach.where}"
        self.refused = f"{operation}: {answer.code}"

    @rule(operation=st.sampled_from(PAGED), token=TOKENS, data=st.data())
    def call_with_a_strange_token(self, operation: str, token: str, data: st.DataObject) -> None:
        members = data.draw(fitting_request(operation), label="members")
        answer = self.desk.call(operation, {**members, "NextToken": token})
        assert isinstance(answer, Refusal)
        self.refused = f"{operation}: {answer.code}"

    @rule(
        pair=st.sampled_from(PAIRS),
        fleet_type=st.sampled_from(("ALWAYS_ON", "ON_DEMAND")),
        capacity=st.sampled_from(CAPACITIES),
    )
    def bring_up(self, pair: tuple[str, str], fleet_type: str, capacity: Any) -> None:
        """The way to a running fleet, as far as it goes: by chance it is seldom found."""
        fleet, stack = pair
        created = {"ImageName": IMAGES[0], "InstanceType": "stream.standard.small"}
        wanted = {**capacity, "FleetType": fleet_type}
        self.carry_out("CreateFleet", {"Name": fleet, **created, **wanted})
        self.carry_out("CreateStack", {"Name": stack})
        self.carry_out("AssociateFleet", {"FleetName": fleet, "StackName": stack})
        self.carry_out("StartFleet", {"Name": fleet})
        self.desk.service.clock.advance(seconds=1)
        self.refused = ""

    @precondition(lambda self: self.expected.pairs)
    @rule(index=INDEX, user=st.sampled_from(USERS))
    def connect(self, index: int, user: str) -> None:
        pairs = sorted(self.expected.pairs)
        fleet, stack = pairs[index % len(pairs)]
        asked = {"FleetName": fleet, "StackName": stack, "UserId": user, "Validity": 600}
        answer = self.carry_out("CreateStreamingURL", asked)
        if not isinstance(answer, Refusal):
            url = answer["StreamingURL"]
            with suppress(Refused):
                self.users.append(self.desk.service.users.connect(url))
                self.urls.append(url)  # used, now: one that was refused may still be opened
            self.refused = ""

    @precondition(lambda self: self.urls)
    @rule(index=INDEX)
    def open_a_url_again(self, index: int) -> None:
        with suppress(Refused):
            self.desk.service.users.connect(self.urls[index % len(self.urls)])
            raise AssertionError("a URL let a second browser in")

    @precondition(lambda self: self.users)
    @rule(
        index=INDEX,
        doing=st.sampled_from(
            ("work", "type", "go_idle", "disconnect", "reconnect", "end_session")
        ),
    )
    def do(self, index: int, doing: str) -> None:
        user = self.users[index % len(self.users)]
        before = user.ended
        refused = self._refused_to(user, doing)
        assert refused is None or (before and refused.message), (doing, refused)
        if doing in ("reconnect", "end_session") and before:
            assert user.ended == before

    @precondition(lambda self: self.view.sessions)
    @rule(index=INDEX)
    def expire(self, index: int) -> None:
        ids = sorted(self.view.sessions)
        self.carry_out("ExpireSession", {"SessionId": ids[index % len(ids)]})

    @precondition(lambda self: self.view.sessions)
    @rule(index=INDEX)
    def drain(self, index: int) -> None:
        ids = sorted(self.view.sessions)
        self.carry_out("DrainSessionInstance", {"SessionId": ids[index % len(ids)]})

    @precondition(lambda self: self.view.sessions)
    @rule(index=INDEX)
    def lose_an_instance(self, index: int) -> None:
        shown = [one["InstanceId"] for one in self.view.sessions.values() if "InstanceId" in one]
        if shown:
            with suppress(LookupError):  # it has been taken away with its session
                self.desk.service.lose_instance(sorted(shown)[index % len(shown)])

    @rule(seconds=SECONDS)
    def pass_time(self, seconds: int) -> None:
        self.desk.service.clock.advance(seconds=seconds)

    @rule(launch_takes=MOMENTS, stop_takes=MOMENTS)
    def change_how_long_instances_take(
        self, launch_takes: timedelta, stop_takes: timedelta
    ) -> None:
        driver = self.desk.service.driver
        driver.launch_takes, driver.stop_takes = launch_takes, stop_takes

    @precondition(lambda self: self.expected.pairs)
    @rule(index=INDEX, limit=st.integers(1, 2))
    def begin_a_walk(self, index: int, limit: int) -> None:
        pairs = sorted(self.expected.pairs)
        pair = pairs[index % len(pairs)]
        walk = Walk(pair, limit, {one["Id"] for one in self.desk.sessions(pair)})
        self.walks.append(walk)
        walk.step(self.desk)

    @precondition(lambda self: any(not walk.ended for walk in self.walks))
    @rule(index=INDEX)
    def go_on_with_a_walk(self, index: int) -> None:
        going = [walk for walk in self.walks if not walk.ended]
        going[index % len(going)].step(self.desk)

    @rule(
        fault=st.one_of(
            st.builds(
                faults.Error,
                code=st.sampled_from(("InternalFailure", "AccessDeniedException")),
                operation=st.sampled_from(CHANGING),
            ),
            st.builds(faults.Throttling, operation=st.sampled_from(CHANGING)),
            st.builds(
                faults.SlowAnswer,
                delay_s=st.sampled_from((0.5, 61.0)),
                operation=st.sampled_from(CHANGING),
            ),
            st.builds(faults.NoCapacity, fleet=st.sampled_from(("", *FLEETS))),
            st.builds(
                faults.LaunchFailure,
                code=st.sampled_from(appstream().shape("FleetErrorCode").metadata["enum"]),
                fleet=st.sampled_from(("", *FLEETS)),
            ),
            st.builds(faults.InstanceDeath, after_s=st.sampled_from((0.0, 30.0, 600.0))),
            st.builds(
                faults.StorageConnectorFailure,
                connector_type=st.sampled_from(
                    appstream().shape("StorageConnectorType").metadata["enum"]
                ),
            ),
        ),
        count=st.sampled_from((1, 2)),
    )
    def add_a_fault(self, fault: Any, count: int) -> None:
        # A connector's failure strikes each description, of which there are many here.
        endless = isinstance(fault, faults.StorageConnectorFailure)
        self.desk.service.faults.add(fault, count=None if endless else count)
        self.desk.asked_for = {"InternalFailure"}

    @precondition(lambda self: self.desk.service.faults.added())
    @rule()
    def clear_faults(self) -> None:
        self.desk.service.faults.clear()
        self.desk.asked_for = set()

    @invariant()
    def all_holds(self) -> None:
        before, stood = self.view, self.stood
        self.view, self.stood = self.desk.look(), self.desk.now
        check_view(self.view, self.expected)
        if self.refused and stood == self.stood:
            assert self.view == before, self.refused
        self.refused = ""
        for walk in self.walks:
            walk.stay(set(self.view.sessions))

    def _refused_to(self, user: Any, doing: str) -> Refused | None:
        """Why the user could not do so; None if they could."""
        try:
            getattr(user, doing)()
        except Refused as refused:
            return refused
        return None

    def carry_out(self, operation: str, members: Any) -> dict[str, Any] | Refusal:
        """The answer to a call that keeps to the model, judged by what ought to be there."""
        answer = self.desk.call(operation, members)
        if isinstance(answer, Refusal):
            assert answer.code not in ("ValidationException", "SerializationException"), answer
            check_refusal(operation, members, answer.code, self.expected)
            self.refused = f"{operation}: {answer.code}"
            return answer
        assert must_be_refused(operation, members, self.expected) == [], (operation, members)
        self.expected.note(operation, members)
        self.refused = ""
        return answer


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = tried(25, steps=30)

"""A call: validated, retried after a conflict, paged, and held to what the model declares."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from ownstream.api.dispatch import TRIES, ContractError, Dispatcher
from ownstream.model.errors import (
    AccessDeniedException,
    ConcurrentModificationException,
    InvalidParameterCombinationException,
    InvalidParameterValueException,
    LimitExceededException,
    NotImplementedException,
    ResourceNotFoundException,
    ServiceError,
    ServiceUnavailableException,
    UnknownOperationException,
    ValidationException,
)
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.registry import Operation, operation
from ownstream.store import Conflict, Tx, Unwritable
from tests.support.logs import events
from tests.support.services import NOON, PRINCIPAL, dispatcher_of

STACKS = [f"stack-{number:02}" for number in range(7)]


@operation
def describe_stacks(ctx: Context, names: Any = ()) -> Page[str]:
    """The stacks that a test has, three at a time."""

    def fetch(after: str | None, limit: int) -> list[tuple[str, dict[str, str]]]:
        found = [name for name in STACKS if after is None or name > after]
        return [(name, {"Name": name}) for name in found[:limit]]

    return Page(fetch, default_items=3)


@operation
def describe_sessions(ctx: Context, **members: Any) -> Page[int]:
    """Numbered sessions, at most four at a time."""

    def fetch(after: int | None, limit: int) -> list[tuple[int, dict[str, str]]]:
        start = 0 if after is None else after + 1
        return [(number, session(number)) for number in range(start, min(start + limit, 10))]

    return Page(fetch, default_items=2, most_items=4)


def session(number: int) -> dict[str, str]:
    return {
        "Id": str(number),
        "UserId": "user",
        "StackName": "s",
        "FleetName": "f",
        "State": "ACTIVE",
    }


@operation
def delete_stack(ctx: Context, name: str) -> None:
    """Nothing."""


def dispatcher(*operations: Operation[..., Any], **changes: Any) -> Dispatcher:
    return dispatcher_of({each.model.name: each for each in operations}, **changes)


def raising(error: ServiceError) -> Operation[..., Any]:
    @operation
    def delete_stack(ctx: Context, name: str) -> None:
        raise error

    return delete_stack


def test_an_operation_gets_its_members_and_its_context() -> None:
    seen: list[Context] = []

    @operation
    def start_fleet(ctx: Context, name: str) -> Mapping[str, Any]:
        assert name == "fleet"
        seen.append(ctx)
        return {}

    dispatcher(start_fleet).call("StartFleet", {"Name": "fleet"}, PRINCIPAL, request_id="r")
    assert (seen[0].scope, seen[0].now, seen[0].request_id) == (PRINCIPAL.scope, NOON, "r")


def test_a_void_operation_answers_nothing() -> None:
    assert dispatcher(delete_stack).call("DeleteStack", {"Name": "s"}, PRINCIPAL) == {}


def test_members_are_validated_before_the_operation_sees_them() -> None:
    with pytest.raises(ValidationException, match="'name'"):
        dispatcher(delete_stack).call("DeleteStack", {}, PRINCIPAL)


def test_an_operation_that_is_not_there_is_refused_by_its_name() -> None:
    with pytest.raises(NotImplementedException, match="CreateImageBuilder is not implemented"):
        dispatcher().call("CreateImageBuilder", {}, PRINCIPAL)
    with pytest.raises(UnknownOperationException, match="'CreateEverything'"):
        dispatcher().call("CreateEverything", {}, PRINCIPAL)


def names_of(turned: Mapping[str, Any]) -> list[str]:
    return [stack["Name"] for stack in turned["Stacks"]]


def test_pages_lead_through_the_whole_list_and_end_without_a_token() -> None:
    serving, members, seen = dispatcher(describe_stacks), {}, []
    for _ in range(3):
        turned = serving.call("DescribeStacks", members, PRINCIPAL)
        seen += names_of(turned)
        members = {"NextToken": turned.get("NextToken")}
    assert seen == STACKS
    assert members == {"NextToken": None}


@pytest.mark.parametrize(("asked", "given"), [(0, 2), (1, 1), (3, 3), (50, 4)])
def test_a_page_is_as_long_as_asked_within_what_the_operation_allows(
    asked: int, given: int
) -> None:
    members = {"StackName": "s", "FleetName": "f", "Limit": asked}
    turned = dispatcher(describe_sessions).call("DescribeSessions", members, PRINCIPAL)
    assert len(turned["Sessions"]) == given


def test_a_negative_page_size_is_refused() -> None:
    members = {"StackName": "s", "FleetName": "f", "Limit": -1}
    with pytest.raises(ValidationException, match="Limit must not be negative"):
        dispatcher(describe_sessions).call("DescribeSessions", members, PRINCIPAL)


def test_a_page_size_may_change_on_the_way() -> None:
    serving = dispatcher(describe_sessions)
    members = {"StackName": "s", "FleetName": "f"}
    token = serving.call("DescribeSessions", members, PRINCIPAL)["NextToken"]
    more = {**members, "NextToken": token, "Limit": 1}
    assert serving.call("DescribeSessions", more, PRINCIPAL)["Sessions"] == [session(2)]


@operation
def describe_fleets(ctx: Context, names: Any = ()) -> Page[str]:
    """No fleets."""
    return Page(lambda after, limit: [])


def test_a_token_does_not_fit_another_list_or_caller() -> None:
    serving = dispatcher(describe_stacks, describe_fleets)
    token = serving.call("DescribeStacks", {}, PRINCIPAL)["NextToken"]
    with pytest.raises(InvalidParameterValueException, match="NextToken was not issued"):
        serving.call("DescribeStacks", {"NextToken": token, "Names": ["a"]}, PRINCIPAL)
    with pytest.raises(InvalidParameterValueException):
        serving.call("DescribeFleets", {"NextToken": token}, PRINCIPAL)
    for caller in (replace(PRINCIPAL, account="2" * 12), replace(PRINCIPAL, region="eu-west-1")):
        with pytest.raises(InvalidParameterValueException):
            serving.call("DescribeStacks", {"NextToken": token}, caller)


def test_a_bad_token_is_told_by_a_declared_error_where_there_is_one() -> None:
    members = {"StackName": "s", "FleetName": "f", "NextToken": "made up"}
    with pytest.raises(InvalidParameterCombinationException):
        dispatcher(describe_sessions).call("DescribeSessions", members, PRINCIPAL)


@dataclass
class ContendedStore:
    """A store whose first transactions are lost to others."""

    lost: int
    opened: int = 0

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        self.opened += 1
        yield cast("Tx", None)
        if self.opened <= self.lost:
            raise Conflict("somebody was first")


def test_a_conflict_is_tried_again() -> None:
    store = ContendedStore(lost=TRIES - 1)
    serving = dispatcher(delete_stack, transaction=store.transaction)
    assert serving.call("DeleteStack", {"Name": "s"}, PRINCIPAL) == {}
    assert store.opened == TRIES


def test_a_lasting_conflict_is_told_by_the_declared_error() -> None:
    serving = dispatcher(delete_stack, transaction=ContendedStore(lost=100).transaction)
    with pytest.raises(ConcurrentModificationException):
        serving.call("DeleteStack", {"Name": "s"}, PRINCIPAL)


@contextmanager
def full_store() -> Iterator[Tx]:
    """A store that can keep nothing more."""
    yield cast("Tx", None)
    raise Unwritable("database or disk is full")


def test_a_store_that_cannot_be_written_is_told_as_such() -> None:
    serving = dispatcher(delete_stack, transaction=full_store)
    with pytest.raises(ServiceUnavailableException, match="disk is full"):
        serving.call("DeleteStack", {"Name": "s"}, PRINCIPAL)


def test_a_lasting_conflict_of_an_operation_that_declares_none_is_worth_another_try() -> None:
    serving = dispatcher(describe_stacks, transaction=ContendedStore(lost=100).transaction)
    with pytest.raises(ServiceUnavailableException) as told:
        serving.call("DescribeStacks", {}, PRINCIPAL)
    assert told.value.status == 503


def test_a_declared_or_common_error_reaches_the_caller() -> None:
    for error in (ResourceNotFoundException("none"), AccessDeniedException("no")):
        with pytest.raises(type(error)):
            dispatcher(raising(error)).call("DeleteStack", {"Name": "s"}, PRINCIPAL)


def test_an_undeclared_error_is_a_fault_of_ours() -> None:
    undeclared = raising(LimitExceededException("too many"))
    with pytest.raises(ContractError, match="does not declare LimitExceededException"):
        dispatcher(undeclared).call("DeleteStack", {"Name": "s"}, PRINCIPAL)


def test_in_production_an_undeclared_error_is_logged_and_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    serving = dispatcher(raising(LimitExceededException("too many")), strict=False)
    with pytest.raises(LimitExceededException):
        serving.call("DeleteStack", {"Name": "s"}, PRINCIPAL)
    [event] = events(caplog)
    assert event.fields["operation"] == "DeleteStack"


def test_an_answer_that_does_not_fit_is_a_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    @operation
    def create_stack(ctx: Context, name: str, **members: Any) -> Mapping[str, Any]:
        return {"Stack": {"Colour": "red"}}

    with pytest.raises(ContractError, match=r"'stack\.colour'"):
        dispatcher(create_stack).call("CreateStack", {"Name": "s"}, PRINCIPAL)
    assert events(caplog) == []
    dispatcher(create_stack, strict=False).call("CreateStack", {"Name": "s"}, PRINCIPAL)
    assert len(events(caplog)) == 1

"""Calls that are struck by faults, as botocore's client sees them in both protocols."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from starlette.applications import Starlette

from ownstream.api.app import api_routes
from ownstream.api.chain import Api
from ownstream.faults import Error, Fault, SlowAnswer, Throttling
from ownstream.model.catalog import appstream
from ownstream.model.common_errors import common_errors
from ownstream.operations.context import Context
from ownstream.operations.registry import operation
from tests.support.http import served, served_client
from tests.support.in_process import PROTOCOLS, Transport, client_of
from tests.support.services import api_of

CALLS: list[str] = []


@operation
def delete_fleet(ctx: Context, name: str) -> None:
    """The fleet is in the list of those that were deleted."""
    CALLS.append(name)


@operation
def start_fleet(ctx: Context, name: str) -> Mapping[str, Any]:
    """Nothing."""
    return {}


@pytest.fixture
def api() -> Api:
    CALLS.clear()
    return api_of({each.model.name: each for each in (delete_fleet, start_fleet)})


@pytest.fixture(params=PROTOCOLS)
def client(request: pytest.FixtureRequest, api: Api) -> Any:
    return client_of(Transport(api), protocol=request.param)


def refused(call: Any, **members: Any) -> ClientError:
    with pytest.raises(ClientError) as error:
        call(**members)
    return error.value


def looks(error: ClientError) -> tuple[str, int]:
    answer: Any = error.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


DELETE_ERRORS = [shape.error_code for shape in appstream().operations["DeleteFleet"].error_shapes]


@pytest.mark.parametrize("code", DELETE_ERRORS)
def test_a_declared_error_is_the_clients_own_exception(api: Api, client: Any, code: str) -> None:
    api.faults.add(Error(code, "DeleteFleet"))
    error = refused(client.delete_fleet, Name="f")
    assert isinstance(error, getattr(client.exceptions, code))
    assert looks(error) == (code, appstream().error_status(code))
    assert error.response["Error"]["Message"] in appstream().errors[code].documentation
    assert CALLS == []


@pytest.mark.parametrize("code", common_errors())
def test_a_common_error_has_its_own_status(api: Api, client: Any, code: str) -> None:
    api.faults.add(Error(code))
    assert looks(refused(client.start_fleet, Name="f")) == (code, common_errors()[code].status)


def test_an_error_says_what_it_is_told_to(api: Api, client: Any) -> None:
    api.faults.add(Error("ResourceInUseException", message="Not <b>now</b>."))
    error = refused(client.delete_fleet, Name="f")
    assert error.response["Error"]["Message"] == "Not <b>now</b>."


@pytest.mark.parametrize(
    ("method", "code", "words"),
    [
        ("start_fleet", "RequestLimitExceededException", "throttled by Amazon EC2"),
        ("delete_fleet", "ThrottlingException", "Rate exceeded"),
    ],
    ids=["an operation that declares its limit", "any other"],
)
def test_too_many_calls(api: Api, client: Any, method: str, code: str, words: str) -> None:
    api.faults.add(Throttling(), count=1)
    error = refused(getattr(client, method), Name="f")
    assert looks(error) == (code, 400)
    assert words in error.response["Error"]["Message"]
    getattr(client, method)(Name="f")


def test_nobody_reads_what_a_struck_call_says(api: Api) -> None:
    client = client_of(Transport(api), parameter_validation=False)
    api.faults.add(Throttling(), count=1)
    assert looks(refused(client.delete_fleet, Name=""))[0] == "ThrottlingException"
    assert looks(refused(client.delete_fleet, Name=""))[0] == "ValidationException"


def test_a_stranger_meets_no_faults(api: Api) -> None:
    added = api.faults.add(Throttling())
    stranger = client_of(Transport(api), key=("AKIDSTRANGE", "secret"))
    assert looks(refused(stranger.delete_fleet, Name="f"))[0] == "UnrecognizedClientException"
    assert added.hits == 0


@pytest.mark.parametrize(
    ("faults", "answered"),
    [([SlowAnswer(7)], ["f"]), ([SlowAnswer(7), Throttling()], [])],
    ids=["an answer", "a refusal"],
)
def test_a_late_answer_is_waited_for_by_who_carries_it(
    api: Api, faults: list[Fault], answered: list[str]
) -> None:
    for fault in faults:
        api.faults.add(fault)
    slept: list[float] = []

    async def sleep(delay_s: float) -> None:
        slept.append(delay_s)
        assert answered == CALLS  # carried out, if at all, before the wait

    with (
        ThreadPoolExecutor(1) as executor,
        served(Starlette(routes=list(api_routes(api, executor, sleep)))) as port,
    ):
        client = served_client(port)
        if answered:
            client.delete_fleet(Name="f")
        else:
            refused(client.delete_fleet, Name="f")
    assert slept == [7]

"""A request's way from bytes to bytes, asked by real clients of both protocols."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import cbor2
import pytest
from botocore.exceptions import ClientError

from ownstream.api.chain import Api
from ownstream.api.messages import HttpRequest
from ownstream.model.errors import ResourceNotFoundException
from ownstream.operations.context import Context
from ownstream.operations.registry import operation
from tests.support.in_process import PROTOCOLS, Transport, client_of
from tests.support.logs import events
from tests.support.services import ACCOUNT, OTHER_ACCOUNT, OTHER_KEY, api_of


@operation
def list_associated_fleets(ctx: Context, stack_name: str) -> Mapping[str, Any]:
    """The caller's account and region, which is all that a test asks for."""
    return {"Names": [ctx.scope.account, ctx.scope.region, stack_name]}


@operation
def delete_fleet(ctx: Context, name: str) -> None:
    """Never there."""
    raise ResourceNotFoundException(f"The fleet {name} does not exist.")


@operation
def stop_fleet(ctx: Context, name: str) -> None:
    """A fault of the service."""
    raise RuntimeError(f"broken by {name}")


@operation
def create_directory_config(ctx: Context, **members: Any) -> Mapping[str, Any]:
    """A directory of the name that was asked for."""
    return {"DirectoryConfig": {"DirectoryName": members["DirectoryName"]}}


WRITTEN = (list_associated_fleets, delete_fleet, stop_fleet, create_directory_config)


@pytest.fixture
def api() -> Api:
    return api_of({each.model.name: each for each in WRITTEN})


@pytest.fixture
def transport(api: Api) -> Transport:
    return Transport(api)


@pytest.fixture(params=PROTOCOLS)
def client(request: pytest.FixtureRequest, transport: Transport) -> Any:
    return client_of(transport, protocol=request.param)


def test_a_call_is_answered_for_its_account_and_region(client: Any) -> None:
    answer = client.list_associated_fleets(StackName="s")
    assert answer["Names"] == [ACCOUNT, "us-east-1", "s"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_another_account_and_region_are_kept_apart(transport: Transport, protocol: str) -> None:
    other = client_of(transport, protocol=protocol, key=OTHER_KEY, region="eu-west-1")
    assert other.list_associated_fleets(StackName="s")["Names"][:2] == [OTHER_ACCOUNT, "eu-west-1"]


def test_a_modelled_error_is_the_clients_own_class(client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as told:
        client.delete_fleet(Name="f")
    response = told.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert response["Error"]["Message"] == response["Message"] == "The fleet f does not exist."


def test_a_request_has_an_id_that_the_log_knows(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "ownstream"):
        answer = client.list_associated_fleets(StackName="s")
    [event] = events(caplog)
    entry = event.fields
    assert entry["request_id"] == answer["ResponseMetadata"]["RequestId"]
    assert (entry["operation"], entry["account"]) == ("ListAssociatedFleets", ACCOUNT)
    assert entry["status"] == 200


def test_a_fault_of_ours_is_logged_and_hides_its_reason(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "ownstream"), pytest.raises(ClientError) as told:
        client.stop_fleet(Name="secret-name")
    error = told.value.response["Error"]
    assert error["Code"] == "InternalFailure"
    assert "secret-name" not in error["Message"]
    failed, answered = events(caplog)
    assert failed.fields["request_id"] in error["Message"]
    assert answered.fields["status"] == 500


def test_what_a_caller_sends_is_not_logged(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    secret = {"AccountName": "hidden-name", "AccountPassword": "hidden-word"}
    with caplog.at_level("DEBUG", "ownstream"):
        client.create_directory_config(
            DirectoryName="d",
            OrganizationalUnitDistinguishedNames=["ou"],
            ServiceAccountCredentials=secret,
        )
    assert events(caplog)
    assert "hidden" not in repr(events(caplog))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_unknown_key_is_refused(transport: Transport, protocol: str) -> None:
    stranger = client_of(transport, protocol=protocol, key=("AKIDSTRANGER", "guess"))
    with pytest.raises(ClientError) as told:
        stranger.list_associated_fleets(StackName="s")
    assert told.value.response["Error"]["Code"] == "UnrecognizedClientException"
    assert told.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_body_altered_on_the_way_is_refused(api: Api, client: Any, transport: Transport) -> None:
    client.list_associated_fleets(StackName="s")
    body = transport.requests[0].body.replace(b"s", b"t")
    assert api.answer(replace(transport.requests[0], body=body)).status == 403


def test_a_json_answer_has_the_headers_of_aws(api: Api, transport: Transport) -> None:
    client_of(transport).list_associated_fleets(StackName="s")
    answer = api.answer(transport.requests[0])
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert answer.headers["x-amzn-RequestId"]


def test_a_cbor_answer_says_its_protocol(api: Api, transport: Transport) -> None:
    client_of(transport, protocol="smithy-rpc-v2-cbor").list_associated_fleets(StackName="s")
    answer = api.answer(transport.requests[0])
    assert answer.headers["smithy-protocol"] == "rpc-v2-cbor"
    assert cbor2.loads(answer.body)["Names"][0] == ACCOUNT


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "PhotonAdminProxyService.MakeCoffee"),
        ("/", "AmazonEC2.DescribeFleets"),
        ("/", ""),
        ("/elsewhere", "PhotonAdminProxyService.DescribeFleets"),
        ("/service/PhotonAdminProxyService/operation/MakeCoffee", ""),
        ("/service/AmazonEC2/operation/DescribeFleets", ""),
    ],
)
def test_a_request_that_names_no_operation_is_refused(api: Api, path: str, target: str) -> None:
    request = HttpRequest("POST", path, "", [("host", "h"), ("x-amz-target", target)], b"{}")
    answer = api.answer(request)
    assert answer.status == 400
    assert b"UnknownOperationException" in answer.body


def test_an_unsigned_request_is_refused_before_its_body_is_read(api: Api) -> None:
    target = "PhotonAdminProxyService.DeleteFleet"
    request = HttpRequest("POST", "/", "", [("host", "h"), ("x-amz-target", target)], b"not json")
    answer = api.answer(request)
    assert (answer.status, b"MissingAuthenticationToken" in answer.body) == (403, True)

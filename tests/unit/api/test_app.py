"""The API over HTTP: a real server on loopback, real clients, presigned URLs by plain urllib."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from ownstream.api.app import MOST_BODY_BYTES, api_app
from ownstream.operations.context import Context
from ownstream.operations.registry import operation
from tests.support.http import served, served_client
from tests.support.services import api_of

PRESIGNED_HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "PhotonAdminProxyService.",
}
FLEET = {"Name": "f", "InstanceType": "stream.standard.small"}


@operation
def create_fleet(ctx: Context, **members: Any) -> Mapping[str, Any]:
    """A stack of tags that repeats what was asked for, in place of a fleet."""
    fleet = {"Arn": "arn:aws:appstream:us-east-1:1:fleet/f", "State": "STOPPED"}
    capacity = {"Desired": members.get("ComputeCapacity", {}).get("DesiredInstances", 0)}
    kept = {k: v for k, v in members.items() if k not in ("ComputeCapacity", "Tags")}
    return {"Fleet": {**fleet, "ComputeCapacityStatus": capacity, **kept}}


@operation
def describe_stacks(ctx: Context, names: Any = ()) -> Mapping[str, Any]:
    """A stack for each name."""
    return {"Stacks": [{"Name": name} for name in names]}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    api = api_of({each.model.name: each for each in (create_fleet, describe_stacks)})
    with ThreadPoolExecutor(2) as executor, served(api_app(api, executor)) as port:
        yield port


@pytest.fixture(scope="module")
def client(port: int) -> Any:
    return served_client(port)


def test_boto3_is_answered(client: Any) -> None:
    answer = client.describe_stacks(Names=["a", "b"])
    assert [stack["Name"] for stack in answer["Stacks"]] == ["a", "b"]
    assert answer["ResponseMetadata"]["HTTPHeaders"]["date"]


def opened(url: str, operation_name: str, method: str = "POST") -> dict[str, Any]:
    target = PRESIGNED_HEADERS["X-Amz-Target"] + operation_name
    request = Request(url, method=method, headers=PRESIGNED_HEADERS | {"X-Amz-Target": target})
    with urlopen(request, timeout=20) as answer:
        return json.load(answer)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_presigned_url_is_answered(client: Any, method: str) -> None:
    names = {"Names": ["a b", "ü/&+"]}
    url = client.generate_presigned_url("describe_stacks", Params=names, HttpMethod=method)
    stacks = opened(url, "DescribeStacks", method)["Stacks"]
    assert [stack["Name"] for stack in stacks] == names["Names"]


def test_a_presigned_url_carries_members_of_every_kind(client: Any) -> None:
    more = {
        "ComputeCapacity": {"DesiredInstances": 3},
        "EnableDefaultInternetAccess": True,
        "MaxUserDurationInSeconds": 3600,
        "Tags": {"Team": "a"},
    }
    url = client.generate_presigned_url("create_fleet", Params=FLEET | more)
    fleet = opened(url, "CreateFleet")["Fleet"]
    assert fleet["ComputeCapacityStatus"] == {"Desired": 3}
    assert fleet["EnableDefaultInternetAccess"] is True
    assert fleet["MaxUserDurationInSeconds"] == 3600


def test_an_altered_presigned_url_is_refused(client: Any) -> None:
    url = client.generate_presigned_url("create_fleet", Params=FLEET)
    with pytest.raises(HTTPError) as told:
        opened(url.replace("Name=f", "Name=g"), "CreateFleet")
    with told.value:
        assert told.value.code == 403


@pytest.mark.parametrize("announced", [True, False], ids=["with its length", "in chunks"])
def test_a_body_too_long_is_refused(port: int, announced: bool) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    body = b"x" * (MOST_BODY_BYTES + 1)
    chunks = body if announced else iter([body])
    connection.request("POST", "/", chunks, encode_chunked=not announced)
    answer = connection.getresponse()
    assert answer.status == 413
    assert json.load(answer)["__type"] == "RequestEntityTooLargeException"
    connection.close()

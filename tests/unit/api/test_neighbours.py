"""botocore's clients of STS and of the Tagging API as the oracles, without a socket."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from ownstream.api.chain import Api
from ownstream.api.front import Front
from ownstream.api.messages import HttpRequest
from ownstream.api.sigv4 import Verifier
from ownstream.api.sts import FORM, Identity
from ownstream.api.tagging import tagging_api
from ownstream.model.paging import PageTokens
from ownstream.store import Store, open_store, resources
from tests.support.in_process import JSON_PROTOCOL, PROTOCOLS, Transport, client_of
from tests.support.services import CREDENTIALS, system_now
from tests.unit.operations.world import World

ACCOUNT = "123456789012"
ARN = f"arn:aws:appstream:us-east-1:{ACCOUNT}:"
NOT_FOUND = (404, "ResourceNotFoundException")


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store("sqlite://")
    yield opened
    opened.close()


@pytest.fixture
def front(store: Store) -> Front:
    def verifier(name: str) -> Verifier:
        return Verifier(CREDENTIALS.get, system_now, service=name)

    operations = World(store).dispatcher
    tagging = tagging_api(verifier("tagging"), store.snapshot, PageTokens(b"secret"), operations)
    api = Api(operations, verifier("appstream"))
    return Front(api, [Identity(verifier("sts")), tagging])


@pytest.fixture
def transport(front: Front) -> Transport:
    return Transport(front)


@pytest.fixture
def sts(transport: Transport) -> Any:
    return client_of(transport, service="sts", protocol="query")


@pytest.fixture(params=PROTOCOLS)
def tagging(transport: Transport, request: pytest.FixtureRequest) -> Any:
    return client_of(transport, service="resourcegroupstaggingapi", protocol=request.param)


@pytest.fixture
def tags(store: Store) -> dict[str, dict[str, str]]:
    """What is tagged in this account and region; others have the same and are not seen."""
    made = {
        f"{ARN}fleet/a": {"team": "blue", "env": "test"},
        f"{ARN}fleet/b": {"team": "red"},
        f"{ARN}stack/a": {"team": "blue"},
    }
    with store.transaction() as tx:
        for arn, tags in made.items():
            resources.set_tags(tx, arn, tags)
            resources.set_tags(tx, arn.replace("us-east-1", "us-east-10"), tags)
            resources.set_tags(tx, arn.replace(ACCOUNT, "999999999999"), tags)
    return made


def told(answer: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Tags by ARN, as they are kept."""
    return {
        each["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in each["Tags"]}
        for each in answer["ResourceTagMappingList"]
    }


def test_a_caller_is_told_its_account(sts: Any) -> None:
    answer = sts.get_caller_identity()
    assert answer["Account"] == ACCOUNT
    assert answer["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/AKIDEXAMPLE"
    assert answer["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (("AKIDEXAMPLE", "not the secret"), "SignatureDoesNotMatch"),
        (("AKIDNOBODY", "wJalrXUtnFEMI"), "InvalidClientTokenId"),
    ],
)
def test_a_stranger_is_told_nothing(transport: Transport, key: tuple[str, str], code: str) -> None:
    sts = client_of(transport, service="sts", protocol="query", key=key)
    with pytest.raises(ClientError) as refused:
        sts.get_caller_identity()
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_sts_issues_nothing(sts: Any) -> None:
    with pytest.raises(ClientError, match="GetSessionToken") as refused:
        sts.get_session_token()
    assert refused.value.response["Error"]["Code"] == "InvalidAction"


def test_a_signature_for_one_service_is_none_for_another(
    front: Front, transport: Transport, sts: Any, tagging: Any
) -> None:
    for client, call in ((sts, "get_caller_identity"), (tagging, "get_resources")):
        getattr(client, call)()
        taken = transport.requests[-1]
        headers = [
            (name, value.replace("/sts/", "/appstream/").replace("/tagging/", "/appstream/"))
            for name, value in taken.headers
        ]
        answer = front.answer(
            HttpRequest(taken.method, taken.path, taken.query, headers, taken.body)
        )
        assert answer.status == 403


def test_a_form_that_is_no_form_is_refused(front: Front, transport: Transport, sts: Any) -> None:
    sts.get_caller_identity()
    taken = transport.requests[-1]
    answer = front.answer(HttpRequest("POST", "/", "", taken.headers, b"\xff\x00"))
    assert answer.status == 403
    assert b"SignatureDoesNotMatch" in answer.body


def test_all_tagged_resources_are_listed(tagging: Any, tags: Any) -> None:
    assert told(tagging.get_resources()) == tags


def test_pages_are_complete(tagging: Any, tags: Any) -> None:
    pages = tagging.get_paginator("get_resources").paginate(ResourcesPerPage=1)
    walked = [told(page) for page in pages]
    assert [len(page) for page in walked] == [1, 1, 1]
    assert {arn: each for page in walked for arn, each in page.items()} == tags


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"ResourceARNList": [f"{ARN}fleet/b", f"{ARN}fleet/none"]}, ["fleet/b"]),
        ({"ResourceTypeFilters": ["appstream:stack"]}, ["stack/a"]),
        ({"ResourceTypeFilters": ["appstream"]}, ["fleet/a", "fleet/b", "stack/a"]),
        ({"ResourceTypeFilters": ["ec2:instance"]}, []),
        ({"TagFilters": [{"Key": "env"}]}, ["fleet/a"]),
        ({"TagFilters": [{"Key": "team", "Values": ["blue"]}]}, ["fleet/a", "stack/a"]),
        ({"TagFilters": [{"Key": "team", "Values": ["blue"]}, {"Key": "env"}]}, ["fleet/a"]),
        ({"TagFilters": [{"Key": "team", "Values": ["red", "blue"]}, {"Key": "none"}]}, []),
    ],
)
@pytest.mark.usefixtures("tags")
def test_filters(tagging: Any, asked: dict[str, Any], names: list[str]) -> None:
    assert list(told(tagging.get_resources(**asked))) == [ARN + name for name in names]


@pytest.mark.parametrize(
    ("asked", "code", "text"),
    [
        ({"ResourcesPerPage": 101}, "InvalidParameterException", "1 to 100"),
        ({"ResourcesPerPage": 0}, "InvalidParameterException", "1 to 100"),
        ({"PaginationToken": "x"}, "PaginationTokenExpiredException", "not issued"),
        (
            {"ResourceARNList": [f"{ARN}fleet/a"], "ResourceTypeFilters": ["appstream"]},
            "InvalidParameterException",
            "Leave out one",
        ),
    ],
)
def test_bad_input(tagging: Any, asked: dict[str, Any], code: str, text: str) -> None:
    with pytest.raises(ClientError, match=text) as refused:
        tagging.get_resources(**asked)
    assert refused.value.response["Error"]["Code"] == code


@pytest.fixture
def resources_there(transport: Transport) -> list[str]:
    """ARNs of stacks of the caller's."""
    client = client_of(transport, protocol=JSON_PROTOCOL)
    return [client.create_stack(Name=name)["Stack"]["Arn"] for name in ("a", "b")]


def test_resources_are_tagged_and_untagged(tagging: Any, resources_there: list[str]) -> None:
    a, b = resources_there
    tagging.tag_resources(ResourceARNList=[a, b], Tags={"team": "blue", "env": "test"})
    tagging.tag_resources(ResourceARNList=[a], Tags={"team": "red"})
    answer = tagging.untag_resources(ResourceARNList=[b, a], TagKeys=["env", "none"])
    assert answer["FailedResourcesMap"] == {}
    assert told(tagging.get_resources()) == {a: {"team": "red"}, b: {"team": "blue"}}


@pytest.mark.parametrize("call", ["tag_resources", "untag_resources"])
@pytest.mark.parametrize(
    ("stranger", "why"),
    [
        (f"{ARN}stack/none", NOT_FOUND),
        (f"{ARN}stack/a".replace(ACCOUNT, "999999999999"), NOT_FOUND),
        (f"{ARN}stack/a".replace("us-east-1", "us-east-2"), NOT_FOUND),
        ("arn:aws:s3:::bucket", NOT_FOUND),
        ("stack/a", (400, "InvalidParameterException")),
    ],
    ids=["unknown", "another account's", "another region's", "another service's", "no ARN"],
)
def test_a_resource_that_is_not_the_callers_fails_by_itself(
    tagging: Any, resources_there: list[str], call: str, stranger: str, why: Any
) -> None:
    changes = {"tag_resources": {"Tags": {"a": "1"}}, "untag_resources": {"TagKeys": ["b"]}}
    tagging.tag_resources(ResourceARNList=resources_there, Tags={"b": "2"})
    asked = [stranger, *resources_there, stranger]
    failed = getattr(tagging, call)(ResourceARNList=asked, **changes[call])["FailedResourcesMap"]
    assert {arn: (each["StatusCode"], each["ErrorCode"]) for arn, each in failed.items()} == {
        stranger: why
    }
    assert failed[stranger]["ErrorMessage"]
    expected = {"tag_resources": {"a": "1", "b": "2"}, "untag_resources": {}}[call]
    assert all(told(tagging.get_resources()).get(arn, {}) == expected for arn in resources_there)


def test_tags_that_appstream_refuses_fail_every_resource(
    tagging: Any, resources_there: list[str]
) -> None:
    tags = {"aws:mine": "1"}
    failed = tagging.tag_resources(ResourceARNList=resources_there, Tags=tags)["FailedResourcesMap"]
    assert {each["ErrorCode"] for each in failed.values()} == {"InvalidParameterException"}
    assert set(failed) == set(resources_there)
    assert told(tagging.get_resources()) == {}


def test_more_resources_than_a_call_takes_are_refused(tagging: Any) -> None:
    arns = [f"{ARN}stack/{number}" for number in range(21)]
    with pytest.raises(ClientError, match="less than or equal to 20"):
        tagging.tag_resources(ResourceARNList=arns, Tags={"a": "1"})


def test_what_there_is_not_yet_is_named(tagging: Any) -> None:
    with pytest.raises(ClientError, match="GetTagKeys is not implemented"):
        tagging.get_tag_keys()


def test_appstream_is_answered_beside_them(transport: Transport) -> None:
    client = client_of(transport, protocol=JSON_PROTOCOL)
    assert client.describe_fleets()["Fleets"] == []


def signed(headers: dict[str, str], body: bytes, service: str) -> HttpRequest:
    """A request that no client of that service sends, signed all the same."""
    request = AWSRequest("POST", "http://appstream.test/", data=body, headers=headers)
    SigV4Auth(Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI"), service, "us-east-1").add_auth(request)
    sent = {name.lower(): value for name, value in request.headers.items()}
    return HttpRequest("POST", "/", "", [*sent.items(), ("host", "appstream.test")], body)


@pytest.mark.parametrize(
    ("target", "service"),
    [
        ("PhotonAdminProxyService.DescribeFleets", "appstream"),
        ("ResourceGroupsTaggingAPI_20170126.GetResources", "tagging"),
    ],
)
def test_a_request_that_names_its_target_is_not_for_sts_whatever_its_type(
    front: Front, target: str, service: str
) -> None:
    headers = {"X-Amz-Target": target, "Content-Type": FORM}
    assert front.answer(signed(headers, b"{}", service)).status == 200


def test_the_case_of_a_content_type_does_not_matter(front: Front) -> None:
    asked = signed({"Content-Type": FORM.title()}, b"Action=GetCallerIdentity", "sts")
    assert front.answer(asked).status == 200


def test_a_refusal_is_xml_whatever_was_sent(front: Front) -> None:
    query = (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A/B/C/sts/aws4_request"
        "&X-Amz-SignedHeaders=host&X-Amz-Signature=a&X-Amz-Expires=3&X-Amz-Date=%01"
    )
    answer = front.answer(HttpRequest("POST", "/", query, [("content-type", FORM)], b""))
    assert answer.status == 400
    assert "Got '\ufffd'" in "".join(ElementTree.fromstring(answer.body).itertext())

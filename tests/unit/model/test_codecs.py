"""Both codecs against botocore's own serializers and parsers, for every operation."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ownstream.model.catalog import Shape, appstream
from ownstream.model.codecs.base import Codec
from ownstream.model.codecs.cbor import REFUSED_TAGS, CborCodec
from ownstream.model.codecs.json import JsonCodec
from ownstream.model.errors import ResourceInUseException, SerializationException

CODECS: dict[str, Codec] = {"json": JsonCodec("1.1"), "smithy-rpc-v2-cbor": CborCodec()}
PROTOCOLS = list(CODECS)
OPERATIONS = list(appstream().operations)
BOTOCORE = ServiceModel(Loader().load_service_model("appstream", "service-2"))
FLEET = appstream().operations["CreateFleet"].input_shape
INSTANTS = st.integers(0, 4_000_000_000_000).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Any value of the shape's type, whatever its other constraints."""
    match shape.type_name:
        case "structure":
            optional = {name: values(inner) for name, inner in shape.members.items()}
            return st.fixed_dictionaries({}, optional=optional)
        case "list":
            return st.lists(values(shape.member), max_size=2)
        case "map":
            return st.dictionaries(values(shape.key), values(shape.value), max_size=2)
        case "string":
            return st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(-(2**31), 2**31 - 1)
        case "long":
            return st.integers(-(2**63), 2**63 - 1)
        case "timestamp":
            return INSTANTS
        case kind:
            raise AssertionError(f"the model has a new kind of shape: {kind}")


few = settings(
    max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", OPERATIONS)
@given(data=st.data())
@few
def test_what_botocore_writes_is_read_back(protocol: str, name: str, data: st.DataObject) -> None:
    shape = appstream().operations[name].input_shape
    members = data.draw(values(shape))
    serializer = create_serializer(protocol, include_validation=False)
    written = serializer.serialize_to_request(members, BOTOCORE.operation_model(name))
    assert CODECS[protocol].parse(written["body"], shape) == members


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", OPERATIONS)
@given(data=st.data())
@few
def test_what_is_written_botocore_reads_back(protocol: str, name: str, data: st.DataObject) -> None:
    shape = appstream().operations[name].output_shape
    output = data.draw(values(shape))
    body = CODECS[protocol].serialize(output, shape)
    answer = {"body": body, "headers": dict(CODECS[protocol].headers), "status_code": 200}
    parsed = create_parser(protocol).parse(answer, BOTOCORE.operation_model(name).output_shape)
    parsed.pop("ResponseMetadata")
    assert parsed == output


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_error_is_read_by_botocore_with_its_code_and_text(protocol: str) -> None:
    body = CODECS[protocol].serialize_error(ResourceInUseException("still needed"))
    answer = {"body": body, "headers": dict(CODECS[protocol].headers), "status_code": 400}
    parsed = create_parser(protocol).parse(
        answer, BOTOCORE.operation_model("DeleteFleet").output_shape
    )
    assert parsed["Error"] == {"Code": "ResourceInUseException", "Message": "still needed"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_empty_body_has_no_members(protocol: str) -> None:
    assert CODECS[protocol].parse(b"", FLEET) == {}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_unknown_and_null_members_are_left_out(protocol: str) -> None:
    encode = json.dumps if protocol == "json" else cbor2.dumps
    body = encode({"Name": "a", "Colour": {"deep": [1]}, "Description": None})
    raw = body.encode() if isinstance(body, str) else body
    assert CODECS[protocol].parse(raw, FLEET) == {"Name": "a"}


WRONG_TYPES: list[dict[str, Any]] = [
    {"Name": 5},
    {"Name": ["a"]},
    {"ComputeCapacity": "3"},
    {"ComputeCapacity": {"DesiredInstances": "3"}},
    {"ComputeCapacity": {"DesiredInstances": 1.5}},
    {"ComputeCapacity": {"DesiredInstances": True}},
    {"EnableDefaultInternetAccess": 1},
    {"VpcConfig": {"SubnetIds": "a"}},
    {"VpcConfig": {"SubnetIds": [None]}},
    {"Tags": {"a": 1}},
]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("members", WRONG_TYPES, ids=str)
def test_a_member_of_another_type_is_refused(protocol: str, members: dict[str, Any]) -> None:
    body = json.dumps(members).encode() if protocol == "json" else cbor2.dumps(members)
    with pytest.raises(SerializationException):
        CODECS[protocol].parse(body, FLEET)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b'{"Name":"a"} b',
        b'{"Name":"a","Name":"b"}',
        b'{"Name":"\xff"}',
        '{"Name":"a"}'.encode("utf-16"),
        b'{"ComputeCapacity":{"DesiredInstances":NaN}}',
        b'{"ComputeCapacity":{"DesiredInstances":1e999}}',
        b'{"ComputeCapacity":{"DesiredInstances":' + b"9" * 5000 + b"}}",
        b'{"Other":' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"Other":' + b"[" * 500_000,
    ],
    ids=lambda body: repr(body[:40]),
)
def test_json_that_cannot_be_meant_is_refused(body: bytes) -> None:
    with pytest.raises(SerializationException):
        CODECS["json"].parse(body, FLEET)


@pytest.mark.parametrize(
    "body",
    [
        b"\xa1",
        b"\x80",
        b"\xf6",
        b"\xa0\xa0",
        b"\xa2\x61a\x01\x61a\x02",
        b"\xa1\x64Name\x62\xff\xff",
        b"\xa1\x01\x02",
        b"\xa1\x61a" + b"\x81" * 100 + b"\x00",
        b"\xa1\x6fComputeCapacity\xa1\x70DesiredInstances\xfb\x7f\xf0" + bytes(6),
        b"\xa1\x61a\x9b" + b"\x7f" * 8,
    ],
    ids=lambda body: body[:20].hex(),
)
def test_cbor_that_cannot_be_meant_is_refused(body: bytes) -> None:
    with pytest.raises(SerializationException):
        CODECS["smithy-rpc-v2-cbor"].parse(body, FLEET)


@pytest.mark.parametrize("tag", REFUSED_TAGS)
@pytest.mark.parametrize("content", [1, "1", b"1", [1, 1], {}])
def test_a_cbor_tag_that_makes_values_is_refused(tag: int, content: Any) -> None:
    body = cbor2.dumps({"Anything": cbor2.CBORTag(tag, content)})
    with pytest.raises(SerializationException):
        CODECS["smithy-rpc-v2-cbor"].parse(body, FLEET)


def test_cbor_of_indefinite_length_is_read() -> None:
    body = b"\xbf\x64Name\x7f\x61a\x61b\xff\xff"
    assert CODECS["smithy-rpc-v2-cbor"].parse(body, FLEET) == {"Name": "ab"}


def test_a_whole_number_written_with_a_point_is_whole() -> None:
    body = b'{"ComputeCapacity":{"DesiredInstances":3.0}}'
    assert CODECS["json"].parse(body, FLEET) == {"ComputeCapacity": {"DesiredInstances": 3}}


def test_a_whole_second_is_written_without_a_point() -> None:
    shape = appstream().operations["CreateStreamingURL"].output_shape
    output = {"Expires": datetime(2026, 3, 1, tzinfo=UTC)}
    assert CODECS["json"].serialize(output, shape) == b'{"Expires":1772323200}'

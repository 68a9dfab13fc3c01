"""Kinds of members that the installed model has not got in requests yet, a newer one may."""

from datetime import UTC, datetime
from typing import Any

import cbor2
import pytest
from botocore.model import DenormalizedStructureBuilder
from botocore.parsers import create_parser

from ownstream.model.codecs.base import Codec
from ownstream.model.codecs.cbor import CborCodec
from ownstream.model.codecs.json import JsonCodec
from ownstream.model.errors import SerializationException

CODECS: dict[str, Codec] = {"json": JsonCodec("1.1"), "smithy-rpc-v2-cbor": CborCodec()}
SHAPE: Any = (
    DenormalizedStructureBuilder()
    .with_members({kind: {"type": kind} for kind in ("timestamp", "blob", "double", "float")})
    .build_model()
)
MEMBERS = {
    "timestamp": datetime(2026, 3, 1, 12, 0, 0, 125_000, tzinfo=UTC),
    "blob": b"\x00\xff",
    "double": 0.1,
    "float": 2.5,
}


@pytest.mark.parametrize("protocol", list(CODECS))
def test_what_is_written_is_read_back_by_botocore_and_by_us(protocol: str) -> None:
    codec = CODECS[protocol]
    body = codec.serialize(MEMBERS, SHAPE)
    answer = {"body": body, "headers": dict(codec.headers), "status_code": 200}
    parsed = create_parser(protocol).parse(answer, SHAPE)
    parsed.pop("ResponseMetadata")
    assert parsed == MEMBERS == codec.parse(body, SHAPE)


@pytest.mark.parametrize("seconds", [b'"noon"', b"1e999", b"1e300", b"true"])
def test_an_instant_that_is_none_is_refused_in_json(seconds: bytes) -> None:
    with pytest.raises(SerializationException, match="timestamp"):
        CODECS["json"].parse(b'{"timestamp":' + seconds + b"}", SHAPE)


@pytest.mark.parametrize("blob", [b'"!"', b"3"])
def test_bytes_that_are_not_base64_are_refused_in_json(blob: bytes) -> None:
    with pytest.raises(SerializationException, match="blob"):
        CODECS["json"].parse(b'{"blob":' + blob + b"}", SHAPE)


@pytest.mark.parametrize("member", [{"blob": "text"}, {"timestamp": "noon"}, {"double": b"1"}])
def test_another_kind_is_refused_in_cbor(member: dict[str, Any]) -> None:
    with pytest.raises(SerializationException, match=next(iter(member))):
        CODECS["smithy-rpc-v2-cbor"].parse(cbor2.dumps(member), SHAPE)

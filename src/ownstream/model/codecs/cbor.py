"""Smithy RPC v2 CBOR: bodies of requests and answers."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any, NoReturn

import cbor2

from ownstream.model.catalog import Shape
from ownstream.model.codecs.base import MOST_NESTED, error_body
from ownstream.model.codecs.members import (
    Leaf,
    epoch_seconds,
    instant_at,
    read_members,
    write_members,
)
from ownstream.model.errors import SerializationException, ServiceError

EPOCH_TAG = 1
# The tags that cbor2 would turn into something: patterns to compile, numbers of any size, values
# that contain themselves. The protocol has instants alone.
REFUSED_TAGS = (
    0, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, 55799,
)  # fmt: skip


class CborCodec:
    """Smithy RPC v2 CBOR."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of every answer."""
        return {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}

    def parse(self, body: bytes, shape: Shape) -> dict[str, Any]:
        """The members in a body; an empty body has none."""
        return read_members(_decode(body) if body else {}, shape, READ)

    def serialize(self, output: Mapping[str, Any], shape: Shape) -> bytes:
        """The body of an answer."""
        return cbor2.dumps(write_members(output, shape, WRITE))

    def serialize_error(self, error: ServiceError) -> bytes:
        """The body of an error."""
        return cbor2.dumps(error_body(error))


def _read_instant(value: Any) -> datetime:
    return value if isinstance(value, datetime) else instant_at(value)


def _read_blob(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("it must be a byte string")
    return value


def _write_instant(instant: datetime) -> cbor2.CBORTag:
    return cbor2.CBORTag(EPOCH_TAG, epoch_seconds(instant))


READ: Mapping[str, Leaf] = {"timestamp": _read_instant, "blob": _read_blob}
WRITE: Mapping[str, Leaf] = {"timestamp": _write_instant}


def _decode(body: bytes) -> Any:
    stream = BytesIO(body)
    decoder = cbor2.CBORDecoder(
        stream,
        max_depth=MOST_NESTED,
        allow_duplicate_keys=False,
        strict_hashable_types=True,
        semantic_decoders=dict.fromkeys(REFUSED_TAGS, _refuse_tag),
    )
    try:
        value = decoder.decode()
    except cbor2.CBORDecodeError as error:
        raise SerializationException(f"The body is not CBOR that can be read: {error}") from error
    if stream.read(1):
        raise SerializationException("The body has bytes behind its end")
    return value


def _refuse_tag(*_: Any) -> NoReturn:
    raise cbor2.CBORDecodeError("a tag that the protocol does not have")

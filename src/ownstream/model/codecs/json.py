"""AWS JSON: bodies of requests and answers."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

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


@dataclass(frozen=True)
class JsonCodec:
    """AWS JSON of the version that the model names."""

    version: str

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of every answer."""
        return {"content-type": f"application/x-amz-json-{self.version}"}

    def parse(self, body: bytes, shape: Shape) -> dict[str, Any]:
        """The members in a body; an empty body has none."""
        return read_members(_decode(body) if body else {}, shape, READ)

    def serialize(self, output: Mapping[str, Any], shape: Shape) -> bytes:
        """The body of an answer."""
        return _encode(write_members(output, shape, WRITE))

    def serialize_error(self, error: ServiceError) -> bytes:
        """The body of an error."""
        return _encode(error_body(error))


def _read_blob(value: Any) -> bytes:
    if not isinstance(value, str):
        raise ValueError("it must be base64 in a string")
    return b64decode(value, validate=True)


def _write_blob(value: bytes) -> str:
    return b64encode(value).decode()


READ: Mapping[str, Leaf] = {"timestamp": instant_at, "blob": _read_blob}
WRITE: Mapping[str, Leaf] = {"timestamp": epoch_seconds, "blob": _write_blob}


def _encode(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def _decode(body: bytes) -> Any:
    try:
        value = json.loads(
            # Decoded first, and strictly: json itself would also guess UTF-16 and UTF-32.
            body.decode(),
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError) as error:
        raise SerializationException("The body is not JSON in UTF-8") from error
    if not _is_shallow(value):
        raise SerializationException(f"The body is nested deeper than {MOST_NESTED} levels")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise SerializationException("The body has an object with the same key twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise SerializationException(f"{name} is not JSON")


def _is_shallow(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_NESTED):
        level = [inner for outer in level if isinstance(outer, dict | list) for inner in _in(outer)]
    return not level


def _in(outer: Any) -> Any:
    return outer.values() if isinstance(outer, dict) else outer

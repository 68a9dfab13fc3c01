"""What a wire protocol's codec does."""

from collections.abc import Mapping
from typing import Any, Protocol

from ownstream.model.catalog import Shape
from ownstream.model.errors import ServiceError

MOST_NESTED = 32


class Codec(Protocol):
    """One wire protocol: how bodies are read and written."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of every answer in this protocol."""
        ...

    def parse(self, body: bytes, shape: Shape) -> dict[str, Any]:
        """The members in a request's body; SerializationException if it cannot be read so."""
        ...

    def serialize(self, output: Mapping[str, Any], shape: Shape) -> bytes:
        """The body of an answer; the output must fit the shape."""
        ...

    def serialize_error(self, error: ServiceError) -> bytes:
        """The body of an error."""
        ...


def error_body(error: ServiceError) -> dict[str, str]:
    """What every protocol's error says. The capital Message is the model's; boto3 reads both."""
    return {"__type": error.code, "Message": error.message}

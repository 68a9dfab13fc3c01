"""A request and its answer as plain values, whatever server or client carries them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote


@dataclass(frozen=True)
class HttpRequest:
    """A request as it came over the wire: path and query undecoded, header names in lower case."""

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes = field(repr=False)

    @cached_property
    def header(self) -> Mapping[str, str]:
        """Each header's value by its name; of a repeated one the values joined by commas."""
        joined: dict[str, str] = {}
        for name, value in self.headers:
            joined[name] = f"{joined[name]},{value}" if name in joined else value
        return joined

    @cached_property
    def parameters(self) -> Sequence[tuple[str, str]]:
        """The query's names and values, decoded. A plus sign stands for itself, as in SigV4."""
        pairs = (pair.partition("=") for pair in self.query.split("&") if pair)
        return [(unquote(name), unquote(value)) for name, _, value in pairs]


@dataclass(frozen=True)
class HttpResponse:
    """An answer, ready to be sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    delay_s: float = 0.0  # whoever carries it waits so long before he sends it

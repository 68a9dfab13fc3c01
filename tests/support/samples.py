"""Values made from the service model: one that fits a shape, and ones that break one constraint."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import regex

from ownstream.model.catalog import Shape

# Tried in turn against a shape's length and pattern. A pattern that a newer model brings and that
# none of these fits fails the tests that need it: add a text here.
TEXTS = (
    "stack-1",
    "123456789012",
    "1.2",
    "ami-12345678",
    "wsi-123456789",
    "stream.standard.small",
    "arn:aws:appstream:us-east-1:123456789012:fleet/one",
    "arn:aws:kms:us-east-1:123456789012:key/abc",
    "arn:aws:s3:::bucket",
    "apps.example.com",
    "https://example.com/",
    "01234567-89ab-cdef-0123-456789abcdef",
    "a,b,c,d,1,2,0,1",
    "x" * 20,
)
MISFITS = ("\t", " ", "!", "\x00", "é", "aws:reserved", "a" * 300)


def fits(text: str, shape: Shape) -> bool:
    """Whether a text is what a string shape allows, as Java would match its pattern."""
    pattern = shape.metadata.get("pattern", "(?s).*")
    ascii_classes = 0 if r"\p{" in pattern else regex.ASCII
    return in_length(len(text), shape) and bool(regex.fullmatch(pattern, text, ascii_classes))


def in_length(size: int, shape: Shape) -> bool:
    """Whether a length, or a number, is within the shape's bounds."""
    return shape.metadata.get("min", 0) <= size <= shape.metadata.get("max", size)


def sample(shape: Shape, *, whole: bool = False) -> Any:
    """A value that fits the shape; a structure with its required members, or with all of them."""
    match shape.type_name:
        case "structure":
            names = shape.members if whole else shape.required_members
            return {name: sample(shape.members[name], whole=whole) for name in names}
        case "list":
            return [sample(shape.member, whole=whole)] * max(1, shape.metadata.get("min", 1))
        case "map":
            return {sample(shape.key): sample(shape.value, whole=whole)}
        case "string":
            return _text(shape)
        case "boolean":
            return True
        case "timestamp":
            return datetime(2026, 3, 1, 12, 30, 15, 250_000, tzinfo=UTC)
        case _:
            return max(1, shape.metadata.get("min", 1))


def _text(shape: Shape) -> str:
    if "enum" in shape.metadata:
        return shape.metadata["enum"][-1]
    text = next((text for text in TEXTS if fits(text, shape)), None)
    assert text is not None, f"add a text that fits {shape.name}: {shape.metadata}"
    return text


@dataclass(frozen=True)
class Breach:
    """Members that break exactly one constraint, at the member that ends the path."""

    members: dict[str, Any]
    member: str
    constraint: str

    def __str__(self) -> str:
        return f"{self.member}: {self.constraint}"


def breaches(shape: Shape) -> Iterator[Breach]:
    """For every constraint of a structure and of what is in it, members that break it alone."""
    base = sample(shape)
    for name in shape.required_members:
        yield Breach({k: v for k, v in base.items() if k != name}, name, "Member must not be null")
    for name, inner in shape.members.items():
        for bad, constraint in _broken(inner):
            yield Breach({**base, name: bad}, name, constraint)


def _broken(shape: Shape) -> Iterator[tuple[Any, str]]:
    match shape.type_name:
        case "structure":
            yield from ((inner.members, inner.constraint) for inner in breaches(shape))
        case "list":
            yield from (([bad], words) for bad, words in _broken(shape.member))
            yield from _sized(shape, lambda size: [sample(shape.member)] * size)
        case "map":
            yield from (({sample(shape.key): bad}, words) for bad, words in _broken(shape.value))
            yield from (({bad: sample(shape.value)}, words) for bad, words in _broken(shape.key))
            yield from _sized(shape, lambda size: _entries(shape, size))
        case "string":
            yield from _broken_text(shape)
        case "integer" | "long":
            yield from _sized(shape, lambda size: size, measure="value")
        case _:
            return


def _broken_text(shape: Shape) -> Iterator[tuple[str, str]]:
    if "enum" in shape.metadata:
        yield "NO_SUCH_VALUE", "Member must satisfy enum value set"
    elif "pattern" in shape.metadata:
        bad = next((t for t in MISFITS if in_length(len(t), shape) and not fits(t, shape)), None)
        assert bad is not None, f"add a text that {shape.name} refuses: {shape.metadata}"
        yield bad, "Member must satisfy regular expression pattern"
    else:
        yield "a\x00b", "Member must not contain NUL"
    yield from _sized(shape, lambda size: "a" * size)


def _sized(shape: Shape, make: Any, *, measure: str = "length") -> Iterator[tuple[Any, str]]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and (least > 0 or measure == "value"):
        yield make(least - 1), f"Member must have {measure} greater than or equal to {least}"
    if most is not None:
        yield make(most + 1), f"Member must have {measure} less than or equal to {most}"


def _entries(shape: Shape, size: int) -> dict[str, Any]:
    keys = [f"key{number}" for number in range(size)]
    assert all(re.fullmatch(r"key\d+", key) and fits(key, shape.key) for key in keys)
    return {key: sample(shape.value) for key in keys}

"""The walk that all codecs share: between decoded wire values and members of the model.

A codec says only how its format writes instants and bytes.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ownstream.model.catalog import Shape
from ownstream.model.errors import SerializationException

Leaf = Callable[[Any], Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
WIRE_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "structure": ((dict,), "an object"),
    "map": ((dict,), "an object"),
    "list": ((list,), "a list"),
    "string": ((str,), "a string"),
    "boolean": ((bool,), "a boolean"),
    "integer": ((int, float), "a whole number"),
    "long": ((int, float), "a whole number"),
    "float": ((int, float), "a number"),
    "double": ((int, float), "a number"),
}


def read_members(value: Any, shape: Shape, leaves: Mapping[str, Leaf], *, name: str = "") -> Any:
    """The model value of a decoded wire value; SerializationException if its type is another.

    Members that the shape does not have are left out, as AWS does, and so are those that are null.
    """
    match shape.type_name:
        case "structure":
            return _read_structure(_typed(value, shape, name), shape, leaves, name=name)
        case "map":
            entries = _typed(value, shape, name).items()
            texts = {_typed(key, shape.key, name): item for key, item in entries}
            return {
                key: read_members(item, shape.value, leaves, name=f"{name}.{key}")
                for key, item in texts.items()
            }
        case "list":
            return [
                read_members(item, shape.member, leaves, name=f"{name}[{place}]")
                for place, item in enumerate(_typed(value, shape, name))
            ]
        case kind if kind in leaves:
            return _read_leaf(value, leaves[kind], name=name)
        case _:
            return _read_scalar(_typed(value, shape, name), shape, name)


def write_members(value: Any, shape: Shape, leaves: Mapping[str, Leaf]) -> Any:
    """The wire value of a model value that is known to fit the shape, ready to be encoded."""
    match shape.type_name:
        case "structure":
            return {
                _wire_name(name, shape.members[name]): write_members(
                    item, shape.members[name], leaves
                )
                for name, item in value.items()
                if item is not None and name in shape.members
            }
        case "map":
            return {key: write_members(item, shape.value, leaves) for key, item in value.items()}
        case "list":
            return [write_members(item, shape.member, leaves) for item in value]
        case kind:
            return leaves[kind](value) if kind in leaves else value


def epoch_seconds(instant: datetime) -> float:
    """The instant as AWS writes it: seconds since 1970 to the millisecond, whole if they are."""
    milliseconds = (instant - EPOCH) // MILLISECOND
    return milliseconds / 1000 if milliseconds % 1000 else milliseconds // 1000


def instant_at(seconds: Any) -> datetime:
    """The instant so many seconds after 1970; ValueError or OverflowError if there is none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ValueError("not a number of seconds")
    return EPOCH + timedelta(seconds=seconds)


def _read_structure(
    value: Mapping[str, Any], shape: Shape, leaves: Mapping[str, Leaf], *, name: str
) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for member, inner in shape.members.items():
        found = value.get(_wire_name(member, inner))
        if found is not None:
            path = f"{name}.{member}" if name else member
            members[member] = read_members(found, inner, leaves, name=path)
    return members


def _read_leaf(value: Any, leaf: Leaf, *, name: str) -> Any:
    try:
        return leaf(value)
    except (ValueError, OverflowError) as error:
        raise SerializationException(f"{name} is not what it should be: {error}") from error


def _read_scalar(value: Any, shape: Shape, name: str) -> Any:
    whole = shape.type_name in ("integer", "long")
    if isinstance(value, float) and not math.isfinite(value):
        raise SerializationException(f"{name} must be a number, not infinity or NaN")
    if whole and value != int(value):
        raise SerializationException(f"{name} must be a whole number")
    return int(value) if whole else value


def _typed(value: Any, shape: Shape, name: str) -> Any:
    types, words = WIRE_TYPES[shape.type_name]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise SerializationException(f"{name or 'The body'} must be {words}")
    return value


def _wire_name(member: str, shape: Shape) -> str:
    return shape.serialization.get("name", member)

"""What is wrong with an answer, found by the service model alone.

It reads the bytes that came, not what botocore made of them, which leaves unknown members out; and
shares nothing with the service's own check of its answers.
"""

import re
from collections.abc import Iterator
from typing import Any

from ownstream.model.catalog import appstream
from ownstream.model.common_errors import common_errors

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "timestamp": (int, float),
}
_SIZES = {"integer": 2**31, "long": 2**63}
# AWS's own answers break these: a stack without connectors is described with empty lists.
# A page that has nothing on it is an empty list too, whatever the least is that a request may name.
_PAGES = (
    "AppBlockBuilderAppBlockAssociations",
    "ApplicationFleetAssociations",
    "UserStackAssociations",
)
_MAY_BE_EMPTY = ("AccessEndpoints", "EmbedHostDomains", *_PAGES)


def misfits(operation: str, answer: Any) -> list[str]:
    """Where the answer's JSON departs from the operation's output shape."""
    return list(_misfits(appstream().operations[operation].output_shape, answer, operation))


def may_answer(operation: str, code: str) -> bool:
    """Whether the operation declares this error, or every operation may answer it."""
    declared = {shape.error_code for shape in appstream().operations[operation].error_shapes}
    return code in declared or code in common_errors()


THROTTLED = "Rate exceeded"


def says_something(message: str) -> bool:
    """Whether a person is told more than that something is wrong, or it is AWS's own terse text."""
    if message == THROTTLED:
        return True
    return len(message.split()) >= 4 and "None" not in message and "Traceback" not in message


def _misfits(shape: Any, value: Any, path: str) -> Iterator[str]:
    kind = shape.type_name
    if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        yield f"{path} is {value!r:.60}, no {kind}"
        return
    match kind:
        case "structure":
            yield from _structure_misfits(shape, value, path)
        case "list":
            for place, item in enumerate(value):
                yield from _misfits(shape.member, item, f"{path}[{place}]")
            if not path.endswith(_MAY_BE_EMPTY):
                yield from _out_of_bounds(shape, len(value), path)
        case "map":
            for key, item in value.items():
                yield from _misfits(shape.value, item, f"{path}.{key}")
        case "string":
            yield from _text_misfits(shape, value, path)
        case "integer" | "long":
            yield from _number_misfits(shape, value, path)
        case _:
            pass


def _structure_misfits(shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if name not in value and not shape.members[name].metadata.get("sensitive"):
            yield f"{path} lacks {name}"
    for name, member in value.items():
        if name in shape.members:
            yield from _misfits(shape.members[name], member, f"{path}.{name}")
        else:
            yield f"{path} has {name}, which the model does not know"


def _text_misfits(shape: Any, value: str, path: str) -> Iterator[str]:
    allowed, pattern = shape.metadata.get("enum"), shape.metadata.get("pattern")
    if allowed and value not in allowed:
        yield f"{path} is {value!r}, not of {allowed}"
    if pattern and r"\p{" not in pattern and not re.fullmatch(pattern, value, re.ASCII):
        yield f"{path} is {value!r:.60}, not like {pattern}"
    yield from _out_of_bounds(shape, len(value), path)


def _number_misfits(shape: Any, value: int, path: str) -> Iterator[str]:
    yield from _out_of_bounds(shape, value, path)
    size = _SIZES[shape.type_name]
    if not -size <= value < size:
        yield f"{path} is {value}, no {shape.type_name}"


def _out_of_bounds(shape: Any, size: int, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min", size), shape.metadata.get("max", size)
    if not least <= size <= most:
        yield f"{path} has the size {size}, not of {least} to {most}"

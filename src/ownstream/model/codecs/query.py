"""Members in a presigned URL's query, as botocore's generate_presigned_url writes them there."""

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from ownstream.model.catalog import Shape
from ownstream.model.codecs.json import READ
from ownstream.model.codecs.members import read_members
from ownstream.model.errors import SerializationException

MOST_LITERAL = 16_384


def parse_query(parameters: Sequence[tuple[str, str]], shape: Shape) -> dict[str, Any]:
    """The members among a query's decoded parameters; others are left out.

    Botocore writes a list as a parameter for each item, and everything that is not text as Python
    writes it: True, 3, {'DesiredInstances': 3}.
    """
    found: dict[str, list[str]] = {}
    for name, value in parameters:
        if name in shape.members:
            found.setdefault(name, []).append(value)
    wire = {name: _wire_value(texts, shape.members[name], name) for name, texts in found.items()}
    return read_members(wire, shape, READ)


def _wire_value(texts: Sequence[str], shape: Shape, name: str) -> Any:
    if shape.type_name == "list":
        return [_item(text, shape.member, name) for text in texts]
    if len(texts) > 1:
        raise SerializationException(f"{name} stands in the query more than once")
    return _item(texts[0], shape, name)


def _item(text: str, shape: Shape, name: str) -> Any:
    if shape.type_name == "string":
        return text
    words: Mapping[str, bool] = {"true": True, "false": False}
    if text in words:
        return words[text]
    try:
        return ast.literal_eval(text[:MOST_LITERAL])
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise SerializationException(f"{name} in the query cannot be read") from error

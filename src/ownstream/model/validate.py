"""Whether members keep to the model: types and required members, and for input every constraint.

Botocore's own validator leaves out maxima, patterns and enumerations, so a server cannot rest on
what clients check. The wording is that of AWS services; whether AppStream itself words it so is
not known. A bad UserId is refused here too: AWS accepts it and fails when the URL is opened.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Protocol, cast

from botocore.validate import ParamValidator

from ownstream.model.catalog import Shape
from ownstream.model.errors import ValidationException

MOST_ECHOED = 256
PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "structure": (Mapping,),
    "map": (Mapping,),
    "list": (list, tuple),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (float, int),
    "double": (float, int),
    "timestamp": (datetime,),
    "blob": (bytes,),
}
INTEGERS = {"integer": range(-(2**31), 2**31), "long": range(-(2**63), 2**63)}


class Match(Protocol):
    """Whether the whole of a text is as a pattern says."""

    def __call__(self, text: str, /) -> object: ...


def validate_input(members: Mapping[str, Any], shape: Shape) -> None:
    """Nothing, if the members keep to the shape; else a ValidationException naming every breach."""
    breaches = _breaches(InputValidator(), members, shape)
    if breaches:
        count = "1 validation error" if len(breaches) == 1 else f"{len(breaches)} validation errors"
        raise ValidationException(f"{count} detected: {'; '.join(breaches)}")


def output_breaches(output: Mapping[str, Any], shape: Shape) -> list[str]:
    """How our own answer departs from the output shape; an empty list if it fits.

    Lengths, ranges and patterns bind callers only: AWS itself answers empty lists where the shape
    demands an item.
    """
    return _breaches(OutputValidator(), output, shape)


class Breaches:
    """The breaches found so far, in the words that callers read."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def report(self, name: str, constraint: str, *, value: Any, shape: Shape) -> None:
        """One more: the value at the path breaks the constraint. Sensitive values are left out."""
        shown = "Value" if value is not None and _is_private(shape) else f"Value {_echo(value)}"
        self.found.append(f"{shown} at '{name}' failed to satisfy constraint: {constraint}")


class OutputValidator(ParamValidator):
    """Types, required and known members, and enumerations."""

    def _validate(self, params: Any, shape: Shape, errors: Breaches, name: str) -> None:
        kind = shape.type_name
        misfit = not isinstance(params, PYTHON_TYPES[kind])
        if misfit or (isinstance(params, bool) and kind != "boolean"):
            errors.report(name, f"Member must be of type {kind}", value=params, shape=shape)
        else:
            getattr(self, f"_validate_{kind}")(params, shape, errors, name)

    def _validate_structure(self, params: Any, shape: Shape, errors: Breaches, name: str) -> None:
        for required in shape.required_members:
            path, member = _below(name, required), shape.members[required]
            if params.get(required) is None and not self._may_lack(member):
                errors.report(path, "Member must not be null", value=None, shape=member)
        for key, value in params.items():
            if key not in shape.members:
                errors.report(_below(name, key), "No such member", value=value, shape=shape)
            elif value is not None:
                self._validate(value, shape.members[key], errors, _below(name, key))

    def _may_lack(self, member: Shape) -> bool:
        # Secrets go in and never out: AWS too leaves a required password out of its answers.
        return bool(member.metadata.get("sensitive"))

    def _validate_list(self, param: Any, shape: Shape, errors: Breaches, name: str) -> None:
        for place, item in enumerate(param, start=1):
            self._validate(item, shape.member, errors, f"{name}.{place}.member")

    def _validate_map(self, param: Any, shape: Shape, errors: Breaches, name: str) -> None:
        for key, value in param.items():
            self._validate(key, shape.key, errors, f"{name}.key")
            self._validate(value, shape.value, errors, f"{name}.{key}.member")

    def _validate_string(self, param: Any, shape: Shape, errors: Breaches, name: str) -> None:
        allowed = shape.metadata.get("enum")
        if allowed and param not in allowed:
            constraint = f"Member must satisfy enum value set: [{', '.join(allowed)}]"
            errors.report(name, constraint, value=param, shape=shape)

    def _validate_integer(self, param: Any, shape: Shape, errors: Breaches, name: str) -> None:
        allowed = INTEGERS[shape.type_name]
        if param not in allowed:
            constraint = f"Member must be between {allowed.start} and {allowed.stop - 1}"
            errors.report(name, constraint, value=param, shape=shape)

    _validate_long = _validate_integer

    def _validate_double(self, param: Any, shape: Shape, errors: Breaches, name: str) -> None:
        pass

    _validate_float = _validate_double

    def _validate_timestamp(self, param: Any, shape: Shape, errors: Breaches, name: str) -> None:
        if param.tzinfo is None:
            errors.report(name, "Member must have a time zone", value=param, shape=shape)


class InputValidator(OutputValidator):
    """All of that, and lengths, ranges, patterns, and text that every store can hold."""

    def _may_lack(self, member: Shape) -> bool:
        return False

    def _validate_list(self, param: Any, shape: Shape, errors: Breaches, name: str) -> None:
        if _keeps_length(param, shape, errors, name):
            super()._validate_list(param, shape, errors, name)

    def _validate_map(self, param: Any, shape: Shape, errors: Breaches, name: str) -> None:
        if _keeps_length(param, shape, errors, name):
            super()._validate_map(param, shape, errors, name)

    def _validate_string(self, param: Any, shape: Shape, errors: Breaches, name: str) -> None:
        super()._validate_string(param, shape, errors, name)
        # Only text of an allowed length meets the pattern: no pattern is given time to go wild.
        if not _keeps_length(param, shape, errors, name):
            return
        pattern = shape.metadata.get("pattern")
        if pattern and not _matcher(pattern)(param):
            constraint = f"Member must satisfy regular expression pattern: {pattern}"
            errors.report(name, constraint, value=param, shape=shape)
        elif not _storable(param):
            constraint = "Member must not contain NUL or unpaired surrogates"
            errors.report(name, constraint, value=param, shape=shape)

    def _validate_integer(self, param: Any, shape: Shape, errors: Breaches, name: str) -> None:
        super()._validate_integer(param, shape, errors, name)
        _keeps_bounds(param, shape, errors, name=name, measure="value", value=param)

    _validate_long = _validate_integer

    def _validate_double(self, param: Any, shape: Shape, errors: Breaches, name: str) -> None:
        _keeps_bounds(param, shape, errors, name=name, measure="value", value=param)

    _validate_float = _validate_double


def _breaches(validator: OutputValidator, members: Mapping[str, Any], shape: Shape) -> list[str]:
    breaches = Breaches()
    cast("Any", validator)._validate(members, shape, breaches, "")
    return breaches.found


def _is_private(shape: Shape) -> bool:
    if shape.type_name in ("list", "map"):
        return _is_private(shape.member if shape.type_name == "list" else shape.value)
    return shape.type_name == "structure" or bool(shape.metadata.get("sensitive"))


def _keeps_length(value: Any, shape: Shape, errors: Breaches, name: str) -> bool:
    return _keeps_bounds(len(value), shape, errors, name=name, measure="length", value=value)


def _keeps_bounds(
    size: float, shape: Shape, errors: Breaches, *, name: str, measure: str, value: Any
) -> bool:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        constraint = f"Member must have {measure} greater than or equal to {least}"
    elif most is not None and size > most:
        constraint = f"Member must have {measure} less than or equal to {most}"
    else:
        return True
    errors.report(name, constraint, value=value, shape=shape)
    return False


@cache
def _matcher(pattern: str) -> Match:
    # The whole text must match, else the patterns without anchors, such as a user id's, would
    # allow anything; and as in Java \w is ASCII, which for `regex` would make \p{L} so too.
    if r"\p{" in pattern:
        import regex

        return cast("Match", regex.compile(pattern).fullmatch)
    return re.compile(pattern, re.ASCII).fullmatch


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _below(name: str, member: str) -> str:
    # AWS writes the members' names in lower camel case here, whatever they are on the wire.
    lowered = member[:1].lower() + member[1:]
    return f"{name}.{lowered}" if name else lowered


def _echo(value: Any) -> str:
    if value is None:
        return "null"
    text = f"[{', '.join(map(str, value))}]" if isinstance(value, list | tuple) else str(value)
    shown = text if len(text) <= MOST_ECHOED else text[:MOST_ECHOED] + "..."
    return f"'{shown.encode('utf-8', 'backslashreplace').decode()}'"

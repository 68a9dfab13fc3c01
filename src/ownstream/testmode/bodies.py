"""What requests of test mode say, checked: JSON in, values out, else words about what to send."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from ownstream.model.errors import SerializationException, ValidationException

Body = Mapping[str, Any]

LONGEST_TEXT = 256


def body_of(content: bytes, members: Collection[str] | None) -> Body:
    """The JSON object that has been sent, {} for nothing.

    It has none but these members; None lets any in.
    """
    try:
        body: Any = json.loads(content or b"{}")
    except (ValueError, RecursionError) as error:
        raise SerializationException("The body is not JSON. Send a JSON object.") from error
    if not isinstance(body, dict):
        raise SerializationException("The body is not a JSON object.")
    unknown = sorted(set(body) - set(body if members is None else members))  # pyright: ignore[reportUnknownArgumentType]
    if unknown:
        known = ", ".join(members or ()) or "none"
        raise ValidationException(f"There is no member {unknown[0][:40]!r}. There are: {known}.")
    return body  # pyright: ignore[reportUnknownVariableType]


def seconds(body: Body, member: str, *, most_s: float) -> float:
    """A number of seconds."""
    value = body.get(member)
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else -1
    if not 0 <= number <= most_s:  # as NaN is not either
        raise ValidationException(
            f"{member} is a number of seconds from 0 to {most_s:.0f}, not {_shown(value)}."
        )
    return float(number)


def text(body: Body, member: str, default: str) -> str:
    """A short text."""
    value = body.get(member, default)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        raise ValidationException(
            f"{member} is a text of 1 to {LONGEST_TEXT} characters, not {_shown(value)}."
        )
    return value


def _shown(value: Any) -> str:
    # Not repr: Python refuses to write an integer of thousands of digits.
    if isinstance(value, int) and not -(10**20) < value < 10**20:
        return "a number as large as that"
    return "absent" if value is None else json.dumps(value)[:40]

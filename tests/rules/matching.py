"""An answer held against what is expected of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.rules.table import Is


def differences(expected: Any, actual: Any, path: str) -> list[str]:
    """In what the actual value is not as expected, each with its path; empty if it is.

    Of a structure only the expected members are looked at; a list is looked at whole.
    """
    if isinstance(expected, Is):
        return [] if expected.holds(actual) else [f"{path} is not {expected.what}: {actual!r}"]
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return [
            text
            for name, value in expected.items()
            for text in differences(value, actual.get(name), f"{path}.{name}")
        ]
    if _is_list(expected) and _is_list(actual) and len(expected) == len(actual):
        return [
            text
            for number, (want, have) in enumerate(zip(expected, actual, strict=True))
            for text in differences(want, have, f"{path}[{number}]")
        ]
    return [] if expected == actual else [f"{path} is {actual!r}, not {expected!r}"]


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)

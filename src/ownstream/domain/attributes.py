"""What is known of users, by which they are entitled to applications.

AppStream has it from SAML assertions alone. Here whoever runs the service may state it: user by
user, each attribute with its values.
"""

from collections.abc import Mapping
from typing import Protocol

Attributes = Mapping[str, frozenset[str]]

# The service model's documentation of EntitlementAttribute names them.
NAMES = ("roles", "department", "organization", "groups", "title", "costCenter", "userType")
SEPARATOR = ":"  # between the values of one attribute, as in AppStream's SAML assertions


class UserAttributes(Protocol):
    """Who knows users' attributes."""

    def of(self, user: str) -> Attributes | None:
        """This user's; none at all where nobody states any, and entitlements do not apply."""
        ...


class Unstated:
    """Nobody states attributes: entitlements apply to nobody, as with AppStream's API users."""

    def of(self, user: str) -> Attributes | None:
        return None


class Stated:
    """Attributes as they were stated once; a user of whom nothing was has none."""

    def __init__(self, directory: Mapping[str, Attributes]) -> None:
        self._directory = directory

    def of(self, user: str) -> Attributes | None:
        return self._directory.get(user, {})


def read_directory(stated: object) -> Mapping[str, Attributes]:
    """Users' attributes by their names, out of JSON; ValueError says what is wrong where.

    A value is a text, which colons divide into several, or a list of texts.
    """
    if not isinstance(stated, dict):
        raise ValueError("it is not an object with a member for each user")
    entries: Mapping[object, object] = stated
    return {_text(user, "a user"): _attributes(f"{user!r}", of) for user, of in entries.items()}


def _attributes(where: str, stated: object) -> Attributes:
    if not isinstance(stated, dict):
        raise ValueError(f"{where} is not an object with a member for each attribute")
    entries: Mapping[object, object] = stated
    unknown = [name for name in entries if name not in NAMES]
    if unknown:
        raise ValueError(f"{where} has {unknown[0]!r}, which is none of {', '.join(NAMES)}")
    return {str(name): _values(f"{where}, {name}", value) for name, value in entries.items()}


def _values(where: str, stated: object) -> frozenset[str]:
    if isinstance(stated, str):
        return frozenset(filter(None, stated.split(SEPARATOR)))
    if not isinstance(stated, list):
        raise ValueError(f"{where} is neither a text nor a list of texts")
    values: list[object] = stated
    return frozenset(_text(value, f"{where}: a value") for value in values)


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{what} is not a text: {value!r}")
    return value

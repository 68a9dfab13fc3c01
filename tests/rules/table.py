"""The form of a table of cases: a row is one rule of one operation, with its source.

Rows are data. What carries them out is `subjects`, what they set up beforehand is `acts`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How a rule is known."""

    MODEL = "model"  # the service model's documentation strings, shapes and constraints
    DOCUMENTED = "documented"  # AWS's other documents
    OBSERVED = "observed"  # what others saw the real service do
    CHOSEN = "chosen"  # the real service is not known here: what we do, and why


class Standing(StrEnum):
    """What a rule is to somebody who compares us with the real service."""

    EXACT = "exact"
    CHOSEN = "chosen"
    MISSING = "missing"


@dataclass(frozen=True)
class Source:
    """Where a rule comes from."""

    kind: Kind
    text: str


def model(sentence: str) -> Source:
    """A whole sentence of the model's documentation, as `sentences` reads it; a test finds it."""
    return Source(Kind.MODEL, sentence)


def shape(name: str) -> Source:
    """A constraint that the model states without words: a pattern, a length, an enum, a type."""
    return Source(Kind.MODEL, f"the shape {name}")


def documented(where: str) -> Source:
    """AWS says so elsewhere: which document, or the words themselves."""
    return Source(Kind.DOCUMENTED, where)


def observed(where: str) -> Source:
    """Somebody saw the real service do so: who and where."""
    return Source(Kind.OBSERVED, where)


def chosen(why: str) -> Source:
    """How the real service does it is not known: why we do it this way."""
    return Source(Kind.CHOSEN, why)


Act = Callable[[Any], None]
"""Something that has happened before; it is given the subject."""


@dataclass(frozen=True)
class Of:
    """A value that only the subject knows, such as the id of a session."""

    value: Callable[[Any], Any]


@dataclass(frozen=True)
class Is:
    """Any value of an answer of which this holds."""

    what: str
    holds: Callable[[Any], bool]


ABSENT = Is("absent", lambda value: value is None)
PRESENT = Is("present", lambda value: value is not None)


@dataclass(frozen=True)
class Refused:
    """The call fails with this code, and its message has this text."""

    code: str
    text: str


@dataclass(frozen=True)
class Answered:
    """The call is answered with at least this."""

    output: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Look:
    """What a call after the call answers."""

    operation: str
    members: Mapping[str, Any]
    expect: Refused | Answered


@dataclass(frozen=True)
class Rule:
    """One row."""

    says: str  # the rule, as a clause that follows the operation's name
    sources: tuple[Source, ...]
    members: Mapping[str, Any]
    expect: Refused | Answered
    given: tuple[Act, ...] = ()
    then: tuple[Look | Act, ...] = ()  # in this order
    missing: str = ""  # what the real service has and we have not, if this row is about that
    operation: str = ""

    def __str__(self) -> str:
        return f"{self.operation}: {self.says}"

    @property
    def standing(self) -> Standing:
        """As the page of operations says."""
        if self.missing:
            return Standing.MISSING
        if any(source.kind is Kind.CHOSEN for source in self.sources):
            return Standing.CHOSEN
        return Standing.EXACT


@dataclass(frozen=True)
class NoRow:
    """Sentences of the model's documentation that no row is about, and why."""

    why: str
    sentences: tuple[str, ...]
    missing: bool = False  # it is a rule, and we do not keep it: `why` says so to users
    tested_by: str = ""  # it is a rule that another test proves: its path, with `::` and its name


def refuses(
    says: str,
    *sources: Source,
    code: str,
    text: str,
    members: Mapping[str, Any] | None = None,
    given: Sequence[Act] = (),
    then: Sequence[Look | Act] = (),
    missing: str = "",
) -> Rule:
    """A row whose call is refused."""
    expect = Refused(code, text)
    return Rule(says, sources, members or {}, expect, tuple(given), tuple(then), missing)


def answers(
    says: str,
    *sources: Source,
    members: Mapping[str, Any] | None = None,
    output: Mapping[str, Any] | None = None,
    given: Sequence[Act] = (),
    then: Sequence[Look | Act] = (),
    missing: str = "",
) -> Rule:
    """A row whose call is answered, with at least this output."""
    expect = Answered(output or {})
    return Rule(says, sources, members or {}, expect, tuple(given), tuple(then), missing)


def look(operation: str, output: Mapping[str, Any] | None = None, **members: Any) -> Look:
    """Afterwards this call is answered with at least this output."""
    return Look(operation, members, Answered(output or {}))


def look_refused(operation: str, code: str, text: str = "", **members: Any) -> Look:
    """Afterwards this call is refused."""
    return Look(operation, members, Refused(code, text))


def rules(
    operation: str,
    *rows: Rule,
    members: Mapping[str, Any] | None = None,
    given: Sequence[Act] = (),
) -> tuple[Rule, ...]:
    """The rows of an operation. These members and acts are every row's, before its own.

    A row's member takes the place of the common one; None takes it away.
    """
    return tuple(
        replace(
            row,
            operation=operation,
            members=without_none({**(members or {}), **row.members}),
            given=(*given, *row.given),
        )
        for row in rows
    )


def without_none(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that are given."""
    return {name: value for name, value in members.items() if value is not None}

"""What a fault may say: names that the service has, and numbers in range; else why it may not."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import isfinite
from typing import Any

LONGEST_S = 31 * 24 * 3600
LONGEST_TEXT = 1024
FEW = 40  # names that are listed whole; of more only those near the one that was meant


@dataclass(frozen=True)
class Names:
    """The names that the service model has where faults use any."""

    errors: Mapping[str, Collection[str]] = field(
        default_factory=dict[str, Collection[str]]
    )  # the codes that each operation declares
    common: Collection[str] = ()  # the codes that any operation may answer
    fleet_codes: Collection[str] = ()
    stack_codes: Collection[str] = ()
    connector_types: Collection[str] = ()

    def may_answer(self, operation: str, code: str) -> bool:
        """Whether this operation may answer this error."""
        return code in self.common or code in self.errors.get(operation, ())

    def codes(self, operation: str) -> Collection[str]:
        """The codes of all errors that this operation may answer, or that any may."""
        declared = [self.errors[operation]] if operation else list(self.errors.values())
        return sorted({code for codes in declared for code in codes} | set(self.common))


def check_members(kind: str, members: Mapping[str, Any], names: Names) -> None:
    """Nothing; ValueError if a fault of this kind cannot have these members."""
    for member, value in members.items():
        if member.endswith("_s"):
            _check_seconds(member, value)
        elif not isinstance(value, str) or len(value) > LONGEST_TEXT:
            raise ValueError(
                f"{member} is a text of at most {LONGEST_TEXT} characters, not {value!r:.40}"
            )
    if members.get("operation"):
        _check_name("operation", members["operation"], names.errors)
    if "connector_type" in members:
        _check_name("connector_type", members["connector_type"], names.connector_types)
    if "code" in members:
        _check_code(kind, members, names)


def check_terms(count: int | None, probability: float, seed: int) -> None:
    """Nothing; ValueError if a fault cannot strike so often, so probably and so seeded."""
    if count is not None and (not _is_whole(count) or count < 1):
        raise ValueError(f"count is a number from 1 on, or None for no end, not {count!r:.40}")
    if not _is_number(probability) or not 0 <= probability <= 1:
        raise ValueError(f"probability is a number from 0 to 1, not {probability!r:.40}")
    if not _is_whole(seed):
        raise ValueError(f"seed is a whole number, not {seed!r:.40}")


def _check_seconds(member: str, value: Any) -> None:
    if not _is_number(value) or not 0 <= value <= LONGEST_S:
        raise ValueError(
            f"{member} is a number of seconds from 0 to {LONGEST_S}, not {value!r:.40}"
        )


def _check_code(kind: str, members: Mapping[str, Any], names: Names) -> None:
    code = members["code"]
    if kind == "LaunchFailure":
        return _check_name("FleetErrorCode", code, names.fleet_codes)
    if kind == "StorageConnectorFailure":
        return _check_name("StackErrorCode", code, names.stack_codes)
    operation = members["operation"]
    if code not in names.codes(operation):
        by = f"{operation} answers no" if operation else "no operation answers an"
        raise ValueError(f"{by} error {code!r:.60}; there are: {', '.join(names.codes(operation))}")


def _check_name(what: str, name: str, known: Iterable[str]) -> None:
    there = list(known)
    if name in there:
        return
    shown = there if len(there) <= FEW else get_close_matches(name, there, n=5, cutoff=0.4)
    are = "there are" if len(there) <= FEW else f"of {len(there)} these are near it"
    raise ValueError(f"there is no {what} {name!r:.60}; {are}: {', '.join(shown) or 'none'}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)

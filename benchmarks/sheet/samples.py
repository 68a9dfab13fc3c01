"""What has been measured so far: samples by system, condition and row, and what went wrong."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Samples:
    """All of one run's; it can be kept in a file."""

    versions: dict[str, str] = field(default_factory=dict[str, str])  # by system
    machine: dict[str, str] = field(default_factory=dict[str, str])
    failures: list[str] = field(default_factory=list[str])
    values: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def add(self, system: str, condition: str, row: str, values: Iterable[float]) -> None:
        """These are more samples of the row."""
        self.values.setdefault(_key(system, condition, row), []).extend(values)

    def of(self, system: str, condition: str, row: str) -> Sequence[float]:
        """The samples of a row; none if it was not measured."""
        return self.values.get(_key(system, condition, row), ())

    def fail(self, system: str, condition: str, what: str, why: str) -> None:
        """This could not be measured, once."""
        self.failures.append(f"{system}, {condition}: {what}: {why.strip()}")

    def save(self, path: Path) -> None:
        """The file has them all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1))


def load(path: Path) -> Samples:
    """What a file has kept."""
    kept: dict[str, Any] = json.loads(path.read_text())
    return Samples(**kept)


def _key(system: str, condition: str, row: str) -> str:
    return f"{system}|{condition}|{row}"

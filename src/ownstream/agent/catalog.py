"""The applications that the instance's image offers, as the driver wrote them down."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Application:
    """One entry of the catalog."""

    name: str
    display_name: str
    description: str
    command: tuple[str, ...]
    terminal: bool
    icon: str  # where a browser finds it, or empty

    @property
    def argv(self) -> tuple[str, ...]:
        """What runs it, within a terminal if it wants one."""
        if self.terminal:
            return ("xterm", "-T", self.display_name, "-e", *self.command)
        return self.command

    @property
    def public(self) -> Mapping[str, str]:
        """What a browser is told of it."""
        return {
            "name": self.name,
            "displayName": self.display_name,
            "description": self.description,
            "icon": self.icon,
        }


Catalog = Mapping[str, Application]


def read_catalog(path: Path) -> Catalog:
    """The applications by name, in the file's order; ValueError or KeyError for a bad file."""
    body: Any = json.loads(path.read_text(encoding="utf-8"))
    return {entry["name"]: _application(entry) for entry in body["applications"]}


def _application(entry: Mapping[str, Any]) -> Application:
    return Application(
        name=entry["name"],
        display_name=entry.get("displayName") or entry["name"],
        description=entry.get("description") or "",
        command=tuple(entry["command"]),
        terminal=bool(entry.get("terminal")),
        icon=entry.get("icon") or "",
    )

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
    directory: str = ""  # where it runs; empty: in the user's home folder

    @property
    def argv(self) -> tuple[str, ...]:
        """What runs it, within a terminal if it wants one."""
        there = ("env", "-C", self.directory, *self.command) if self.directory else self.command
        if self.terminal:
            return ("xterm", "-T", self.display_name, "-e", *there)
        return there

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


@dataclass(frozen=True)
class Granted:
    """What a session may start."""

    own: frozenset[str] | None = frozenset()  # names out of the instance's catalog; None: all
    more: tuple[Application, ...] = ()  # applications of its fleet

    def of(self, catalog: Catalog) -> Catalog:
        """The session's catalog on an instance that has this one."""
        own = {name: catalog[name] for name in catalog if self.own is None or name in self.own}
        return {**own, **{application.name: application for application in self.more}}


NOTHING_GRANTED = Granted()


def granted(body: Any) -> Granted:
    """What the gateway says that a session may start; ValueError if it says nothing such."""
    match body:
        case None:
            return NOTHING_GRANTED
        case {"own": None | [*_] as own, "more": [*more]}:
            pass
        case _:
            raise ValueError("catalog is not of own and more")
    names = None if own is None else frozenset(map(_text, own))
    return Granted(names, tuple(map(_granted_application, more)))


def read_catalog(path: Path) -> Catalog:
    """The applications by name, in the file's order; ValueError or KeyError for a bad file."""
    body: Any = json.loads(path.read_text(encoding="utf-8"))
    return {entry["name"]: _application(entry) for entry in body["applications"]}


def _granted_application(entry: Any) -> Application:
    match entry:
        case {"name": str(), "command": [str(), *_] as command}:
            return _application({**entry, "command": list(map(_text, command))})
        case _:
            raise ValueError("catalog has what is no application")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("catalog has what is no text")
    return value


def _application(entry: Mapping[str, Any]) -> Application:
    return Application(
        name=entry["name"],
        display_name=entry.get("displayName") or entry["name"],
        description=entry.get("description") or "",
        command=tuple(entry["command"]),
        terminal=bool(entry.get("terminal")),
        icon=entry.get("icon") or "",
        directory=entry.get("directory") or "",
    )

"""Scripts at a session's start and end, as AppStream's config.json has them.

Names of members are read in either of the two ways in which AWS writes them, `executables` and
`Executables`. All scripts run as the user of the session, those of the context `system` too.
"""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CONTEXTS = ("system", "user")
LONGEST_S = 60
MOST_CHARACTERS = 1000


class BadConfig(Exception):
    """It is no configuration of session scripts; the text says why."""


@dataclass(frozen=True)
class Script:
    """One script of an event."""

    context: str
    argv: tuple[str, ...]
    logged: bool = True


@dataclass(frozen=True)
class Event:
    """What runs at one end of a session, one after the other, all within so many seconds."""

    scripts: tuple[Script, ...] = ()
    within_s: int = LONGEST_S


@dataclass(frozen=True)
class SessionScripts:
    """Both ends of a session."""

    start: Event
    end: Event


def session_scripts(text: str) -> SessionScripts:
    """What this config.json says; BadConfig if it says nothing that can be done."""
    try:
        body: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadConfig("config.json is not JSON") from error
    if not isinstance(body, dict):
        raise BadConfig("config.json is not an object")
    return SessionScripts(
        start=_event(body, "SessionStart"),
        end=_event(body, "SessionTermination"),
    )


def _event(body: Mapping[str, Any], name: str) -> Event:
    event = body.get(name, {})
    if not isinstance(event, dict):
        raise BadConfig(f"{name} is not an object")
    within_s = _member(event, "waitingTime", LONGEST_S)
    if isinstance(within_s, bool) or not isinstance(within_s, int) or not 0 < within_s <= LONGEST_S:
        raise BadConfig(f"{name}: waitingTime is not a number of seconds from 1 to {LONGEST_S}")
    executables = _member(event, "executables", [])
    if not isinstance(executables, list):
        raise BadConfig(f"{name}: executables is not a list")
    scripts = [_script(name, each) for each in executables]  # pyright: ignore[reportUnknownVariableType]
    contexts = [script.context for script in scripts]
    if len(set(contexts)) < len(contexts):
        raise BadConfig(f"{name} has two scripts of one context")
    return Event(tuple(script for script in scripts if script.argv), within_s)


def _script(event: str, body: Any) -> Script:
    """One that names no file has no argv."""
    if not isinstance(body, dict):
        raise BadConfig(f"{event}: executables has what is not an object")
    context = _member(body, "context", None)
    if context not in CONTEXTS:
        raise BadConfig(f"{event}: a script's context is neither system nor user")
    logged = _member(body, "s3LogEnabled", True)
    if not isinstance(logged, bool):
        raise BadConfig(f"{event}: a script's s3LogEnabled is neither true nor false")
    filename = _text(event, body, "filename")
    arguments = _words(event, _text(event, body, "arguments"))
    return Script(context, (filename, *arguments) if filename else (), logged)


def _words(event: str, arguments: str) -> Sequence[str]:
    try:
        return shlex.split(arguments)
    except ValueError as error:
        raise BadConfig(f"{event}: a script's arguments have a quotation mark too few") from error


def _text(event: str, body: Mapping[str, Any], name: str) -> str:
    value = _member(body, name, "")
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS or "\0" in value:
        raise BadConfig(
            f"{event}: a script's {name} is not a text of at most {MOST_CHARACTERS} characters"
        )
    return value


def _member(body: Mapping[str, Any], name: str, default: Any) -> Any:
    return body.get(name, body.get(name[0].upper() + name[1:], default))

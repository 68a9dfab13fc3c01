"""The freedesktop Desktop Entry format: files and their Exec lines, as data."""

import configparser
import re
from dataclasses import dataclass
from pathlib import Path

_GROUP = "Desktop Entry"
_WORD = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^\s"])+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_FIELD_CODE = re.compile(r"%([a-zA-Z%])")
_ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


@dataclass(frozen=True)
class DesktopEntry:
    """What one `.desktop` file says of an application."""

    id: str  # the desktop file id, without ".desktop"
    name: str
    comment: str
    icon: str
    command: tuple[str, ...]  # Exec without its field codes; empty if there is none
    try_exec: str
    terminal: bool
    shown: bool  # neither hidden nor meant for one desktop environment alone
    categories: frozenset[str]


def read_entry(path: Path, folder: Path) -> DesktopEntry | None:
    """The application that this file below `folder` describes; None if it describes none."""
    parser = configparser.RawConfigParser(
        strict=False, delimiters=("=",), comment_prefixes=("#",), interpolation=None
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys have their case
    try:
        parser.read_string(path.read_text(encoding="utf-8", errors="replace"))
    except (configparser.Error, OSError):
        return None
    if not parser.has_section(_GROUP):
        return None
    fields = dict(parser[_GROUP])
    if fields.get("Type", "Application") != "Application" or "Name" not in fields:
        return None
    return DesktopEntry(
        id="-".join(path.relative_to(folder).with_suffix("").parts),
        name=_unescaped(fields["Name"]),
        comment=_unescaped(fields.get("Comment", "")),
        icon=_unescaped(fields.get("Icon", "")),
        command=command(fields.get("Exec", "")),
        try_exec=fields.get("TryExec", ""),
        terminal=fields.get("Terminal") == "true",
        shown=not (
            fields.get("NoDisplay") == "true"
            or fields.get("Hidden") == "true"
            or "OnlyShowIn" in fields
        ),
        categories=frozenset(filter(None, fields.get("Categories", "").split(";"))),
    )


def command(exec_line: str) -> tuple[str, ...]:
    """The words of an Exec line; field codes, which stand for files and the like, are left out."""
    words = (_word(word) for word in _WORD.findall(_unescaped(exec_line)))
    return tuple(word for word in words if word)


def _word(word: str) -> str:
    unquoted = _QUOTED.sub(lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), word)
    return _FIELD_CODE.sub(lambda code: "%" if code[1] == "%" else "", unquoted)


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[0]), value)

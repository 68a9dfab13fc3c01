"""The applications that the host offers, by the `.desktop` files that its packages installed."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ownstream.drivers.base import Application
from ownstream.drivers.process.desktop_entries import DesktopEntry, read_entry
from ownstream.drivers.process.icons import icon_path
from ownstream.drivers.process.tools import PATH

FOLDERS = (Path("/usr/local/share/applications"), Path("/usr/share/applications"))

# Parts of a desktop, which are started with it and are no applications of their own.
_DESKTOP_PARTS = frozenset({"openbox", "tint2", "tint2conf", "obconf", "xfce4-panel", "plank"})
_SETTINGS = frozenset({"DesktopSettings", "X-XFCE-SettingsDialog", "X-GNOME-Settings-Panel"})
# Programs that run others: their name says nothing of the application.
_RUNNERS = frozenset(
    {"env", "sh", "bash", "java", "perl", "wine", "flatpak", "snap", "exo-open", "gtk-launch"}
)
_VISIBLE = ("/usr/", "/opt/", "/bin/", "/sbin/")  # what an instance sees of the host


def applications(
    folders: Sequence[Path] = FOLDERS,
    *,
    locate: Callable[[str], str | None] = lambda program: shutil.which(program, path=PATH),
    icon: Callable[[str], str] = icon_path,
) -> tuple[Application, ...]:
    """Every application that a menu would show and an instance can start, by display name."""
    entries = [entry for entry in _entries(folders) if _startable(entry, locate)]
    names = _names(entries)
    found = [
        Application(
            name=names[entry.id],
            display_name=entry.name,
            command=entry.command,
            icon=icon(entry.icon),
            description=entry.comment,
            terminal=entry.terminal,
        )
        for entry in entries
    ]
    return tuple(sorted(found, key=lambda application: application.display_name.casefold()))


def _entries(folders: Iterable[Path]) -> list[DesktopEntry]:
    """One entry for each id: that of the first folder which has one."""
    found: dict[str, DesktopEntry] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.desktop")):
            entry = read_entry(path, folder)
            if entry:
                found.setdefault(entry.id, entry)
    return [*found.values()]


def _startable(entry: DesktopEntry, locate: Callable[[str], str | None]) -> bool:
    if not entry.shown or not entry.command or entry.categories & _SETTINGS:
        return False
    if _program(entry) in _DESKTOP_PARTS or (entry.try_exec and not locate(entry.try_exec)):
        return False
    return (locate(entry.command[0]) or "").startswith(_VISIBLE)


def _names(entries: Sequence[DesktopEntry]) -> dict[str, str]:
    """A name for each id: its program's where that tells it from the others, else the id's own."""
    plain = [entry for entry in entries if len(entry.command) == 1]
    plainly = Counter(map(_program, plain))
    all_ways = Counter(map(_program, entries))
    names: dict[str, str] = {}
    for entry in entries:
        program = _program(entry)
        alone = all_ways[program] == 1 or (len(entry.command) == 1 and plainly[program] == 1)
        usual = alone and program not in _RUNNERS
        names[entry.id] = _fit(program if usual else entry.id, taken=names.values())
    return names


def _program(entry: DesktopEntry) -> str:
    return Path(entry.command[0]).name


def _fit(text: str, *, taken: Iterable[str]) -> str:
    """The text as a name that the service model allows (its NamePattern) and nobody has."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "-", text).lstrip("_.-")[:100] or "application"
    known, number, unique = set(taken), 2, name
    while unique in known:
        unique, number = f"{name}-{number}", number + 1
    return unique

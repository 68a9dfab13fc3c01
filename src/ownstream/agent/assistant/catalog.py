"""The applications that an image is to offer, kept in a file of the system that it is made of."""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    Entry = Mapping[str, str]

FILE = "/var/lib/ownstream/image-assistant.json"
MOST = 50
LONGEST = 256


class Refused(Exception):
    """It is not done; the text is AppStream's own where it has one."""


def applications(file: str = FILE) -> Sequence[Entry]:
    """All of them, in the order in which they were added."""
    try:
        with open(file, encoding="utf-8") as kept:
            body: Any = json.load(kept)
    except FileNotFoundError:
        return []
    return body["applications"]


def add(entry: Entry, file: str = FILE) -> None:
    """The application is in the catalog. Refused if it cannot be."""
    known = applications(file)
    _check(entry, known)
    _keep([*known, {key: value for key, value in entry.items() if value}], file)


def remove(name: str, file: str = FILE) -> None:
    """The application is not in the catalog any more."""
    known = applications(file)
    left = [entry for entry in known if entry["Name"] != name]
    if len(left) == len(known):
        raise Refused("App not found")
    _keep(left, file)


def display_name(path: str) -> str:
    """What an application is called whose owner has not said it."""
    return os.path.splitext(os.path.basename(path))[0].replace(" ", "_")


def _check(entry: Entry, known: Sequence[Entry]) -> None:
    name, path = entry["Name"], entry["AbsoluteAppPath"]
    if len(known) >= MOST:
        raise Refused(f"Unable to add more than {MOST} apps to the catalog.")
    if any(other["Name"] == name for other in known):
        raise Refused("Name is not unique")
    if not _is_name(name):
        raise Refused("Invalid value (name): letters, digits, dots, hyphens and underscores")
    if len(entry.get("DisplayName", "")) > LONGEST:
        raise Refused(f"Invalid value (display-name): at most {LONGEST} characters")
    if not os.path.isabs(path) or not os.path.isfile(path):
        raise Refused("File not found (absolute-app-path)")
    if not os.access(path, os.X_OK):
        raise Refused("File cannot be run (absolute-app-path)")
    folder = entry.get("WorkingDirectory", "")
    if folder and not os.path.isdir(folder):
        raise Refused("Directory not found (working-directory)")
    _check_manifest(entry.get("AbsoluteManifestPath", ""))


def _check_manifest(path: str) -> None:
    """Its files are there. Nothing else is done with them: layers need no warming up."""
    if not path:
        return
    if not os.path.isfile(path):
        raise Refused(f"Optimization-manifest not found: {path}")
    with open(path, encoding="utf-8", errors="replace") as manifest:
        for line in manifest:
            if line.strip() and not os.path.exists(line.strip()):
                raise Refused(f"File not found: {line.strip()}")


def _is_name(name: str) -> bool:
    letters = all(letter.isascii() and (letter.isalnum() or letter in "._-") for letter in name)
    return 0 < len(name) <= LONGEST and letters and name[0].isalnum()


def _keep(entries: Sequence[Entry], file: str) -> None:
    os.makedirs(os.path.dirname(file), mode=0o755, exist_ok=True)
    with open(f"{file}.new", "w", encoding="utf-8") as fresh:
        json.dump({"applications": entries}, fresh, indent=1)
    os.replace(f"{file}.new", file)

"""The pictures of applications: the one that was named, else the one of its desktop entry."""

from __future__ import annotations

import base64
import glob
import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TYPES = {
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".bmp": "image/bmp",
}
LARGEST_BYTES = 512 * 1024
ENTRIES = "/usr/share/applications"
FOLDERS = (
    "/usr/share/icons/hicolor/scalable/apps",
    "/usr/share/icons/hicolor/256x256/apps",
    "/usr/share/icons/hicolor/128x128/apps",
    "/usr/share/icons/hicolor/64x64/apps",
    "/usr/share/icons/hicolor/48x48/apps",
    "/usr/share/pixmaps",
)


def picture(entry: Mapping[str, str]) -> Mapping[str, str]:
    """The application's icon as the service takes it: type and content; empty if it has none."""
    path = entry.get("AbsoluteIconPath") or of_program(entry["AbsoluteAppPath"])
    kind = TYPES.get(os.path.splitext(path)[1].lower(), "")
    try:
        if not kind or os.path.getsize(path) > LARGEST_BYTES:
            return {}
        with open(path, "rb") as file:
            return {"type": kind, "data": base64.b64encode(file.read()).decode()}
    except OSError:
        return {}


def of_program(path: str) -> str:
    """The icon of the desktop entry that starts this program; empty if there is none."""
    for fields in _entries():
        words = fields.get("Exec", "").split()
        if words and os.path.basename(words[0]) == os.path.basename(path):
            return _named(fields.get("Icon", ""))
    return ""


def installed() -> Iterator[Mapping[str, str]]:
    """What desktop entries offer: `Name`, `Exec` and `Icon` of each."""
    for fields in _entries():
        if fields.get("NoDisplay") != "true" and fields.get("Name") and fields.get("Exec"):
            yield fields


def _entries() -> Iterator[Mapping[str, str]]:
    for path in sorted(glob.glob(f"{ENTRIES}/*.desktop")):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read()
        except OSError:
            continue
        first = text.partition("[Desktop Entry]")[2].partition("\n[")[0]
        yield dict(re.findall(r"^(Name|Exec|Icon|NoDisplay)=(.*)$", first, re.MULTILINE))


def _named(name: str) -> str:
    if os.path.isabs(name):
        return name
    for folder in FOLDERS:
        for ending in (".svg", ".png"):
            path = os.path.join(folder, name + ending)
            if name and os.path.isfile(path):
                return path
    return ""

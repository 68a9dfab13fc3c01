"""What an Image Assistant may ask: the rules of the image that it wants made.

It is asked by a program of the image builder's user, which may be any program: what is no request,
is too much or names what cannot be is refused, in words for that user.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MOST_APPLICATIONS = 50
LARGEST_ICON_BYTES = 512 * 1024
MOST_TAGS = 50
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}")
_APPLICATION = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,255}")
_LONGEST = {"path": 1024, "parameters": 1024, "directory": 1024, "displayName": 256}
# How a picture of each type begins; a browser shows no other as what it is said to be.
_BEGINNINGS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/bmp": (b"BM",),
    "image/svg+xml": (b"<svg", b"<?xml", b"<!DOCTYPE svg", b"<!--"),
}


class BadRequest(Exception):
    """It is not granted; the text says why, AppStream's own where it has one."""


@dataclass(frozen=True)
class Icon:
    """A picture and its media type."""

    media_type: str
    data: bytes


@dataclass(frozen=True)
class Entry:
    """One application of the image; its document has the members of the model's Application."""

    document: Mapping[str, Any]
    icon: Icon | None = None


@dataclass(frozen=True)
class ImageRequest:
    """An image that is asked for."""

    name: str
    display_name: str
    description: str
    tags: Mapping[str, str]
    applications: tuple[Entry, ...]
    dry_run: bool = False


def image_request(asked: Mapping[str, Any]) -> ImageRequest:
    """The request; BadRequest if it is none or cannot be granted to anybody."""
    if asked.get("do") != "create-image":
        raise BadRequest("This image builder's service knows no such request")
    name = asked.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadRequest(
            "Invalid value (name): up to 101 letters, digits, dots, hyphens and underscores"
        )
    return ImageRequest(
        name=name,
        display_name=_text(asked, "displayName", 100),
        description=_text(asked, "description", 256),
        tags=_tags(asked.get("tags", {})),
        applications=tuple(_entries(asked.get("applications"))),
        dry_run=asked.get("dryRun") is True,
    )


def _entries(applications: Any) -> Iterable[Entry]:
    if not isinstance(applications, list) or not applications:
        raise BadRequest("The catalog has no application: add one with add-application")
    if len(applications) > MOST_APPLICATIONS:  # pyright: ignore[reportUnknownArgumentType]
        raise BadRequest(f"Unable to add more than {MOST_APPLICATIONS} apps to the catalog.")
    names: set[str] = set()
    for application in applications:  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(application, dict):
            raise BadRequest("Invalid value (applications)")
        entry = _entry(application)  # pyright: ignore[reportUnknownArgumentType]
        if entry.document["Name"] in names:
            raise BadRequest("Name is not unique")
        names.add(entry.document["Name"])
        yield entry


def _entry(application: Mapping[str, Any]) -> Entry:
    name = application.get("name")
    if not isinstance(name, str) or not _APPLICATION.fullmatch(name):
        raise BadRequest("Invalid value (name of an application)")
    texts = {member: _text(application, member, most) for member, most in _LONGEST.items()}
    if not texts["path"].startswith("/"):
        raise BadRequest("File not found (absolute-app-path)")
    if texts["directory"] and not texts["directory"].startswith("/"):
        raise BadRequest("Directory not found (working-directory)")
    document = {
        "Name": name,
        "DisplayName": texts["displayName"] or name,
        "LaunchPath": texts["path"],
        "LaunchParameters": texts["parameters"],
        "WorkingDirectory": texts["directory"],
        "Enabled": True,
    }
    kept = {member: value for member, value in document.items() if value != ""}
    return Entry(kept, _icon(application.get("icon")))


def _icon(icon: Any) -> Icon | None:
    """The picture, or None where there is none; BadRequest for what is not what it says."""
    if not icon:
        return None
    match icon:
        case {"type": str(media_type), "data": str(text)}:
            pass
        case _:
            raise BadRequest("Invalid value (icon)")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest("Invalid value (icon)") from error
    if len(data) > LARGEST_ICON_BYTES:
        raise BadRequest(f"An icon is larger than {LARGEST_ICON_BYTES // 1024} KiB")
    beginnings = _BEGINNINGS.get(media_type, ())
    if not any(data.lstrip().startswith(beginning) for beginning in beginnings):
        raise BadRequest("An icon is no picture of the type that its name says")
    return Icon(media_type, data)


def _text(asked: Mapping[str, Any], member: str, most: int) -> str:
    value = asked.get(member) or ""
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise BadRequest(f"Invalid value ({member}): a text of at most {most} characters")
    return value


def _tags(tags: Any) -> Mapping[str, str]:
    if not isinstance(tags, dict) or len(tags) > MOST_TAGS:  # pyright: ignore[reportUnknownArgumentType]
        raise BadRequest("Invalid value (tags)")
    for key, value in tags.items():  # pyright: ignore[reportUnknownVariableType]
        texts = isinstance(key, str) and isinstance(value, str)
        if not texts or not 0 < len(key) <= 128 or len(value) > 256:  # pyright: ignore[reportUnknownArgumentType]
            raise BadRequest("Invalid value (tags)")
        if key.lower().startswith("aws:"):
            raise BadRequest("Invalid value (tags)")
    return tags  # pyright: ignore[reportUnknownVariableType]

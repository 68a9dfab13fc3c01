"""Images outside the service: what an archive is called, where it lies, and what it may say."""

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, cast

Document = Mapping[str, Any]

# Of the model's Image, what an archive says in one text each.
TEXTS = ("Description", "DisplayName", "Platform")
APPLICATION_TEXTS = (
    "Description",
    "DisplayName",
    "LaunchParameters",
    "LaunchPath",
    "Name",
    "WorkingDirectory",
)
MOST_APPLICATIONS = 500
MOST_TEXT = 4096
_LETTERS = "0123456789abcdef"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,256}", re.ASCII)
_PLATFORM = re.compile(r"[A-Z0-9_]{1,64}", re.ASCII)


def new_ami_id() -> str:
    """A name that no other archive has, in the form of an AMI's."""
    return "ami-" + "".join(secrets.choice(_LETTERS) for _ in range(17))


def archive_key(account: str, ami_id: str) -> str:
    """Where among the archives this account's one of this name lies.

    An account finds none but its own: who may put a file there is who may give it an image.
    """
    return f"{account}/{ami_id}.tar"


def carried(document: Document, icons: Mapping[str, str]) -> Document:
    """What an archive says of an image; `icons` are its names of icons, by their paths."""
    applications = [
        {
            **_texts(each, APPLICATION_TEXTS),
            "Enabled": each.get("Enabled", True),
            "Metadata": dict(each.get("Metadata", {})),
            **({"icon": icons[each["IconURL"]]} if each.get("IconURL") in icons else {}),
        }
        for each in document.get("Applications", ())
    ]
    families = list(document.get("SupportedInstanceFamilies", ()))
    return {
        **_texts(document, TEXTS),
        "Applications": applications,
        "SupportedInstanceFamilies": families,
    }


def image_of(said: Document, icons: Mapping[str, str]) -> Document:
    """The image's document by what an archive says, whoever wrote that.

    What is not of the form that it has to be is left out. `icons` are paths by the archive's names.
    """
    document: dict[str, Any] = _texts(said, TEXTS)
    if not _PLATFORM.fullmatch(document.get("Platform", "")):
        document.pop("Platform", None)
    families = _list(said.get("SupportedInstanceFamilies"))
    document["SupportedInstanceFamilies"] = [each for each in families if _is_text(each)]
    applications = [
        {**_application(_table(each)), **_icon(_table(each), icons)}
        for each in _list(said.get("Applications"))[:MOST_APPLICATIONS]
    ]
    named = {each["Name"]: each for each in applications if _is_application(each)}
    return {**document, "Applications": list(named.values())}


def with_icons(
    catalog: Sequence[Document], icons: Mapping[str, str], archived: Sequence[Document]
) -> Sequence[Document]:
    """The catalog, each application with the icon that is said to be its own.

    Else it has that of the archive's application of the same program, if there is one.
    """
    others = {each["LaunchPath"]: each["IconURL"] for each in archived if "IconURL" in each}
    paths = [icons.get(each["Name"]) or others.get(each["LaunchPath"]) for each in catalog]
    return [
        {**each, "IconURL": path} if path else each
        for each, path in zip(catalog, paths, strict=True)
    ]


def _application(said: Document) -> dict[str, Any]:
    metadata = {
        key: value for key, value in _table(said.get("Metadata")).items() if _is_text(value)
    }
    return {
        **_texts(said, APPLICATION_TEXTS),
        "Enabled": said.get("Enabled") is not False,
        **({"Metadata": metadata} if metadata else {}),
    }


def _icon(said: Document, icons: Mapping[str, str]) -> Document:
    name = said.get("icon")
    return {"IconURL": icons[name]} if isinstance(name, str) and name in icons else {}


def _is_application(entry: Document) -> bool:
    path = entry.get("LaunchPath", "")
    return bool(_NAME.fullmatch(entry.get("Name", ""))) and path.startswith("/")


def _texts(said: Document, names: Sequence[str]) -> dict[str, Any]:
    return {name: said[name] for name in names if _is_text(said.get(name))}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MOST_TEXT and value.isprintable()


def _list(value: Any) -> Sequence[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else ()


def _table(value: Any) -> Document:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}

"""The image itself: asked of the service, with all that it is to have; and its default profile."""

from __future__ import annotations

import os
import shutil

from . import catalog, icons, service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

SKELETON = "/etc/skel"
# What of the administrator's home is not a setting of an application.
NOT_KEPT = ("MyFiles", ".cache", ".bash_history", ".lesshst", ".python_history", ".Xauthority")
RESERVED = ("aws", "appstream", "amazon")


def create_image(
    name: str,
    *,
    description: str = "",
    display_name: str = "",
    tags: Mapping[str, str],
    latest_agent: bool = False,
    dry_run: bool = False,
) -> Mapping[str, Any]:
    """What the service answers; the image is being made if that is Success and no dry run."""
    if name.lower().startswith(RESERVED):
        prefixes = ", ".join(RESERVED)
        return {"status": 1, "message": f"The image name cannot start with any of {prefixes}"}
    request = {
        "do": "create-image",
        "name": name,
        "description": description,
        "displayName": display_name,
        "tags": dict(tags),
        "latestAgent": latest_agent,
        "dryRun": dry_run,
        "applications": [_application(entry) for entry in catalog.applications()],
    }
    return service.ask(request)


def update_default_profile(home: str = "", skeleton: str = SKELETON) -> None:
    """New users of the image begin with what is in this home folder now."""
    home = home or os.environ["HOME"]
    fresh = f"{skeleton}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        shutil.copytree(home, fresh, symlinks=True, ignore=_not_kept(home))
    except shutil.Error as error:
        source, _, why = error.args[0][0]
        shutil.rmtree(fresh, ignore_errors=True)
        raise catalog.Refused(f"Unable to copy file or folder: {source}. {why}") from error
    shutil.rmtree(skeleton, ignore_errors=True)
    os.rename(fresh, skeleton)


def _not_kept(home: str) -> Any:
    def names(folder: str, found: Sequence[str]) -> set[str]:
        special = {name for name in found if _is_special(os.path.join(folder, name))}
        return special | (set(NOT_KEPT) & set(found) if folder == home else set())

    return names


def _is_special(path: str) -> bool:
    """Whether it is a socket, a pipe or a device: nothing that a profile has."""
    return os.path.exists(path) and not (os.path.isfile(path) or os.path.isdir(path))


def _application(entry: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "name": entry["Name"],
        "displayName": entry.get("DisplayName", ""),
        "path": entry["AbsoluteAppPath"],
        "parameters": entry.get("LaunchParameters", ""),
        "directory": entry.get("WorkingDirectory", ""),
        "icon": icons.picture(entry),
    }

"""Persistent application settings: whose they are, where they are kept, and how much of them.

A user has them once for each settings group, whichever of the group's stacks they come by.
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ownstream.domain.home_folders import Tree, user_folder
from ownstream.domain.scope import Scope

BUCKET = "appstream-app-settings"
# AppStream's own bound, the size of its virtual disk.
MOST_BYTES = 1 << 30
MOST_NAME_BYTES = 200

Document = Mapping[str, Any]


def bucket(scope: Scope) -> str:
    """The bucket of all settings of an account in a region; it ends as if at random."""
    known = f"{scope.account}/{scope.region}"
    ending = hashlib.sha256(known.encode()).hexdigest()[:7]
    return f"{BUCKET}-{scope.region}-{scope.account}-{ending}"


def group(stack: Document) -> str:
    """The settings group of a stack with this document; empty if it keeps no settings."""
    settings: Document = stack.get("ApplicationSettings", {})
    return str(settings.get("SettingsGroup", "")) if settings.get("Enabled") else ""


def settings_folder(
    scope: Scope, settings_group: str, user_id: str, *, authentication_type: str = "API"
) -> str:
    """Where the user's settings are, below the root of the store: as AppStream has it."""
    user = user_folder(user_id, authentication_type=authentication_type)
    return f"{bucket(scope)}/Linux/v1/{_name(settings_group)}/{user}"


def bounded(tree: Tree, most_bytes: int = MOST_BYTES) -> Tree:
    """The tree without the files that are too much, the largest first; they count as closed.

    So what the store has of them stays as it is.
    """
    left = most_bytes
    kept: set[str] = set()
    for path in sorted(tree.files, key=lambda path: (tree.files[path].size, path)):
        left -= tree.files[path].size
        if left < 0:
            break
        kept.add(path)
    if len(kept) == len(tree.files):
        return tree
    files = {path: seen for path, seen in tree.files.items() if path in kept}
    return Tree(files, tree.folders, {*tree.closed, *(set(tree.files) - kept)}, tree.at)


def _name(settings_group: str) -> str:
    """The group as one name of a folder: any text is a group, and none leads anywhere else."""
    name = quote(settings_group, safe=" ")
    if len(name) > MOST_NAME_BYTES:
        return f"%{hashlib.sha256(settings_group.encode()).hexdigest()}"
    return f"%2E{name[1:]}" if name.startswith(".") else name

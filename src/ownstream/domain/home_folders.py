"""Home folders: where each user's is kept, and what there is to do to keep it.

A path is relative to the home folder, its names joined by slashes; a folder's ends in one.
"""

import hashlib
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ownstream.domain.scope import Scope

CONNECTOR = "HOMEFOLDERS"
BUCKET = "appstream2-36fb080bb8"
MAX_NAME_BYTES = 255
# A file that was changed less long ago may be in the middle of being written.
SETTLED_NS = 1_000_000_000
# One that is changed all the time is saved so often nevertheless.
LATEST_NS = 30_000_000_000


@dataclass(frozen=True)
class Seen:
    """A file as it is in the session; any change of its content changes this."""

    size: int
    modified: int  # nanoseconds since 1970, as applications may set it
    changed: int  # the same, as the system keeps it
    inode: int


@dataclass(frozen=True)
class Stored:
    """A file as it is in the store."""

    size: int
    modified: int | None  # nanoseconds since 1970; None: ask for it by itself


@dataclass(frozen=True)
class Kept:
    """A file whose content is the same in the session and in the store."""

    seen: Seen
    digest: str = ""  # of that content; empty where it is not known


@dataclass(frozen=True)
class Tree:
    """What the home folder has in the session."""

    files: Mapping[str, Seen] = field(default_factory=dict[str, Seen])
    folders: Collection[str] = ()
    closed: Collection[str] = ()  # folders of which nobody can tell what they have
    at: int = 0  # when it was looked at, by the session's own clock in nanoseconds


@dataclass(frozen=True)
class Changes:
    """What the store does not know yet."""

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()  # what is inside comes before the folder that it was in
    unsettled: tuple[str, ...] = ()  # files that are left for later


def folder_of(scope: Scope, user_id: str, *, authentication_type: str = "API") -> str:
    """Where the user's home folder is, below the root of the store: as AppStream has it.

    Its own bucket's name is a folder here.
    """
    user = user_folder(user_id, authentication_type=authentication_type)
    return f"{BUCKET}-{scope.region}-{scope.account}/user/{user}"


def user_folder(user_id: str, *, authentication_type: str = "API") -> str:
    """What stands for the user in a path of the store.

    Sessions that a streaming URL began are `custom`; for the user's name its SHA-256 stands, in
    lower case.
    """
    kind = {"API": "custom", "SAML": "federated", "USERPOOL": "userpool"}[authentication_type]
    return f"{kind}/{hashlib.sha256(user_id.encode()).hexdigest()}"


def is_path(path: str) -> bool:
    """Whether this is a path in a home folder, which says nothing of what is outside it."""
    names = path.removesuffix("/").split("/")
    return all(map(_is_name, names))


def changes(
    tree: Tree, kept: Mapping[str, Kept | None], *, last: bool = False, since: Mapping[str, int]
) -> Changes:
    """What has changed in the session since `kept`, where folders stand with None.

    What changes just now waits until it has settled; of what does so all the time `since` tells
    from when on, by the session's clock. At last nothing waits.
    """
    changed = [path for path, seen in tree.files.items() if not _same(kept.get(path), seen)]
    ready = [path for path in changed if last or _has_settled(tree, path, since)]
    waiting = set(changed).difference(ready)
    gone = [path for path in kept if not is_in(tree, path)]
    return Changes(
        files=tuple(sorted(ready, key=lambda path: tree.files[path].size)),
        folders=tuple(sorted(path for path in tree.folders if path not in kept)),
        gone=tuple(sorted(gone, reverse=True)),
        unsettled=tuple(sorted(waiting)),
    )


def is_in(tree: Tree, path: str) -> bool:
    """Whether it is there, or may be for all that can be told."""
    if path in tree.files or path in tree.folders or path in tree.closed:
        return True
    return any(folder in tree.closed for folder in parents(path))


def parents(path: str) -> list[str]:
    """The folders that a path is in, the outer ones first."""
    names = path.removesuffix("/").split("/")[:-1]
    return ["/".join(names[: depth + 1]) + "/" for depth in range(len(names))]


def _is_name(name: str) -> bool:
    if name in ("", ".", "..") or "/" in name:
        return False
    try:
        fits = len(name.encode()) <= MAX_NAME_BYTES
    except UnicodeEncodeError:
        return False
    return fits and not any(unicodedata.category(letter) == "Cc" for letter in name)


def _same(kept: Kept | None, seen: Seen) -> bool:
    return kept is not None and kept.seen == seen


def _has_settled(tree: Tree, path: str, since: Mapping[str, int]) -> bool:
    old_enough = tree.at - tree.files[path].changed >= SETTLED_NS
    return old_enough or tree.at - since.get(path, tree.at) >= LATEST_NS

"""The port to where home folders are kept. Owns its words; keeps nothing itself.

All of it blocks, and is called on threads of its own. Folders are named by
`domain.home_folders.folder_of`, paths are those that `is_path` lets pass.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from ownstream.domain.home_folders import Stored


class StorageError(Exception):
    """The store does not do it now, and may later; the text says why, for the operator."""


class Unstorable(Exception):
    """The store cannot keep this file as it is, and never will; the text says why."""


class Source(Protocol):
    """Bytes that can be read once."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most `size` of them; empty at the end."""
        ...


class HomeFolderStore(Protocol):
    """Home folders by their names."""

    def list(self, folder: str) -> Mapping[str, Stored | None]:
        """All that is in this home folder, by path; folders are None. Empty if there is none."""
        ...

    def look(self, folder: str, path: str) -> Stored | None:
        """A file with its date; None if it is gone."""
        ...

    def read(self, folder: str, path: str) -> AbstractContextManager[tuple[Stored, Source]]:
        """A file with its date, and its content; StorageError if it is gone."""
        ...

    def write(self, folder: str, path: str, content: Source, stored: Stored) -> None:
        """The file has this content and date when this returns, or what it had before.

        What `content` raises comes through, and nothing is changed then.
        """
        ...

    def make_folder(self, folder: str, path: str) -> None:
        """A folder of this path is there, empty or not."""
        ...

    def remove(self, folder: str, path: str) -> None:
        """Nothing has this path; a folder that still has something in it stays."""
        ...

"""What is copied: a text or a picture, and how much of it may pass."""

from collections.abc import Mapping
from dataclasses import dataclass

TEXT, PICTURE = "text/plain", "image/png"
# A text has a length of its own, by policy; a picture counts by these alone.
MOST_BYTES = 32 * 1024 * 1024
_LONGEST_CHARACTER_BYTES = 4
_PNG = b"\x89PNG\r\n\x1a\n"


class TooMuch(Exception):
    """A text or picture is larger than it may be."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"too much {kind}")
        self.kind = kind


@dataclass(frozen=True)
class Content:
    """A whole text or picture."""

    kind: str  # TEXT or PICTURE
    data: bytes  # UTF-8, or a PNG file


def most_bytes(characters: int) -> Mapping[str, int]:
    """How large each kind may be, where a text may have so many characters."""
    text = min(characters * _LONGEST_CHARACTER_BYTES, MOST_BYTES)
    return {TEXT: text, PICTURE: MOST_BYTES if characters else 0}


def limit(kind: str, characters: int) -> str:
    """How a user is told what is too much, where a text may have so many characters."""
    mebibytes = MOST_BYTES // (1024 * 1024)
    if kind == PICTURE:
        return f"a picture of more than {mebibytes} MiB"
    if characters * _LONGEST_CHARACTER_BYTES > MOST_BYTES:
        return f"a text of more than {characters:,} characters or {mebibytes} MiB"
    return f"a text of more than {characters:,} characters"


def is_png(data: bytes | bytearray) -> bool:
    """Whether it begins as a PNG file."""
    return data[: len(_PNG)] == _PNG

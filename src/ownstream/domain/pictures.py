"""What a picture is, by its own first bytes: its type and size. Nothing is decoded.

A name or a declared type is nobody's proof; what is none of these is no picture here, and so is
never served as one. Documents that draw, such as SVG, are none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from struct import error as struct_error
from struct import unpack_from

PNG, JPEG, GIF, ICO = "image/png", "image/jpeg", "image/gif", "image/x-icon"


@dataclass(frozen=True)
class Picture:
    """A picture's media type, and its size in pixels; of several in one file the largest."""

    media_type: str
    width: int
    height: int


def picture(content: bytes) -> Picture | None:
    """What this content is a picture of, or None if it is none of the kinds that there are."""
    for beginning, (media_type, size_of) in _KINDS.items():
        if content.startswith(beginning):
            size = _size(size_of, content)
            return Picture(media_type, *size) if size and min(size) > 0 else None
    return None


_Size = tuple[int, int]


def _size(size_of: Callable[[bytes], _Size | None], content: bytes) -> _Size | None:
    try:
        return size_of(content)
    except struct_error:
        return None  # it ends before it says


def _of_png(content: bytes) -> _Size | None:
    length, kind, width, height = unpack_from(">I4sII", content, 8)
    return (width, height) if (length, kind) == (13, b"IHDR") else None


def _of_gif(content: bytes) -> _Size | None:
    width, height = unpack_from("<HH", content, 6)
    return width, height


def _of_jpeg(content: bytes) -> _Size | None:
    """The size stands in the frame's header, behind segments that say how long they are."""
    at = 2
    while True:
        mark, marker, length = unpack_from(">BBH", content, at)
        if mark != 0xFF or length < 2:
            return None
        if marker in _FRAMES:
            height, width = unpack_from(">HH", content, at + 5)
            return width, height
        at += 2 + length


def _of_ico(content: bytes) -> _Size | None:
    (count,) = unpack_from("<H", content, 4)
    sizes = [unpack_from("BB", content, 6 + 16 * number) for number in range(count)]
    # A byte has no 256; 0 stands for it.
    return max(((width or 256, height or 256) for width, height in sizes), default=None)


_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_KINDS: Mapping[bytes, tuple[str, Callable[[bytes], _Size | None]]] = {
    b"\x89PNG\r\n\x1a\n": (PNG, _of_png),
    b"\xff\xd8\xff": (JPEG, _of_jpeg),
    b"GIF87a": (GIF, _of_gif),
    b"GIF89a": (GIF, _of_gif),
    b"\0\0\1\0": (ICO, _of_ico),
}

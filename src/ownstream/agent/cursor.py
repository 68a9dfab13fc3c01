"""The cursor's shape as a CURSOR message. Pure."""

from collections.abc import Sequence

from ownstream.channel.tags import CURSOR, FromAgent

MAX_SIDE = 128  # browsers refuse larger ones, and an application may ask for any size


def cursor_message(
    pixels: Sequence[int], *, size: tuple[int, int], hot_spot: tuple[int, int]
) -> bytes:
    """The message for premultiplied ARGB pixels; one that hides the cursor if all are clear."""
    width, height = size
    if not any(pixels) or len(pixels) < width * height:
        return _message((0, 0), (0, 0), b"")
    shown = (min(width, MAX_SIDE), min(height, MAX_SIDE))
    rows = (pixels[y * width : y * width + shown[0]] for y in range(shown[1]))
    data = b"".join(_straight(pixel) for row in rows for pixel in row)
    x, y = hot_spot
    return _message((min(x, shown[0] - 1), min(y, shown[1] - 1)), shown, data)


def _message(hot_spot: tuple[int, int], size: tuple[int, int], data: bytes) -> bytes:
    return bytes([FromAgent.CURSOR]) + CURSOR.pack(*hot_spot, *size) + data


def _straight(pixel: int) -> bytes:
    """RGBA with colours as they are, of ARGB with colours dimmed by their alpha."""
    alpha = pixel >> 24 & 0xFF
    if alpha == 0:
        return b"\0\0\0\0"
    dimmed = (pixel >> 16 & 0xFF, pixel >> 8 & 0xFF, pixel & 0xFF)
    return bytes([*(min(255, colour * 255 // alpha) for colour in dimmed), alpha])

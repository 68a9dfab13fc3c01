"""What the probe writes on every frame, so that a page can tell frames apart and how old they are.

A band along the top of the screen holds a row of black and white blocks, the stamp, and one larger
block that changes with every letter typed, the answer. Blocks cover whole macroblocks of a video
codec: they survive any quality. Pure, and free of libraries: the probe carries it into a session.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

BLOCK = 16  # pixels, each way
BAND = 32  # pixels, the height of the band
ANSWER = (800, 0, 64, BAND)  # x, y, width, height
WIDTH = 864  # pixels of the band that are used

_MARK = (True, False, True, False)
_FIELDS = (("scene", 4), ("frame", 20), ("at", 16))  # name and bits, the highest first
_CHECK_BITS = 4
BLOCKS = len(_MARK) + sum(bits for _, bits in _FIELDS) + _CHECK_BITS

CLOCK = 1 << 16  # milliseconds after which `at` begins anew


class Scene(IntEnum):
    """What the probe does; the digit of its number brings it about."""

    STILL = 1  # a page of text, and nothing moves
    TYPING = 2  # the same, and every letter typed is written
    SCROLLING = 3
    VIDEO = 4
    REST = 5  # what was shown last stays


@dataclass(frozen=True)
class Stamp:
    """A frame's own words: its scene, its number in it, and the low bits of the clock's ms."""

    scene: int
    frame: int
    at: int


def blocks(stamp: Stamp) -> tuple[bool, ...]:
    """White or black for every block, from the left."""
    bits = [
        bool(getattr(stamp, name) >> place & 1)
        for name, count in _FIELDS
        for place in reversed(range(count))
    ]
    return (*_MARK, *bits, *_check(bits))


def read(white: Sequence[bool]) -> Stamp | None:
    """The stamp in these blocks, or None if they hold none or are torn."""
    if tuple(white[: len(_MARK)]) != _MARK or len(white) != BLOCKS:
        return None
    bits = list(white[len(_MARK) : -_CHECK_BITS])
    if tuple(white[-_CHECK_BITS:]) != _check(bits):
        return None
    values, start = [], 0
    for _, count in _FIELDS:
        values.append(sum(bit << n for n, bit in enumerate(reversed(bits[start : start + count]))))
        start += count
    return Stamp(*values)


def clock(seconds: float) -> int:
    """An instant, as a stamp writes it."""
    return int(seconds * 1000) % CLOCK


def _check(bits: Sequence[bool]) -> tuple[bool, ...]:
    """The exclusive or of all groups of four, so that a half-drawn row does not pass."""
    return tuple(sum(bits[n::_CHECK_BITS]) % 2 == 1 for n in range(_CHECK_BITS))

"""Rectangles of the screen, in pixels. Pure."""

from collections.abc import Iterable
from typing import NamedTuple


class Area(NamedTuple):
    """A rectangle; its right and bottom edges are not in it."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column behind it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below it."""
        return self.y + self.height

    @property
    def pixels(self) -> int:
        """How many are in it."""
        return self.width * self.height

    def meets(self, other: "Area") -> bool:
        """Whether they have a pixel in common."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def shared(self, other: "Area") -> int:
        """How many pixels they have in common."""
        width = min(self.right, other.right) - max(self.x, other.x)
        height = min(self.bottom, other.bottom) - max(self.y, other.y)
        return max(width, 0) * max(height, 0)

    def within(self, bounds: "Area") -> "Area":
        """The area moved into these bounds; if it is larger, with its beginning there."""
        x = max(bounds.x, min(self.x, bounds.right - self.width))
        y = max(bounds.y, min(self.y, bounds.bottom - self.height))
        return self._replace(x=x, y=y)

    def around(self, hole: "Area") -> list["Area"]:
        """What of it is not in the hole, which is within it: above, below, left and right."""
        pieces = (
            Area(self.x, self.y, self.width, hole.y - self.y),
            Area(self.x, hole.bottom, self.width, self.bottom - hole.bottom),
            Area(self.x, hole.y, hole.x - self.x, hole.height),
            Area(hole.right, hole.y, self.right - hole.right, hole.height),
        )
        return [piece for piece in pieces if piece.pixels]

    def widened(self, step: int, bounds: "Area") -> "Area":
        """The smallest area of whole steps around it that is within these bounds."""
        x, y = self.x // step * step, self.y // step * step
        right = min(-(-self.right // step) * step, bounds.right)
        bottom = min(-(-self.bottom // step) * step, bounds.bottom)
        return Area(x, y, right - x, bottom - y)


def bounding(areas: Iterable[Area]) -> Area:
    """The smallest area that holds all of them, of which there has to be one."""
    known = list(areas)
    x, y = min(area.x for area in known), min(area.y for area in known)
    right, bottom = max(area.right for area in known), max(area.bottom for area in known)
    return Area(x, y, right - x, bottom - y)

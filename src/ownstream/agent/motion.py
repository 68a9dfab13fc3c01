"""Where so much moves that video serves better than exact rectangles. Pure.

A page that is shown once is many bytes and no motion; a clock moves and is few. Motion is what is
painted anew again and again within a moment, at a price above what video would cost.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from ownstream.agent.area import Area, bounding

WINDOW_S = 1.0  # what is older does not count
_SPAN_S = 0.2  # what is judged, or as long as the least number of updates take
MOST_EXACT_BITS = 6e6  # a second; more is cheaper as video
LEAST_EXACT_BITS = 0.5e6
_REPEATS = 3  # updates that cost much; a photograph may take a tenth of a second to compress
_LEAST_SPAN_S = 0.08
_AGAIN = 2.0  # times that each place has been painted, on average
_DEAR_BYTES = 400  # a rectangle of fewer is not what costs
_TILE = 64
_STEP = 16  # pixels: what H.264 codes at once
_NEARLY_ALL = 0.7


@dataclass
class _Update:
    at: float
    areas: Sequence[Area]
    size: int


@dataclass
class Motion:
    """What has been painted lately; times are seconds of any one steady clock."""

    screen: Area
    _updates: deque[_Update] = field(default_factory=deque[_Update])

    def painted(self, costs: Sequence[tuple[Area, int]], now: float) -> None:
        """An update has painted these areas, at so many bytes each."""
        dear = [(area, size) for area, size in costs if size >= _DEAR_BYTES]
        if dear:
            total = sum(size for _, size in dear)
            self._updates.append(_Update(now, [area for area, _ in dear], total))
        while self._updates and now - self._updates[0].at > WINDOW_S:
            self._updates.popleft()

    def area(self, *, bearable_bits: float) -> Area | None:
        """What should be video now; None while exact rectangles stay below so many bits a second.

        Its sides are even, since H.264 halves its colours.
        """
        updates = self._latest()
        span_s = updates[-1].at - updates[0].at if updates else 0.0
        if len(updates) < _REPEATS or span_s < _LEAST_SPAN_S:
            return None
        bits = 8 * sum(update.size for update in updates[1:])
        bearable = min(MOST_EXACT_BITS, max(LEAST_EXACT_BITS, bearable_bits))
        if bits < bearable * span_s:
            return None
        areas = [area for update in updates for area in update.areas]
        if not _is_painted_again(areas):
            return None
        found = bounding(areas)
        found = found.widened(_STEP, self.screen)
        return found if found.pixels < _NEARLY_ALL * self.screen.pixels else self.screen

    def _latest(self) -> list[_Update]:
        """The last updates, from the oldest on: few if they come slowly."""
        found: list[_Update] = []
        for update in reversed(self._updates):
            if len(found) >= _REPEATS and found[0].at - update.at > _SPAN_S:
                break
            found.append(update)
        return found[::-1]

    def forget(self) -> None:
        """What has been painted until now does not count any more."""
        self._updates.clear()


def _is_painted_again(areas: Sequence[Area]) -> bool:
    """Whether they lie one over the other, and not side by side as when a page is built up."""
    tiles = {
        (x, y)
        for area in areas
        for x in range(area.x // _TILE, -(-area.right // _TILE))
        for y in range(area.y // _TILE, -(-area.bottom // _TILE))
    }
    return sum(area.pixels for area in areas) > _AGAIN * len(tiles) * _TILE**2

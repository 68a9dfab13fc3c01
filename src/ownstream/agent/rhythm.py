"""How often what moves shows a new picture, and so when it has come to rest. Pure."""

from dataclasses import dataclass

SHORTEST_S, LONGEST_S = 0.07, 0.3
_MISSED = 2.5  # intervals: that many without a picture are no stutter
_SHARE = 0.25  # of the newest interval in what is expected of the next


@dataclass
class Rhythm:
    """The usual interval between pictures, in seconds, by those that have come."""

    _interval_s: float = 1 / 15

    def beat(self, interval_s: float) -> None:
        """Another picture, so long after it could come."""
        bounded = min(interval_s, LONGEST_S)
        self._interval_s += _SHARE * (bounded - self._interval_s)

    @property
    def rest_s(self) -> float:
        """Without a picture for so long, it rests."""
        return min(max(_MISSED * self._interval_s, SHORTEST_S), LONGEST_S)

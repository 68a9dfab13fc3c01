"""How a link delays what goes over it: rate, round trip and outages, as arithmetic. Pure."""

from dataclasses import dataclass

LEAST_TAKEN = 0.001  # seconds; a wait shorter than this is none


@dataclass(frozen=True)
class Shape:
    """A link, the same in both directions."""

    round_trip_s: float = 0.0
    bits_per_s: float = 0.0  # 0: without bound
    outage_s: float = 0.0  # so long nothing moves,
    outage_every_s: float = 0.0  # once in so long; 0: never
    queue_s: float = 0.25  # what waits before the link is at most so old when it leaves

    @property
    def is_shaped(self) -> bool:
        """Whether it does anything."""
        return bool(self.round_trip_s or self.bits_per_s or self.outage_s)


FREE = Shape()


@dataclass
class Lane:
    """One direction of a link, shared by its connections; times are seconds of one steady clock."""

    shape: Shape
    _free_at: float = 0.0

    def departs(self, size_bytes: int, now: float) -> float:
        """When the last of these bytes, handed over now, leaves the link's far end."""
        begin = self._up(max(now, self._free_at))
        if self.shape.bits_per_s:
            begin = self._spend(begin, 8 * size_bytes / self.shape.bits_per_s)
        self._free_at = begin
        return begin + self.shape.round_trip_s / 2

    def full_for(self, now: float) -> float:
        """Seconds until its queue takes more; 0 if it does now."""
        if not self.shape.bits_per_s:
            return 0.0
        return max(0.0, self._free_at - now - self.shape.queue_s)

    def _spend(self, begin: float, busy_s: float) -> float:
        """When a link that begins then has been busy for so long, outages left out."""
        shape = self.shape
        if not (shape.outage_s and shape.outage_every_s):
            return begin + busy_s
        while True:
            until_outage = shape.outage_every_s - begin % shape.outage_every_s
            if busy_s <= until_outage:
                return begin + busy_s
            busy_s -= until_outage
            begin = self._up(begin + until_outage)

    def _up(self, at: float) -> float:
        """This instant, or the end of the outage that it falls into."""
        shape = self.shape
        if not (shape.outage_s and shape.outage_every_s):
            return at
        return at + max(0.0, shape.outage_s - at % shape.outage_every_s)

"""What of the screen still shows video that stands, and in which bands it is made exact. Pure."""

from dataclasses import dataclass

from ownstream.agent.area import Area

FIRST_PIXELS = 32 * 1024
_EASY = 0.5  # of the budget: a band that costs less is followed by one of twice the height


@dataclass(frozen=True)
class Stale:
    """An area that is taken from its top, in bands that cost about so many bytes each."""

    area: Area
    budget_bytes: float  # infinite on a link that has not been full
    pixels: float = FIRST_PIXELS

    def band(self) -> Area:
        """What to make exact next."""
        area = self.area
        rows = area.height
        if self.budget_bytes != float("inf"):
            rows = min(rows, max(1, int(self.pixels / area.width)))
        return Area(area.x, area.y, area.width, rows)

    def without(self, band: Area, size_bytes: int) -> "Stale | None":
        """What is left when the band, the topmost, has been made exact in so many bytes."""
        area = self.area
        left = area.bottom - band.bottom
        if left <= 0:
            return None
        factor = 2.0 if size_bytes < _EASY * self.budget_bytes else 1.0
        if size_bytes > self.budget_bytes / _EASY:
            factor = 0.5
        rest = Area(area.x, band.bottom, area.width, left)
        return Stale(rest, self.budget_bytes, self.pixels * factor)

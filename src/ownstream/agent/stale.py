"""What of the screen still shows video that stands, and in which bands it is made exact. Pure."""

from dataclasses import dataclass

from ownstream.agent.area import Area

FIRST_PIXELS = 128 * 1024
BAND_S = 0.1  # what a band may take: other changes wait for it
_MOST_GROWTH, _LEAST_GROWTH = 4.0, 0.5
_FAST_BITS = 60e6  # a second; to compress a photograph takes longer than to send it then


@dataclass(frozen=True)
class Stale:
    """An area that is taken from its top, in bands as large as the link carries in a moment."""

    area: Area
    is_fast: bool  # the link, as far as is known
    pixels: float = FIRST_PIXELS

    def band(self) -> Area:
        """What to make exact next."""
        area = self.area
        rows = min(area.height, max(1, int(self.pixels / area.width)))
        return Area(area.x, area.y, area.width, rows)

    def without(self, band: Area, *, size_bytes: int, took_s: float) -> "Stale | None":
        """What is left when the band, the topmost, is exact; it took so much of the link."""
        area = self.area
        left = area.bottom - band.bottom
        if left <= 0:
            return None
        rest = Area(area.x, band.bottom, area.width, left)
        factor = min(_MOST_GROWTH, max(_LEAST_GROWTH, BAND_S / took_s))
        is_fast = took_s < BAND_S if self.is_fast else 8 * size_bytes >= _FAST_BITS * took_s
        return Stale(rest, is_fast, max(1.0, self.pixels * factor))

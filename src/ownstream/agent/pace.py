"""How much video to encode a second, so that little has to wait for the link or the decoder. Pure.

The cap on the bit rate follows what is delivered while frames wait for the link, and grows back
while none do. A browser that is slow to decode needs no fewer bits; it is sent fewer frames anyhow.
The frame rate follows the cap, in few steps: the encoder begins anew, with a key frame, at each.
"""

import math
from dataclasses import dataclass

from ownstream.agent.flow import Landed

PERIOD_S = 0.25
MOST_BITS, LEAST_BITS = 80e6, 300e3  # a second

_RATES = (60.0, 30.0, 15.0, 8.0)
_BITS_PER_PIXEL = 0.07  # of one frame; with less, fewer frames look better than coarser ones
_UP_MARGIN = 1.5  # so that the rate does not swing between two steps
_WAITING_SHARE = 0.4  # of a period; less is a hiccup
_USED_SHARE = 0.85  # of what is delivered: what has queued up has to drain
_GROWTH, _QUICK_GROWTH = 1.08, 1.5
_QUICK_AFTER = 2  # periods without waiting
_LEAST_KNOWN_BITS = 1e6
_LINK_SHARE = 0.5  # of the delay of pictures; with less, it is the browser that they wait for


@dataclass
class Pace:
    """The cap and the rate to encode at, moved once every period."""

    pixels: int
    cap: float = MOST_BITS  # bits a second
    rate: float = _RATES[0]  # frames a second
    _waited_s: float = 0.0
    _landed_bits: float = 0.0
    _delay_s: float = 0.0  # of all pictures that landed
    _page_s: float = 0.0  # of that, within the browser
    _full_periods: int = 0
    _clear_periods: int = 0

    def begin(self, pixels: int) -> None:
        """Frames of so many pixels are encoded from now on, and a period begins."""
        self.pixels = pixels
        self._forget_period()
        self._full_periods = self._clear_periods = 0
        self.rate = self._rate()

    def limit(self, bits_per_s: float) -> None:
        """The link was full and carried so much."""
        self.cap = min(self.cap, max(bits_per_s * _USED_SHARE, _LEAST_KNOWN_BITS))

    def waited(self, seconds: float) -> None:
        """A frame was ready and had to wait so long."""
        self._waited_s += seconds

    def landed(self, landed: Landed, *, page_s: float) -> None:
        """This has been acknowledged; the browser has taken so much of its delay."""
        self._landed_bits += 8 * landed.size_bytes
        self._delay_s += landed.delay_s
        self._page_s += min(page_s, landed.delay_s)

    def end_period(self) -> None:
        """Moves cap and rate by what this period has shown, and begins the next."""
        is_full = self._waited_s >= PERIOD_S * _WAITING_SHARE
        if is_full and self._is_browsers():
            self._full_periods = self._clear_periods = 0
        elif is_full:
            self._full_periods, self._clear_periods = self._full_periods + 1, 0
        else:
            self._full_periods, self._clear_periods = 0, self._clear_periods + 1
            growth = _QUICK_GROWTH if self._clear_periods > _QUICK_AFTER else _GROWTH
            self.cap = min(MOST_BITS, self.cap * growth)
        if self._full_periods >= 2:
            delivered = self._landed_bits / PERIOD_S
            self.cap = max(LEAST_BITS, self.cap / 2, min(self.cap, delivered * _USED_SHARE))
        self.rate = self._rate()
        self._forget_period()

    @property
    def fineness(self) -> float:
        """0 where the cap is least to 1 where it is most."""
        return math.log(self.cap / LEAST_BITS) / math.log(MOST_BITS / LEAST_BITS)

    def _is_browsers(self) -> bool:
        """Whether what waited in this period did so because the browser is busy."""
        return self._page_s > (1 - _LINK_SHARE) * self._delay_s

    def _forget_period(self) -> None:
        self._waited_s = self._landed_bits = self._delay_s = self._page_s = 0.0

    def _rate(self) -> float:
        for rate in _RATES:
            margin = _UP_MARGIN if rate > self.rate else 1.0
            if self.cap >= self.pixels * rate * _BITS_PER_PIXEL * margin:
                return rate
        return _RATES[-1]

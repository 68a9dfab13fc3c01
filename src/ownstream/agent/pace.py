"""How much video to encode a second, so that little has to wait for the link or the decoder. Pure.

The cap on the bit rate follows what is delivered while frames wait for the link, and grows back
while none do. A browser that is slow to decode needs no fewer bits, but fewer frames: those that it
cannot show in time would grow old in the encoder. The frame rate follows both, in few steps: the
encoder begins anew, with a key frame, at each.
"""

import math
from dataclasses import dataclass

from ownstream.agent.flow import Landed

PERIOD_S = 0.25
MOST_BITS, LEAST_BITS = 80e6, 300e3  # a second

_RATES = (60.0, 30.0, 24.0, 20.0, 18.0, 15.0, 12.0, 10.0, 8.0)
_BITS_PER_PIXEL = 0.045  # of one frame; with less, fewer frames look better than coarser ones
_UP_MARGIN = 1.5  # so that the rate does not swing between two steps
_WAITING_SHARE = 0.4  # of a period; less is a hiccup
_USED_SHARE = 0.85  # of what is delivered: what has queued up has to drain
_GROWTH, _QUICK_GROWTH = 1.08, 1.5
_QUICK_AFTER = 2  # periods without waiting
_LEAST_KNOWN_BITS = 1e6
_SHOWN_SHARE = 0.9  # of the frames that a busy browser has shown
_BUSY_AFTER = 2  # periods
_EASING = 1.3  # of what it is sent, when it has not been busy for a while
_EASING_AFTER, _EASING_AFTER_MOST = 8, 128  # periods; twice as many whenever that was too early
_BROWSERS_SHARE = 0.5  # of the delay of pictures; with more, they wait for it and not for the link


@dataclass
class Pace:
    """The cap and the rate to encode at, moved once every period."""

    pixels: int
    cap: float = MOST_BITS  # bits a second
    rate: float = _RATES[0]  # frames a second
    _waited_s: float = 0.0
    _landed_bits: float = 0.0
    _took: float = 0.0  # bits a second, of late, while nothing waited
    _frames: int = 0
    _delay_s: float = 0.0  # of all pictures that landed
    _page_s: float = 0.0  # of that, within the browser
    _most_pixels: float = math.inf  # a second, that the browser can show
    _easing_after: int = _EASING_AFTER
    _busy_periods: int = 0
    _shown_late: int = 0  # frames in these
    _full_periods: int = 0
    _clear_periods: int = 0

    def begin(self, pixels: int) -> None:
        """Frames of so many pixels are encoded from now on, and a period begins."""
        self.pixels = pixels
        self._forget_period()
        self._full_periods = self._clear_periods = self._busy_periods = 0
        self._took = 0.0
        self.rate = self._rate()

    def limit(self, bits_per_s: float) -> None:
        """The link was full and carried so much."""
        self.cap = min(self.cap, max(bits_per_s * _USED_SHARE, _LEAST_KNOWN_BITS))

    def waited(self, seconds: float) -> None:
        """A frame was ready and had to wait so long."""
        self._waited_s += seconds

    def sent(self) -> None:
        """A frame has left."""
        self._frames += 1

    def landed(self, landed: Landed, *, page_s: float) -> None:
        """This has been acknowledged; the browser has taken so much of its delay."""
        self._landed_bits += 8 * landed.size_bytes
        self._delay_s += landed.delay_s
        self._page_s += min(page_s, landed.delay_s)

    def end_period(self) -> None:
        """Moves cap and rate by what this period has shown, and begins the next."""
        is_full = self._waited_s >= PERIOD_S * _WAITING_SHARE
        is_busy = is_full and self._page_s > _BROWSERS_SHARE * self._delay_s
        self._clear_periods = 0 if is_full else self._clear_periods + 1
        self._full_periods = self._full_periods + 1 if is_full and not is_busy else 0
        self._busy_periods = self._busy_periods + 1 if is_busy else 0
        self._move_cap(grows=not is_full)
        self._move_most_rate()
        self.rate = self._rate()
        self._forget_period()

    def _move_cap(self, *, grows: bool) -> None:
        delivered = self._landed_bits / PERIOD_S
        if grows:
            self._took = max(delivered, self._took / 2)
            growth = _QUICK_GROWTH if self._clear_periods > _QUICK_AFTER else _GROWTH
            self.cap = min(MOST_BITS, self.cap * growth)
        if self._full_periods >= 2:
            # What nothing has needed is no place to begin halving from: it would take seconds.
            cap = min(self.cap, max(self._took, delivered)) if self._took else self.cap
            self.cap = max(LEAST_BITS, cap / 2, min(cap, delivered * _USED_SHARE))

    def _move_most_rate(self) -> None:
        self._shown_late = self._shown_late + self._frames if self._busy_periods else 0
        if self._busy_periods == _BUSY_AFTER:
            shown = self._shown_late / (_BUSY_AFTER * PERIOD_S)
            self._busy_periods = self._shown_late = 0
            if shown < self.rate * _SHOWN_SHARE:  # else they are late, and yet all shown
                self._most_pixels = self.pixels * max(_RATES[-1], shown * _SHOWN_SHARE)
                self._easing_after = min(_EASING_AFTER_MOST, self._easing_after * 2)
        elif self._clear_periods >= self._easing_after and self._most_rate < _RATES[0]:
            self._most_pixels *= _EASING
            self._clear_periods = 0

    @property
    def fineness(self) -> float:
        """0 where the cap is least to 1 where it is most."""
        return math.log(self.cap / LEAST_BITS) / math.log(MOST_BITS / LEAST_BITS)

    @property
    def _most_rate(self) -> float:
        return self._most_pixels / self.pixels

    def _forget_period(self) -> None:
        self._waited_s = self._landed_bits = self._delay_s = self._page_s = 0.0
        self._frames = 0

    def _rate(self) -> float:
        for rate in _RATES:
            if rate > self._most_rate:
                continue
            margin = _UP_MARGIN if rate > self.rate else 1.0
            if self.cap >= self.pixels * rate * _BITS_PER_PIXEL * margin:
                return rate
        return _RATES[-1]

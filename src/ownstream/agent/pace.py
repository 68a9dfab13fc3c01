"""How many frames a second to make and how coarse, so that few wait for the link. Pure."""

from dataclasses import dataclass

FULL_RATE = 60.0
LEAST_RATE = 5.0
FINE, COARSE = 25, 40  # the encoder's quality index; lower is better
SMOOTH_RATE = 25.0  # below this, coarser pictures are worth more frames
PERIOD_S = 0.25
_CLEAR_PERIODS = 8  # without a wait, before pictures become finer again


@dataclass
class Pace:
    """The rate and quality to encode at, moved once every period."""

    rate: float = FULL_RATE
    quality: int = FINE
    _waited: bool = False
    _landed: int = 0
    _slow_periods: int = 0
    _clear_periods: int = 0

    def waited(self) -> None:
        """A frame was ready and had to wait for the link."""
        self._waited = True

    def landed(self, frames: int) -> None:
        """So many frames have been acknowledged."""
        self._landed += frames

    def end_period(self) -> None:
        """Moves rate and quality by what this period has shown, and begins the next."""
        if self._waited:
            self._slow_down(self._landed / PERIOD_S)
        else:
            self._speed_up()
        self._waited, self._landed = False, 0

    def _slow_down(self, delivered: float) -> None:
        self._clear_periods = 0
        # A little more than is delivered, or the rate could never find its way up again.
        self.rate = max(LEAST_RATE, min(self.rate, delivered * 1.2 + 1))
        self._slow_periods = self._slow_periods + 1 if delivered < SMOOTH_RATE else 0
        if self._slow_periods >= 2:
            self._slow_periods = 0
            self.quality = min(COARSE, self.quality + 3)

    def _speed_up(self) -> None:
        self._slow_periods = 0
        self._clear_periods += 1
        self.rate = min(FULL_RATE, self.rate * 1.25 + 1)
        if self._clear_periods >= _CLEAR_PERIODS:
            self._clear_periods = 0
            self.quality = max(FINE, self.quality - 3)

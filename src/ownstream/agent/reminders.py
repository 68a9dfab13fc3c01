"""The X server hears from us when it rests after much: without that it keeps what it took for that.

TigerVNC makes its buffer of what it sends smaller where it hears from us more than five seconds
after it last looked at it, and has not needed it since: so at the second time. In an hour of soak
it rested at 32 to 56 MiB; with this, and with letting go of large pieces, at 30.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

AFTER_S = (6.0, 12.0)


class Timer(Protocol):
    """What a timer of the event loop can do."""

    def cancel(self) -> None:
        """It comes no more."""
        ...


class Reminders:
    """Reminders to come after the last time that much was sent."""

    def __init__(
        self,
        remind: Callable[[], None],
        call_later: Callable[[float, Callable[[], None]], Timer],
    ) -> None:
        """`call_later` is the event loop's."""
        self._remind = remind
        self._call_later = call_later
        self._timers: Sequence[Timer] = ()

    def begin(self) -> None:
        """They come from now on, and what was to come does not."""
        self.stop()
        self._timers = [self._call_later(delay_s, self._remind) for delay_s in AFTER_S]

    def stop(self) -> None:
        """None comes."""
        for timer in self._timers:
            timer.cancel()
        self._timers = ()

"""When the application at work has read of what has been done to it.

Applications that take pings answer them in turn, after everything before. Of those that take none
it is assumed that they have read of what is some time ago.
"""

import asyncio
import time
from asyncio import TimerHandle
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Protocol

_HANGS_AFTER_S = 10.0
_READS_WITHIN_S = 2.0


class Pinged(Protocol):
    """The way to the application at work."""

    def ping(self) -> bool:
        """Whether it takes pings; it has been sent one then, and will answer."""
        ...

    def stop_listening(self) -> None:
        """No answer is awaited any more."""
        ...


@dataclass
class Reading:
    """Waits for one application at a time. Moments are those of the monotonic clock."""

    pinged: Pinged
    _done: Callable[[float], None] | None = None
    _timer: TimerHandle | None = None

    def wait(self, since: float, done: Callable[[float], None]) -> None:
        """Calls it with a moment after this one, once all before that is read.

        Nothing else may be waited for meanwhile.
        """
        loop = asyncio.get_running_loop()
        self._done = done
        if self.pinged.ping():
            self._timer = loop.call_later(_HANGS_AFTER_S, self.answered)
        else:
            due_s = since + _READS_WITHIN_S - time.monotonic()
            self._timer = loop.call_later(max(0.0, due_s), self._assume)

    def answered(self) -> None:
        """The application has answered the last ping, or hangs."""
        self._finish(inf)

    def _assume(self) -> None:
        self._finish(time.monotonic() - _READS_WITHIN_S)

    def _finish(self, moment: float) -> None:
        done, timer = self._done, self._timer
        self._done = self._timer = None
        if done is None or timer is None:
            return
        timer.cancel()
        self.pinged.stop_listening()
        done(moment)

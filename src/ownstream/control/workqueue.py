"""A queue of keys: duplicates merge, one key never has two workers, delays belong to the key."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

from ownstream.clock import Clock
from ownstream.log import Log

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 60.0

Work = Callable[[Hashable], Awaitable[float | None]]
"""Works on a key; answers after how many seconds to look again, or None."""


class WorkQueue:
    """Keys with work waiting, for one event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[Hashable, None] = {}  # an ordered set
        self._working: set[Hashable] = set()
        self._timers: dict[Hashable, asyncio.Task[None]] = {}
        self._failures: dict[Hashable, int] = {}
        self._changed = asyncio.Event()
        self._log = Log("control")

    def add(self, key: Hashable) -> None:
        """The key is worked on soon; once more if it is being worked on now."""
        self._waiting[key] = None
        self._changed.set()

    def add_after(self, key: Hashable, delay_s: float) -> None:
        """The key is worked on after the delay; a later call for it replaces an earlier one."""
        self._cancel_timer(key)
        self._timers[key] = asyncio.create_task(self._add_later(key, delay_s))

    async def run(self, work: Work, *, workers: int) -> None:
        """Works on keys until cancelled."""
        room = asyncio.Semaphore(workers)
        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    key = await self._take()
                    await room.acquire()
                    task = tasks.create_task(self._work_on(key, work))
                    task.add_done_callback(lambda _: room.release())
        finally:
            for key in list(self._timers):
                self._cancel_timer(key)

    async def _take(self) -> Hashable:
        while True:
            for key in self._waiting:
                if key not in self._working:
                    del self._waiting[key]
                    self._working.add(key)
                    self._cancel_timer(key)
                    return key
            self._changed.clear()
            await self._changed.wait()

    async def _work_on(self, key: Hashable, work: Work) -> None:
        try:
            delay_s = await work(key)
            self._failures.pop(key, None)
        except Exception as error:  # the loop's outermost frame: no key may stop the others
            delay_s = self._delay_after_failure(key)
            self._log.warning("work failed", key=str(key), error=repr(error), again_in_s=delay_s)
        finally:
            self._working.discard(key)
            self._changed.set()
        if delay_s is not None and key not in self._waiting:
            self.add_after(key, delay_s)

    def _delay_after_failure(self, key: Hashable) -> float:
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        return backoff_s(failures)

    async def _add_later(self, key: Hashable, delay_s: float) -> None:
        await self._clock.sleep(delay_s)
        del self._timers[key]
        self.add(key)

    def _cancel_timer(self, key: Hashable) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()


def backoff_s(failures: int) -> float:
    """How long to wait after so many failures in a row."""
    return min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** (min(failures, 20) - 1))

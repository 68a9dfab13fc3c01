"""An event loop that runs when it is told to, until there is nothing left to do at once.

It waits for nothing outside: no file descriptor, no timer of the system's. So it needs no thread,
and what it does depends on nothing but what it was given.
"""

import asyncio
import asyncio.events
import selectors
from collections.abc import Callable, Mapping
from typing import Any


class _StillSelector(selectors.BaseSelector):
    """No descriptor is ever ready; a loop that would wait for one is told to stop."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = selectors.SelectorKey(fileobj, 0, events, data)
        self._keys[fileobj] = key
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout > 0:
            self._stop()
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys


class StillLoop(asyncio.SelectorEventLoop):
    """It stands still but for `settle`."""

    def __init__(self) -> None:
        super().__init__(_StillSelector(self.stop))

    def settle(self) -> None:
        """Everything that can go on without time passing has gone on.

        It may be called where another loop runs, which waits meanwhile as for any other call.
        """
        other = asyncio.events._get_running_loop()  # pyright: ignore[reportPrivateUsage]
        asyncio.events._set_running_loop(None)  # pyright: ignore[reportPrivateUsage]
        try:
            self.run_forever()
        finally:
            asyncio.events._set_running_loop(other)  # pyright: ignore[reportPrivateUsage]

"""When the browser is told of windows."""

import asyncio
from collections.abc import Sequence
from typing import Any

from ownstream.agent.features import Outlet
from ownstream.agent.window_manager import Window
from ownstream.agent.windows import Windows


class GoneDesk:
    """A desk whose X server has gone: it must not be asked."""

    def __init__(self) -> None:
        self.asked = 0

    def open_windows(self) -> Sequence[Window]:
        self.asked += 1
        raise ConnectionError

    def show(self, window: int) -> None:
        raise ConnectionError

    minimise = close = show


class HastyLoop(asyncio.SelectorEventLoop):
    """Time passes at once."""

    def call_later(self, delay: float, callback: Any, *args: Any, **kwargs: Any) -> Any:
        return self.call_soon(callback, *args, **kwargs)


def test_what_was_to_be_told_is_not_looked_at_once_the_browser_has_gone() -> None:
    desk = GoneDesk()

    async def scenario() -> None:
        windows = Windows(desk)
        windows.connected(Outlet(send=lambda _: None, backlog=lambda: 0))
        windows.changed()
        windows.disconnected()
        await asyncio.sleep(0)

    with asyncio.Runner(loop_factory=HastyLoop) as runner:
        runner.run(scenario())
    assert desk.asked == 0

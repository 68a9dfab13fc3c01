"""The parts that stand before any session: screen, input, clipboard, sandbox, window manager."""

import asyncio
import logging
from collections.abc import Callable

from Xlib.error import ConnectionClosedError

from ownstream.agent import desktop
from ownstream.agent.catalog import Catalog
from ownstream.agent.clipboard.selection import Selection
from ownstream.agent.fate import Fate
from ownstream.agent.input import Input
from ownstream.agent.keymap import Keymap
from ownstream.agent.sandbox import Ended, Event, Failed, Sandbox
from ownstream.agent.screen import Screen, Watchers
from ownstream.agent.xserver import XServer

LOG = logging.getLogger("ownstream.agent")

FIRST_SIZE = (1280, 720)
_UP_WITHIN_S = 20.0
_ASK_EVERY_S = 0.05
_WINDOW_MANAGER = "window-manager"


class Host:
    """A screen with a window manager on it, from `come_up` until `close`."""

    def __init__(self, fate: Fate, xserver: XServer, *, control_fd: int) -> None:
        self._fate = fate
        self.environment = {"DISPLAY": xserver.display}
        self.picture = xserver.picture
        self.screen = Screen(xserver.display)
        self.selection = Selection(xserver.display)
        self.keymap = Keymap()
        self.input = Input(self.screen, self.keymap)
        self.sandbox = Sandbox(control_fd, on_event=self._hear, on_gone=fate.end)
        self.on_event: Callable[[Event], None] = _log_event
        self._window_manager_up = asyncio.Event()

    async def come_up(self, view: str, catalog: Catalog) -> None:
        """All of it stands when this returns; AgentEnded with the reason if it cannot."""
        self.screen.watch(self.watchers())
        self.keymap.load(self.screen.keys())
        for source in (self.screen, self.selection):
            asyncio.get_running_loop().add_reader(source.fileno(), self._pump, source)
        await self._fate.await_event(self.sandbox.up, "the sandbox init", within_s=_UP_WITHIN_S)
        for path, text in desktop.files(view, catalog.values()).items():
            self.sandbox.write(path, text)
        self.sandbox.start(_WINDOW_MANAGER, desktop.window_manager_argv(), self.environment)
        asking = asyncio.create_task(self._ask_window_manager())
        try:
            await self._fate.await_event(
                self._window_manager_up, "the window manager", within_s=_UP_WITHIN_S
            )
        finally:
            asking.cancel()

    def watchers(self) -> Watchers:
        """What the host itself has to hear of the screen."""
        return Watchers(
            keys_changed=lambda: self.keymap.load(self.screen.keys()),
            probed=self._look_for_window_manager,
        )

    def close(self) -> None:
        """Lets go of screen and sandbox, and so ends all that runs in it."""
        for source in (self.screen, self.selection):
            asyncio.get_running_loop().remove_reader(source.fileno())
        self.sandbox.close()
        self.selection.close()
        self.screen.close()

    def _pump(self, source: Screen | Selection) -> None:
        try:
            source.pump()
        except ConnectionClosedError as error:
            asyncio.get_running_loop().remove_reader(source.fileno())
            self._fate.end(f"the X server is gone: {error}")

    def _look_for_window_manager(self) -> None:
        if self.screen.window_manager.answers():
            self._window_manager_up.set()

    async def _ask_window_manager(self) -> None:
        """Asks until it is answered.

        Openbox leaves what it is asked while it starts unread until it is asked again, an
        application's first window as well; so it is up when it answers, not when it is there.
        """
        while True:
            self.screen.window_manager.ask()
            await asyncio.sleep(_ASK_EVERY_S)

    def _hear(self, event: Event) -> None:
        match event:
            case Ended(key, _) | Failed(key, _) if key == _WINDOW_MANAGER:
                self._fate.end(f"the window manager ended: {event}")
            case _:
                self.on_event(event)


def _log_event(event: Event) -> None:
    LOG.info("sandbox %s", event)

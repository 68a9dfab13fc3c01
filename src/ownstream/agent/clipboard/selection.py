"""The applications' clipboard: X's selection CLIPBOARD, by a connection of its own.

PRIMARY, which is what is marked and not what is copied, is the applications' own.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from Xlib import X, error
from Xlib.display import Display
from Xlib.ext import xfixes
from Xlib.protocol import event

from ownstream.agent.clipboard.content import Content
from ownstream.agent.clipboard.fetching import Fetching, NoAnswer
from ownstream.agent.clipboard.serving import Serving

LOG = logging.getLogger("ownstream.agent")

_CHANGES = (
    xfixes.XFixesSetSelectionOwnerNotifyMask
    | xfixes.XFixesSelectionWindowDestroyNotifyMask
    | xfixes.XFixesSelectionClientCloseNotifyMask
)
_FETCH_EVERY_S = 0.05  # an application that copies all the time is not asked all the time


class Selection:
    """The clipboard of one screen, from construction until `close`."""

    def __init__(self, display: str) -> None:
        self._display: Any = Display(display)
        self._display.set_error_handler(_log_error)
        self._display.xtest_grab_control(True)  # served although an application grabs the server
        self._display.xfixes_query_version()
        self._clipboard: int = self._display.get_atom("CLIPBOARD")
        # Never shown: in its name we own the clipboard.
        self._window: Any = self._display.screen().root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent
        )
        self._serving = Serving(self._display, self._window.id)
        self._put: Content | None = None  # is there once the X server has told that it is ours
        self._fetching: Fetching | None = None
        self._next_fetch_at = 0.0
        self._changed: Callable[[], None] | None = None
        self._is_empty = True
        self._display.xfixes_select_selection_input(self._window, self._clipboard, _CHANGES)
        self._display.sync()

    def fileno(self) -> int:
        """What becomes readable when the X server has said something."""
        return self._display.fileno()

    def close(self) -> None:
        """Lets go of the X server, which may be gone already."""
        try:
            self._display.close()
        except error.ConnectionClosedError:
            LOG.debug("the X server was gone before its connection was closed")

    def pump(self) -> None:
        """Does what has been asked of us; Xlib's ConnectionClosedError if the server is gone."""
        while self._display.pending_events():
            self._pass_on(self._display.next_event())

    def watch(self, changed: Callable[[], None]) -> None:
        """It is called whenever an application has copied something, or what it had is gone."""
        self._changed = changed

    def is_empty(self) -> bool:
        """Whether nobody has anything on the clipboard."""
        return self._is_empty

    def put(self, content: Content) -> None:
        """Applications that paste from now on get this."""
        self._put = content
        self._window.set_selection_owner(self._clipboard, X.CurrentTime)
        # Answered after the deed: no key that is struck from now on can overtake it.
        self._display.get_selection_owner(self._clipboard)
        self._settle()

    async def fetch(self, most: Mapping[str, int]) -> Content | None:
        """What is on the clipboard; None if it is nothing that passes or its owner is silent.

        `most` has the largest size in bytes for each kind: TooMuch if it is larger. Of
        two at once the first gets no answer.
        """
        if self._serving.content is not None:
            return self._serving.content
        await self._rest()
        fetching = self._fetching = Fetching(self._display, self.pump)
        try:
            return await fetching.content(most)
        except (NoAnswer, error.XError) as reason:  # its window is in every application's reach
            LOG.info("what is on the clipboard stays there: %s", reason)
            return None
        finally:
            fetching.close()
            self._settle()

    async def _rest(self) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._next_fetch_at - loop.time())
        self._next_fetch_at = loop.time() + _FETCH_EVERY_S

    def _settle(self) -> None:
        """All is on its way; what came with a reply, of which the socket tells nothing, is done."""
        self._display.flush()
        self.pump()

    def _pass_on(self, said: Any) -> None:
        if said.send_event and not isinstance(said, event.SelectionNotify):
            return  # an application's invention
        # By name: python-xlib makes its extensions' event classes anew for each connection.
        match type(said).__name__:
            case "SelectionRequest":
                self._serving.answer(said)
            case "SelectionNotify":
                if fetching := self._fetching_by(said.requestor):
                    fetching.answered(said.target, converted=said.property != X.NONE)
            case "PropertyNotify":
                self._pass_on_property(said)
            case "DestroyNotify":
                self._serving.forget(said.window.id)
            case (
                "SetSelectionOwnerNotify"
                | "SelectionWindowDestroyNotify"
                | "SelectionClientCloseNotify"
            ):
                self._see_owner(said)
            case _:
                pass

    def _pass_on_property(self, said: Any) -> None:
        if said.state == X.PropertyDelete:
            self._serving.taken(said.window.id, said.atom)
        elif fetching := self._fetching_by(said.window):
            fetching.stir()

    def _fetching_by(self, window: Any) -> Fetching | None:
        fetching = self._fetching
        return fetching if fetching is not None and fetching.window.id == window.id else None

    def _see_owner(self, said: Any) -> None:
        if said.selection != self._clipboard:
            return
        self._is_empty = said.owner.id == X.NONE
        if said.owner.id == self._window.id:
            self._serving.hold(self._put, since=said.selection_timestamp)
            return
        self._serving.hold(None)
        if self._changed is not None:
            self._changed()


def _log_error(failure: Any, _request: Any) -> None:
    """An application's window may be gone at any time, which is its affair."""
    LOG.debug("the X server refuses a request about the clipboard: %s", failure)

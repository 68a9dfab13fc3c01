"""The agent's own connection to the X server: looks, windows, cursor, keys and pointer.

Everything of python-xlib stays in this module and in `window_manager`. Requests are answered within
a fraction of a millisecond over a local socket, and this connection is served even while an
application grabs the server, so they are made on the event loop.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from Xlib import X, error
from Xlib.display import Display
from Xlib.ext import xfixes
from Xlib.Xatom import STRING

from ownstream.agent import looks
from ownstream.agent.reading import Reading
from ownstream.agent.window_manager import ROOT_EVENTS, WindowManager

LOG = logging.getLogger("ownstream.agent")

_DPI = 96
_LEFT_POINTER = 68  # of the X server's built-in cursor font
_BACKGROUND = 0x24303C


@dataclass(frozen=True)
class CursorImage:
    """The cursor as the X server draws it: premultiplied ARGB, row by row."""

    pixels: Sequence[int]
    size: tuple[int, int]
    hot_spot: tuple[int, int]


def _nobody() -> None:
    """Nobody wants to hear of it."""


@dataclass(frozen=True)
class Watchers:
    """Who hears of what the X server says."""

    cursor_changed: Callable[[], None] = _nobody
    keys_changed: Callable[[], None] = _nobody
    probed: Callable[[], None] = _nobody
    windows_changed: Callable[[], None] = _nobody
    titles_changed: Callable[[], None] = _nobody


class Screen:
    """One screen, open from construction until `close`."""

    def __init__(self, display: str) -> None:
        self._display: Any = Display(display)
        _mend_error_classes(self._display)
        self._root: Any = self._display.screen().root
        self._watchers = Watchers()
        self.window_manager = WindowManager(self._display, self._root)
        self._reading = Reading(self.window_manager)
        self._own_changes: deque[tuple[int, int]] = deque()  # first key and count, not told yet
        self._prepare()

    def fileno(self) -> int:
        """What becomes readable when the X server has said something."""
        return self._display.fileno()

    def close(self) -> None:
        """Lets go of the X server, which may be gone already."""
        try:
            self._display.close()
        except error.ConnectionClosedError:
            LOG.debug("the X server was gone before its connection was closed")

    def watch(self, watchers: Watchers) -> None:
        """These hear of it from the next `pump` on."""
        self._watchers = watchers

    def pump(self) -> None:
        """Passes on what has been said; Xlib's ConnectionClosedError if the server is gone."""
        while self._display.pending_events():
            self._pass_on(self._display.next_event())

    # Looks and windows

    def set_scale(self, scale: float) -> None:
        """Applications started from now on draw their text by this scale."""
        dpi = round(_DPI * min(max(scale, 0.5), 4.0))
        resources = self._display.get_atom("RESOURCE_MANAGER")
        self._root.change_property(resources, STRING, 8, looks.resources(dpi).encode())
        self._display.flush()

    # Cursor

    def cursor(self) -> CursorImage:
        """The cursor that is shown now."""
        image: Any = xfixes.get_cursor_image(self._display, self._root)
        return CursorImage(
            pixels=image.cursor_image,
            size=(image.width, image.height),
            hot_spot=(image.xhot, image.yhot),
        )

    # Keys and pointer

    def keys(self) -> Mapping[int, Sequence[int]]:
        """The keysyms of every key by level."""
        info = self._display.display.info
        first, count = info.min_keycode, info.max_keycode - info.min_keycode + 1
        rows = self._display.get_keyboard_mapping(first, count)
        return {first + index: tuple(row) for index, row in enumerate(rows)}

    def strike(self, code: int, *, pressed: bool) -> None:
        """This key goes down or up."""
        self._display.xtest_fake_input(X.KeyPress if pressed else X.KeyRelease, code)

    def press_button(self, button: int, *, pressed: bool) -> None:
        """This button goes down or up."""
        self._display.xtest_fake_input(X.ButtonPress if pressed else X.ButtonRelease, button)

    def move(self, x: int, y: int) -> None:
        """The pointer is there now, or at the nearest edge."""
        at = {"x": min(x, 0x7FFF), "y": min(y, 0x7FFF)}
        self._display.xtest_fake_input(X.MotionNotify, 0, **at)

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is."""
        at = self._root.query_pointer()
        return at.root_x, at.root_y

    def bind(self, keysyms: Mapping[int, int]) -> None:
        """Each of these keys has its keysym on every level."""
        for run in _runs(sorted(keysyms)):
            levels = [(keysyms[code], keysyms[code]) for code in run]
            self._display.change_keyboard_mapping(run[0], levels)
            self._own_changes.append((run[0], len(run)))

    def settle(self, struck_at: float, done: Callable[[float], None]) -> None:
        """Calls it with a moment after that one, once applications have read of all before it."""
        self._reading.wait(struck_at, done)

    def flush(self) -> None:
        """What was asked for is on its way."""
        self._display.flush()

    # Inside

    def _prepare(self) -> None:
        self._display.xtest_grab_control(True)  # served although an application grabs the server
        self._display.xfixes_query_version()
        self._display.set_error_handler(_log_error)
        # The browser repeats held keys: repeated here, too, a late release would type more.
        self._display.change_keyboard_control(auto_repeat_mode=X.AutoRepeatModeOff)
        self._root.change_attributes(
            event_mask=ROOT_EVENTS,
            background_pixel=_BACKGROUND,
            cursor=self._pointer(),
        )
        self._root.clear_area()
        self.set_scale(1.0)  # until a browser tells its own
        xfixes.select_cursor_input(self._display, self._root, xfixes.XFixesDisplayCursorNotifyMask)
        self._display.sync()

    def _pointer(self) -> Any:
        font = self._display.open_font("cursor")
        black, white = (0, 0, 0), (0xFFFF, 0xFFFF, 0xFFFF)
        return font.create_glyph_cursor(font, _LEFT_POINTER, _LEFT_POINTER + 1, black, white)

    def _pass_on(self, said: Any) -> None:
        watchers = self._watchers
        # By name: python-xlib makes its extensions' event classes anew for each connection.
        match type(said).__name__:
            case "DisplayCursorNotify":
                watchers.cursor_changed()
            case "MappingNotify":
                if said.request == X.MappingKeyboard:
                    self._pass_on_keys((said.first_keycode, said.count))
            case "ClientMessage":
                if self.window_manager.is_answer(said):
                    self._reading.answered()
            case "PropertyNotify":
                self._pass_on_property(said)
            case _:
                pass

    def _pass_on_keys(self, change: tuple[int, int]) -> None:
        if self._own_changes and self._own_changes[0] == change:
            self._own_changes.popleft()
        else:
            self._watchers.keys_changed()

    def _pass_on_property(self, said: Any) -> None:
        manager = self.window_manager
        if said.window.id == self._root.id:
            self._watchers.windows_changed()
        elif manager.is_probe(said.window.id):
            self._watchers.probed()
        elif manager.is_telling(said.atom):
            self._watchers.titles_changed()


def _runs(codes: Sequence[int]) -> Sequence[Sequence[int]]:
    """The ascending numbers, in pieces without a gap."""
    runs: list[list[int]] = []
    for code in codes:
        if runs and runs[-1][-1] == code - 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    return runs


def _mend_error_classes(display: Any) -> None:
    """The core's errors are theirs again: python-xlib's RandR claims the codes of two of them."""
    display.extension_add_error(1, error.BadRequest)
    display.extension_add_error(2, error.BadValue)


def _log_error(failure: Any, _request: Any) -> None:
    LOG.warning("the X server refuses a request: %s", failure)

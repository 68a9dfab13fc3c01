"""The agent's own connection to the X server: looks, windows, cursor, keys and pointer.

Everything of python-xlib stays in this module. Requests are answered within a fraction of a
millisecond over a local socket, and this connection is served even while an application grabs the
server, so they are made on the event loop.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from Xlib import X, error
from Xlib.display import Display
from Xlib.ext import xfixes
from Xlib.protocol import event
from Xlib.Xatom import STRING

from ownstream.agent import looks

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


class Screen:
    """One screen, open from construction until `close`."""

    def __init__(self, display: str) -> None:
        self._display: Any = Display(display)
        _mend_error_classes(self._display)
        self._root: Any = self._display.screen().root
        self._watchers = Watchers()
        # Never shown: what the window manager says of it shows that it is at work.
        self._probe: Any = self._root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
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

    def ask_window_manager(self) -> None:
        """A window manager that takes requests will answer this one."""
        self._ask_window_manager("_NET_REQUEST_FRAME_EXTENTS", self._probe, [0] * 5)

    def window_manager_answers(self) -> bool:
        """Whether one has answered."""
        extents = self._display.get_atom("_NET_FRAME_EXTENTS")
        return self._probe.get_full_property(extents, X.AnyPropertyType) is not None

    def windows(self) -> Sequence[int]:
        """The windows of applications, as the window manager lists them."""
        clients = self._display.get_atom("_NET_CLIENT_LIST")
        found = self._root.get_full_property(clients, X.AnyPropertyType)
        return tuple(found.value) if found is not None else ()

    def show_window(self, window: int) -> None:
        """The window manager is asked to bring this window to the front."""
        from_pager = 2  # a request of the user's own, which openbox grants
        self._ask_window_manager("_NET_ACTIVE_WINDOW", window, [from_pager, X.CurrentTime, 0, 0, 0])

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

    def bind(self, code: int, keysym: int) -> None:
        """The key has this keysym on every level."""
        self._display.change_keyboard_mapping(code, [(keysym, keysym)])

    def flush(self) -> None:
        """What was asked for is on its way."""
        self._display.flush()

    # Inside

    def _ask_window_manager(self, what: str, window: Any, data: list[int]) -> None:
        kind = self._display.get_atom(what)
        request = event.ClientMessage(window=window, client_type=kind, data=(32, data))
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        self._root.send_event(request, event_mask=mask)
        self._display.flush()

    def _prepare(self) -> None:
        self._display.xtest_grab_control(True)  # served although an application grabs the server
        self._display.xfixes_query_version()
        self._display.set_error_handler(_log_error)
        # The browser repeats held keys: repeated here, too, a late release would type more.
        self._display.change_keyboard_control(auto_repeat_mode=X.AutoRepeatModeOff)
        self._root.change_attributes(
            event_mask=X.PropertyChangeMask,
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
                    watchers.keys_changed()
            case "PropertyNotify":
                is_roots = said.window.id == self._root.id
                (watchers.windows_changed if is_roots else watchers.probed)()
            case _:
                pass


def _mend_error_classes(display: Any) -> None:
    """The core's errors are theirs again: python-xlib's RandR claims the codes of two of them."""
    display.extension_add_error(1, error.BadRequest)
    display.extension_add_error(2, error.BadValue)


def _log_error(failure: Any, _request: Any) -> None:
    LOG.warning("the X server refuses a request: %s", failure)

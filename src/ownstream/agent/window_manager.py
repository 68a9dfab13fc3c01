"""What the window manager knows and does, by the conventions that it shares with applications.

Those are the Extended Window Manager Hints and the ICCCM. Windows come and go at any time, so what
is asked of one that has gone is answered with None, and what is told to it is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from Xlib import X, error
from Xlib.protocol import event

from ownstream.agent.area import Area

ROOT_EVENTS = X.StructureNotifyMask | X.PropertyChangeMask

_FROM_PAGER = 2  # a request of the user's own, which openbox grants
_ICONIC = 3
_BY_FRAME, _HAS_X, _HAS_Y = 1, 1 << 8, 1 << 9  # of _NET_MOVERESIZE_WINDOW, with the source
_SOURCE = _FROM_PAGER << 12
_MOST_CHARACTERS = 200
_NOT_THE_USERS = frozenset(
    {"_NET_WM_WINDOW_TYPE_DOCK", "_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_STATE_SKIP_TASKBAR"}
)
_TELLING = ("_NET_WM_NAME", "WM_NAME", "_NET_WM_STATE", "_NET_WM_WINDOW_TYPE")


@dataclass(frozen=True)
class Window:
    """A window as its user knows it."""

    id: int
    title: str
    active: bool
    minimised: bool


class WindowManager:
    """The window manager of a display's one screen, whether it is there yet or not."""

    def __init__(self, display: Any, root: Any) -> None:
        self._display = display
        self._root = root
        self._watched: set[int] = set()
        self._pings = 0
        # Never shown: what the window manager says of it shows that it is at work.
        self._probe: Any = root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )

    def ask(self) -> None:
        """A window manager that takes requests will answer this one."""
        self._tell("_NET_REQUEST_FRAME_EXTENTS", self._probe, [0] * 5)

    def answers(self) -> bool:
        """Whether one has answered."""
        return self._property(self._probe, "_NET_FRAME_EXTENTS") is not None

    def is_probe(self, window: int) -> bool:
        """Whether this window is there for the answer alone."""
        return window == self._probe.id

    def windows(self) -> Sequence[int]:
        """The windows of applications, oldest first; changes of them are told from now on."""
        windows = tuple(self._property(self._root, "_NET_CLIENT_LIST") or ())
        for window in windows:
            if window not in self._watched:
                self._window(window).change_attributes(
                    event_mask=X.PropertyChangeMask, onerror=_has_gone
                )
        self._watched = set(windows)
        return windows

    def open_windows(self) -> Sequence[Window]:
        """The windows that are the user's to see and to close, oldest first."""
        active = self._active()
        found = (self._seen(window, active=window == active) for window in self.windows())
        return [window for window in found if window is not None]

    def is_telling(self, atom: int) -> bool:
        """Whether a window with another property of this name is another one to its user."""
        return atom in map(self._display.get_atom, _TELLING)

    def show(self, window: int) -> None:
        """The window comes to the front."""
        self._tell("_NET_ACTIVE_WINDOW", window, [_FROM_PAGER, X.CurrentTime, 0, 0, 0])

    def minimise(self, window: int) -> None:
        """The window is put away, and can be shown again."""
        self._tell("WM_CHANGE_STATE", window, [_ICONIC, 0, 0, 0, 0])

    def close(self, window: int) -> None:
        """The application is asked to close the window; it may ask its user first."""
        self._tell("_NET_CLOSE_WINDOW", window, [X.CurrentTime, _FROM_PAGER, 0, 0, 0])

    def gather(self, screens: Sequence[Area]) -> None:
        """Windows of which less than half is on these monitors come back onto one of them.

        Openbox leaves a tenth of a window within reach when its monitor goes.
        """
        for window in self.open_windows():
            frame = self._frame(window.id)
            if frame is None or 2 * sum(map(frame.shared, screens)) >= frame.pixels:
                continue
            to = frame.within(max(screens, key=frame.shared))
            how = _BY_FRAME | _HAS_X | _HAS_Y | _SOURCE
            self._tell("_NET_MOVERESIZE_WINDOW", window.id, [how, to.x, to.y, 0, 0])

    def ping(self) -> bool:
        """Whether the window at work takes pings; it has been sent one then, and will answer."""
        window = self._window(self._active())
        try:
            if window.id == X.NONE or "_NET_WM_PING" not in self._atoms(window, "WM_PROTOCOLS"):
                return False
        except error.BadWindow:
            return False
        self._pings += 1
        self._root.change_attributes(event_mask=ROOT_EVENTS | X.SubstructureNotifyMask)
        data = [self._display.get_atom("_NET_WM_PING"), self._pings, window.id, 0, 0]
        kind = self._display.get_atom("WM_PROTOCOLS")
        request = event.ClientMessage(window=window, client_type=kind, data=(32, data))
        window.send_event(request, onerror=_has_gone)
        self._display.flush()
        return True

    def is_answer(self, said: Any) -> bool:
        """Whether this ClientMessage answers the last ping."""
        ping = [self._display.get_atom("_NET_WM_PING"), self._pings]
        return said.data[0] == 32 and list(said.data[1][:2]) == ping

    def stop_listening(self) -> None:
        """No answer is awaited any more."""
        self._root.change_attributes(event_mask=ROOT_EVENTS)

    def _active(self) -> int:
        return next(iter(self._property(self._root, "_NET_ACTIVE_WINDOW") or ()), X.NONE)

    def _seen(self, window: int, *, active: bool) -> Window | None:
        try:
            there = self._window(window)
            kinds = self._atoms(there, "_NET_WM_WINDOW_TYPE") | self._atoms(there, "_NET_WM_STATE")
            title = self._text(there, "_NET_WM_NAME") or self._text(there, "WM_NAME")
        except error.BadWindow:
            return None
        if kinds & _NOT_THE_USERS:
            return None
        return Window(window, title, active, minimised="_NET_WM_STATE_HIDDEN" in kinds)

    def _frame(self, window: int) -> Area | None:
        try:
            there = self._window(window)
            size, at = there.get_geometry(), self._root.translate_coords(there, 0, 0)
            left, right, top, bottom = self._property(there, "_NET_FRAME_EXTENTS") or 4 * (0,)
        except error.BadWindow:
            return None
        width, height = left + size.width + right, top + size.height + bottom
        return Area(at.x - left, at.y - top, width, height)

    def _atoms(self, window: Any, name: str) -> frozenset[str]:
        return frozenset(map(self._display.get_atom_name, self._property(window, name) or ()))

    def _text(self, window: Any, name: str) -> str:
        data = self._property(window, name) or b""
        text = data.decode(errors="replace") if isinstance(data, bytes) else str(data)
        return " ".join(text.split())[:_MOST_CHARACTERS]

    def _property(self, window: Any, name: str) -> Any:
        found = window.get_full_property(self._display.get_atom(name), X.AnyPropertyType)
        return None if found is None else found.value

    def _window(self, window: int) -> Any:
        return self._display.create_resource_object("window", window)

    def _tell(self, what: str, window: Any, data: list[int]) -> None:
        kind = self._display.get_atom(what)
        request = event.ClientMessage(window=window, client_type=kind, data=(32, data))
        mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
        self._root.send_event(request, event_mask=mask)
        self._display.flush()


def _has_gone(*_: Any) -> bool:
    """The window has gone before it could be watched."""
    return True

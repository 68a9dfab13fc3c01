"""The session's windows: told to the browser by their titles; shown, minimised, closed for it."""

import asyncio
from asyncio import TimerHandle
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from ownstream.agent.features import Outlet
from ownstream.agent.window_manager import Window
from ownstream.channel.framing import FramingError, json_message
from ownstream.channel.tags import WINDOW, FromAgent, FromBrowser, WindowAct

_CHANGES_EVERY_S = 0.1


class Desk(Protocol):
    """Where the windows are."""

    def open_windows(self) -> Sequence[Window]:
        """The user's windows, oldest first."""
        ...

    def show(self, window: int) -> None:
        """The window comes to the front."""
        ...

    def minimise(self, window: int) -> None:
        """The window is put away."""
        ...

    def close(self, window: int) -> None:
        """The window is closed, if its application agrees."""
        ...


@dataclass
class Windows:
    """The feature of that name."""

    desk: Desk
    _outlet: Outlet | None = None
    _told: Mapping[str, Any] = field(default_factory=dict[str, Any])
    _due: TimerHandle | None = None

    name = "windows"
    tags = frozenset({FromBrowser.WINDOW})

    def greeting(self) -> Mapping[str, Any]:
        """The windows as they are now, as in every WINDOWS that follows."""
        self._told = self._windows()
        return self._told

    def connected(self, outlet: Outlet) -> None:
        """Changes are told to this browser."""
        self._outlet = outlet

    def disconnected(self) -> None:
        """Changes are told to nobody, and the windows, which may go now, are not looked at."""
        self._outlet = None
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def changed(self) -> None:
        """Something about the windows may be new; of quick changes the last one is told."""
        if self._outlet is not None and self._due is None:
            self._due = asyncio.get_running_loop().call_later(_CHANGES_EVERY_S, self._tell)

    def hear(self, message: bytes) -> None:
        """Does it, unless the window has gone meanwhile."""
        if len(message) != 1 + WINDOW.size:
            raise FramingError(f"WINDOW: {len(message) - 1} bytes")
        window, act = WINDOW.unpack_from(message, 1)
        acts = {
            WindowAct.SHOW: self.desk.show,
            WindowAct.MINIMISE: self.desk.minimise,
            WindowAct.CLOSE: self.desk.close,
        }
        if act not in acts:
            raise FramingError(f"WINDOW: act {act}")
        # An id may name anything of the X server: only windows that were offered are touched.
        if window in {known.id for known in self.desk.open_windows()}:
            acts[act](window)

    def _tell(self) -> None:
        self._due = None
        windows = self._windows()
        if self._outlet is not None and windows != self._told:
            self._told = windows
            self._outlet.send(json_message(FromAgent.WINDOWS, windows))

    def _windows(self) -> Mapping[str, Any]:
        return {"windows": [asdict(window) for window in self.desk.open_windows()]}

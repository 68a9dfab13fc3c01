"""The agent's end of the control socket to the sandbox init.

What comes from there is said by the sandbox's side, which is not trusted: it is checked, and
whatever does not fit is dropped.
"""

import asyncio
import json
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_PACKET_BYTES = 64 * 1024


class SandboxGone(Exception):
    """The sandbox does not answer; the text says how that showed."""


@dataclass(frozen=True)
class Started:
    """The process of this key runs."""

    key: str


@dataclass(frozen=True)
class Ended:
    """The process of this key ended, by itself or by a signal, which a negative status names."""

    key: str
    status: int


@dataclass(frozen=True)
class Failed:
    """The process of this key could not be started."""

    key: str
    reason: str


Event = Started | Ended | Failed


class Sandbox:
    """The processes that the sandbox init starts for us."""

    def __init__(
        self,
        control_fd: int,
        *,
        on_event: Callable[[Event], None],
        on_gone: Callable[[str], None],
    ) -> None:
        self._socket = socket.socket(fileno=control_fd)
        self._socket.set_inheritable(False)
        self._socket.setblocking(False)
        self._on_event = on_event
        self._on_gone = on_gone
        self._own: dict[str, Callable[[Event], None]] = {}
        self.up = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read)

    def start(
        self,
        key: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        descriptors: Sequence[int] = (),
    ) -> None:
        """The process is being started; an event tells how that went.

        It has these descriptors of ours as its 3rd and following ones.
        """
        order = {"do": "start", "key": key, "argv": list(argv), "env": dict(env)}
        self._tell(order, descriptors)

    def serve(self, key: str, path: str, argv: Sequence[str], descriptors: Sequence[int]) -> None:
        """Whoever connects to this path below $XDG_RUNTIME_DIR is answered by this command.

        It runs only while it is needed. Its 3rd descriptor is the listening socket, and these
        of ours follow. That it fails again and again is told as Failed.
        """
        order = {"do": "serve", "key": key, "path": path, "argv": list(argv), "env": {}}
        self._tell(order, descriptors)

    def tell_of(self, key: str, on_event: Callable[[Event], None]) -> None:
        """What becomes of this key is told here, and no more to whom everything is told."""
        self._own[key] = on_event

    def forget(self, key: str) -> None:
        """What becomes of this key is told to nobody in particular."""
        self._own.pop(key, None)

    def stop(self, key: str) -> None:
        """The process of this key, if it runs, is asked to end."""
        self._tell({"do": "stop", "key": key})

    def kill(self, key: str) -> None:
        """The process of this key, if it runs, and its process group have no time left."""
        self._tell({"do": "kill", "key": key})

    def write(self, path: str, text: str) -> None:
        """The file lies below $XDG_RUNTIME_DIR/ownstream before anything told later happens."""
        self._tell({"do": "write", "path": path, "text": text})

    def serve_files(self, end: socket.socket) -> None:
        """A file server is being started with this end of its socket pair, which stays ours too."""
        self._tell({"do": "files"}, [end.fileno()])

    def close(self) -> None:
        """Ends the sandbox and everything in it."""
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()

    def _tell(self, order: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
        try:
            socket.send_fds(self._socket, [json.dumps(order).encode()], descriptors)
        except OSError as error:
            raise SandboxGone(f"the sandbox init takes no orders: {error}") from error

    def _read(self) -> None:
        try:
            packet = self._socket.recv(MAX_PACKET_BYTES)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._on_gone("the sandbox ended")
            return
        if packet == _UP:
            self.up.set()
            return
        event = parsed(packet)
        if event is not None:
            self._own.get(event.key, self._on_event)(event)


_UP = json.dumps({"event": "up"}).encode()


def parsed(packet: bytes) -> Event | None:
    """The event in this packet, or None if it is none."""
    try:
        said: Any = json.loads(packet)
    except (ValueError, RecursionError):
        return None
    match said:
        case {"event": "started", "key": str(key)}:
            return Started(key)
        case {"event": "exited", "key": str(key), "status": int(status)}:
            return Ended(key, status)
        case {"event": "failed", "key": str(key), "reason": str(reason)}:
            return Failed(key, reason[:200])
        case _:
            return None

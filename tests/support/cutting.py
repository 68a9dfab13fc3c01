"""A network between a browser and the service that a test cuts."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.support.service import free_port

PIECE_BYTES = 64 * 1024


@dataclass
class Network:
    """Carries connections to a port of loopback, until it is cut."""

    to_port: int
    port: int = field(default_factory=free_port)
    said: list[bytes] = field(default_factory=list)  # the beginnings of what browsers asked
    _left: dict[str, int] = field(default_factory=dict)
    _is_cut: bool = False
    _open: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    was_cut: threading.Event = field(default_factory=threading.Event)

    def cut_after(self, *, up: int = 0, down: int = 0) -> None:
        """It is cut, and stays so, once so many bytes from now on have gone up, or down."""
        self._left = {"up": up} if up else {"down": down}
        self.was_cut.clear()

    def cut(self) -> None:
        """Every connection breaks, and new ones as they come."""
        with self._lock:
            self._is_cut, self._left = True, {}
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            self._open.clear()
        self.was_cut.set()

    def mend(self) -> None:
        """New connections go through again."""
        self._is_cut = False

    def carry(self, listener: socket.socket) -> None:
        """Serves until the listener is closed."""
        with suppress(OSError):
            while True:
                browser, _ = listener.accept()
                if self._is_cut:
                    browser.close()
                    continue
                service = socket.create_connection(("127.0.0.1", self.to_port))
                with self._lock:
                    self._open += [browser, service]
                for way in ((browser, service, "up"), (service, browser, "down")):
                    threading.Thread(target=self._pass, args=way).start()

    def _pass(self, one: socket.socket, other: socket.socket, way: str) -> None:
        with suppress(OSError):
            while data := one.recv(PIECE_BYTES):
                if way == "up":
                    self.said.append(data[:2048])
                if way in self._left:
                    self._left[way] -= len(data)
                    if self._left[way] < 0:
                        self.cut()
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        one.close()


@contextmanager
def network_to(port: int) -> Iterator[Network]:
    """A network that is whole at first."""
    made = Network(port)
    with socket.create_server(("127.0.0.1", made.port)) as listener:
        serving = threading.Thread(target=made.carry, args=(listener,))
        serving.start()
        try:
            yield made
        finally:
            made.cut()
            listener.shutdown(socket.SHUT_RDWR)
            serving.join()

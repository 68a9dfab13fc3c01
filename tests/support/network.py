"""A network between a browser and a service, that can be cut or swallow everything."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Network:
    """Passes TCP connections on to a port of loopback, for as long as it is told to."""

    to: int
    _listener: socket.socket = field(default_factory=socket.socket)
    _sockets: list[socket.socket] = field(default_factory=list)
    _passes: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        """Where it can be connected to."""
        return self._listener.getsockname()[1]

    def reached(self, url: str) -> str:
        """The same URL, by way of this network."""
        return url.replace(f":{self.to}/", f":{self.port}/")

    def cut(self) -> None:
        """Every connection breaks; new ones are passed on."""
        for end in self._sockets:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._sockets.clear()

    def swallow(self) -> None:
        """Nothing that is said on present connections arrives any more; new ones are passed on."""
        silent, self._passes = self._passes, threading.Event()
        self._passes.set()
        silent.clear()

    def open(self) -> None:
        """It listens and passes on."""
        self._passes.set()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Nothing is passed on any more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._connect(near)

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self.to))
        except ConnectionRefusedError:
            near.close()
            return
        self._sockets += [near, far]
        for one, other in ((near, far), (far, near)):
            passing = (one, other, self._passes)
            threading.Thread(target=_pass_on, args=passing, daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket, passes: threading.Event) -> None:
    with suppress(OSError), one, other:
        while data := one.recv(65536):
            if passes.is_set():
                other.sendall(data)


@contextmanager
def network(to: int) -> Iterator[Network]:
    """A network to this port of loopback."""
    made = Network(to)
    made.open()
    try:
        yield made
    finally:
        made.close()

"""One stream socket to the agent: requests, answers, and the bytes of files after either.

Each request and each answer is a JSON object after its length in four bytes. The bytes of a file
follow as they are, as many as its `length` says.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct

TYPE_CHECKING = False  # `typing` itself would double the time that the start takes
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

LENGTH = struct.Struct(">I")
CHUNK_BYTES = 256 * 1024
MAX_REQUEST_BYTES = 128 * 1024
MOST_AT_ONCE = 1 << 30  # what is asked of one sendfile


class Gone(Exception):
    """The other end has gone, or says what is no request."""


class Channel:
    """The sandbox's end of the socket."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def hear(self) -> dict[str, Any]:
        """The next request; Gone when there is none."""
        (length,) = LENGTH.unpack(self._exactly(LENGTH.size))
        if length > MAX_REQUEST_BYTES:
            raise Gone
        request: Any = json.loads(self._exactly(length))
        if not isinstance(request, dict):
            raise Gone
        return request  # pyright: ignore[reportUnknownVariableType]

    def say(self, answer: Mapping[str, Any]) -> None:
        """The answer has been sent."""
        body = json.dumps(answer).encode()
        self.send(LENGTH.pack(len(body)) + body)

    def send(self, data: bytes) -> None:
        """These bytes have been sent."""
        try:
            self._end.sendall(data)
        except OSError as error:
            raise Gone from error

    def send_file(self, fd: int, offset: int, length: int) -> None:
        """A part of the file has been sent; Gone if the file became shorter meanwhile."""
        while length:
            try:
                sent = os.sendfile(self._end.fileno(), fd, offset, min(length, MOST_AT_ONCE))
            except OSError as error:
                raise Gone from error
            if not sent:
                raise Gone
            offset, length = offset + sent, length - sent

    def receive(self, length: int) -> Iterator[memoryview]:
        """The bytes that follow a request, piece by piece; Gone if they end before that."""
        buffer = memoryview(bytearray(min(length, CHUNK_BYTES)))
        while length:
            try:
                count = self._end.recv_into(buffer, min(length, CHUNK_BYTES))
            except OSError as error:
                raise Gone from error
            if not count:
                raise Gone
            length -= count
            yield buffer[:count]

    def discard(self) -> None:
        """All that comes until the other end goes is read and dropped.

        Whoever still sends learns of a close before it reads what came, and loses that.
        """
        buffer = bytearray(CHUNK_BYTES)
        while self._end.recv_into(buffer):
            pass

    def cut(self) -> None:
        """Nothing comes or goes any more: whoever waits for it waits no longer."""
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """The socket is closed."""
        self._end.close()

    def _exactly(self, length: int) -> bytes:
        data = self._end.recv(length, socket.MSG_WAITALL)
        if len(data) < length:
            raise Gone
        return data

"""uvicorn's connections, with bounds on what a stranger or a stalled browser can cost."""

import asyncio
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from ownstream.channel.tags import MAX_FROM_AGENT_BYTES


class HttpConnection(H11Protocol):
    """HTTP by h11, since httptools takes a head of any length; the head has to come in time."""

    head_within_s: ClassVar[float] = 20
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._deadline is None:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._deadline = self.loop.call_later(self.head_within_s, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class WebSocketConnection(WebSocketsSansIOProtocol):
    """A WebSocket that is dropped when its browser takes nothing any more."""

    # The relay has one message under way; beyond that only answers to pings can pile up.
    most_unread_bytes: ClassVar[int] = 2 * MAX_FROM_AGENT_BYTES

    def handle_ping(self) -> None:
        super().handle_ping()
        if self.transport.get_write_buffer_size() > self.most_unread_bytes:
            self.transport.abort()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()  # closing it would wait for what is unread to be taken

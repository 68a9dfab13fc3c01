"""The body of an upload, taken piece by piece as fast as the agent takes it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request

from ownstream.gateway.admission import Refused

STALLED_S = 60.0
# What a browser may still send after its answer is known, so that it gets to read that.
MOST_DISCARDED_BYTES = 64 * 1024 * 1024


class Body:
    """What follows one request."""

    def __init__(self, request: Request) -> None:
        """Refused if the request does not say how long it is."""
        length = request.headers.get("content-length", "")
        if not length.isdecimal():
            raise Refused(411, "bad_request", "The request does not say how long its body is.")
        self.length = int(length)
        self._receive = request.receive
        self._left = self.length > 0

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body; ClientDisconnect if the browser goes, or sends nothing for a minute."""
        while self._left:
            piece = await self._next()
            if piece:
                yield piece

    async def discard(self) -> None:
        """What has not been taken is dropped, or the browser has gone, or sends without end."""
        dropped = 0
        with contextlib.suppress(ClientDisconnect):
            while self._left and dropped < MOST_DISCARDED_BYTES:
                dropped += len(await self._next())

    async def _next(self) -> bytes:
        try:
            async with asyncio.timeout(STALLED_S):
                message = await self._receive()
        except TimeoutError as error:
            self._left = False
            raise ClientDisconnect from error
        if message["type"] == "http.disconnect":
            self._left = False
            raise ClientDisconnect
        self._left = message.get("more_body", False)
        return message.get("body", b"")

"""Contents on their way to one browser, by pieces that it acknowledges.

What is on its way is little, so that a picture behind it does not come late.
"""

import asyncio

from ownstream.agent.features import Outlet
from ownstream.channel.framing import FramingError, json_message
from ownstream.channel.tags import CLIPBOARD_PIECE_BYTES, CLIPBOARD_PIECES_AHEAD, FromAgent


class Outgoing:
    """The way to one browser, as long as it is connected."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._ahead = 0  # pieces that have not been acknowledged
        self._acknowledged = asyncio.Event()

    async def send(self, count: int, kind: str, data: bytes = b"") -> None:
        """The browser has all of it when this returns.

        Cancelled at any point it leaves room for other contents: an announcement ends what was
        under way before it.
        """
        head = {"count": count, "type": kind, "bytes": len(data)}
        self._outlet.send(json_message(FromAgent.CLIPBOARD, head))
        for start in range(0, len(data), CLIPBOARD_PIECE_BYTES):
            await self._wait_until_ahead(CLIPBOARD_PIECES_AHEAD - 1)
            piece = data[start : start + CLIPBOARD_PIECE_BYTES]
            self._ahead += 1
            self._outlet.send(bytes([FromAgent.CLIPBOARD_PIECE]) + piece)
        await self._wait_until_ahead(0)

    def refuse(self, way: str, message: str) -> None:
        """The user is told that something was not copied, in or out, and why."""
        body = {"way": way, "message": message}
        self._outlet.send(json_message(FromAgent.CLIPBOARD_REFUSED, body))

    def acknowledge(self) -> None:
        """The browser is told that its piece has been taken."""
        self._outlet.send(bytes([FromAgent.CLIPBOARD_ACK]))

    def acknowledged(self) -> None:
        """The browser has one piece more; FramingError if it cannot."""
        if not self._ahead:
            raise FramingError("an acknowledgement of a piece that was not sent")
        self._ahead -= 1
        self._acknowledged.set()

    async def _wait_until_ahead(self, most: int) -> None:
        while self._ahead > most:
            self._acknowledged.clear()
            await self._acknowledged.wait()

"""The X server's picture by the RFB protocol (RFC 6143): exact rectangles, made by TigerVNC's Xvnc.

The server keeps what has changed since its last answer and tells it when it is asked, so whoever
asks seldom gets little, and nothing queues up. Rectangles are passed on as they come: Tight without
JPEG, which is lossless, and CopyRect, by which scrolling costs next to nothing. Input and clipboard
do not go this way.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from struct import Struct

from ownstream.agent.area import Area

COPY, TIGHT = 1, 7
_CURSOR, _LAST, _DESKTOP_SIZE = -239, -224, -308
_COMPRESSION = -256  # and so on by level
_PIECE_BYTES = 128 * 1024
_UNTIL_LAST = 0xFFFF

_VERSION = b"RFB 003.008\n"
_NO_SECURITY = 1
_SERVER_INIT = Struct(">HH16sI")
_REQUEST = Struct(">BBHHHH")
_POINTER = Struct(">BBHH")
_ENCODINGS = Struct(">BxH")
_SET_SIZE = Struct(">BxHHBx")
_SCREEN = Struct(">IHHHHI")
_HEAD = Struct(">HHHHi")

_MOST_PALETTE = 256
_RAW_BELOW_BYTES = 12  # Tight does not compress less than this
_FILL, _JPEG = 8, 9
_FILTER_FOLLOWS, _COPY_FILTER, _PALETTE_FILTER = 4, 0, 1


class Effort(IntEnum):
    """How much is done to make updates small: a level of TigerVNC's, of 0 to 9.

    Higher ones make text smaller by a tenth, and take twice the time for a photograph.
    """

    NONE = 0  # not compressed
    LITTLE = 1
    FULL = 2  # and what is painted again as it was is no change


class RfbError(Exception):
    """The X server's end of the connection is gone or says what it should not."""


@dataclass(frozen=True)
class Piece:
    """Some rectangles of an update, whole ones, as they came; the update's last piece says so."""

    data: bytes
    rectangles: int
    costs: Sequence[tuple[Area, int]]  # where something was painted anew, and in how many bytes
    last: bool


@dataclass(frozen=True)
class Resized:
    """The screen has this size and these monitors; all rectangles that follow are of it."""

    size: tuple[int, int]
    screens: Sequence[Area]  # from left to right


class Rfb:
    """A connection to the X server, from `connect` until `close`."""

    def __init__(self, reader: StreamReader, writer: StreamWriter, size: tuple[int, int]) -> None:
        self._reader = reader
        self._writer = writer
        self._effort: Effort | None = None
        self.size = size
        self._screens: Sequence[Area] | None = None  # as they were told last

    @classmethod
    async def connect(cls, path: Path) -> "Rfb":
        """A connection that has been greeted; RfbError if the server does not answer so."""
        try:
            reader, writer = await asyncio.open_unix_connection(path, limit=_PIECE_BYTES)
        except OSError as error:
            raise RfbError(f"the X server shows no picture: {error}") from error
        try:
            size = await _shake_hands(reader, writer)
        except (EOFError, ConnectionError) as error:
            writer.transport.abort()
            raise RfbError("the X server shows no picture") from error
        except RfbError:
            writer.transport.abort()
            raise
        made = cls(reader, writer, size)
        made.compress(Effort.FULL)
        return made

    def request(self, area: Area, *, whole: bool = False) -> None:
        """An update comes once something in this area has changed, or at once if `whole`."""
        message = _REQUEST.pack(3, not whole, area.x, area.y, area.width, area.height)
        self._writer.write(message)

    def compress(self, effort: Effort) -> None:
        """Updates asked for from now on are made so."""
        if effort is self._effort:
            return
        self._effort = effort
        level = _COMPRESSION + effort
        # Who takes the cursor's shape gets pictures without it; we know it from the X server.
        encodings = (TIGHT, COPY, _DESKTOP_SIZE, _CURSOR, _LAST, level)
        body = b"".join(encoding.to_bytes(4, "big", signed=True) for encoding in encodings)
        self._writer.write(_ENCODINGS.pack(2, len(encodings)) + body)

    def point(self, x: int, y: int) -> None:
        """The pointer, which is there, is drawn by whoever watches: the picture comes without it.

        Where the server believes that it has been moved by others, it draws it itself.
        """
        width, height = self.size
        self._writer.write(_POINTER.pack(5, 0, min(x, width - 1), min(y, height - 1)))

    def set_size(self, screens: Sequence[Area]) -> None:
        """The screen is to be of these monitors; a Resized tells what became of it."""
        width = max(screen.right for screen in screens)
        height = max(screen.bottom for screen in screens)
        told = [
            _SCREEN.pack(number, screen.x, screen.y, screen.width, screen.height, 0)
            for number, screen in enumerate(screens)
        ]
        self._writer.write(_SET_SIZE.pack(251, width, height, len(told)) + b"".join(told))

    async def update(self) -> AsyncIterator[Piece | Resized]:
        """The next update, by and by; RfbError if the server is gone."""
        try:
            kind, _, count = Struct(">BBH").unpack(await self._reader.readexactly(4))
            if kind != 0:
                raise RfbError(f"the X server sends a message of kind {kind}")
            async for part in self._rectangles(count):
                yield part
        except (EOFError, ConnectionError) as error:
            raise RfbError("the X server has ended the connection") from error

    def close(self) -> None:
        """Lets go of the X server."""
        self._writer.transport.abort()

    async def _rectangles(self, count: int) -> AsyncIterator[Piece | Resized]:
        parts, size, costs, number = list[bytes](), 0, list[tuple[Area, int]](), 0
        while count == _UNTIL_LAST or number < count:
            head = await self._reader.readexactly(_HEAD.size)
            *place, encoding = _HEAD.unpack(head)
            number += 1
            if encoding == _LAST:
                break
            if encoding == _DESKTOP_SIZE:
                if parts:
                    yield Piece(b"".join(parts), len(parts), costs, last=False)
                    parts, size, costs = [], 0, []
                resized = await self._resized(place)
                if resized is not None:
                    yield resized
                continue
            if encoding == _CURSOR:
                await self._reader.readexactly(_cursor_bytes(place[2], place[3]))
                continue
            area = Area(*place)
            body = await self._body(encoding, area)
            if encoding == TIGHT:
                costs.append((area, len(body)))
            parts.append(head + body)
            size += len(head) + len(body)
            if size >= _PIECE_BYTES:
                yield Piece(b"".join(parts), len(parts), costs, last=False)
                parts, size, costs = [], 0, []
        yield Piece(b"".join(parts), len(parts), costs, last=True)

    async def _resized(self, place: Sequence[int]) -> Resized | None:
        """What is told, if it is other than before or not what was wished for."""
        count = (await self._reader.readexactly(4))[0]
        told = await self._reader.readexactly(count * _SCREEN.size)
        screens = sorted(Area(*screen[1:5]) for screen in _SCREEN.iter_unpack(told))
        _, status, *size = place
        before, self.size = self.size, (size[0], size[1])
        known, self._screens = self._screens or screens, screens
        is_news = self.size != before or screens != known or status != 0
        return Resized(self.size, screens) if is_news else None

    async def _body(self, encoding: int, area: Area) -> bytes:
        if encoding == COPY:
            return await self._reader.readexactly(4)
        if encoding == TIGHT:
            return await self._tight(area)
        raise RfbError(f"the X server sends a rectangle of encoding {encoding}")

    async def _tight(self, area: Area) -> bytes:
        control = await self._reader.readexactly(1)
        kind = control[0] >> 4
        if kind == _FILL:
            return control + await self._reader.readexactly(3)
        if kind >= _JPEG:
            raise RfbError(f"the X server sends a Tight rectangle of kind {kind}")
        filtering, row_bits = b"", 24 * area.width
        if kind & _FILTER_FOLLOWS:
            filtering, row_bits = await self._filter(area)
        expected = (row_bits + 7) // 8 * area.height
        if expected < _RAW_BELOW_BYTES:
            return control + filtering + await self._reader.readexactly(expected)
        head, length = await self._compact_length()
        return control + filtering + head + await self._reader.readexactly(length)

    async def _filter(self, area: Area) -> tuple[bytes, int]:
        """The filter's own bytes, and how many bits a row of filtered pixels has."""
        which = await self._reader.readexactly(1)
        if which[0] == _COPY_FILTER:
            return which, 24 * area.width
        if which[0] != _PALETTE_FILTER:
            raise RfbError(f"the X server sends a Tight rectangle with filter {which[0]}")
        count = await self._reader.readexactly(1)
        colours = count[0] + 1
        palette = await self._reader.readexactly(3 * colours)
        return which + count + palette, area.width * (1 if colours == 2 else 8)

    async def _compact_length(self) -> tuple[bytes, int]:
        """Seven bits in each of up to three bytes, the lowest first."""
        head, length = b"", 0
        for shift in (0, 7, 14):
            byte = await self._reader.readexactly(1)
            head += byte
            length |= (byte[0] & 0x7F if shift < 14 else byte[0]) << shift
            if not byte[0] & 0x80:
                break
        return head, length


async def _shake_hands(reader: StreamReader, writer: StreamWriter) -> tuple[int, int]:
    """The screen's size, when both sides agree on how to speak."""
    await reader.readexactly(len(_VERSION))
    writer.write(_VERSION)
    offered = await reader.readexactly((await reader.readexactly(1))[0])
    if _NO_SECURITY not in offered:
        raise RfbError("the X server wants a password for its picture")
    writer.write(bytes([_NO_SECURITY]))
    if any(await reader.readexactly(4)):
        raise RfbError("the X server refuses to show its picture")
    writer.write(b"\1")  # others may watch: an earlier connection may not have ended yet
    width, height, _, name = _SERVER_INIT.unpack(await reader.readexactly(_SERVER_INIT.size))
    await reader.readexactly(name)
    # The server's own pixels are 32 bits with red, green and blue in the lower 24: Tight's best.
    return width, height


def _cursor_bytes(width: int, height: int) -> int:
    """Its pixels, and a mask of a bit each."""
    return width * height * 4 + (width + 7) // 8 * height

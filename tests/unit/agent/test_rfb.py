"""The RFB connection, to an X server that the test plays byte by byte."""

import asyncio
import contextlib
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from struct import pack

import pytest

from ownstream.agent.area import Area
from ownstream.agent.rfb import Piece, Resized, Rfb, RfbError

GREETING = b"RFB 003.008\n" + b"\1\1" + bytes(4) + pack(">HH16sI", 800, 600, bytes(16), 1) + b"x"


def heard(tmp_path: Path, *said: bytes, greeting: bytes = GREETING) -> list[Piece | Resized]:
    """All that the updates in these bytes are read as; the server is gone after them."""
    parts: list[Piece | Resized] = []

    async def listen(rfb: Rfb) -> None:
        while True:
            parts.extend([part async for part in rfb.update()])

    with pytest.raises(RfbError, match="ended the connection"):
        play(tmp_path, listen, *said, greeting=greeting)
    return parts


def play(
    tmp_path: Path, act: Callable[[Rfb], Awaitable[None]], *said: bytes, greeting: bytes = GREETING
) -> None:
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting + b"".join(said))
        writer.write_eof()
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()
        gone.set()

    async def scene() -> None:
        server = await asyncio.start_unix_server(serve, tmp_path / "rfb")
        async with server:
            try:
                rfb = await Rfb.connect(tmp_path / "rfb")
                try:
                    await act(rfb)
                finally:
                    rfb.close()
            finally:
                await asyncio.sleep(0)  # what has been aborted closes in the loop's next turn
                await gone.wait()

    asyncio.run(scene())


def update(*rectangles: bytes) -> bytes:
    return pack(">BBH", 0, 0, len(rectangles)) + b"".join(rectangles)


PLACE = Area(1, 2, 30, 20)


def rectangle(encoding: int, body: bytes, area: Area = PLACE) -> bytes:
    return pack(">HHHHi", *area, encoding) + body


def deflated(data: bytes) -> bytes:
    packed = zlib.compress(data)
    assert len(packed) < 128
    return bytes([len(packed)]) + packed


RECTANGLES = {
    "a copy": rectangle(1, pack(">HH", 7, 8)),
    "one colour": rectangle(7, b"\x80rgb"),
    "true colours": rectangle(7, b"\x00" + deflated(bytes(30 * 20 * 3))),
    "true colours by a filter": rectangle(7, b"\x40\x00" + deflated(bytes(30 * 20 * 3))),
    "two colours": rectangle(7, b"\x50\x01\x01rgbRGB" + deflated(bytes(4 * 20))),
    "three colours": rectangle(7, b"\x60\x01\x02rgbRGBxyz" + deflated(bytes(30 * 20))),
    "a few pixels": rectangle(7, b"\x00rgbrgbrgb", Area(0, 0, 3, 1)),
    "two bytes of length": rectangle(7, b"\x00\x80\x01" + bytes(128)),
    "three bytes of length": rectangle(7, b"\x00\x80\x80\x01" + bytes(1 << 14)),
}


@pytest.mark.parametrize("data", RECTANGLES.values(), ids=RECTANGLES.keys())
def test_a_rectangle_is_passed_on_as_it_came(tmp_path: Path, data: bytes) -> None:
    (piece,) = heard(tmp_path, update(data))
    assert isinstance(piece, Piece)
    assert (piece.data, piece.rectangles, piece.last) == (data, 1, True)


def test_rectangles_end_with_the_last_where_they_were_not_counted(tmp_path: Path) -> None:
    copy = RECTANGLES["a copy"]
    said = pack(">BBH", 0, 0, 0xFFFF) + copy + copy + rectangle(-224, b"", Area(0, 0, 0, 0))
    (piece,) = heard(tmp_path, said)
    assert isinstance(piece, Piece)
    assert (piece.data, piece.rectangles) == (copy + copy, 2)


def test_costs_are_of_what_was_painted_and_not_of_what_was_moved(tmp_path: Path) -> None:
    (piece,) = heard(tmp_path, update(RECTANGLES["a copy"], RECTANGLES["one colour"]))
    assert isinstance(piece, Piece)
    assert piece.costs == [(Area(1, 2, 30, 20), 4)]


def test_a_large_update_comes_in_pieces(tmp_path: Path) -> None:
    large = rectangle(7, b"\x00\x80\x80\x07" + bytes(7 << 14))
    parts = heard(tmp_path, update(large, large, large))
    assert [part.last for part in parts if isinstance(part, Piece)] == [False, True]
    assert b"".join(part.data for part in parts if isinstance(part, Piece)) == large * 3


def size(width: int, height: int, *screens: Area, status: int = 0) -> bytes:
    """A screen of this size; of one monitor, if not of these."""
    each = screens or (Area(0, 0, width, height),)
    body = b"".join(pack(">IHHHHI", number, *screen, 0) for number, screen in enumerate(each))
    return rectangle(-308, bytes([len(each), 0, 0, 0]) + body, Area(1, status, width, height))


def test_another_size_is_told_in_its_place_and_the_same_is_not(tmp_path: Path) -> None:
    copy = RECTANGLES["a copy"]
    parts = heard(tmp_path, update(size(800, 600), copy, size(640, 480), copy))
    kinds = [type(part) for part in parts]
    assert kinds == [Piece, Resized, Piece]
    assert parts[1] == Resized((640, 480), [Area(0, 0, 640, 480)])


def test_other_monitors_on_a_screen_of_the_same_size_are_told_from_left_to_right(
    tmp_path: Path,
) -> None:
    one, other = Area(0, 0, 500, 600), Area(500, 0, 300, 400)
    parts = heard(tmp_path, update(size(800, 600), size(800, 600, other, one)))
    assert parts[0] == Resized((800, 600), [one, other])


def test_a_size_that_was_refused_is_told_as_it_stays(tmp_path: Path) -> None:
    parts = heard(tmp_path, update(size(800, 600, status=3)))
    assert parts[0] == Resized((800, 600), [Area(0, 0, 800, 600)])


def test_the_cursors_shape_is_passed_over(tmp_path: Path) -> None:
    shape = rectangle(-239, bytes(10 * 4 * 4 + 2 * 4), Area(0, 0, 10, 4))
    (piece,) = heard(tmp_path, update(shape, RECTANGLES["a copy"]))
    assert isinstance(piece, Piece)
    assert piece.data == RECTANGLES["a copy"]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"\2", id="a-bell"),
        pytest.param(update(rectangle(5, b"")), id="hextile"),
        pytest.param(update(rectangle(7, b"\x90\x01x")), id="jpeg"),
        pytest.param(update(rectangle(7, b"\x40\x02")), id="the-gradient-filter"),
    ],
)
def test_what_was_not_asked_for_is_an_error(tmp_path: Path, said: bytes) -> None:
    async def listen(rfb: Rfb) -> None:
        _ = [part async for part in rfb.update()]

    with pytest.raises(RfbError):
        play(tmp_path, listen, said + bytes(8))


@pytest.mark.parametrize(
    "greeting",
    [
        pytest.param(b"RFB 003.008\n\1\2", id="only-by-password"),
        pytest.param(b"RFB 003.008\n\1\1\0\0\0\1", id="refused"),
        pytest.param(b"HTTP", id="cut-off"),
    ],
)
def test_a_server_that_shows_nothing_is_an_error(tmp_path: Path, greeting: bytes) -> None:
    async def nothing(_: Rfb) -> None:
        pytest.fail("it has connected")

    with pytest.raises(RfbError):
        play(tmp_path, nothing, greeting=greeting)

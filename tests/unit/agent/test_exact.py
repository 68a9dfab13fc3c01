"""Exact rectangles, to an X server that the test plays."""

import asyncio
import contextlib
from pathlib import Path
from struct import pack

from ownstream.agent.area import Area
from ownstream.agent.exact import Events, Exact
from ownstream.agent.pace import Pace
from ownstream.agent.rfb import RfbError
from ownstream.agent.sender import Sender

BEFORE, AFTER = Area(0, 0, 800, 600), Area(0, 0, 640, 480)
SET_SIZE = 251


class Nowhere:
    """What is sent to the browser is of no interest."""

    def send(self, message: bytes) -> None:
        """Forgotten."""

    def backlog(self) -> int:
        """Nothing is waiting."""
        return 0


def test_a_size_wished_for_while_the_x_server_is_being_asked_is_not_lost(tmp_path: Path) -> None:
    greeted, sizes = asyncio.Event(), asyncio.Queue[bytes]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"RFB 003.008\n")
        await reader.readexactly(12)
        greeted.set()
        await asyncio.sleep(0)
        writer.write(b"\1\1" + bytes(4) + pack(">HH16sI", 800, 600, bytes(16), 0))
        with contextlib.suppress(EOFError):
            await reader.readuntil(bytes([SET_SIZE, 0]))
            sizes.put_nowait(await reader.readexactly(4))
        writer.close()

    async def scenario() -> None:
        exact = Exact(
            tmp_path / "rfb",
            Sender(Nowhere(), Pace(BEFORE.pixels)),
            Events(painted=lambda _: None, resized=lambda _: None),
            [BEFORE],
        )
        async with await asyncio.start_unix_server(serve, tmp_path / "rfb"):
            running = asyncio.create_task(exact.run())
            await greeted.wait()
            exact.arrange([AFTER])
            assert await sizes.get() == pack(">HH", 640, 480)
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError, RfbError):
                await running

    asyncio.run(scenario())

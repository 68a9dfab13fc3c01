"""An agent's part for files, on a home folder that a test has made: no X, no sandbox."""

import asyncio
import os
import socket
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ownstream.agent.file_requests import visit
from ownstream.agent.files import Ends, Files
from ownstream.agent.inside.channel import Channel
from ownstream.agent.inside.files import Server
from ownstream.agent.inside.folders import FOLDER
from ownstream.channel.framing import read_message
from ownstream.channel.tags import MAX_ASK_BYTES
from tests.support.clock import settle

UP_WITHIN_S = 20.0


@dataclass
class FilesAgent:
    """Where it listens, and what it serves."""

    home: Path
    socket: Path

    @property
    def endpoint(self) -> str:
        return f"unix:{self.socket}"

    @property
    def folder(self) -> Path:
        """The home folder that is kept."""
        return self.home / "MyFiles" / "HomeFolder"

    def clear(self) -> None:
        """The session is another: nothing is there."""
        for path in sorted(self.home.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()


class _Threads:
    """File servers in threads of this process."""

    def __init__(self, home: Path) -> None:
        self._home = os.open(home, FOLDER)

    def serve_files(self, end: socket.socket) -> None:
        door = socket.socket(fileno=os.dup(end.fileno()))
        server = Server(self._home)
        threading.Thread(target=self._serve, args=(door, server), daemon=True).start()

    def _serve(self, door: socket.socket, server: Server) -> None:
        with door:
            while True:
                packet, ends, _, _ = socket.recv_fds(door, 16, 1)
                for end in ends:
                    channel = Channel(socket.socket(fileno=end))
                    threading.Thread(target=server.serve, args=(channel,), daemon=True).start()
                if not packet:
                    return


@contextmanager
def files_agent(folder: Path) -> Iterator[FilesAgent]:
    """The agent listens; its session is whichever asks."""
    made = FilesAgent(folder / "home", folder / "agent.sock")
    made.home.mkdir()
    loop = asyncio.new_event_loop()
    up, over = threading.Event(), asyncio.Event()
    serving = _serve(made, up, over)
    thread = threading.Thread(target=loop.run_until_complete, args=(serving,))
    thread.start()
    assert up.wait(UP_WITHIN_S)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
        made.socket.unlink()


async def _serve(made: FilesAgent, up: threading.Event, over: asyncio.Event) -> None:
    files = Files(_Threads(made.home))
    visits: set[asyncio.Task[None]] = set()

    async def accept(reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        visits.add(task)
        try:
            message = await read_message(reader, max_bytes=MAX_ASK_BYTES)
            if message is not None:
                await files.serve(visit(message), Ends(reader, writer))
        finally:
            writer.transport.abort()

    server = await asyncio.start_unix_server(accept, made.socket)
    up.set()
    await over.wait()
    await settle()  # whoever has just come is let in, to be let out again
    server.close()
    await files.close()
    await asyncio.gather(*visits, return_exceptions=True)
    await settle()

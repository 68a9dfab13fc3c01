"""The file server of a home folder that a test has made, asked as the agent asks it."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from ownstream.agent.inside.channel import LENGTH, Channel
from ownstream.agent.inside.files import Server
from ownstream.agent.inside.folders import FOLDER

WITHIN_S = 20.0
NOON_NS = 1_700_000_000_123_000_000


@dataclass
class Asker:
    """The agent's end of a stream to a file server."""

    stream: socket.socket

    def say(self, do: str, **members: Any) -> None:
        """The request is on its way."""
        body = json.dumps({"do": do, **members}).encode()
        self.stream.sendall(LENGTH.pack(len(body)) + body)

    def hear(self) -> dict[str, Any]:
        """The next answer."""
        (length,) = LENGTH.unpack(self.exactly(LENGTH.size))
        return json.loads(self.exactly(length))

    def ask(self, do: str, path: list[str], data: bytes = b"", **members: Any) -> dict[str, Any]:
        """The answer to a request that these bytes follow."""
        self.say(do, path=path, **members, **({"length": len(data)} if do == "write" else {}))
        self.stream.sendall(data)
        return self.hear()

    def error(self, do: str, path: Any, **members: Any) -> str:
        """The word by which a request is refused."""
        return self.ask(do, path, **members)["error"]

    def read(self, path: list[str], offset: int = 0, **members: Any) -> bytes:
        """What a file has, from this offset on."""
        answer = self.ask("read", path, offset=offset, **members)
        assert "length" in answer, answer
        return self.exactly(answer["length"])

    def write(self, path: list[str], data: bytes, **members: Any) -> dict[str, Any]:
        """The answer to a whole upload."""
        known = {"size": len(data), "modified": NOON_NS, "offset": 0}
        return self.ask("write", path, data, **{**known, **members})

    def names(self, *path: str) -> list[str]:
        """What the folder has, by name."""
        return sorted(row["name"] for row in self.ask("list", list(path))["entries"])

    def exactly(self, length: int) -> bytes:
        """So many bytes."""
        data = b""
        while len(data) < length:
            piece = self.stream.recv(min(1 << 20, length - len(data)))
            assert piece, "the file server has closed the stream"
            data += piece
        return data


@dataclass
class FileServer:
    """A server in threads of this process."""

    home: Path
    server: Server
    askers: list[Asker]

    @property
    def temporary(self) -> Path:
        return self.home / "MyFiles" / "TemporaryFiles"

    def asker(self) -> Asker:
        """Another stream to it."""
        ours, theirs = socket.socketpair()
        ours.settimeout(WITHIN_S)
        Thread(target=self.server.serve, args=(Channel(theirs),), daemon=True).start()
        self.askers.append(Asker(ours))
        return self.askers[-1]


@contextmanager
def file_server(home: Path) -> Iterator[FileServer]:
    """A server of this home folder, which has its temporary folder already."""
    (home / "MyFiles" / "TemporaryFiles").mkdir(parents=True, exist_ok=True)
    fd = os.open(home, FOLDER)
    made = FileServer(home, Server(fd), [])
    try:
        yield made
    finally:
        for asker in made.askers:
            asker.stream.close()
        os.close(fd)

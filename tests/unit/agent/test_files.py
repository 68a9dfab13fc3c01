"""The agent between the service and the file server: what it passes on, and what it keeps back."""

import asyncio
import json
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import ownstream.agent
from ownstream.agent import files, sandbox_init
from ownstream.agent.file_requests import Visit
from ownstream.agent.files import Ends, Files
from ownstream.agent.policy import Policy
from ownstream.channel.framing import FramingError, framed, json_message, read_message
from ownstream.channel.tags import MAX_ANSWER_BYTES, FromGateway, ToService
from tests.support.file_server import NOON_NS

WITHIN_S = 20
T = "TemporaryFiles"
BOTH = Policy(upload=True, download=True)
KNOWN = {"path": [T, "a"], "size": 6, "modified": NOON_NS}


@dataclass
class Sandbox:
    """Starts file servers as the sandbox init does, but without a sandbox."""

    home: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def serve_files(self, end: socket.socket) -> None:
        folder = str(Path(ownstream.agent.__file__).parent)
        command = ["/usr/bin/python3", "-I", "-S", "-c", sandbox_init.FILES, folder]
        self.started.append(
            subprocess.Popen(
                [*command, str(end.fileno())],
                pass_fds=[end.fileno()],
                env={"HOME": str(self.home)},
                cwd="/",
            )
        )


@dataclass
class Liar:
    """A file server that answers each request with the same bytes."""

    says: bytes
    streams: list[socket.socket] = field(default_factory=list)

    def serve_files(self, end: socket.socket) -> None:
        door = socket.socket(fileno=os.dup(end.fileno()))
        self.streams.append(door)
        asyncio.get_running_loop().add_reader(door.fileno(), self._open, door)

    def _open(self, door: socket.socket) -> None:
        _, (stream,), _, _ = socket.recv_fds(door, 16, 1)
        self.streams.append(socket.socket(fileno=stream))
        self.streams[-1].sendall(self.says)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.streams[0].fileno())
        for stream in self.streams:
            stream.close()


@dataclass
class Visitor:
    """The service's end of one visit."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    served: asyncio.Task[None]

    def say(self, do: str, **members: Any) -> None:
        self.writer.write(framed(json_message(FromGateway.ASK, {"do": do, **members})))

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(WITHIN_S):
            message = await read_message(self.reader, max_bytes=MAX_ANSWER_BYTES)
        assert message is not None, "the agent has closed the visit"
        assert message[0] == ToService.ANSWER
        return json.loads(message[1:])

    async def ask(self, do: str, **members: Any) -> dict[str, Any]:
        self.say(do, **members)
        return await self.hear()

    async def exactly(self, length: int) -> bytes:
        async with asyncio.timeout(WITHIN_S):
            return await self.reader.readexactly(length)

    async def ended(self) -> None:
        async with asyncio.timeout(WITHIN_S):
            await asyncio.wait({self.served})


@asynccontextmanager
async def visiting(agent: Files, policy: Policy | None = BOTH) -> AsyncIterator[Visitor]:
    """A visit under this policy."""
    ours, theirs = socket.socketpair()
    ends = Ends(*await asyncio.open_unix_connection(sock=theirs))
    serving = asyncio.create_task(agent.serve(Visit("s", policy), ends))
    serving.add_done_callback(lambda _: ends.writer.transport.abort())
    visitor = Visitor(*await asyncio.open_unix_connection(sock=ours), serving)
    try:
        yield visitor
    finally:
        visitor.writer.transport.abort()
        await visitor.ended()


def play(scenario: Callable[[Files, Sandbox], Coroutine[Any, Any, None]], home: Path) -> None:
    async def main() -> None:
        sandbox = Sandbox(home)
        agent = Files(sandbox)
        try:
            await scenario(agent, sandbox)
        finally:
            await agent.close()
            for process in sandbox.started:
                process.kill()
                process.wait(WITHIN_S)

    asyncio.run(main())


def test_files_go_in_and_come_out(tmp_path: Path) -> None:
    async def scenario(agent: Files, _: Sandbox) -> None:
        async with visiting(agent) as visitor:
            visitor.say("write", **KNOWN, offset=0, length=6)
            visitor.writer.write(b"abcdef")
            assert await visitor.hear() == {"offset": 6, "name": "a"}
            answer = await visitor.ask("read", path=[T, "a"], offset=2)
            assert await visitor.exactly(answer["length"]) == b"cdef"
            listed = await visitor.ask("list", path=[T])
            assert [row["name"] for row in listed["entries"]] == ["a"]

    play(scenario, tmp_path)


def test_one_file_server_serves_all_visits_and_another_when_it_is_killed(tmp_path: Path) -> None:
    async def scenario(agent: Files, sandbox: Sandbox) -> None:
        async with visiting(agent) as first, visiting(agent) as second:
            for visitor in (first, second):
                assert "entries" in await visitor.ask("list", path=[])
            assert len(sandbox.started) == 1
            sandbox.started[0].kill()
            sandbox.started[0].wait(WITHIN_S)
            assert (await first.ask("list", path=[]))["error"] == "failed"
        async with visiting(agent) as third:
            assert "entries" in await third.ask("list", path=[])
        assert len(sandbox.started) == 2

    play(scenario, tmp_path)


@pytest.mark.parametrize("do", ["list", "look", "read", "arrived", "cancel", "rename", "delete"])
def test_what_the_policy_does_not_grant_never_reaches_the_sandbox(tmp_path: Path, do: str) -> None:
    async def scenario(agent: Files, _: Sandbox) -> None:
        (tmp_path / "MyFiles" / T).mkdir(parents=True)
        (tmp_path / "MyFiles" / T / "a").write_text("secret")
        async with visiting(agent, Policy()) as visitor:
            answer = await visitor.ask(do, **KNOWN, offset=0, name="b")
            assert answer["error"] == "not_allowed"
        assert (tmp_path / "MyFiles" / T / "a").read_text() == "secret"

    play(scenario, tmp_path)


def test_an_upload_that_is_not_granted_leaves_nothing_and_is_told(tmp_path: Path) -> None:
    async def scenario(agent: Files, _: Sandbox) -> None:
        async with visiting(agent, Policy(download=True)) as visitor:
            visitor.say("write", **KNOWN, offset=0, length=6)
            visitor.writer.write(b"abcdef")
            assert (await visitor.hear())["error"] == "not_allowed"
        async with visiting(agent) as visitor:
            assert (await visitor.ask("list", path=[T]))["entries"] == []

    play(scenario, tmp_path)


def test_a_refused_upload_is_told_while_it_is_still_being_sent(tmp_path: Path) -> None:
    async def scenario(agent: Files, _: Sandbox) -> None:
        async with visiting(agent) as visitor:
            size = 64 << 20
            known = {**KNOWN, "size": size, "path": [T, "nowhere", "a"]}
            visitor.say("write", **known, offset=0, length=size)
            visitor.writer.write(bytes(size))
            assert (await visitor.hear())["error"] == "not_found"

    play(scenario, tmp_path)


def test_an_upload_that_is_cut_keeps_what_came(tmp_path: Path) -> None:
    async def scenario(agent: Files, _: Sandbox) -> None:
        async with visiting(agent) as first:
            first.say("write", **KNOWN, offset=0, length=6)
            first.writer.write(b"abc")
            await first.writer.drain()
            async with visiting(agent) as second:
                while await second.ask("arrived", **KNOWN) != {"offset": 3}:
                    pass
        async with visiting(agent) as visitor:
            visitor.say("write", **KNOWN, offset=3, length=3)
            visitor.writer.write(b"def")
            assert (await visitor.hear())["name"] == "a"

    play(scenario, tmp_path)


def test_too_many_visits_at_once_are_told_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_VISITS", 1)

    async def scenario(agent: Files, _: Sandbox) -> None:
        async with visiting(agent) as first:
            assert "entries" in await first.ask("list", path=[])
            async with visiting(agent) as second:
                assert (await second.hear())["error"] == "busy"
        async with visiting(agent) as third:
            assert "entries" in await third.ask("list", path=[])

    play(scenario, tmp_path)


LIES = {
    "more bytes than an answer may have": framed(json.dumps({"length": 5}).encode()) + b"stolen",
    "a length that is none": framed(b'{"length": -1}'),
    "a message without end": b"\xff\xff\xff\xff",
}


def lie_to(scenario: Callable[[Files], Coroutine[Any, Any, None]], says: bytes) -> None:
    """Plays the scenario with a file server that says this."""

    async def main() -> None:
        liar = Liar(says)
        agent = Files(liar)
        try:
            await scenario(agent)
        finally:
            liar.close()
            await agent.close()

    asyncio.run(main())


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_sandbox_that_lies_ends_its_stream_alone(lie: bytes) -> None:
    async def scenario(agent: Files) -> None:
        async with visiting(agent, Policy(upload=True)) as visitor:
            visitor.say("list", path=[])
            assert await visitor.reader.read() == b""
        with pytest.raises(FramingError):
            visitor.served.result()

    lie_to(scenario, lie)


@pytest.mark.parametrize("says", [framed(b"[]"), framed(b"{"), framed(b"\xff")], ids=repr)
def test_what_is_no_answer_is_told_as_none(says: bytes) -> None:
    async def scenario(agent: Files) -> None:
        async with visiting(agent) as visitor:
            assert (await visitor.ask("list", path=[]))["error"] == "failed"

    lie_to(scenario, says)

"""An agent that runs no scripts: it notes what it is asked to run, and answers as it is told to."""

import asyncio
import json
import tempfile
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ownstream.channel.framing import framed, json_message, read_message
from ownstream.channel.tags import FromGateway, ToService


@dataclass
class ScriptsAgent:
    """What it was asked to run, and how that goes, by the first word of the command."""

    endpoint: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    answers: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    gone: bool = False  # it ends connections without a word

    @property
    def commands(self) -> list[list[str]]:
        """The commands, in their order."""
        return [order["argv"] for order in self.asked]

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One connection of control."""
        message = await read_message(reader, max_bytes=1 << 16)
        if message and not self.gone:
            assert message[0] == FromGateway.SCRIPT
            order = json.loads(message[1:])
            self.asked.append(order)
            answer = self.answers.get(order["argv"][0], {"status": 0})
            writer.write(framed(json_message(ToService.ANSWER, {"output": "", **answer})))
        writer.close()


@asynccontextmanager
async def listening(agent: ScriptsAgent) -> AsyncIterator[None]:
    """Meanwhile the agent listens at its endpoint."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "agent.sock")
        agent.endpoint = f"unix:{path}"
        server = await asyncio.start_unix_server(agent.serve, path)
        async with server:
            yield

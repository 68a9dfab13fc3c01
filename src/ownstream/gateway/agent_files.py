"""Requests for the files of a session, as the gateway puts them to its agent."""

import asyncio
import contextlib
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Mapping
from typing import Any

from ownstream.channel.endpoint import connect
from ownstream.channel.framing import (
    PIECE_BYTES,
    FramingError,
    framed,
    json_body,
    json_message,
    read_message,
)
from ownstream.channel.tags import MAX_ANSWER_BYTES, FromGateway, ToService

ANSWER_WITHIN_S = 120.0  # a folder may be large, and a disk slow

Answer = Mapping[str, Any]


class NoAnswer(Exception):
    """The agent does not answer, or not as one does."""


class Visit:
    """One connection to the agent, for requests one after another."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, request: Answer, body: AsyncIterator[bytes] | None = None) -> Answer:
        """The agent's answer, which may be an error; NoAnswer if there is none.

        What `body` yields follows the request, until the answer comes, which may be before its end.
        """
        self._writer.write(framed(json_message(FromGateway.ASK, request)))
        sending = asyncio.create_task(self._send(body))
        coming = asyncio.create_task(self._answer())
        try:
            await asyncio.wait({sending, coming}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                await sending  # the browser may have gone: then there is nobody to answer to
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await coming
        except TimeoutError as error:
            raise NoAnswer from error
        finally:
            for task in (sending, coming):
                task.cancel()
            await asyncio.gather(sending, coming, return_exceptions=True)

    async def pieces(self, length: int) -> AsyncIterator[bytes]:
        """The bytes that follow an answer; NoAnswer if they end before that."""
        while length:
            try:
                piece = await self._reader.read(min(length, PIECE_BYTES))
            except ConnectionError as error:
                raise NoAnswer from error
            if not piece:
                raise NoAnswer
            length -= len(piece)
            yield piece

    def close(self) -> None:
        """Nothing more is asked; what is under way ends."""
        self._writer.transport.abort()

    async def _send(self, body: AsyncIterator[bytes] | None) -> None:
        if body is None:
            return
        async for piece in body:
            self._writer.write(piece)
            # An agent that takes no more has said why, or is gone, which the answer shows.
            with contextlib.suppress(ConnectionError):
                await self._writer.drain()

    async def _answer(self) -> Answer:
        try:
            message = await read_message(self._reader, max_bytes=MAX_ANSWER_BYTES)
            if message is None or message[0] != ToService.ANSWER:
                raise NoAnswer
            return json_body(message)
        except (FramingError, ConnectionError) as error:
            raise NoAnswer from error


async def visit_agent(endpoint: str, opening: Answer) -> Visit:
    """A visit to the agent there, for the session that the opening names; it is to be closed."""
    try:
        reader, writer = await connect(endpoint)
    except OSError as error:
        raise NoAnswer from error
    told = {name: opening[name] for name in ("session", "userSettings")}
    writer.write(framed(json_message(FromGateway.FILES, told)))
    return Visit(reader, writer)

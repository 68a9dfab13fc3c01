"""The clipboard as a feature of a session: what passes between it and a browser, by policy.

What was copied last counts: contents that a browser sends are dropped if an application has copied
something that the browser had not heard of.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from ownstream.agent.clipboard.content import (
    MOST_BYTES,
    PICTURE,
    TEXT,
    Content,
    TooMuch,
    limit,
    most_bytes,
)
from ownstream.agent.clipboard.incoming import Incoming
from ownstream.agent.clipboard.outgoing import Outgoing
from ownstream.agent.features import Outlet
from ownstream.agent.policy import Policy
from ownstream.channel.framing import FramingError, json_body
from ownstream.channel.tags import FromBrowser

LOG = logging.getLogger("ownstream.agent")

OTHER, NONE = "other", "none"


class Board(Protocol):
    """The applications' clipboard."""

    def watch(self, changed: Callable[[], None]) -> None:
        """It is called whenever an application has copied something, or what it had is gone."""
        ...

    def is_empty(self) -> bool:
        """Whether nobody has anything on the clipboard."""
        ...

    def put(self, content: Content) -> None:
        """Applications that paste from now on get this."""
        ...

    async def fetch(self, most: Mapping[str, int]) -> Content | None:
        """What is on the clipboard; None if it is nothing that passes or its owner is silent.

        `most` has the largest size in bytes for each kind: TooMuch if it is larger.
        """
        ...


class Clipboard:
    """The clipboard of one session."""

    name = "clipboard"
    tags: Collection[int] = frozenset(
        {
            FromBrowser.CLIPBOARD,
            FromBrowser.CLIPBOARD_PIECE,
            FromBrowser.CLIPBOARD_ACK,
            FromBrowser.CLIPBOARD_WANT,
        }
    )

    def __init__(self, board: Board, policy: Policy) -> None:
        self._board = board
        self._policy = policy
        self._count = 0  # of what applications have copied
        self._told = 0  # the last that a browser has in full
        self._outgoing: Outgoing | None = None
        self._telling: asyncio.Task[None] | None = None
        self._incoming: Incoming | None = None
        self._after: int | None = None
        board.watch(self._see_change)

    def greeting(self) -> Mapping[str, Any]:
        """What is allowed, in characters and for everything in bytes, and the present count."""
        return {
            "copyIn": self._policy.copy_in,
            "copyOut": self._policy.copy_out,
            "bytes": MOST_BYTES,
            "count": self._count,
        }

    def connected(self, outlet: Outlet) -> None:
        """What this browser's forerunner has not heard in full is told."""
        self._outgoing = Outgoing(outlet)
        if self._told != self._count:
            self._tell()

    def disconnected(self) -> None:
        """What was under way either way is dropped."""
        self._outgoing = self._incoming = None
        self._stop_telling()

    def hear(self, message: bytes) -> None:
        """One of the messages of `tags`; FramingError if it is none."""
        outgoing = self._outgoing
        if outgoing is None:
            return
        match message[0]:
            case FromBrowser.CLIPBOARD:
                self._begin(json_body(message), outgoing)
            case FromBrowser.CLIPBOARD_PIECE:
                self._take(message[1:], outgoing)
            case FromBrowser.CLIPBOARD_ACK:
                _expect_no_body(message)
                outgoing.acknowledged()
            case _:
                _expect_no_body(message)
                self._tell()

    # Into the session

    def _begin(self, body: Mapping[str, Any], outgoing: Outgoing) -> None:
        kind, size = _announced(body)
        self._after = _after(body)
        self._incoming = None
        if not self._policy.copy_in:
            outgoing.refuse("in", "This session lets nothing be copied into it.")
            return
        try:
            self._incoming = Incoming(kind, size, self._policy.copy_in)
        except TooMuch as error:
            self._refuse(error, outgoing)

    def _take(self, piece: bytes, outgoing: Outgoing) -> None:
        if self._incoming is None:
            return  # it was on its way while its fellows were refused
        try:
            whole = self._incoming.take(piece)
        except TooMuch as error:
            self._incoming = None
            self._refuse(error, outgoing)
            return
        if whole is not None:
            self._incoming = None
            if self._after in (None, self._count):
                self._board.put(whole)
        outgoing.acknowledge()

    def _refuse(self, error: TooMuch, outgoing: Outgoing) -> None:
        much = limit(error.kind, self._policy.copy_in)
        outgoing.refuse("in", f"Nothing was copied: {much} cannot be copied into this session.")

    # Out of the session

    def _see_change(self) -> None:
        self._count += 1
        self._tell()

    def _tell(self) -> None:
        """What is on the clipboard now is told, and what was under way is not any more."""
        self._stop_telling()
        if self._outgoing is not None and (self._policy.copy_in or self._policy.copy_out):
            self._telling = asyncio.create_task(self._pass_on(self._outgoing, self._count))
            self._telling.add_done_callback(_report)

    def _stop_telling(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None

    async def _pass_on(self, outgoing: Outgoing, count: int) -> None:
        if self._board.is_empty():
            await outgoing.send(count, NONE)
        elif content := await self._fetched(outgoing):
            await outgoing.send(count, content.kind, content.data)
        else:
            await outgoing.send(count, OTHER)
        self._told = count

    async def _fetched(self, outgoing: Outgoing) -> Content | None:
        """What may leave the session."""
        characters = self._policy.copy_out
        if not characters:
            return None
        try:
            content = await self._board.fetch(most_bytes(characters))
            if content and content.kind == TEXT and len(content.data.decode()) > characters:
                raise TooMuch(TEXT)
        except TooMuch as error:
            much = limit(error.kind, characters)
            told = f"Nothing was copied: {much} cannot be copied out of this session."
            outgoing.refuse("out", told)
            return None
        return content


def _announced(body: Mapping[str, Any]) -> tuple[str, int]:
    kind, size = body.get("type"), body.get("bytes")
    if kind not in (TEXT, PICTURE):
        raise FramingError(f"CLIPBOARD: type {kind!r}")
    if isinstance(size, bool) or not isinstance(size, int) or size <= 0:
        raise FramingError(f"CLIPBOARD: {size!r} bytes")
    return kind, size


def _after(body: Mapping[str, Any]) -> int | None:
    after = body.get("after")
    if after is not None and (isinstance(after, bool) or not isinstance(after, int)):
        raise FramingError(f"CLIPBOARD: after {after!r}")
    return after


def _expect_no_body(message: bytes) -> None:
    if len(message) > 1:
        raise FramingError(f"{FromBrowser(message[0]).name} has a body")


def _report(telling: asyncio.Task[None]) -> None:
    error = None if telling.cancelled() else telling.exception()
    if error is not None:
        LOG.warning("the clipboard was not passed on: %r", error)

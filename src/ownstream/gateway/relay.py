"""The relay: one browser's WebSocket joined to the agent of its session's instance.

It holds at most one message in each direction: whoever is slow stalls the other side, never
memory. What ends a session or warns of its end is read from the store, where every runtime meets.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from ownstream.channel.endpoint import connect
from ownstream.channel.framing import (
    FramingError,
    framed,
    json_body,
    json_message,
    read_message,
)
from ownstream.channel.tags import (
    MAX_FROM_AGENT_BYTES,
    FromAgent,
    FromBrowser,
    FromGateway,
    ToBrowser,
    ToService,
    browser_may_send,
)
from ownstream.clock import Clock
from ownstream.gateway.admission import ENDED
from ownstream.gateway.presence import INPUT_NOTED_EVERY, Presence, Standing
from ownstream.log import Log

INPUT = (FromBrowser.KEY, FromBrowser.POINTER, FromBrowser.WHEEL)
LOOK_EVERY_S = 1.0
WAIT_FOR_INSTANCE = timedelta(minutes=5)
LOST_GRACE_S = 5.0
ENDED_CODE, TAKEN_OVER_CODE, AWAY_CODE = 4410, 4409, 4411


@dataclass
class Relay:
    """One connection of one session, from its WebSocket's acceptance to its end."""

    websocket: WebSocket
    presence: Presence
    session_id: str
    clock: Clock
    changed: asyncio.Event
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    last_input_at: datetime | None = None
    _told_input_at: datetime | None = None
    _warned: tuple[str, datetime | None] = ("", None)
    _news: tuple[str, ...] = ()
    _early: dict[int, bytes] = field(default_factory=dict[int, bytes])
    _launches: list[str] = field(default_factory=list[str])  # not noted yet

    async def run(self) -> None:
        """Relays until either side ends, and leaves the store saying so."""
        log = Log("gateway").bind(session=self.session_id)
        try:
            standing = await self._await_instance()
            if standing is None:
                return
            reader, writer = await connect(standing.endpoint)
            with contextlib.closing(writer):
                catalog = await asyncio.to_thread(self.presence.catalog, self.session_id)
                self._news = standing.news
                opening = {**standing.opening, "catalog": catalog.document}
                writer.write(framed(json_message(FromGateway.OPEN, opening)))
                if not await asyncio.to_thread(self._arrive):
                    return await self._close_as_the_store_says()
                await self._join(reader, writer)
        except OSError as error:
            log.warning("agent not reached", why=str(error))
            await self._close_as_the_store_says()
        except FramingError as error:
            log.warning("connection closed for a bad message", why=str(error))
            await self._close(1008)
        finally:
            await asyncio.shield(asyncio.to_thread(self._leave))

    def _arrive(self) -> bool:
        client = self.websocket.client
        return self.presence.arrive(self.session_id, self.id, client.host if client else "")

    def _leave(self) -> None:
        self.presence.leave(self.session_id, self.id, self.last_input_at)
        self._note_launches(self._launches)

    async def _await_instance(self) -> Standing | None:
        """The session with an instance that takes it; None when it ended or the browser left."""
        early = asyncio.create_task(self._hear_early())
        early.add_done_callback(lambda _: self.changed.set())
        give_up_at = self.clock.now() + WAIT_FOR_INSTANCE
        try:
            while True:
                self.changed.clear()
                standing = await self._standing()
                if standing.ended:
                    await self._end(standing)
                    return None
                if standing.endpoint:
                    return standing
                if self.clock.now() >= give_up_at:
                    await self._close(1013)
                    return None
                await self._wait_for_change()
                if early.done():
                    return early.result()
        finally:
            early.cancel()
            await asyncio.gather(early, return_exceptions=True)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks = [
            asyncio.create_task(self._up(writer)),
            asyncio.create_task(self._down(reader)),
            asyncio.create_task(self._watch()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()
        if tasks[1] in done:
            await self._close_as_the_store_says()

    async def _up(self, writer: asyncio.StreamWriter) -> None:
        """Browser to agent, until the browser goes."""
        for message in self._early.values():
            await pass_on(message, writer)
        while (message := await self._received()) is not None:
            if message[0] in INPUT:
                self._see_input(self.clock.now())
            await pass_on(message, writer)

    async def _hear_early(self) -> None:
        """Until the browser goes: what the agent, who is not there yet, will have to know.

        A browser that is not read is taken for gone after a while: its pongs are not read either.
        """
        while (message := await self._received()) is not None:
            if message[0] == FromBrowser.PING:
                await self._send(bytes([FromAgent.PONG]) + message[1:])
            elif message[0] in (FromBrowser.HELLO, FromBrowser.RESIZE):
                self._early[message[0]] = message

    async def _received(self) -> bytes | None:
        """What the browser says next; None once it has gone."""
        try:
            message = await self.websocket.receive_bytes()
        except WebSocketDisconnect:
            return None
        except KeyError as error:  # starlette: the frame was text
            raise FramingError("a text message; all are binary") from error
        if not browser_may_send(message):
            raise FramingError("a message that a browser may not send")
        return message

    def _see_input(self, now: datetime) -> None:
        self.last_input_at = now
        told = self._told_input_at
        if told is None or now - told >= INPUT_NOTED_EVERY:
            self._told_input_at = now
            self.changed.set()  # the store hears of it at once, should time make a leap

    async def _down(self, reader: asyncio.StreamReader) -> None:
        """Agent to browser, until the agent goes; waits for the browser to take each message."""
        with contextlib.suppress(WebSocketDisconnect, ConnectionError):
            while (
                message := await read_message(reader, max_bytes=MAX_FROM_AGENT_BYTES)
            ) is not None:
                if message[0] == ToService.LAUNCHED:
                    self._see_launches(message)
                else:
                    await self.websocket.send_bytes(message)
                if message[0] == FromAgent.WELCOME:
                    await self._tell_news()

    async def _tell_news(self) -> None:
        news, self._news = self._news, ()
        for text in news:
            body = {"code": "SetupNotice", "message": text}
            await self.websocket.send_bytes(json_message(FromAgent.NOTICE, body))

    def _see_launches(self, message: bytes) -> None:
        match json_body(message):
            case {"applications": list(names)}:  # pyright: ignore[reportUnknownVariableType]
                self._launches.extend(map(str, names))  # pyright: ignore[reportUnknownArgumentType]
            case _:
                raise FramingError("LAUNCHED without applications")
        self.changed.set()

    def _note_launches(self, launches: Sequence[str]) -> None:
        if launches:
            self.presence.note_launches(self.session_id, launches)

    async def _watch(self) -> None:
        """What the store says of the session, told to the browser; until it ends."""
        while True:
            self.changed.clear()
            await asyncio.to_thread(self.presence.note_input, self.session_id, self.last_input_at)
            launches, self._launches = self._launches, []
            if launches:
                await asyncio.to_thread(self._note_launches, launches)
            standing = await self._standing()
            if standing.ended:
                return await self._end(standing)
            if standing.connection != self.id:
                return await self._close(TAKEN_OVER_CODE)
            if not standing.connected:
                return await self._say_away()
            await self._warn(standing)
            await self._wait_for_change()

    async def _warn(self, standing: Standing) -> None:
        if self._warned == (standing.warning, standing.warned_of):
            return
        self._warned = (standing.warning, standing.warned_of)
        left = standing.warned_of - self.clock.now() if standing.warned_of else None
        body = {
            "expires": standing.expires,
            "warning": standing.warning or None,
            "seconds": None if left is None else round(left.total_seconds()),
        }
        await self._send(json_message(ToBrowser.SESSION, body))

    async def _standing(self) -> Standing:
        return await asyncio.to_thread(self.presence.standing, self.session_id)

    async def _wait_for_change(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY_S):
                await self.changed.wait()

    async def _close_as_the_store_says(self) -> None:
        """The agent is gone: taken over, ended, or lost, which control then finds out."""
        await asyncio.to_thread(self.presence.miss_agent, self.session_id)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOST_GRACE_S):
                while True:
                    self.changed.clear()
                    standing = await self._standing()
                    if standing.ended:
                        return await self._end(standing)
                    if standing.connection not in ("", self.id):
                        return await self._close(TAKEN_OVER_CODE)
                    await self._wait_for_change()
        await self._close(1011)

    async def _say_away(self) -> None:
        text = "You were disconnected because nothing was typed or clicked for a while."
        await self._send(_end_message("idle", text, ""))
        await self._close(AWAY_CODE)

    async def _end(self, standing: Standing) -> None:
        reason = standing.ended
        text = standing.why or ENDED.get(reason, "Your session has ended.")
        redirect = await asyncio.to_thread(self.presence.redirect_url, self.session_id)
        await self._send(_end_message(reason, text, redirect))
        await self._close(ENDED_CODE)

    async def _send(self, message: bytes) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await self.websocket.send_bytes(message)

    async def _close(self, code: int) -> None:
        if self.websocket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await self.websocket.close(code)


async def pass_on(message: bytes, writer: asyncio.StreamWriter) -> None:
    """To the agent; once that is gone, which `_down` sees and tells of, to nobody."""
    if not writer.is_closing():
        with contextlib.suppress(ConnectionError):
            writer.write(framed(message))
            await writer.drain()


def _end_message(reason: str, text: str, redirect: str) -> bytes:
    body = {"reason": reason, "message": text, "redirectUrl": redirect or None}
    return json_message(ToBrowser.END, body)


@dataclass
class Bells:
    """Wakes the relays of a session when a transaction has touched it."""

    _events: dict[str, set[asyncio.Event]] = field(default_factory=dict[str, set[asyncio.Event]])
    _left: asyncio.Event = field(default_factory=asyncio.Event)

    async def silence(self, *, within_s: float) -> None:
        """Returns once no relay waits for anything, or after so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._events:
                    self._left.clear()
                    await self._left.wait()

    @contextlib.contextmanager
    def event(self, session_id: str):
        """An event that is set whenever the session is touched."""
        event = asyncio.Event()
        self._events.setdefault(session_id, set()).add(event)
        try:
            yield event
        finally:
            self._events[session_id].discard(event)
            if not self._events[session_id]:
                del self._events[session_id]
            self._left.set()

    def ring(self, key: Hashable) -> None:
        """Called on the loop, with every key that was touched."""
        match key:
            case ("session", str(session_id)):
                for event in self._events.get(session_id, ()):
                    event.set()
            case _:
                pass

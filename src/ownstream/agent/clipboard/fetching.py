"""What an application has on the clipboard, asked of it by the rules of the ICCCM."""

import asyncio
from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from Xlib import X

from ownstream.agent.clipboard.content import PICTURE, TEXT, Content, TooMuch

# Preferred first: cells of a spreadsheet, which are there as a text and as a picture, are text.
_TARGETS = (
    ("UTF8_STRING", TEXT, "utf-8"),
    ("text/plain;charset=utf-8", TEXT, "utf-8"),
    ("STRING", TEXT, "latin-1"),
    ("image/png", PICTURE, ""),
)
_ANSWER_WITHIN_S = 2.0
_ALL_WITHIN_S = 30.0
_READ_BYTES = 256 * 1024
_MOST_TARGETS_BYTES = 16 * 1024


class NoAnswer(Exception):
    """The application does not answer, or not by the rules."""


class _TooLarge(Exception):
    """A property is larger than wanted."""


@dataclass(frozen=True)
class _Value:
    """A property's."""

    type: int  # an atom
    data: bytes


class Fetching:
    """One conversation with the owner of the clipboard, until `close`.

    It has a window of its own: what is answered late finds nobody.
    """

    def __init__(self, display: Any, pump: Callable[[], None]) -> None:
        self._display = display
        self._pump = pump
        self._clipboard = display.get_atom("CLIPBOARD")
        self._property = display.get_atom("OWNSTREAM_CLIPBOARD")
        self._answers: dict[int, bool] = {}  # whether it was converted, by target
        self._stirred = asyncio.Event()
        self.window: Any = display.screen().root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )

    def close(self) -> None:
        """Nothing of it is left."""
        self.window.destroy()
        self._display.flush()

    def answered(self, target: int, *, converted: bool) -> None:
        """The owner says whether it has converted to this target."""
        self._answers[target] = converted
        self._stirred.set()

    def stir(self) -> None:
        """A property of the window has changed."""
        self._stirred.set()

    async def content(self, most: Mapping[str, int]) -> Content | None:
        """What the owner has, if it is a kind that passes.

        `most` has the largest size in bytes for each kind: TooMuch if it is larger. NoAnswer if the
        owner keeps us waiting.
        """
        try:
            async with asyncio.timeout(_ALL_WITHIN_S):
                return await self._content(most)
        except TimeoutError as error:
            raise NoAnswer("the conversion takes too long") from error

    async def _content(self, most: Mapping[str, int]) -> Content | None:
        offered = await self._offered()
        for name, kind, encoding in _TARGETS:
            target = self._display.get_atom(name)
            if target not in offered:
                continue
            try:
                data = await self._converted(target, most[kind])
            except _TooLarge as error:
                raise TooMuch(kind) from error
            if text := _utf8(data, encoding) if encoding else data:
                return Content(kind, text)
        return None

    async def _offered(self) -> frozenset[int]:
        targets = self._display.get_atom("TARGETS")
        try:
            data = await self._converted(targets, _MOST_TARGETS_BYTES)
        except _TooLarge as error:
            raise NoAnswer("a list of targets that has no end") from error
        return frozenset(_words(data))

    async def _converted(self, target: int, most: int) -> bytes:
        """The contents in this form; empty if there are none."""
        self.window.convert_selection(self._clipboard, target, self._property, X.CurrentTime)
        self._display.flush()
        while target not in self._answers:
            await self._wait()
        if not self._answers[target]:
            return b""
        value = await self._take(most)
        if value is None:
            return b""
        if value.type != self._display.get_atom("INCR"):
            return value.data
        if max(_words(value.data), default=0) > most:  # as much as this, it says, or more
            raise _TooLarge
        return await self._gathered(most)

    async def _gathered(self, most: int) -> bytes:
        """The pieces of contents that come one after the other, until an empty one."""
        data = bytearray()
        while True:
            self._stirred.clear()
            value = await self._take(most - len(data))
            if value is None:
                await self._wait()
            elif value.data:
                data += value.data
            else:
                return bytes(data)

    async def _take(self, most: int) -> _Value | None:
        """The value of our property, which is gone then; None if it is not there."""
        data = bytearray()
        while True:
            got: Any = self.window.get_property(
                self._property, X.AnyPropertyType, len(data) // 4, _READ_BYTES // 4, delete=True
            )
            if got is None:
                return None
            data += bytes(got.value or b"")
            if len(data) + got.bytes_after > most:
                raise _TooLarge
            if not got.bytes_after:
                return _Value(got.property_type, bytes(data))
            await asyncio.sleep(0)

    async def _wait(self) -> None:
        self._pump()  # a reply may have brought events with it, of which the socket tells nothing
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                await self._stirred.wait()
        except TimeoutError as error:
            raise NoAnswer("it does not answer") from error
        self._stirred.clear()


def _words(data: bytes) -> Sequence[int]:
    """The numbers in a property of format 32."""
    return array("I", data[: len(data) // 4 * 4])


def _utf8(data: bytes, encoding: str) -> bytes:
    """As UTF-8 without the zero that some end a text with; what is wrong in it is replaced."""
    if encoding == "utf-8":
        with suppress(UnicodeDecodeError):
            data.decode()
            return data.rstrip(b"\0")
    return data.decode(encoding, "replace").encode().rstrip(b"\0")

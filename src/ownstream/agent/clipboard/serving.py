"""What the agent has on the clipboard, given to the applications that paste it."""

import asyncio
from asyncio import TimerHandle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from Xlib import X
from Xlib.protocol import event
from Xlib.Xatom import ATOM, INTEGER

from ownstream.agent.clipboard.content import PICTURE, TEXT, Content

_PIECE_BYTES = 128 * 1024  # python-xlib's requests hold 256 KiB at most
_MOST_TRANSFERS = 32
_TRANSFER_WITHIN_S = 60.0


def _latin1(data: bytes) -> bytes:
    return data.decode().encode("latin-1", "replace")


def _as_it_is(data: bytes) -> bytes:
    return data


# By target: how the property's type is named, and what it holds.
_Form = tuple[str, Callable[[bytes], bytes]]
_FORMS: Mapping[str, Mapping[str, _Form]] = {
    TEXT: {
        "UTF8_STRING": ("UTF8_STRING", _as_it_is),
        "text/plain;charset=utf-8": ("text/plain;charset=utf-8", _as_it_is),
        "text/plain": ("text/plain", _as_it_is),
        "TEXT": ("UTF8_STRING", _as_it_is),
        "STRING": ("STRING", _latin1),
    },
    PICTURE: {"image/png": ("image/png", _as_it_is)},
}


@dataclass
class _Transfer:
    """Contents that go to one application piece by piece: a piece whenever the last was taken."""

    window: Any
    type: int
    data: memoryview
    expiry: TimerHandle


class Serving:
    """The answers to applications, which may be many at once."""

    def __init__(self, display: Any, own: int) -> None:
        self.content: Content | None = None
        self._since = 0
        self._made: dict[str, bytes] = {}  # the content in each form that was asked for
        self._display = display
        self._own = own
        self._transfers: dict[tuple[int, int], _Transfer] = {}  # by window and property

    def hold(self, content: Content | None, *, since: int = 0) -> None:
        """This is given from now on, ours since then by the X server's clock; nothing with None."""
        self.content, self._since = content, since
        self._made.clear()

    def answer(self, request: Any) -> None:
        """Does what a SelectionRequest asks for, and tells so."""
        name = request.property or request.target  # clients of old leave the property out
        served = request.requestor.id != self._own and self._serve(request, name)
        notice = event.SelectionNotify(
            time=request.time,
            requestor=request.requestor,
            selection=request.selection,
            target=request.target,
            property=name if served else X.NONE,
        )
        request.requestor.send_event(notice)
        self._display.flush()

    def taken(self, window: int, name: int) -> None:
        """An application has deleted this property, so that the next piece may follow."""
        transfer = self._transfers.get((window, name))
        if transfer is None:
            return
        piece, transfer.data = transfer.data[:_PIECE_BYTES], transfer.data[_PIECE_BYTES:]
        transfer.window.change_property(name, transfer.type, 8, bytes(piece))
        if not piece:  # the empty one is the end
            self._end(window, name)
        self._display.flush()

    def forget(self, window: int) -> None:
        """This window is no more."""
        for key in [key for key in self._transfers if key[0] == window]:
            self._transfers.pop(key).expiry.cancel()

    def _serve(self, request: Any, name: int) -> bool:
        window, target = request.requestor, request.target
        if self.content is None:
            return False
        forms = {self._atom(known): known for known in _FORMS[self.content.kind]}
        if target == self._atom("TARGETS"):
            listed = [target, self._atom("TIMESTAMP"), *forms]
            window.change_property(name, ATOM, 32, listed)
        elif target == self._atom("TIMESTAMP"):
            window.change_property(name, INTEGER, 32, [self._since])
        elif target in forms:
            return self._give(window, name, *self._form(self.content, forms[target]))
        else:
            return False
        return True

    def _form(self, content: Content, target: str) -> tuple[int, bytes]:
        """The type and the value of a property that holds the content in this form."""
        kind, made = _FORMS[content.kind][target]
        # Made once: applications may ask for it without taking it, and so fill our memory.
        if target not in self._made:
            self._made[target] = made(content.data)
        return self._atom(kind), self._made[target]

    def _give(self, window: Any, name: int, kind: int, data: bytes) -> bool:
        if len(data) <= _PIECE_BYTES:
            window.change_property(name, kind, 8, data)
            return True
        if len(self._transfers) >= _MOST_TRANSFERS:
            return False
        # What it asked for before, and by the same name, it does not wait for any more.
        self._end(window.id, name)
        window.change_attributes(event_mask=X.PropertyChangeMask | X.StructureNotifyMask)
        window.change_property(name, self._atom("INCR"), 32, [len(data)])
        loop = asyncio.get_running_loop()
        expiry = loop.call_later(_TRANSFER_WITHIN_S, self._end, window.id, name)
        self._transfers[window.id, name] = _Transfer(window, kind, memoryview(data), expiry)
        return True

    def _end(self, window: int, name: int) -> None:
        transfer = self._transfers.pop((window, name), None)
        if transfer is None:
            return
        transfer.expiry.cancel()
        if not any(other == window for other, _ in self._transfers):
            transfer.window.change_attributes(event_mask=X.NoEventMask)

    def _atom(self, name: str) -> int:
        return self._display.get_atom(name)

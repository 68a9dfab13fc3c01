"""Keys, pointer and wheel of the session, put to the X server through a narrow port.

All in the order in which they came: while a key cannot be struck yet, what follows waits for it.
The wheel turns by whole notches: no pointer of Xvfb or Xvnc has axes that scroll more finely.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ownstream.agent.keymap import SHIFTS, SHORTCUTS, Keymap, is_for_us, normalized
from ownstream.agent.messages import Key, Pointer, Release, Wheel

LOG = logging.getLogger("ownstream.agent")

NOTCH = 120
MOST_WAITING = 100_000  # a browser that says more meanwhile is none that a user types at
_MOST_NOTCHES = 20
_BUTTONS = (1, 2, 3, 8, 9)  # by bit: left, middle, right, back, forward
_UP, _DOWN, _LEFT, _RIGHT = 4, 5, 6, 7


Event = Key | Pointer | Wheel | Release


class Devices(Protocol):
    """Where events go."""

    def strike(self, code: int, *, pressed: bool) -> None:
        """This key goes down or up."""
        ...

    def press_button(self, button: int, *, pressed: bool) -> None:
        """This button goes down or up."""
        ...

    def move(self, x: int, y: int) -> None:
        """The pointer is there now."""
        ...

    def bind(self, keysyms: Mapping[int, int]) -> None:
        """Each of these keys has its keysym on every level."""
        ...

    def settle(self, struck_at: float, done: Callable[[float], None]) -> None:
        """Calls it with a moment after that one, once applications have read of all before it."""
        ...

    def flush(self) -> None:
        """What was asked for is on its way."""
        ...


@dataclass
class Input:
    """What is held, and what to do so that the screen agrees with the browser."""

    devices: Devices
    keymap: Keymap
    clock: Callable[[], float] = time.monotonic
    _held: dict[int, int] = field(default_factory=dict[int, int])  # keycode by keysym
    _buttons: int = 0
    _wheel: tuple[int, int] = (0, 0)
    _events: deque[Event] = field(default_factory=deque[Event])
    _settling: bool = False

    def put(self, event: Event) -> None:
        """It is done, now or after what waits already; a key down that is down is a repetition."""
        if len(self._events) >= MOST_WAITING:
            LOG.warning("input dropped: %d events wait already", MOST_WAITING)
            return
        self._events.append(event)
        self._advance()

    def release(self) -> None:
        """Nothing is held any more."""
        self.put(Release())

    def _advance(self) -> None:
        while self._events and not self._settling:
            awaited = self._do(self._events[0])
            if awaited is None:
                self._events.popleft()
            else:
                self._settling = True
                self.devices.settle(awaited, self._settled)
        self.devices.flush()

    def _settled(self, moment: float) -> None:
        self._settling = False
        self.keymap.read_before(moment)
        self._bind_ahead()
        self._advance()

    def _do(self, event: Event) -> float | None:
        """None if it is done, else when the stroke was that has to be read of first."""
        match event:
            case Key(keysym, pressed):
                return self._key(normalized(keysym), pressed=pressed)
            case Pointer(x, y, buttons):
                self.devices.move(x, y)
                self._set_buttons(buttons)
            case Wheel(dx, dy):
                self._turn_wheel(dx, dy)
            case Release():
                self._release()
        return None

    def _key(self, keysym: int, *, pressed: bool) -> float | None:
        if not is_for_us(keysym):
            return None
        if pressed:
            return self._press(keysym)
        self._lift(keysym)
        return None

    def _press(self, keysym: int) -> float | None:
        code = self._known(keysym)
        if code is None:
            code = self.keymap.bind(keysym, self._held.values())
            if code is None:
                return self.keymap.next_read(self._held.values())
            self.devices.bind({code: keysym})
        self._lift(keysym)
        # The same key may be down for another keysym: for "a", when Shift came before its release.
        for other in [known for known, held in self._held.items() if held == code]:
            self._lift(other)
        self.devices.strike(code, pressed=True)
        self.keymap.struck(code, self.clock())
        self._held[keysym] = code
        return None

    def _lift(self, keysym: int) -> None:
        code = self._held.pop(keysym, None)
        if code is not None:
            self.devices.strike(code, pressed=False)

    def _known(self, keysym: int) -> int | None:
        return self.keymap.key(
            keysym,
            shifted=not SHIFTS.isdisjoint(self._held),
            shortcut=not SHORTCUTS.isdisjoint(self._held),
        )

    def _bind_ahead(self) -> None:
        """As much as can be of what waits is bound at once: every change has all applications read
        the whole keymap again."""
        bound: dict[int, int] = {}
        taken = set(self._held.values())
        for event in self._events:
            if not isinstance(event, Key) or not event.pressed or not is_for_us(event.keysym):
                continue
            keysym = normalized(event.keysym)
            code = self._known(keysym)
            if code is None:
                code = self.keymap.bind(keysym, taken)
                if code is None:
                    break
                bound[code] = keysym
            taken.add(code)
        if bound:
            self.devices.bind(bound)

    def _release(self) -> None:
        for code in self._held.values():
            self.devices.strike(code, pressed=False)
        self._held.clear()
        self._set_buttons(0)
        self._wheel = (0, 0)

    def _turn_wheel(self, dx: int, dy: int) -> None:
        """Whole notches are turned; what is left waits for more."""
        x, y = self._wheel[0] + dx, self._wheel[1] + dy
        self._wheel = (self._turn(x, _LEFT, _RIGHT), self._turn(y, _UP, _DOWN))

    def _set_buttons(self, buttons: int) -> None:
        for bit, button in enumerate(_BUTTONS):
            if (self._buttons ^ buttons) >> bit & 1:
                self.devices.press_button(button, pressed=bool(buttons >> bit & 1))
        self._buttons = buttons

    def _turn(self, amount: int, negative: int, positive: int) -> int:
        """What is left of the amount after its whole notches."""
        notches = int(amount / NOTCH)
        button = positive if notches > 0 else negative
        for _ in range(min(abs(notches), _MOST_NOTCHES)):
            self.devices.press_button(button, pressed=True)
            self.devices.press_button(button, pressed=False)
        return amount - notches * NOTCH

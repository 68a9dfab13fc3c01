"""Keys, pointer and wheel of the session, put to the X server through a narrow port."""

from dataclasses import dataclass, field
from typing import Protocol

from ownstream.agent.keymap import SHIFTS, SHORTCUTS, Keymap, is_for_us, normalized
from ownstream.agent.messages import Key, Pointer, Wheel

NOTCH = 120
_MOST_NOTCHES = 20
_BUTTONS = (1, 2, 3, 8, 9)  # by bit: left, middle, right, back, forward
_UP, _DOWN, _LEFT, _RIGHT = 4, 5, 6, 7


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

    def bind(self, code: int, keysym: int) -> None:
        """The key has this keysym on every level."""
        ...

    def flush(self) -> None:
        """What was asked for is on its way."""
        ...


@dataclass
class Input:
    """What is held, and what to do so that the screen agrees with the browser."""

    devices: Devices
    keymap: Keymap
    _held: dict[int, int] = field(default_factory=dict[int, int])  # keycode by keysym
    _buttons: int = 0
    _wheel: tuple[int, int] = (0, 0)

    def key(self, event: Key) -> None:
        """The keysym goes down or up; down again while it is down is a repetition."""
        keysym = normalized(event.keysym)
        if not is_for_us(keysym):
            return
        if event.pressed:
            self._press(keysym)
        else:
            self._lift(keysym)
        self.devices.flush()

    def pointer(self, event: Pointer) -> None:
        """The pointer moves there, then buttons go down and up."""
        self.devices.move(event.x, event.y)
        self._set_buttons(event.buttons)
        self.devices.flush()

    def wheel(self, event: Wheel) -> None:
        """Whole notches are turned; what is left waits for more."""
        dx, dy = self._wheel[0] + event.dx, self._wheel[1] + event.dy
        self._wheel = (self._turn(dx, _LEFT, _RIGHT), self._turn(dy, _UP, _DOWN))
        self.devices.flush()

    def release(self) -> None:
        """Nothing is held any more."""
        for code in self._held.values():
            self.devices.strike(code, pressed=False)
        self._held.clear()
        self._set_buttons(0)
        self._wheel = (0, 0)
        self.devices.flush()

    def _press(self, keysym: int) -> None:
        self._lift(keysym)
        code = self._key_for(keysym)
        if code is None:
            return
        # The same key may be down for another keysym: for "a", when Shift came before its release.
        for other in [known for known, held in self._held.items() if held == code]:
            self._lift(other)
        self.devices.strike(code, pressed=True)
        self._held[keysym] = code

    def _lift(self, keysym: int) -> None:
        code = self._held.pop(keysym, None)
        if code is not None:
            self.devices.strike(code, pressed=False)

    def _key_for(self, keysym: int) -> int | None:
        code = self.keymap.key(
            keysym,
            shifted=not SHIFTS.isdisjoint(self._held),
            shortcut=not SHORTCUTS.isdisjoint(self._held),
        )
        if code is None:
            code = self.keymap.bind(keysym, self._held.values())
            if code is not None:
                self.devices.bind(code, keysym)
        return code

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

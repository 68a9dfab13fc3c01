"""Which key to strike so that applications see exactly the keysym that was asked for. Pure.

The browser has already applied its own layout: '@' is '@', whatever keys made it. Where the
screen's keymap has that keysym on the level that the Shift key now selects, that key is struck.
Where it has not, the keysym is bound to a spare key on every level, so that no modifier has to be
pressed or lifted behind the user's back.

An application looks a key up when it reads of the stroke, not when that is made. So a key that has
been struck keeps its keysym until the application has read so far.
"""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

NO_SYMBOL = 0

SHIFTS = frozenset({0xFFE1, 0xFFE2})
SHORTCUTS = frozenset({0xFFE3, 0xFFE4, 0xFFE7, 0xFFE8, 0xFFE9, 0xFFEA, 0xFFEB, 0xFFEC})
_LOCKS_AND_LEVELS = frozenset(
    {0xFFE5, 0xFFE6, 0xFF7F, 0xFF14, 0xFF7E, 0xFE03, 0xFE04, 0xFE05, 0xFE11, 0xFE13}
)
_KEYPAD_TEXT = range(0xFFAA, 0xFFBE)
_NAMED = range(0xFD00, 0x10000)  # keys that are known by what they do, not by what they write
_MEDIA = range(0x1008FE00, 0x10090000)  # keys of multimedia keyboards: bound anew if ever pressed
_UNICODE = 0x01000000


@dataclass
class Keymap:
    """The keys of the screen; `keys` are keysyms by level, by keycode."""

    _at: dict[int, list[tuple[int, int]]] = field(default_factory=dict[int, list[tuple[int, int]]])
    _one_level: set[int] = field(default_factory=set[int])
    _spare: list[int] = field(default_factory=list[int])
    _bound: OrderedDict[int, int] = field(
        default_factory=OrderedDict[int, int]
    )  # longest unused first
    _struck_at: dict[int, float] = field(
        default_factory=dict[int, float]
    )  # what is not read of yet

    def load(self, keys: Mapping[int, Sequence[int]]) -> None:
        """Takes over these keys; bindings that they still show stay."""
        self._bound = OrderedDict(
            (keysym, code)
            for keysym, code in self._bound.items()
            if keys.get(code, (NO_SYMBOL,))[0] == keysym
        )
        ours = set(self._bound.values())
        self._at, self._one_level, self._spare = {}, set(), []
        for code, levels in keys.items():
            if code not in ours:
                self._learn(code, levels)
        self._spare.sort(key=lambda code: not any(keys[code]))  # the last are taken first

    def key(self, keysym: int, *, shifted: bool, shortcut: bool) -> int | None:
        """The key to strike now, or None if one has to be bound first.

        `shortcut`: Control, Alt or the like is held, so a letter means its key, in any case.
        """
        if keysym in self._bound:
            self._bound.move_to_end(keysym)
            return self._bound[keysym]
        by_name = keysym in _NAMED and keysym not in _KEYPAD_TEXT
        for code, level in self._at.get(keysym, ()):
            if by_name and level == 0:
                return code
            if level == int(shifted) or code in self._one_level:
                return code
        if shortcut:
            return next((code for code, _ in self._at.get(_lower(keysym), ())), None)
        return None

    def bind(self, keysym: int, taken: Collection[int]) -> int | None:
        """A key that from now on has this keysym; None if all are taken or not read of yet."""
        code = self._free(taken)
        if code is not None:
            self._bound[keysym] = code
        return code

    def struck(self, code: int, now: float) -> None:
        """Nobody has read of it yet."""
        self._struck_at[code] = now

    def read_before(self, moment: float) -> None:
        """Applications have read of every stroke before then."""
        self._struck_at = {code: at for code, at in self._struck_at.items() if at >= moment}

    def next_read(self, taken: Collection[int]) -> float | None:
        """When the longest unread stroke was that keeps a key from being bound; None: none does."""
        unread = (self._struck_at.get(code) for code in self._bound.values() if code not in taken)
        return min((at for at in unread if at is not None), default=None)

    def _free(self, taken: Collection[int]) -> int | None:
        if self._spare:
            code = self._spare.pop()
            for keys in self._at.values():
                keys[:] = [known for known in keys if known[0] != code]
            return code
        for keysym, code in self._bound.items():
            if code not in taken and code not in self._struck_at:
                del self._bound[keysym]
                return code
        return None

    def _learn(self, code: int, levels: Sequence[int]) -> None:
        first, second, *others = (*levels, *4 * (NO_SYMBOL,))
        if all(keysym == NO_SYMBOL or keysym in _MEDIA for keysym in levels):
            self._spare.append(code)
        if others[:2] not in ([first, second], [NO_SYMBOL, NO_SYMBOL]):
            return  # in another group it is another: which one is at work is not ours to know
        if second in (NO_SYMBOL, first):
            self._one_level.add(code)
        for level, keysym in ((0, first), (1, second)):
            if keysym != NO_SYMBOL:
                self._at.setdefault(keysym, []).append((code, level))


def normalized(keysym: int) -> int:
    """The keysym by its older name where it has two."""
    character = keysym - _UNICODE
    return character if 0x20 <= character <= 0xFF else keysym


def is_for_us(keysym: int) -> bool:
    """Whether striking it makes sense: what it would have done is in the keysyms themselves."""
    return keysym not in _LOCKS_AND_LEVELS


def _lower(keysym: int) -> int:
    return keysym + 0x20 if 0x41 <= keysym <= 0x5A else keysym

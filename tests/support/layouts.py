"""What a keyboard's layout can type, from the layouts that every Linux desktop uses (xkb-data)."""

import ctypes
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from ctypes import POINTER, byref, c_char_p, c_size_t, c_uint32, c_void_p
from dataclasses import dataclass
from functools import cached_property
from typing import Any

SHIFT_KEY, ALTGR_KEY = 50, 108
LEVELS: Sequence[Sequence[int]] = ((), (SHIFT_KEY,), (ALTGR_KEY,), (SHIFT_KEY, ALTGR_KEY))
_KEYPAD_MULTIPLY, _KEYPAD = 63, 79
_COMPOSED = 2
_DEAD = range(0xFE50, 0xFEA0)
_LEVEL3_SHIFT = 0xFE03
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ "


class _Names(ctypes.Structure):
    _fields_ = [(name, c_char_p) for name in ("rules", "model", "layout", "variant", "options")]


@dataclass(frozen=True)
class Stroke:
    """A key of the X server's, struck while the modifiers of this level are held."""

    key: int
    level: int


@dataclass(frozen=True)
class Layout:
    """A layout by its name in xkb-data, such as "de" or "us(intl)"."""

    name: str

    @property
    def characters(self) -> str:
        """Every character of its keys on every level, and those that its dead keys compose."""
        found = [self._character(keysym) for keysym in self._strokes]
        composed = [text for _, text in self._compositions(_LETTERS)]
        shown = (each for each in found + composed if unicodedata.category(each[0]) != "Cc")
        return "".join(dict.fromkeys(shown))

    def typing(self, letters: str) -> Iterator[tuple[Sequence[Stroke], str]]:
        """What is typed by each key on each of the four levels, a dead one before these letters."""
        for keysym, stroke in self._strokes.items():
            if keysym not in _DEAD and stroke.level < self._levels:
                yield [stroke], self._character(keysym)
        for keysyms, text in self._compositions(letters):
            strokes = [self._strokes[keysym] for keysym in keysyms if keysym in self._strokes]
            if len(strokes) == 2 and strokes[0].level < self._levels:
                yield strokes, text

    @cached_property
    def _library(self) -> Any:
        library = ctypes.CDLL("libxkbcommon.so.0")
        for name in ("context_new", "keymap_new_from_names", "compose_table_new_from_locale"):
            getattr(library, f"xkb_{name}").restype = c_void_p
        library.xkb_compose_state_new.restype = c_void_p
        return library

    @cached_property
    def _context(self) -> c_void_p:
        return c_void_p(self._library.xkb_context_new(0))

    @cached_property
    def _keymap(self) -> c_void_p:
        layout, _, variant = self.name.rstrip(")").partition("(")
        names = _Names(layout=layout.encode(), variant=variant.encode())
        made = self._library.xkb_keymap_new_from_names(self._context, byref(names), 0)
        assert made, f"there is no layout {self.name}"
        return c_void_p(made)

    @cached_property
    def _strokes(self) -> Mapping[int, Stroke]:
        """The keysyms of the main keys, each with the first stroke that makes it."""
        library, keymap = self._library, self._keymap
        found: dict[int, Stroke] = {}
        keys = set(range(library.xkb_keymap_min_keycode(keymap), _KEYPAD)) - {_KEYPAD_MULTIPLY}
        for key in sorted(keys):
            for level in range(library.xkb_keymap_num_levels_for_key(keymap, key, 0)):
                for keysym in self._keysyms(key, level):
                    found.setdefault(keysym, Stroke(key, level))
        return {
            keysym: stroke
            for keysym, stroke in found.items()
            if keysym in _DEAD or self._character(keysym) >= " "
        }

    @property
    def _levels(self) -> int:
        """How many levels Shift and the right Alt lead to."""
        return 4 if _LEVEL3_SHIFT in self._keysyms(ALTGR_KEY, 0) else 2

    def _keysyms(self, key: int, level: int) -> Sequence[int]:
        keysyms = POINTER(c_uint32)()
        by_level = self._library.xkb_keymap_key_get_syms_by_level
        return keysyms[: by_level(self._keymap, key, 0, level, byref(keysyms))]

    def _character(self, keysym: int) -> str:
        return chr(self._library.xkb_keysym_to_utf32(keysym))

    def _compositions(self, letters: str) -> Iterator[tuple[Sequence[int], str]]:
        """What the dead keys make of the letters: both keysyms, and the text."""
        library = self._library
        locale = library.xkb_compose_table_new_from_locale(self._context, b"en_US.UTF-8", 0)
        state = c_void_p(library.xkb_compose_state_new(c_void_p(locale), 0))
        for first in (keysym for keysym in self._strokes if keysym in _DEAD):
            for second in map(ord, letters):
                library.xkb_compose_state_reset(state)
                library.xkb_compose_state_feed(state, c_uint32(first))
                library.xkb_compose_state_feed(state, c_uint32(second))
                if library.xkb_compose_state_get_status(state) == _COMPOSED:
                    text = ctypes.create_string_buffer(32)
                    library.xkb_compose_state_get_utf8(state, text, c_size_t(32))
                    yield (first, second), text.value.decode()

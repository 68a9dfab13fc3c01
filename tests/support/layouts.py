"""What a keyboard's layout can type, from the layouts that every Linux desktop uses (xkb-data)."""

import ctypes
import unicodedata
from collections.abc import Iterator
from ctypes import POINTER, byref, c_char_p, c_size_t, c_uint32, c_void_p
from typing import Any

_COMPOSED = 2
_DEAD = range(0xFE50, 0xFEA0)
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ "


class _Names(ctypes.Structure):
    _fields_ = [(name, c_char_p) for name in ("rules", "model", "layout", "variant", "options")]


def _library() -> Any:
    library = ctypes.CDLL("libxkbcommon.so.0")
    for name in ("context_new", "keymap_new_from_names", "compose_table_new_from_locale"):
        getattr(library, f"xkb_{name}").restype = c_void_p
    library.xkb_compose_state_new.restype = c_void_p
    return library


def characters(layout: str, variant: str = "") -> str:
    """Every character of the layout's keys on every level, and those that its dead keys compose."""
    library = _library()
    context = c_void_p(library.xkb_context_new(0))
    names = _Names(layout=layout.encode(), variant=variant.encode())
    keymap = c_void_p(library.xkb_keymap_new_from_names(context, byref(names), 0))
    assert keymap.value, f"there is no layout {layout}({variant})"
    keysyms = list(dict.fromkeys(_keysyms(library, keymap)))
    found = [chr(library.xkb_keysym_to_utf32(keysym)) for keysym in keysyms]
    found += _composed(library, context, [keysym for keysym in keysyms if keysym in _DEAD])
    shown = (each for each in found if unicodedata.category(each[0]) != "Cc")
    return "".join(dict.fromkeys(shown))


def _keysyms(library: Any, keymap: c_void_p) -> Iterator[int]:
    keysyms = POINTER(c_uint32)()
    for key in range(library.xkb_keymap_min_keycode(keymap), 80):
        for level in range(library.xkb_keymap_num_levels_for_key(keymap, key, 0)):
            count = library.xkb_keymap_key_get_syms_by_level(keymap, key, 0, level, byref(keysyms))
            yield from keysyms[:count]


def _composed(library: Any, context: c_void_p, dead: list[int]) -> Iterator[str]:
    table = c_void_p(library.xkb_compose_table_new_from_locale(context, b"en_US.UTF-8", 0))
    state = c_void_p(library.xkb_compose_state_new(table, 0))
    for first in dead:
        for letter in _LETTERS:
            library.xkb_compose_state_reset(state)
            library.xkb_compose_state_feed(state, c_uint32(first))
            library.xkb_compose_state_feed(state, c_uint32(ord(letter)))
            if library.xkb_compose_state_get_status(state) == _COMPOSED:
                text = ctypes.create_string_buffer(32)
                library.xkb_compose_state_get_utf8(state, text, c_size_t(32))
                yield text.value.decode()

"""Applications see exactly the keysyms that were asked for, and nothing stays held."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from ownstream.agent.input import Input
from ownstream.agent.keymap import MAX_BOUND, Keymap
from ownstream.agent.messages import Key, Pointer, Wheel

SHIFT, CONTROL, RETURN, TAB, BACK_TAB, CAPS_LOCK = 0xFFE1, 0xFFE3, 0xFF0D, 0xFF09, 0xFE20, 0xFFE5
A_KEY, TWO_KEY, SHIFT_KEY, CONTROL_KEY, RETURN_KEY, TAB_KEY = 38, 11, 50, 37, 36, 23
KEYS = {
    A_KEY: (ord("a"), ord("A")),
    TWO_KEY: (ord("2"), ord("@")),
    SHIFT_KEY: (SHIFT, 0),
    CONTROL_KEY: (CONTROL, 0),
    RETURN_KEY: (RETURN, 0),
    TAB_KEY: (TAB, BACK_TAB),
    **dict.fromkeys(range(200, 204), (0, 0)),
}


@dataclass
class Screen:
    """Keeps what an X server would: keys held, their meanings, and what was typed by them."""

    keys: dict[int, tuple[int, int]] = field(default_factory=lambda: dict(KEYS))
    held: list[int] = field(default_factory=list)
    buttons: list[tuple[int, bool]] = field(default_factory=list)
    typed: list[int] = field(default_factory=list)

    def strike(self, code: int, *, pressed: bool) -> None:
        if not pressed:
            self.held.remove(code)
            return
        assert code not in self.held
        levels = self.keys[code]
        shifted = SHIFT_KEY in self.held and levels[1] != 0
        self.held.append(code)
        self.typed.append(levels[int(shifted)])

    def press_button(self, button: int, *, pressed: bool) -> None:
        self.buttons.append((button, pressed))

    def move(self, x: int, y: int) -> None:
        self.at = (x, y)

    def bind(self, code: int, keysym: int) -> None:
        assert code not in self.held
        self.keys[code] = (keysym, keysym)

    def flush(self) -> None:
        pass


def an_input() -> tuple[Input, Screen]:
    screen, keymap = Screen(), Keymap()
    keymap.load(screen.keys)
    return Input(screen, keymap), screen


def tap(put_in: Input, *keysyms: int) -> None:
    for keysym in keysyms:
        put_in.key(Key(keysym, True))
        put_in.key(Key(keysym, False))


def test_a_keysym_that_a_key_has_now_is_struck_there() -> None:
    put_in, screen = an_input()
    put_in.key(Key(ord("a"), True))
    assert screen.held == [A_KEY]


def test_a_shifted_keysym_is_exact_with_and_without_shift() -> None:
    put_in, screen = an_input()
    tap(put_in, ord("A"), ord("@"))
    put_in.key(Key(SHIFT, True))
    tap(put_in, ord("A"), ord("a"), ord("2"), ord("@"))
    assert screen.typed == [ord("A"), ord("@"), SHIFT, ord("A"), ord("a"), ord("2"), ord("@")]


def test_keysyms_beyond_the_keymap_are_bound_the_longest_unused_giving_way() -> None:
    put_in, screen = an_input()
    euro, others = 0x010020AC, [0x01002200 + n for n in range(6)]
    tap(put_in, euro, *others, euro)
    assert screen.typed == [euro, *others, euro]


def test_a_key_that_is_held_is_never_bound_anew() -> None:
    put_in, screen = an_input()
    for n in range(5):
        put_in.key(Key(0x01002200 + n, True))
    assert screen.typed == [0x01002200 + n for n in range(4)]


def test_a_unicode_keysym_of_a_latin_letter_finds_its_key() -> None:
    put_in, screen = an_input()
    tap(put_in, 0x01000000 + ord("a"))
    assert screen.typed == [ord("a")]


def test_named_keys_are_struck_where_they_are_whatever_shift_makes_of_them() -> None:
    put_in, screen = an_input()
    put_in.key(Key(SHIFT, True))
    tap(put_in, TAB)
    assert screen.typed == [SHIFT, BACK_TAB]


def test_a_shortcut_means_the_letters_key_in_any_case() -> None:
    put_in, screen = an_input()
    put_in.key(Key(CONTROL, True))
    put_in.key(Key(ord("A"), True))
    assert screen.held == [CONTROL_KEY, A_KEY]


def test_locks_are_left_to_the_browser() -> None:
    put_in, screen = an_input()
    tap(put_in, CAPS_LOCK)
    assert screen.typed == []


def test_a_repetition_is_another_stroke() -> None:
    put_in, screen = an_input()
    for pressed in (True, True, True, False):
        put_in.key(Key(ord("a"), pressed))
    assert screen.typed == [ord("a")] * 3
    assert screen.held == []


def test_bindings_survive_a_reload_of_the_keys_that_still_shows_them() -> None:
    screen, keymap = Screen(), Keymap()
    keymap.load(screen.keys)
    code = keymap.bind(0x010020AC, [])
    assert code is not None
    screen.bind(code, 0x010020AC)
    keymap.load(screen.keys)
    assert keymap.key(0x010020AC, shifted=True, shortcut=False) == code
    keymap.load(KEYS)
    assert keymap.key(0x010020AC, shifted=True, shortcut=False) is None


def test_bindings_are_bounded_however_many_keys_are_spare() -> None:
    keymap = Keymap()
    keymap.load(dict.fromkeys(range(8, 256), (0, 0)))
    codes = {keymap.bind(0x01002200 + n, []) for n in range(3 * MAX_BOUND)}
    assert len(codes) == MAX_BOUND


def test_buttons_follow_the_mask_and_the_wheel_turns_whole_notches() -> None:
    put_in, screen = an_input()
    put_in.pointer(Pointer(5, 6, 0b00101))
    put_in.pointer(Pointer(7, 8, 0b11000))
    assert screen.at == (7, 8)
    assert screen.buttons == [(1, True), (3, True), (1, False), (3, False), (8, True), (9, True)]
    screen.buttons.clear()
    for dy in (50, 50, 50, -300):
        put_in.wheel(Wheel(0, dy))
    assert screen.buttons == [(5, True), (5, False), (4, True), (4, False), (4, True), (4, False)]


@given(
    st.lists(
        st.one_of(
            st.builds(
                Key,
                st.sampled_from([*b"aA2@", SHIFT, CONTROL, TAB, RETURN, 0x010020AC, 0xE9, 0x263A]),
                st.booleans(),
            ),
            st.builds(Pointer, st.just(0), st.just(0), st.integers(0, 31)),
        ),
        max_size=40,
    )
)
def test_whatever_happened_nothing_is_held_after_a_release(events: list[Key | Pointer]) -> None:
    put_in, screen = an_input()
    for event in events:
        if isinstance(event, Key):
            put_in.key(event)
        else:
            put_in.pointer(event)
    put_in.release()
    assert screen.held == []
    assert {button for button, pressed in screen.buttons if pressed} == {
        button for button, pressed in screen.buttons if not pressed
    }

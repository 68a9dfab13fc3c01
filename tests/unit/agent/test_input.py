"""Applications see exactly the keysyms that were asked for, and nothing stays held."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from ownstream.agent.input import MOST_WAITING, Input
from ownstream.agent.keymap import Keymap
from ownstream.agent.messages import Key, Pointer, Wheel

SHIFT, CONTROL, RETURN, TAB, BACK_TAB, CAPS_LOCK = 0xFFE1, 0xFFE3, 0xFF0D, 0xFF09, 0xFE20, 0xFFE5
VOLUME_UP = 0x1008FF13
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
    """An X server, and an application that looks keys up when it reads of their strokes."""

    keys: dict[int, tuple[int, ...]] = field(default_factory=lambda: dict(KEYS))
    held: list[int] = field(default_factory=list)
    buttons: list[tuple[int, bool]] = field(default_factory=list)
    lags: bool = False
    now: float = 0.0
    awaited: Callable[[float], None] | None = None
    changes: list[Mapping[int, int]] = field(default_factory=list)
    _typed: list[int] = field(default_factory=list)
    _unread: list[tuple[int, bool]] = field(default_factory=list)

    def strike(self, code: int, *, pressed: bool) -> None:
        self.now += 1
        if not pressed:
            self.held.remove(code)
            return
        assert code not in self.held
        shifted = SHIFT_KEY in self.held
        self.held.append(code)
        self._unread.append((code, shifted))
        if not self.lags:
            self.read()

    def press_button(self, button: int, *, pressed: bool) -> None:
        self.buttons.append((button, pressed))

    def move(self, x: int, y: int) -> None:
        self.at = (x, y)

    def bind(self, keysyms: Mapping[int, int]) -> None:
        self.changes.append(keysyms)
        for code, keysym in keysyms.items():
            assert code not in self.held
            self.keys[code] = (keysym, keysym)

    def settle(self, struck_at: float, done: Callable[[float], None]) -> None:
        assert struck_at <= self.now
        assert self.awaited is None
        self.awaited = done

    def flush(self) -> None:
        pass

    def read(self) -> None:
        """The application looks up what it has been sent."""
        for code, shifted in self._unread:
            levels = self.keys[code]
            self._typed.append(levels[int(shifted and levels[1] != 0)])
        self._unread.clear()

    def answer(self) -> bool:
        """The application reads, and answers if it was asked whether it has."""
        self.read()
        done, self.awaited = self.awaited, None
        if done is not None:
            done(inf)
        return done is not None

    @property
    def typed(self) -> list[int]:
        """What the application has read, once it is through."""
        while self.answer():
            pass
        return self._typed


def an_input(*, lags: bool = False) -> tuple[Input, Screen]:
    screen, keymap = Screen(lags=lags), Keymap()
    keymap.load(screen.keys)
    return Input(screen, keymap, lambda: screen.now), screen


def tap(put_in: Input, *keysyms: int) -> None:
    for keysym in keysyms:
        put_in.put(Key(keysym, True))
        put_in.put(Key(keysym, False))


def test_a_keysym_that_a_key_has_now_is_struck_there() -> None:
    put_in, screen = an_input()
    put_in.put(Key(ord("a"), True))
    assert screen.held == [A_KEY]


def test_a_shifted_keysym_is_exact_with_and_without_shift() -> None:
    put_in, screen = an_input()
    tap(put_in, ord("A"), ord("@"))
    put_in.put(Key(SHIFT, True))
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
        put_in.put(Key(0x01002200 + n, True))
    assert screen.typed == [0x01002200 + n for n in range(4)]


def test_a_unicode_keysym_of_a_latin_letter_finds_its_key() -> None:
    put_in, screen = an_input()
    tap(put_in, 0x01000000 + ord("a"))
    assert screen.typed == [ord("a")]


def test_named_keys_are_struck_where_they_are_whatever_shift_makes_of_them() -> None:
    put_in, screen = an_input()
    put_in.put(Key(SHIFT, True))
    tap(put_in, TAB)
    assert screen.typed == [SHIFT, BACK_TAB]


def test_a_shortcut_means_the_letters_key_in_any_case() -> None:
    put_in, screen = an_input()
    put_in.put(Key(CONTROL, True))
    put_in.put(Key(ord("A"), True))
    assert screen.held == [CONTROL_KEY, A_KEY]


def test_locks_are_left_to_the_browser() -> None:
    put_in, screen = an_input()
    tap(put_in, CAPS_LOCK)
    assert screen.typed == []


def test_a_repetition_is_another_stroke() -> None:
    put_in, screen = an_input()
    for pressed in (True, True, True, False):
        put_in.put(Key(ord("a"), pressed))
    assert screen.typed == [ord("a")] * 3
    assert screen.held == []


def test_bindings_survive_a_reload_of_the_keys_that_still_shows_them() -> None:
    screen, keymap = Screen(), Keymap()
    keymap.load(screen.keys)
    code = keymap.bind(0x010020AC, [])
    assert code is not None
    screen.bind({code: 0x010020AC})
    keymap.load(screen.keys)
    assert keymap.key(0x010020AC, shifted=True, shortcut=False) == code
    keymap.load(KEYS)
    assert keymap.key(0x010020AC, shifted=True, shortcut=False) is None


def test_multimedia_keys_are_bound_after_those_that_mean_nothing() -> None:
    keymap = Keymap()
    keymap.load({100: (VOLUME_UP, 0), 101: (0, 0), 102: (ord("a"), ord("A"))})
    assert keymap.key(VOLUME_UP, shifted=False, shortcut=False) == 100
    assert [keymap.bind(0x01002200 + n, []) for n in range(2)] == [101, 100]
    assert keymap.key(VOLUME_UP, shifted=False, shortcut=False) is None


def test_a_key_with_a_second_group_is_not_relied_on() -> None:
    keymap = Keymap()
    keymap.load({38: (ord("a"), ord("A"), 0x6C6, 0x6E6), 39: (ord("s"), ord("S")) * 2})
    assert keymap.key(ord("a"), shifted=False, shortcut=False) is None
    assert keymap.key(ord("s"), shifted=False, shortcut=False) == 39


def test_a_key_keeps_its_meaning_until_the_application_has_read_of_it() -> None:
    put_in, screen = an_input(lags=True)
    wanted = [0x01002200 + n for n in range(30)]
    tap(put_in, *wanted)
    assert screen.typed == wanted


def test_what_waits_is_bound_in_as_few_changes_as_can_be() -> None:
    put_in, screen = an_input(lags=True)
    tap(put_in, *(0x01002200 + n for n in range(12)))
    assert len(screen.typed) == 12
    assert [len(change) for change in screen.changes] == [1, 1, 1, 1, 4, 4]


def test_what_follows_a_key_that_waits_keeps_its_place() -> None:
    put_in, screen = an_input(lags=True)
    tap(put_in, *(0x01002200 + n for n in range(5)))
    put_in.put(Pointer(5, 6, 1))
    tap(put_in, ord("a"))
    assert screen.buttons == []
    assert screen.typed[-2:] == [0x01002204, ord("a")]
    assert screen.buttons == [(1, True)]


def test_only_what_was_read_gives_way() -> None:
    put_in, screen = an_input(lags=True)
    tap(put_in, *(0x01002200 + n for n in range(4)))
    first_read = screen.now
    screen.lags = True
    tap(put_in, 0x01002200, 0x01002204)
    done, screen.awaited = screen.awaited, None
    assert done is not None
    screen.read()
    done(first_read)  # the first four, of which the first was struck again
    assert 0x01002200 in {levels[0] for levels in screen.keys.values()}
    assert screen.typed == [0x01002200 + n for n in (0, 1, 2, 3, 0, 4)]


def test_a_flood_while_the_application_hangs_is_bounded() -> None:
    put_in, screen = an_input(lags=True)
    tap(put_in, *(0x01002200 + n for n in range(5)))
    tap(put_in, *[ord("a")] * MOST_WAITING)
    assert len(screen.typed) == 4 + MOST_WAITING // 2


@given(st.data())
def test_a_late_reader_reads_exactly_what_was_typed(data: st.DataObject) -> None:
    put_in, screen = an_input(lags=True)
    keysyms = st.sampled_from([*b"aA2@", RETURN, *(0x01002200 + n for n in range(12))])
    typed = data.draw(st.lists(st.one_of(keysyms, st.none()), max_size=60))
    for keysym in typed:
        if keysym is None:
            screen.answer()
        else:
            tap(put_in, keysym)
    assert screen.typed == [keysym for keysym in typed if keysym is not None]


def test_buttons_follow_the_mask_and_the_wheel_turns_whole_notches() -> None:
    put_in, screen = an_input()
    put_in.put(Pointer(5, 6, 0b00101))
    put_in.put(Pointer(7, 8, 0b11000))
    assert screen.at == (7, 8)
    assert screen.buttons == [(1, True), (3, True), (1, False), (3, False), (8, True), (9, True)]
    screen.buttons.clear()
    for dy in (50, 50, 50, -300):
        put_in.put(Wheel(0, dy))
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
        put_in.put(event)
    put_in.release()
    while screen.answer():
        pass
    assert screen.held == []
    assert {button for button, pressed in screen.buttons if pressed} == {
        button for button, pressed in screen.buttons if not pressed
    }

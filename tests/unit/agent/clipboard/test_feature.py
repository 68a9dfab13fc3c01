"""What passes between a browser and the applications' clipboard, by policy."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ownstream.agent.clipboard.content import MOST_BYTES, PICTURE, TEXT, Content, TooMuch
from ownstream.agent.clipboard.feature import Clipboard
from ownstream.agent.features import Outlet
from ownstream.agent.policy import Policy
from ownstream.channel.framing import FramingError, json_message
from ownstream.channel.tags import (
    CLIPBOARD_PIECE_BYTES,
    CLIPBOARD_PIECES_AHEAD,
    FromAgent,
    FromBrowser,
)

BOTH = Policy(copy_in=1_000_000, copy_out=1_000_000)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
ACK = bytes([FromBrowser.CLIPBOARD_ACK])
WANT = bytes([FromBrowser.CLIPBOARD_WANT])


@dataclass
class FakeBoard:
    """A clipboard on which the test copies, and which gives at once what it has."""

    has: Content | None = None
    fetches: int = 0
    puts: list[Content] = field(default_factory=list)
    changed: Callable[[], None] = lambda: None

    def watch(self, changed: Callable[[], None]) -> None:
        self.changed = changed

    def is_empty(self) -> bool:
        return self.has is None

    def put(self, content: Content) -> None:
        self.has = content
        self.puts.append(content)

    async def fetch(self, most: Mapping[str, int]) -> Content | None:
        self.fetches += 1
        if self.has and len(self.has.data) > most[self.has.kind]:
            raise TooMuch(self.has.kind)
        return self.has

    def copy(self, content: Content | None) -> None:
        """An application copies this, or takes away what it had."""
        self.has = content
        self.changed()


class SilentBoard(FakeBoard):
    """A clipboard whose owner never answers."""

    async def fetch(self, most: Mapping[str, int]) -> Content | None:
        self.fetches += 1
        await asyncio.Event().wait()
        return None


@dataclass
class World:
    """A session's clipboard with the browser on one side and the applications on the other."""

    board: FakeBoard
    clipboard: Clipboard
    sent: list[bytes] = field(default_factory=list)

    def connect(self) -> None:
        self.clipboard.connected(Outlet(self.sent.append, lambda: 0))

    def say(self, data: bytes, kind: str = TEXT, after: int | None = None) -> None:
        self.begin({"type": kind, "bytes": len(data), "after": after})
        for start in range(0, len(data), CLIPBOARD_PIECE_BYTES):
            piece = data[start : start + CLIPBOARD_PIECE_BYTES]
            self.clipboard.hear(bytes([FromBrowser.CLIPBOARD_PIECE]) + piece)

    def begin(self, body: Mapping[str, Any]) -> None:
        self.clipboard.hear(json_message(FromBrowser.CLIPBOARD, body))

    def take(self) -> list[Any]:
        """What the browser has heard since it was last asked: JSON, or the tag alone, or pieces."""
        heard = [_read(message) for message in self.sent]
        self.sent.clear()
        return heard


def _read(message: bytes) -> Any:
    if message[0] in (FromAgent.CLIPBOARD, FromAgent.CLIPBOARD_REFUSED):
        return json.loads(message[1:])
    return message[1:] if message[0] == FromAgent.CLIPBOARD_PIECE else FromAgent(message[0])


def play(
    scenario: Callable[[World], Awaitable[None]],
    policy: Policy = BOTH,
    board: FakeBoard | None = None,
) -> None:
    """Plays the scenario with a browser that is connected."""

    async def run() -> None:
        used = board or FakeBoard()
        world = World(used, Clipboard(used, policy))
        world.connect()
        await scenario(world)
        world.clipboard.disconnected()

    asyncio.run(run())


async def settle() -> None:
    """All that can go on without us has gone on."""
    for _ in range(10):
        await asyncio.sleep(0)


def told(count: int, kind: str, size: int = 0) -> Mapping[str, Any]:
    return {"count": count, "type": kind, "bytes": size}


def test_what_an_application_copies_is_told_whole() -> None:
    async def scenario(world: World) -> None:
        world.board.copy(Content(TEXT, b"hello"))
        await settle()
        assert world.take() == [told(1, TEXT, 5), b"hello"]

    play(scenario)


def test_a_large_one_goes_on_as_the_browser_acknowledges() -> None:
    pieces = CLIPBOARD_PIECES_AHEAD + 2
    data = bytes(range(256)) * (pieces * CLIPBOARD_PIECE_BYTES // 256)

    async def scenario(world: World) -> None:
        world.board.copy(Content(PICTURE, data))
        await settle()
        head, *heard = world.take()
        assert (head, len(heard)) == (told(1, PICTURE, len(data)), CLIPBOARD_PIECES_AHEAD)
        for _ in range(2):
            world.clipboard.hear(ACK)
            await settle()
            heard += world.take()
        assert b"".join(heard) == data

    play(scenario)


def test_a_later_copy_ends_what_is_under_way() -> None:
    async def scenario(world: World) -> None:
        world.board.copy(Content(PICTURE, bytes(10 * CLIPBOARD_PIECE_BYTES)))
        await settle()
        world.board.copy(None)
        await settle()
        assert world.take()[-1] == told(2, "none")
        for _ in range(CLIPBOARD_PIECES_AHEAD):
            world.clipboard.hear(ACK)
        await settle()
        assert world.take() == []

    play(scenario)


def test_an_owner_that_never_answers_does_not_hold_up_the_next() -> None:
    board = SilentBoard()

    async def scenario(world: World) -> None:
        board.copy(Content(TEXT, b"never"))
        await settle()
        board.copy(None)
        await settle()
        assert (world.take(), board.fetches) == ([told(2, "none")], 1)

    play(scenario, board=board)


def test_what_was_not_heard_whole_is_told_to_the_next_browser_and_else_nothing() -> None:
    async def scenario(world: World) -> None:
        world.board.copy(Content(TEXT, b"hello"))
        await settle()
        world.clipboard.disconnected()
        world.take()
        world.connect()
        await settle()
        assert world.take() == [told(1, TEXT, 5), b"hello"]
        world.clipboard.hear(ACK)
        await settle()
        world.clipboard.disconnected()
        world.connect()
        await settle()
        assert world.take() == []

    play(scenario)


def test_without_a_browser_no_application_is_asked() -> None:
    async def scenario(world: World) -> None:
        world.clipboard.disconnected()
        world.board.copy(Content(TEXT, b"hello"))
        await settle()
        assert world.board.fetches == 0
        assert world.clipboard.greeting()["count"] == 1

    play(scenario)


def test_where_nothing_may_leave_no_application_is_asked_and_only_that_it_copied_is_told() -> None:
    async def scenario(world: World) -> None:
        world.board.copy(Content(TEXT, b"hello"))
        await settle()
        world.clipboard.hear(WANT)
        await settle()
        assert (world.take(), world.board.fetches) == ([told(1, "other")] * 2, 0)

    play(scenario, Policy(copy_in=10))


def test_where_nothing_may_pass_nothing_is_told() -> None:
    async def scenario(world: World) -> None:
        world.board.copy(Content(TEXT, b"hello"))
        world.clipboard.hear(WANT)
        await settle()
        assert (world.take(), world.board.fetches) == ([], 0)

    play(scenario, Policy())


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        pytest.param(Content(TEXT, "größer".encode()), "5 characters", id="more-characters"),
        pytest.param(Content(TEXT, bytes(21)), "5 characters", id="many-more"),
        pytest.param(Content(PICTURE, bytes(MOST_BYTES + 1)), "32 MiB", id="a-large-picture"),
    ],
)
def test_what_is_too_much_does_not_leave_and_the_limit_is_told(
    content: Content, limit: str
) -> None:
    async def scenario(world: World) -> None:
        world.board.copy(content)
        await settle()
        refused, head = world.take()
        assert limit in refused["message"]
        assert head == told(1, "other")

    play(scenario, Policy(copy_in=5, copy_out=5))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        pytest.param("größe".encode(), TEXT, id="a-text-just-as-long"),
        pytest.param(PNG, PICTURE, id="a-picture"),
    ],
)
def test_what_a_browser_says_is_put_and_acknowledged(data: bytes, kind: str) -> None:
    async def scenario(world: World) -> None:
        world.say(data, kind)
        assert world.board.puts == [Content(kind, data)]
        assert world.take() == [FromAgent.CLIPBOARD_ACK]

    play(scenario, Policy(copy_in=5))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"longer", id="by-a-character"),
        pytest.param(b"x" * 3 * CLIPBOARD_PIECE_BYTES, id="by-pieces"),
    ],
)
def test_a_text_that_is_too_long_is_refused_with_the_length(text: bytes) -> None:
    async def scenario(world: World) -> None:
        world.say(text)
        (refused,) = world.take()
        assert "a text of more than 5 characters" in refused["message"]
        assert world.board.puts == []

    play(scenario, Policy(copy_in=5))


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        pytest.param(TEXT, 21, id="a-text-of-more-than-its-characters-can-be"),
        pytest.param(PICTURE, MOST_BYTES + 1, id="a-picture"),
    ],
)
def test_what_is_announced_too_large_is_refused_at_once(kind: str, size: int) -> None:
    async def scenario(world: World) -> None:
        world.begin({"type": kind, "bytes": size})
        assert [heard["way"] for heard in world.take()] == ["in"]

    play(scenario, Policy(copy_in=5))


def test_where_nothing_may_enter_all_is_refused() -> None:
    async def scenario(world: World) -> None:
        world.say(b"a")
        world.say(PNG, PICTURE)
        messages = [heard["message"] for heard in world.take()]
        assert messages == ["This session lets nothing be copied into it."] * 2
        assert world.board.puts == []

    play(scenario, Policy(copy_out=5))


def test_what_has_been_copied_unheard_is_not_replaced_unless_it_must() -> None:
    async def scenario(world: World) -> None:
        world.board.copy(Content(TEXT, b"newer"))
        world.say(b"older", after=0)
        assert world.board.has == Content(TEXT, b"newer")
        world.say(b"by hand", after=None)
        assert world.board.has == Content(TEXT, b"by hand")

    play(scenario)


def test_a_new_announcement_ends_the_one_before() -> None:
    async def scenario(world: World) -> None:
        world.begin({"type": TEXT, "bytes": 100})
        world.clipboard.hear(bytes([FromBrowser.CLIPBOARD_PIECE]) + b"begun")
        world.say(b"whole")
        assert world.board.puts == [Content(TEXT, b"whole")]

    play(scenario)


def test_nothing_of_a_lost_connection_is_completed_by_the_next() -> None:
    async def scenario(world: World) -> None:
        world.begin({"type": TEXT, "bytes": 10})
        world.clipboard.disconnected()
        world.connect()
        world.clipboard.hear(bytes([FromBrowser.CLIPBOARD_PIECE]) + bytes(10))
        assert world.board.puts == []

    play(scenario)


PIECE = bytes([FromBrowser.CLIPBOARD_PIECE])


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(PIECE, id="an-empty-piece"),
        pytest.param(PIECE + b"more than ten", id="more-than-was-announced"),
        pytest.param(PIECE + bytes(CLIPBOARD_PIECE_BYTES + 1), id="a-piece-that-is-too-large"),
        pytest.param(PIECE + b"\xff", id="no-utf-8"),
        pytest.param(ACK, id="an-acknowledgement-of-nothing"),
        pytest.param(ACK + b"\0", id="an-acknowledgement-with-a-body"),
        pytest.param(WANT + b"\0", id="a-wish-with-a-body"),
        *(
            pytest.param(json_message(FromBrowser.CLIPBOARD, body), id=name)
            for name, body in {
                "another-type": {"type": "text/html", "bytes": 1},
                "no-type": {"bytes": 1},
                "no-size": {"type": TEXT},
                "size-zero": {"type": TEXT, "bytes": 0},
                "size-true": {"type": TEXT, "bytes": True},
                "size-half": {"type": TEXT, "bytes": 0.5},
                "after-text": {"type": TEXT, "bytes": 1, "after": "0"},
            }.items()
        ),
    ],
)
def test_what_is_not_exactly_a_message_ends_the_connection(message: bytes) -> None:
    async def scenario(world: World) -> None:
        world.begin({"type": TEXT, "bytes": 10})
        with pytest.raises(FramingError):
            world.clipboard.hear(message)

    play(scenario)


def test_a_picture_must_be_a_png_file() -> None:
    async def scenario(world: World) -> None:
        with pytest.raises(FramingError):
            world.say(b"anything else", PICTURE)

    play(scenario)


_BODY = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from([TEXT, PICTURE, "text/html"]) | st.integers(),
        "bytes": st.integers(-1, 40) | st.integers() | st.floats() | st.booleans(),
        "after": st.none() | st.integers(-1, 2) | st.text(),
    },
)
_MESSAGE = st.one_of(
    _BODY.map(lambda body: json_message(FromBrowser.CLIPBOARD, body)),
    st.binary(max_size=20).map(lambda body: PIECE + body),
    st.text(max_size=8).map(lambda text: PIECE + text.encode()),
    st.tuples(st.sampled_from(sorted(Clipboard.tags)), st.binary(max_size=4)).map(
        lambda parts: bytes([parts[0]]) + parts[1]
    ),
)


def announced(size: int) -> bytes:
    return json_message(FromBrowser.CLIPBOARD, {"type": TEXT, "bytes": size})


@settings(deadline=None, max_examples=50)
@given(st.lists(_MESSAGE, max_size=12), st.sampled_from([(0, 0), (0, 4), (4, 0), (4, 4)]))
@example(
    [json_message(FromBrowser.CLIPBOARD, {"type": TEXT, "bytes": 5}), PIECE + b"12345"], (4, 4)
)
@example([json_message(FromBrowser.CLIPBOARD, {"type": TEXT, "bytes": 4}), PIECE + b"1234"], (4, 4))
def test_whatever_a_page_says_nothing_passes_that_may_not(
    messages: list[bytes], granted: tuple[int, int]
) -> None:
    copy_in, copy_out = granted

    async def scenario(world: World) -> None:
        world.board.copy(Content(TEXT, b"12345"))
        for message in messages:
            try:
                world.clipboard.hear(message)
            except FramingError:
                break
        await settle()
        for content in world.board.puts:
            assert copy_in
            assert content.kind == PICTURE or len(content.data.decode()) <= copy_in
        pieces = [each for each in world.sent if each[0] == FromAgent.CLIPBOARD_PIECE]
        assert all(copy_out and len(piece[1:].decode()) <= copy_out for piece in pieces)

    play(scenario, Policy(copy_in, copy_out))

"""What a browser and a gateway may say, and that nothing else gets through."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ownstream.agent.messages import (
    MAX_SIDE,
    Ack,
    Hello,
    Key,
    Launch,
    Open,
    Ping,
    Pointer,
    Refresh,
    Release,
    Resize,
    View,
    Wheel,
    opening,
    said,
)
from ownstream.channel.framing import FramingError, json_message
from ownstream.channel.tags import VERSION, FromBrowser, FromGateway

VIEW = {"width": 800, "height": 600, "scale": 1.5}
HELLO = {"version": VERSION, **VIEW, "codecs": ["h264"]}


@pytest.mark.parametrize(
    ("message", "meaning"),
    [
        (json_message(FromBrowser.HELLO, HELLO), Hello(View(800, 600, 1.5), ("h264",))),
        (bytes([FromBrowser.ACK, 1, 2, 3, 4]), Ack(0x102, 0x304)),
        (bytes([FromBrowser.KEY, 1, 0, 0x20, 0xAC, 1]), Key(0x010020AC, True)),
        (bytes([FromBrowser.POINTER, 0, 9, 0, 8, 5]), Pointer(9, 8, 5)),
        (bytes([FromBrowser.WHEEL, 0xFF, 0x88, 0, 120]), Wheel(-120, 120)),
        (json_message(FromBrowser.RESIZE, VIEW), Resize(View(800, 600, 1.5))),
        (json_message(FromBrowser.LAUNCH, {"application": "Editor"}), Launch("Editor")),
        (bytes([FromBrowser.RELEASE]), Release()),
        (bytes([FromBrowser.PING]) + b"12345678", Ping(b"12345678")),
        (bytes([FromBrowser.REFRESH]), Refresh()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_message_has_its_meaning(message: bytes, meaning: object) -> None:
    assert said(message) == meaning


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff", id="unknown-tag"),
        pytest.param(bytes([FromGateway.OPEN]) + b'{"session":"s"}', id="what-only-a-gateway-says"),
        pytest.param(bytes([FromBrowser.KEY, 0, 0, 0, 0, 1]), id="no-keysym"),
        pytest.param(bytes([FromBrowser.KEY, 0, 0, 0, 9, 2]), id="neither-up-nor-down"),
        pytest.param(bytes([FromBrowser.POINTER, 0, 0, 0, 0, 32]), id="a-sixth-button"),
        pytest.param(bytes([FromBrowser.PING]) + bytes(17), id="a-long-ping"),
        pytest.param(bytes([FromBrowser.RELEASE, 0]), id="a-body-where-none-is"),
        pytest.param(
            json_message(FromBrowser.HELLO, {**HELLO, "version": VERSION - 1}), id="other-version"
        ),
        pytest.param(json_message(FromBrowser.HELLO, {**HELLO, "codecs": "h264"}), id="no-list"),
        pytest.param(json_message(FromBrowser.RESIZE, {**VIEW, "width": 0}), id="no-width"),
        pytest.param(json_message(FromBrowser.RESIZE, {**VIEW, "width": True}), id="true-width"),
        pytest.param(
            json_message(FromBrowser.RESIZE, {**VIEW, "height": MAX_SIDE + 1}), id="too-high"
        ),
        pytest.param(
            json_message(FromBrowser.RESIZE, {**VIEW, "scale": float("nan")}), id="scale-nan"
        ),
        pytest.param(json_message(FromBrowser.LAUNCH, {"application": ""}), id="no-application"),
        pytest.param(json_message(FromBrowser.LAUNCH, {"application": "a\0b"}), id="a-nul"),
        pytest.param(bytes([FromBrowser.LAUNCH]) + b"[" * 60_000, id="deep-json"),
    ],
)
def test_what_is_not_exactly_a_message_is_refused(message: bytes) -> None:
    with pytest.raises(FramingError):
        said(message)


@given(
    st.one_of(
        st.binary(max_size=64),
        st.tuples(st.sampled_from(list(FromBrowser)), st.binary(max_size=24)).map(
            lambda parts: bytes([parts[0]]) + parts[1]
        ),
        st.tuples(
            st.sampled_from([FromBrowser.HELLO, FromBrowser.RESIZE, FromBrowser.LAUNCH]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*HELLO]), inner),
            ),
        ).map(lambda parts: bytes([parts[0]]) + json.dumps(parts[1]).encode()),
    )
)
@example(bytes([FromBrowser.HELLO]) + b"\xff\xfe")
def test_any_bytes_are_a_message_or_refused_and_nothing_else(message: bytes) -> None:
    try:
        said(message)
    except FramingError:
        return
    assert message[0] in list(FromBrowser)


@given(st.binary(max_size=64), st.dictionaries(st.text(max_size=8), st.integers() | st.text()))
def test_any_opening_is_one_or_refused(tail: bytes, environment: dict[str, object]) -> None:
    body = {"session": "s-1", "application": None, "environment": environment}
    for message in (bytes([FromGateway.OPEN]) + tail, json_message(FromGateway.OPEN, body)):
        try:
            opened = opening(message)
        except FramingError:
            continue
        assert all("=" not in name and "\0" not in name for name in opened.environment)


def test_an_opening_without_an_application_is_one_for_the_catalog() -> None:
    message = json_message(FromGateway.OPEN, {"session": "s", "environment": {"A_b": "c"}})
    assert opening(message) == Open(session="s", application="", environment={"A_b": "c"})

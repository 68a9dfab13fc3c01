"""What the encoder hands out becomes FRAME messages, and the cursor a CURSOR message."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ownstream.agent.area import Area
from ownstream.agent.cursor import MAX_SIDE, cursor_message
from ownstream.agent.frames import NotAPicture, Picture, frame_body, picture
from ownstream.channel.tags import CURSOR, FRAME, Codec, FrameFlag

AREA = Area(16, 32, 1280, 720)


def jpeg(width: int, height: int) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height)).save(file, "JPEG")
    return file.getvalue()


def test_a_video_frame_keeps_its_kind_and_size_and_lies_in_its_area() -> None:
    output = bytes.fromhex("0411 0007 0000 0500 02d0 0007") + b"NAL"
    made = picture(output, area=AREA)
    assert made == Picture(Codec.H264, True, AREA, b"NAL")
    delta = picture(bytes.fromhex("0410") + output[2:], area=AREA)
    assert not delta.key


def test_a_stripe_knows_its_height_from_its_own_data() -> None:
    made = picture(bytes.fromhex("0300 0001 0168") + jpeg(1280, 48), area=AREA)
    assert (made.codec, made.key, made.area) == (Codec.JPEG, True, Area(16, 392, 1280, 48))


def test_a_frame_message_is_laid_out_as_the_channel_says() -> None:
    body = frame_body(Picture(Codec.JPEG, True, Area(16, 392, 64, 48), b"data"))
    fields = FRAME.unpack_from(body)
    assert fields == (Codec.JPEG, FrameFlag.KEY | FrameFlag.LAST, 16, 392, 64, 48)
    assert body[FRAME.size :] == b"data"


@given(st.binary(max_size=40), st.sampled_from([b"", b"\3", b"\4", b"\3\0\0\1\0\0\xff\xd8"]))
def test_anything_else_is_not_a_picture(output: bytes, head: bytes) -> None:
    try:
        made = picture(head + output, area=AREA)
    except NotAPicture:
        return
    assert made.data in output + head + output


@pytest.mark.parametrize(
    ("pixel", "rgba"),
    [
        pytest.param(0xFF112233, "112233ff", id="opaque"),
        pytest.param(0x80402010, "7f3f1f80", id="half-clear"),
        pytest.param(0x00FFFFFF, "00000000", id="clear"),
        pytest.param(0x10FFFFFF, "ffffff10", id="brighter-than-its-alpha-allows"),
    ],
)
def test_the_cursors_colours_are_no_longer_dimmed_by_their_alpha(pixel: int, rgba: str) -> None:
    message = cursor_message([pixel, 0xFF000000], size=(2, 1), hot_spot=(1, 0))
    assert CURSOR.unpack_from(message, 1) == (1, 0, 2, 1)
    assert message[1 + CURSOR.size :][:4].hex() == rgba


def test_a_cursor_without_a_visible_pixel_is_none() -> None:
    message = cursor_message([0] * 16, size=(4, 4), hot_spot=(0, 0))
    assert CURSOR.unpack_from(message, 1) == (0, 0, 0, 0)


def test_a_giant_cursor_is_cut_to_what_browsers_take() -> None:
    message = cursor_message([0xFF000000] * (300 * 200), size=(300, 200), hot_spot=(299, 10))
    assert CURSOR.unpack_from(message, 1) == (MAX_SIDE - 1, 10, MAX_SIDE, MAX_SIDE)
    assert len(message) == 1 + CURSOR.size + 4 * MAX_SIDE * MAX_SIDE

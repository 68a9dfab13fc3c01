"""What a picture is, by its content alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownstream.domain.pictures import GIF, ICO, JPEG, PNG, Picture, picture
from tests.support import pictures

KINDS = {"PNG": PNG, "JPEG": JPEG, "GIF": GIF, "ICO": ICO}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize(("kind", "media_type"), KINDS.items())
def test_a_picture_says_what_it_is_and_how_large(kind: str, media_type: str) -> None:
    assert picture(pictures.picture(120, 48, kind)) == Picture(media_type, 120, 48)


def test_a_size_that_a_byte_has_no_room_for_is_known() -> None:
    assert picture(pictures.picture(256, 256, "ICO")) == Picture(ICO, 256, 256)


@pytest.mark.parametrize(
    "content", [b"", SVG, HTML, b"\xef\xbb\xbf" + SVG, b"BM", b"RIFF", b"\0\0\2\0"]
)
def test_what_draws_by_markup_or_is_of_another_kind_is_none(content: bytes) -> None:
    assert picture(content) is None


@pytest.mark.parametrize("kind", KINDS)
def test_what_ends_before_it_has_said_its_size_is_none(kind: str) -> None:
    whole = pictures.picture(20, 10, kind)
    for length in range(24):
        assert picture(whole[:length]) in (None, Picture(KINDS[kind], 20, 10))


def test_a_picture_without_any_extent_is_none() -> None:
    assert picture(b"GIF89a\0\0\0\0") is None


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"\0\0\1\0"]),
    st.binary(max_size=200),
)
def test_whatever_follows_a_beginning_is_read_to_an_end(beginning: bytes, rest: bytes) -> None:
    found = picture(beginning + rest)
    assert found is None or min(found.width, found.height) > 0

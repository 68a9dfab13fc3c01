"""The stamp on the probe's frames, as the page and the sheet read it."""

import numpy as np
import pytest
from benchmarks.sheet.browser import stamp_of
from benchmarks.sheet.stamp import ANSWER, BLOCK, BLOCKS, WIDTH, Stamp, blocks, clock, read
from hypothesis import given
from hypothesis import strategies as st

STAMPS = st.builds(
    Stamp,
    scene=st.integers(0, 15),
    frame=st.integers(0, (1 << 20) - 1),
    at=st.integers(0, (1 << 16) - 1),
)


def drawn(stamp: Stamp) -> np.ndarray:
    """The stamp's row as the probe draws it, with the rest of the picture grey."""
    row = np.repeat(np.array(blocks(stamp), np.uint8) * 255, BLOCK)
    picture = np.full((64, 1280, 3), 128, np.uint8)
    picture[:BLOCK, : BLOCKS * BLOCK] = row[None, :, None]
    return picture


@given(STAMPS)
def test_a_stamp_is_read_as_it_was_written(stamp: Stamp) -> None:
    assert read(blocks(stamp)) == stamp


@given(STAMPS, st.integers(4, BLOCKS - 1))
def test_a_stamp_with_a_wrong_block_is_none(stamp: Stamp, block: int) -> None:
    white = list(blocks(stamp))
    white[block] = not white[block]
    assert read(white) is None


def test_a_row_without_the_mark_is_no_stamp() -> None:
    assert read([False] * BLOCKS) is None


@pytest.mark.parametrize("noise", [0, 90], ids=["an exact picture", "a bad picture"])
def test_a_stamp_is_read_from_a_picture(noise: int) -> None:
    stamp = Stamp(scene=3, frame=123_456, at=54_321)
    random = np.random.default_rng(0)
    picture = drawn(stamp).astype(int) + random.integers(-noise, noise + 1, (64, 1280, 3))
    assert stamp_of(np.clip(picture, 0, 255).astype(np.uint8)) == stamp


def test_stamp_and_answer_lie_beside_each_other_on_whole_macroblocks() -> None:
    assert ANSWER[0] >= BLOCKS * BLOCK
    assert ANSWER[0] % BLOCK == 0
    assert ANSWER[0] + ANSWER[2] <= WIDTH


def test_the_clock_begins_anew_after_its_bits() -> None:
    assert clock(65.536 + 0.25) == clock(0.25) == 250

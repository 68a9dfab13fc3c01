"""What the probe draws, and how a picture of it is judged."""

import numpy as np
import pytest
from benchmarks.sheet.pictures import below_band, bgrx, psnr_db, text
from benchmarks.sheet.scenes import (
    SCROLL_STEP,
    TEXT_ROWS,
    TYPED,
    VIDEO_FRAMES,
    at_time,
    video_index,
)
from benchmarks.sheet.stamp import BAND, Scene

SIZE = (320, 200)


def test_equal_pictures_have_the_highest_psnr() -> None:
    assert psnr_db(text(320), text(320)) == 99.0


def test_psnr_follows_the_mean_square_error() -> None:
    true = np.full((4, 4, 3), 100, np.uint8)
    assert psnr_db(true + np.uint8(10), true) == pytest.approx(10 * np.log10(255**2 / 100))


def test_psnr_counts_darker_as_brighter() -> None:
    true = np.full((4, 4, 3), 100, np.uint8)
    assert psnr_db(true - np.uint8(10), true) == psnr_db(true + np.uint8(10), true)


def test_pixels_are_written_blue_first() -> None:
    assert bgrx(np.array([[[1, 2, 3]]], np.uint8)) == bytes([3, 2, 1, 255])


def test_text_moves_up_by_a_step_a_frame() -> None:
    first, second = (below_band(Scene.SCROLLING, frame, SIZE) for frame in (7, 8))
    assert first.shape == (SIZE[1] - BAND, SIZE[0], 3)
    assert np.array_equal(first[SCROLL_STEP:], second[:-SCROLL_STEP])


def test_text_begins_anew_after_its_last_row() -> None:
    again = TEXT_ROWS // SCROLL_STEP
    first, later = (below_band(Scene.SCROLLING, frame, SIZE) for frame in (0, again))
    assert np.array_equal(first, later)


def test_the_video_moves_and_is_the_same_each_time() -> None:
    pictures = [below_band(Scene.VIDEO, frame, SIZE) for frame in (0, 1, 2 * VIDEO_FRAMES - 2)]
    assert not np.array_equal(pictures[0], pictures[1])
    assert np.array_equal(pictures[0], pictures[2])


def test_the_video_goes_to_its_end_and_back() -> None:
    shown = [video_index(frame) for frame in range(2 * VIDEO_FRAMES)]
    there = list(range(VIDEO_FRAMES))
    assert shown == [*there, *reversed(there[1:-1]), 0, 1]


def test_frames_are_due_by_the_time_that_has_passed() -> None:
    assert at_time(Scene.VIDEO, 1.01) == 30
    assert at_time(Scene.SCROLLING, 0.99) == 59


def test_typed_letters_stay_on_the_screen() -> None:
    places = [TYPED.place(number, (1280, 720)) for number in range(10_000)]
    assert max(x for x, _ in places) + TYPED.width <= 1280
    assert max(y for _, y in places) + TYPED.height <= 720
    assert TYPED.place(0, (1280, 720)) != TYPED.place(1, (1280, 720))

"""What the measuring script reads off a page, in a real browser."""

import base64
import io
from collections.abc import Iterator

import numpy as np
import pytest
from benchmarks.sheet.browser import Watched, watched
from benchmarks.sheet.stamp import ANSWER, BLOCK, BLOCKS, Scene, Stamp, blocks
from PIL import Image
from playwright.sync_api import Browser

from tests.support.browser import chromium

SIZE = (1280, 200)
# Letters change the answer, as the probe's do.
PAGE = """
<body style="margin: 0"><canvas id="screen" width="1280" height="200"></canvas>
<script>
  const context = document.getElementById("screen").getContext("2d");
  let white = false;
  const answer = () => { context.fillStyle = white ? "#fff" : "#000"; context.fillRect(%s); };
  addEventListener("keydown", () => { white = !white; answer(); });
  async function show(url, canvas = "screen") {
    const image = new Image();
    image.src = url;
    await image.decode();
    document.getElementById(canvas).getContext("2d").drawImage(image, 0, 0);
    if (canvas === "screen") answer();
  }
</script>
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Watched]:
    """A page with a screen on it, and nothing on the screen."""
    made = watched(browser, SIZE)
    content = PAGE % ", ".join(map(str, ANSWER))
    made.page.goto(f"data:text/html;base64,{base64.b64encode(content.encode()).decode()}")
    yield made
    made.close()


def url(stamp: Stamp) -> str:
    """A picture that bears the stamp."""
    pixels = np.full((SIZE[1], SIZE[0], 3), 128, np.uint8)
    pixels[:BLOCK, : BLOCKS * BLOCK] = np.repeat(blocks(stamp), BLOCK)[None, :, None] * 255
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def show(page: Watched, stamp: Stamp, canvas: str = "screen") -> None:
    page.page.evaluate("([url, canvas]) => show(url, canvas)", [url(stamp), canvas])


def test_frames_are_read_with_their_age(page: Watched) -> None:
    since = page.now_ms()
    show(page, Stamp(scene=Scene.VIDEO, frame=77, at=int(since) % 65536))
    assert page.shows(Scene.VIDEO)
    [frame] = page.frames(Scene.VIDEO, since)
    assert frame.number == 77
    assert 0 <= frame.age_ms < 30_000


def test_frames_of_another_scene_are_not_counted(page: Watched) -> None:
    since = page.now_ms()
    show(page, Stamp(scene=Scene.SCROLLING, frame=1, at=0))
    assert page.shows(Scene.SCROLLING)
    assert not page.frames(Scene.VIDEO, since)


def test_the_screen_is_read_with_what_lies_upon_it(page: Watched) -> None:
    show(page, Stamp(scene=Scene.STILL, frame=1, at=0))
    page.page.evaluate(
        """() => document.body.insertAdjacentHTML("beforeend",
        '<canvas id="above" width="1280" height="100" style="position:absolute;left:0;top:0">')"""
    )
    show(page, Stamp(scene=Scene.VIDEO, frame=2, at=0), "above")
    assert page.shows(Scene.VIDEO)


def test_a_letter_is_timed_up_to_its_answer(page: Watched) -> None:
    show(page, Stamp(scene=Scene.TYPING, frame=0, at=0))
    assert page.shows(Scene.TYPING)
    first, second = page.key_to_pixel_ms(), page.key_to_pixel_ms()
    assert first is not None
    assert second is not None
    assert min(first, second) >= 0


def test_a_frame_drawn_after_an_instant_is_waited_for(page: Watched) -> None:
    at = page.now_ms()
    show(page, Stamp(scene=Scene.VIDEO, frame=1, at=(int(at) - 500) % 65536))
    assert page.next_frame_ms(at, within_s=0) is None
    show(page, Stamp(scene=Scene.VIDEO, frame=2, at=(int(at) + 1) % 65536))
    assert page.next_frame_ms(at, within_s=10) is not None


def test_a_picture_bears_its_stamp(page: Watched) -> None:
    stamp = Stamp(scene=Scene.SCROLLING, frame=4711, at=42)
    show(page, stamp)
    seen, pixels = page.picture()
    assert seen == stamp
    assert pixels.shape == (SIZE[1], SIZE[0], 3)

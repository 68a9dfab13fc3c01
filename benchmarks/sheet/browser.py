"""A page that shows the probe, and what can be measured in it."""

import base64
import io
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Error, Page
from tests.support.browser import chromium

from benchmarks.sheet.pictures import Pixels, Size
from benchmarks.sheet.stamp import BLOCK, BLOCKS, Scene, Stamp, read

_SCRIPT = Path(__file__).with_name("page.js").read_text()
_WITHIN_MS = 30_000
ANSWER_WITHIN_MS = 5_000
_SETTLED_S = 1.0
_LEAST_WINDOW = 200  # pixels, each way
_LETTERS = "etaoinshrdlucmfwypvbg"


class NotShown(Exception):
    """The page did not come to show what it should; the text says what."""


@dataclass(frozen=True)
class Frame:
    """A frame that was shown."""

    number: int
    age_ms: float  # from its drawing by the probe to its being on the page


@dataclass
class Watched:
    """A page with the measuring script in it."""

    page: Page
    typed: int = 0
    scene: Scene = Scene.STILL  # that was asked for last
    console: list[str] = field(default_factory=list[str])

    def show(self, url: str) -> None:
        """The page shows a screen of any size."""
        self.page.goto(url, wait_until="commit")
        deadline = time.monotonic() + _WITHIN_MS / 1000
        while min(self.size()) < 64:
            if time.monotonic() > deadline:
                raise NotShown(f"no screen was shown; the page said {self.console[-5:]}")
            self.pause(0.05)

    def open(self, url: str) -> float:
        """Milliseconds from opening the URL to the first frame of the probe that it shows."""
        asked = time.time() * 1000
        self.page.goto(url, wait_until="commit")
        return self._first() - asked

    def fit(self, size: Size) -> Size:
        """How much larger than a screen of this size the window is, which the screen now has."""
        for _ in range(5):
            shown = self._settled_size()
            window = self.page.viewport_size
            assert window is not None
            if shown == size:
                return window["width"] - size[0], window["height"] - size[1]
            # What is shown may still be of an earlier size, when much else is to be done.
            width = max(_LEAST_WINDOW, window["width"] + size[0] - shown[0])
            height = max(_LEAST_WINDOW, window["height"] + size[1] - shown[1])
            self.page.set_viewport_size({"width": width, "height": height})
        raise NotShown(f"the screen is {self.size()}, not {size}")

    def begin(self, scene: Scene) -> None:
        """The page shows this scene."""
        self.press(scene)
        if not self.shows(scene):
            raise NotShown(f"the scene {scene.name} was not shown")

    def go_on(self, scene: Scene) -> None:
        """The page shows this scene, begun now if it is not under way."""
        if self.scene is not scene:
            self.begin(scene)

    def shows(self, scene: Scene) -> bool:
        """Whether the page comes to show this scene."""
        return bool(self._ask("([s, w]) => sheet.scene(s, w)", [int(scene), _WITHIN_MS]))

    def press(self, scene: Scene) -> None:
        """The probe is asked for this scene."""
        self.scene = scene
        self.page.keyboard.press(str(int(scene)))

    def key_to_pixel_ms(self) -> float | None:
        """From a letter's arrival in the page to the changed pixels; None if none changed."""
        self.strike()
        return self.answered_ms()

    def strike(self, *, armed: bool = True) -> None:
        """A letter is typed; if it is armed, `answered_ms` can tell how long it took."""
        if armed:
            self.page.evaluate("() => sheet.arm()")
        self.page.keyboard.press(_LETTERS[self.typed % len(_LETTERS)])
        self.typed += 1

    def answered_ms(self) -> float | None:
        """From the arrival of the last armed letter to the changed pixels; None if none changed."""
        return self._ask("(within) => sheet.answered(within)", ANSWER_WITHIN_MS)

    def pause(self, seconds: float) -> None:
        """So long the page is left alone."""
        self.page.wait_for_timeout(seconds * 1000)

    def now_ms(self) -> float:
        """The page's clock, which is the system's."""
        return self.page.evaluate("() => sheet.now()")

    def frames(self, scene: Scene, since_ms: float) -> Sequence[Frame]:
        """What has been shown of the scene since then, each frame once."""
        found: Any = self.page.evaluate("([t, s]) => sheet.frames(t, s)", [since_ms, int(scene)])
        return [Frame(int(number), float(age)) for number, age in found]

    def next_frame_ms(self, after_ms: float, within_s: float) -> float | None:
        """Milliseconds from an instant to the first frame shown that was drawn after it."""
        shown = self._ask("([t, w]) => sheet.after(t, w)", [after_ms, within_s * 1000])
        return None if shown is None else shown - after_ms

    def picture(self) -> tuple[Stamp | None, Pixels]:
        """What the page shows of the screen, and the stamp in it."""
        return _stamped(self.page.evaluate("() => sheet.picture()"))

    def picture_at_rest(self, delay_s: float) -> tuple[Stamp | None, Pixels]:
        """The same so long after motion ended, which is to be ended with the scene REST."""
        data = self._ask(
            "([s, d, w]) => sheet.pictureAtRest(s, d, w)",
            [int(Scene.REST), delay_s * 1000, _WITHIN_MS],
        )
        if data is None:
            raise NotShown("the end of motion was not shown")
        return _stamped(data)

    def forget(self) -> None:
        """The measuring script keeps only what was seen last: it takes no memory for the rest."""
        self.page.evaluate("() => sheet.forget()")

    def look_away(self) -> None:
        """The page goes on by itself; nothing is measured in it any more."""
        self.page.evaluate("() => sheet.stop()")

    def close(self) -> None:
        """The user has gone."""
        self.page.context.close()

    def _first(self) -> float:
        shown = self._ask("(within) => sheet.first(within)", _WITHIN_MS)
        if shown is None:
            raise NotShown(f"no frame of the probe was shown; the page said {self.console[-5:]}")
        return shown

    def _ask(self, expression: str, argument: Any) -> Any:
        """The answer, asked again when the page has gone on to another address meanwhile."""
        deadline = time.monotonic() + _WITHIN_MS / 1000
        while True:
            try:
                return self.page.evaluate(expression, argument)
            except Error as error:
                moved = "context was destroyed" in error.message or "navigat" in error.message
                if not moved or time.monotonic() > deadline:
                    raise

    def size(self) -> Size:
        """The shown screen's, in its own pixels; nought while none is shown."""
        width, height = self._ask("() => sheet.size()", None) or (0, 0)
        return int(width), int(height)

    def _settled_size(self) -> Size:
        """The screen's size, once it has not changed for a while: pages begin with another one."""
        size, since = self.size(), time.monotonic()
        while time.monotonic() - since < _SETTLED_S:
            self.pause(0.05)
            now = self.size()
            if now != size:
                size, since = now, time.monotonic()
        return size


@contextmanager
def browser() -> Iterator[Browser]:
    """A fresh headless Chromium: no page of a peer profits by what another left in a cache."""
    with chromium() as started:
        yield started


def watched(started: Browser, size: Size, **options: Any) -> Watched:
    """A page of a user of its own, its window as large as the screen is to be."""
    viewport = {"width": size[0], "height": size[1]}
    context = started.new_context(viewport=viewport, **options)
    context.add_init_script(_SCRIPT)
    context.set_default_timeout(_WITHIN_MS)
    made = Watched(context.new_page())
    made.page.on("console", lambda said: made.console.append(said.text))
    made.page.on("pageerror", lambda error: made.console.append(str(error)))
    return made


def stamp_of(pixels: Pixels) -> Stamp | None:
    """The stamp in a picture of the screen."""
    middle = BLOCK // 2
    row = pixels[middle - 3 : middle + 3, : BLOCKS * BLOCK, 1].astype(float).mean(axis=0)
    levels = row.reshape(BLOCKS, BLOCK)[:, middle - 3 : middle + 3].mean(axis=1)
    return read([bool(level > 128) for level in levels])


def _stamped(data: str) -> tuple[Stamp | None, Pixels]:
    picture = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
    pixels = np.asarray(picture)
    return stamp_of(pixels), pixels

"""What each scene shows at each frame. Pure, and free of libraries: the probe carries it along."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.sheet.stamp import BAND, Scene

RATES: Mapping[Scene, float] = {Scene.SCROLLING: 60.0, Scene.VIDEO: 30.0}  # frames a second
LINE = 18  # pixels, the height of a line of text
TEXT_ROWS = 64 * LINE  # of pixels, after which the text begins anew
SCROLL_STEP = 6  # pixels a frame: twenty lines a second
VIDEO_FRAMES = 30  # different pictures; they are shown to and fro


@dataclass(frozen=True)
class Typewriter:
    """Where typed letters stand, and how large they are."""

    width: int
    height: int
    left: int = 96
    top: int = BAND + 5 * LINE

    def place(self, number: int, size: tuple[int, int]) -> tuple[int, int]:
        """Where the letter of this number is on a screen of this size."""
        columns = (size[0] - 2 * self.left) // self.width
        rows = (size[1] - self.top - LINE) // self.height
        row, column = divmod(number, columns)
        return self.left + column * self.width, self.top + row % rows * self.height


TYPED = Typewriter(width=9, height=LINE)


def at_time(scene: Scene, elapsed_s: float) -> int:
    """The number of the frame that is due so long after the scene began."""
    return int(elapsed_s * RATES[scene])


def video_index(frame: int) -> int:
    """Which of the video's pictures this frame shows."""
    back_and_forth = frame % (2 * VIDEO_FRAMES - 2)
    return min(back_and_forth, 2 * VIDEO_FRAMES - 2 - back_and_forth)

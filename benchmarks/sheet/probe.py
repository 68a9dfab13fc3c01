"""The application of the number sheet: an X client that draws frames whose content is known.

It runs in a session, as `python3 FOLDER`, with python-xlib and the pictures that `bundle` put
beside it. It fills the screen; digits choose a scene or run an errand, letters change the answer
block. Which picture belongs to which frame is told by `scenes`.
"""

import mmap
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from Xlib import X, Xatom
from Xlib.display import Display

from benchmarks.sheet.scenes import RATES, SCROLL_STEP, TEXT_ROWS, TYPED, at_time, video_index
from benchmarks.sheet.stamp import ANSWER, BAND, BLOCK, CLOCK, Scene, Stamp, blocks

_GREY, _WHITE, _BLACK = 0x808080, 0xFFFFFF, 0x000000
_MOST_BYTES = 200_000  # of one request
_MOVING = (Scene.SCROLLING, Scene.VIDEO)


class Pictures:
    """Pixmaps of one screen size, made from files as they are wanted."""

    def __init__(self, display: Any, window: Any, folder: Path, size: tuple[int, int]) -> None:
        self._display, self._window, self._folder = display, window, folder
        self._width, self._height = size
        self._gc = window.create_gc(graphics_exposures=0)
        self._made: dict[str, list[Any]] = {}

    def there(self) -> bool:
        """Whether there are pictures of this size at all."""
        return self._path("text").is_file()

    def text(self) -> Any:
        """The page of text."""
        return self._pixmaps("text", TEXT_ROWS)[0]

    def letters(self) -> Any:
        """The letters, side by side."""
        return self._pixmaps("letters", TYPED.height, width=26 * TYPED.width)[0]

    def video(self) -> list[Any]:
        """The frames of the video."""
        return self._pixmaps("video", self._height - BAND)

    def free(self, name: str) -> None:
        """The X server keeps these no longer."""
        for pixmap in self._made.pop(name, []):
            pixmap.free()

    def free_all(self) -> None:
        """The X server keeps nothing of them."""
        for name in list(self._made):
            self.free(name)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}-{self._width}x{self._height}.bgrx"

    def _pixmaps(self, name: str, height: int, width: int | None = None) -> list[Any]:
        if name not in self._made:
            with self._path(name).open("rb") as file:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            across = width or self._width
            size = across * height * 4
            starts = range(0, len(data), size)
            self._made[name] = [self._upload(data, start, across, height) for start in starts]
            data.close()
        return self._made[name]

    def _upload(self, data: mmap.mmap, start: int, width: int, height: int) -> Any:
        pixmap = self._window.create_pixmap(width, height, 24)
        rows = max(1, _MOST_BYTES // (width * 4))
        for y in range(0, height, rows):
            count = min(rows, height - y)
            at = start + y * width * 4
            strip = data[at : at + count * width * 4]
            pixmap.put_image(self._gc, 0, y, width, count, X.ZPixmap, 24, 0, strip)
        self._display.sync()
        return pixmap


class Probe:
    """One window, and the scene that it shows."""

    def __init__(self, folder: Path) -> None:
        self.display: Any = Display()
        self.screen: Any = self.display.screen()
        self.folder = folder
        root = self.screen.root.get_geometry()
        self.size = (root.width, root.height)
        self.window = self._open_window()
        self.gc = self.window.create_gc(graphics_exposures=0)
        self.pictures = Pictures(self.display, self.window, folder, self.size)
        self.scene, self.frame, self.started = Scene.STILL, 0, time.monotonic()
        self.typed = 0
        self.answer = False

    def _open_window(self) -> Any:
        mask = X.KeyPressMask | X.ExposureMask | X.StructureNotifyMask
        window = self.screen.root.create_window(
            0, 0, *self.size, 0, self.screen.root_depth, event_mask=mask, background_pixel=_GREY
        )
        window.set_wm_name("Benchmark probe")
        window.set_wm_class("probe", "Probe")
        fullscreen = self.display.get_atom("_NET_WM_STATE_FULLSCREEN")
        window.change_property(self.display.get_atom("_NET_WM_STATE"), Xatom.ATOM, 32, [fullscreen])
        window.map()
        return window

    def run(self) -> None:
        """Until the X server ends."""
        while True:
            self._wait()
            while self.display.pending_events():
                self._hear(self.display.next_event())
            self._draw_next()
            self.display.flush()

    def _wait(self) -> None:
        """Until something is heard or the next frame is due."""
        timeout = None
        if self.scene in _MOVING:
            due = self.started + (self.frame + 1) / RATES[self.scene]
            timeout = max(0.0, due - time.monotonic())
        self.display.flush()
        if not self.display.pending_events():
            select.select([self.display.fileno()], [], [], timeout)

    def _hear(self, said: Any) -> None:
        if said.type == X.ConfigureNotify and (said.width, said.height) != self.size:
            self.size = (said.width, said.height)
            self.pictures.free_all()
            self.pictures = Pictures(self.display, self.window, self.folder, self.size)
            self._begin(Scene.STILL)
        elif said.type == X.Expose and said.count == 0 and self.scene not in _MOVING:
            self._begin(self.scene if self.scene is not Scene.REST else Scene.STILL)
        elif said.type == X.MappingNotify:
            self.display.refresh_keyboard_mapping(said)
        elif said.type == X.KeyPress:
            self._press(self.display.keycode_to_keysym(said.detail, 0))

    def _press(self, keysym: int) -> None:
        """Digits choose the scene or run an errand; any letter is answered."""
        if ord("1") <= keysym <= ord("5"):
            self._begin(Scene(keysym - ord("0")))
        elif ord("6") <= keysym <= ord("9"):
            self._run_errand(chr(keysym))
        elif ord("a") <= keysym <= ord("z"):
            self.answer = not self.answer
            if self.scene is Scene.TYPING:
                self._write(keysym - ord("a"))
            self._fill(ANSWER, _WHITE if self.answer else _BLACK)

    def _run_errand(self, digit: str) -> None:
        """The shell script of this name, if there is one, beside what is drawn."""
        script = self.folder.with_name("errands") / digit
        if script.is_file():
            subprocess.Popen(["sh", str(script)])

    def _begin(self, scene: Scene) -> None:
        """The first frame of this scene is drawn; of the rest it is the last one's."""
        if not self.pictures.there():
            return
        if scene is not Scene.REST:
            self.frame, self.typed = 0, 0
            self._fill((0, 0, self.size[0], BAND), _GREY)
            self._fill(ANSWER, _WHITE if self.answer else _BLACK)
            self._draw_whole(scene)
            if scene is not Scene.VIDEO:
                self.pictures.free("video")  # so that memory is measured without it
        self.scene, self.started = scene, time.monotonic()
        self._stamp()

    def _draw_whole(self, scene: Scene) -> None:
        height = self.size[1] - BAND
        source = self.pictures.video()[0] if scene is Scene.VIDEO else self.pictures.text()
        self.window.copy_area(self.gc, source, 0, 0, self.size[0], height, 0, BAND)

    def _draw_next(self) -> None:
        """The frame that is due now, if one is."""
        if self.scene not in _MOVING:
            return
        due = at_time(self.scene, time.monotonic() - self.started)
        if due <= self.frame:
            return
        if self.scene is Scene.VIDEO:
            picture = self.pictures.video()[video_index(due)]
            height = self.size[1] - BAND
            self.window.copy_area(self.gc, picture, 0, 0, self.size[0], height, 0, BAND)
        else:
            self._scroll(due)
        self.frame = due
        self._stamp()

    def _scroll(self, due: int) -> None:
        """The page moves up, as a terminal or a browser does it, and new rows come in below."""
        width, height = self.size[0], self.size[1] - BAND
        by = min(height, (due - self.frame) * SCROLL_STEP)
        self.window.copy_area(self.gc, self.window, 0, BAND + by, width, height - by, 0, BAND)
        row, y = (due * SCROLL_STEP + height - by) % TEXT_ROWS, BAND + height - by
        while by:
            count = min(by, TEXT_ROWS - row)
            self.window.copy_area(self.gc, self.pictures.text(), 0, row, width, count, 0, y)
            row, y, by = 0, y + count, by - count

    def _write(self, letter: int) -> None:
        """The letter stands at the caret, and the caret behind it."""
        x, y = TYPED.place(self.typed, self.size)
        letters = self.pictures.letters()
        self.window.copy_area(
            self.gc, letters, letter * TYPED.width, 0, TYPED.width, TYPED.height, x, y
        )
        self.typed += 1
        x, y = TYPED.place(self.typed, self.size)
        self._fill((x, y, 2, TYPED.height), _BLACK)

    def _stamp(self) -> None:
        """Drawn last: whoever sees the stamp sees the frame that it belongs to."""
        stamp = Stamp(self.scene, self.frame, int(time.time() * 1000) % CLOCK)
        for white in (True, False):
            rectangles = [
                (n * BLOCK, 0, BLOCK, BLOCK) for n, is_white in enumerate(blocks(stamp))
                if is_white is white
            ]  # fmt: skip
            self.gc.change(foreground=_WHITE if white else _BLACK)
            self.window.poly_fill_rectangle(self.gc, rectangles)

    def _fill(self, rectangle: tuple[int, int, int, int], colour: int) -> None:
        self.gc.change(foreground=colour)
        self.window.fill_rectangle(self.gc, *rectangle)


def main() -> None:
    """Draws until the session ends."""
    Probe(Path(sys.argv[0]).resolve() / "pictures").run()

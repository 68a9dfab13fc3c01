"""What the user does, step by step; each makes sure that it was done, and raises NotDone if not."""

import hashlib
import os
import time
from collections.abc import Callable

from tests.support.earphones import await_hertz
from tests.support.my_files import await_uploads, choose, downloaded, open_files

from benchmarks.sheet.pictures import Size
from benchmarks.sheet.stamp import Scene
from benchmarks.soak.desk import OTHER_SIZES, SIZE, Desk, NotDone

Step = Callable[[Desk], None]

FILE_BYTES = 20 << 20
_PLAY = "9"  # a digit that runs an errand
_HERTZ = 440
_TONE = (
    "import array, math, sys; "
    f"wave = [int(8000 * math.sin(math.tau * {_HERTZ} * (n // 2) / 48000)) for n in range(96000)]; "
    "sys.stdout.buffer.write(array.array('h', wave).tobytes() * 2)"
)
ERRANDS = {_PLAY: f'python3 -c "{_TONE}" | pacat --raw --rate=48000\n'}
_LETTERS = 20
_LETTERS_IN_VIDEO = 5
_MOTION_S = 4.0
_LEAST_FPS = 2.0  # a browser that shares two busy cores shows few
_BACK_WITHIN_S = 30.0
_STRIKES = 3  # those of a moment without a connection are lost, as they should be


def typing(desk: Desk) -> None:
    """Letters, each of which is answered on the screen."""
    desk.page.begin(Scene.TYPING)
    _type(desk, _LETTERS)


def scrolling(desk: Desk) -> None:
    """Text moves up."""
    _watch(desk, Scene.SCROLLING)


def video(desk: Desk) -> None:
    """A picture moves, and letters are typed meanwhile."""
    _watch(desk, Scene.VIDEO)
    _type(desk, _LETTERS_IN_VIDEO)


def hearing(desk: Desk) -> None:
    """An application plays a tone for a while, which is heard, and then silence."""
    desk.page.page.keyboard.press(_PLAY)
    await_hertz(desk.page.page, _HERTZ)
    await_hertz(desk.page.page, 0)
    desk.done["tones heard"] += 1


def resizing(desk: Desk) -> None:
    """The window gets one size after another, and the screen follows it."""
    for size in (*OTHER_SIZES, SIZE):
        _resize(desk, size)


def files(desk: Desk) -> None:
    """A file goes up, comes down the same, and is deleted."""
    page, name = desk.page.page, f"soak-{desk.done['files there and back']}"
    path = desk.folder / name
    data = os.urandom(FILE_BYTES)
    path.write_bytes(data)
    open_files(page)
    choose(page, path)
    await_uploads(page, 1)
    path.unlink()
    found = downloaded(page, name)
    if _digest(found) != _digest(data):
        raise NotDone(f"{name} came back as {len(found)} other bytes")
    page.get_by_role("button", name="Clear", exact=True).click()
    page.get_by_role("button", name=f"Delete {name}", exact=True).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name=f"Delete {name}", exact=True).wait_for(state="detached")
    page.get_by_role("button", name="Close My Files").click()
    desk.done["files there and back"] += 1
    _type(desk, 1)  # the keyboard is the application's again


def cut(desk: Desk) -> None:
    """Every connection is reset."""
    _lose(desk, "cuts", desk.link.cut)


def silence(desk: Desk) -> None:
    """Every connection is dead, and nobody is told."""
    _lose(desk, "silent losses", desk.link.swallow)


def takeover(desk: Desk) -> None:
    """Another window shows the session, and the one before says so."""
    other = desk.another_page()
    began = time.monotonic()
    other.open(desk.session.again())
    desk.note("takeovers", time.monotonic() - began)
    headline = "Your session is open in another window"
    desk.page.page.get_by_role("heading", name=headline).wait_for()
    desk.turn_to(other)
    other.fit(SIZE)
    _type(desk, 1)


def _type(desk: Desk, count: int) -> None:
    for number in range(count):
        desk.page.pause(0.1 + 0.007 * (number * 7 % 11))  # not in step with frames
        elapsed_ms = desk.page.key_to_pixel_ms()
        if elapsed_ms is None:
            raise NotDone(f"letter {number + 1} of {count} was not answered")
        desk.note("letters answered", elapsed_ms / 1000)


def _watch(desk: Desk, scene: Scene) -> None:
    desk.page.begin(scene)
    since = desk.page.now_ms()
    desk.page.pause(_MOTION_S)
    shown = len({frame.number for frame in desk.page.frames(scene, since)})
    if shown < _LEAST_FPS * _MOTION_S:
        raise NotDone(f"of {scene.name.lower()} only {shown} frames were shown in {_MOTION_S:g} s")
    desk.done[f"frames of {scene.name.lower()}"] += shown


def _resize(desk: Desk, size: Size) -> None:
    began = time.monotonic()
    desk.page.fit(size)
    if not desk.page.shows(Scene.STILL):  # which the probe begins at every size
        raise NotDone(f"nothing was shown at {size[0]}x{size[1]}")
    desk.note("sizes", time.monotonic() - began)
    _type(desk, 1)


def _lose(desk: Desk, what: str, lose: Callable[[], None]) -> None:
    """The connection is lost in motion, and comes back by itself."""
    desk.page.begin(Scene.SCROLLING)
    lose()
    desk.page.strike(armed=False)  # the user is at work, and would notice
    at = desk.page.now_ms()
    back_ms = desk.page.next_frame_ms(at + 50, _BACK_WITHIN_S)
    if back_ms is None:
        raise NotDone(f"of {what}: it did not come back within {_BACK_WITHIN_S:g} s")
    desk.note(what, back_ms / 1000)
    if all(desk.page.key_to_pixel_ms() is None for _ in range(_STRIKES)):
        raise NotDone(f"of {what}: it came back and took no letters")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

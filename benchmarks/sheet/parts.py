"""The parts of a visit: each takes the samples of some rows."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from benchmarks.sheet.browser import ANSWER_WITHIN_MS, Watched
from benchmarks.sheet.pictures import below_band, psnr_db
from benchmarks.sheet.processes import pss_mib, usage
from benchmarks.sheet.stamp import BAND, Scene
from benchmarks.sheet.visit import Visit

REST_S = 0.3  # from the end of motion to the picture at rest
_STILL_AFTER_S = 3.0  # encoders refine a picture that has come to rest
_CUT_WITHIN_S = 4.0
Part = Callable[[Visit, Watched], None]


def opening(visit: Visit, page: Watched) -> None:
    """A new session, up to its first frame."""
    opened_ms = page.open(visit.session.url())
    made_ms = visit.session.made_in_s * 1000
    warm = bool(visit.session.service())  # what serves all sessions has instances ready
    visit.add("new", opened_ms + (0.0 if warm else made_ms))
    visit.add("cold", opened_ms + made_ms)
    page.fit(visit.condition.size)


def typing(visit: Visit, page: Watched) -> None:
    """Letters are typed, about four a second."""
    page.begin(Scene.TYPING)
    page.pause(visit.effort.settle_s)
    with _window(visit) as window:
        visit.add("key_typing", *_keys(page, visit.effort.letters))
    visit.add("typing_bytes", window.bytes / visit.effort.letters)
    visit.add("typing_cpu", window.cores)


def stillness(visit: Visit, page: Watched) -> None:
    """Nothing moves; what the session takes of memory is looked at as well."""
    page.begin(Scene.STILL)
    page.pause(_STILL_AFTER_S)
    with _window(visit) as window:
        page.pause(visit.effort.window_s)
    visit.add("still_kbit", window.bits_per_s / 1e3)
    visit.add("still_cpu", window.cores)
    shared = pss_mib(visit.session.service())
    visit.add("memory", pss_mib(visit.session.processes()) + max(0, shared - visit.service_mib))


def scrolling(visit: Visit, page: Watched) -> None:
    """Text moves up."""
    _watch(visit, page, Scene.SCROLLING)


def video(visit: Visit, page: Watched) -> None:
    """A picture moves."""
    _watch(visit, page, Scene.VIDEO)


def keys_in_video(visit: Visit, page: Watched) -> None:
    """Letters are typed while a picture moves."""
    page.go_on(Scene.VIDEO)
    page.pause(visit.effort.settle_s)
    visit.add("key_video", *_keys(page, visit.effort.letters_in_video))


def pictures_of_text(visit: Visit, page: Watched) -> None:
    """How good the picture is while text scrolls, and after."""
    _compare(visit, page, Scene.SCROLLING)


def pictures_of_video(visit: Visit, page: Watched) -> None:
    """How good the picture is while a video plays, and after."""
    _compare(visit, page, Scene.VIDEO)


def coming_back(visit: Visit, _page: Watched) -> None:
    """Another browser opens the session, in which everything runs already."""
    visit.add("again", visit.fresh_page().open(visit.session.again()))


def cut(visit: Visit, page: Watched) -> None:
    """The connection is reset; the page may come back by itself."""
    page.begin(Scene.SCROLLING)
    page.pause(visit.effort.settle_s)
    visit.link.cut()
    at = page.now_ms()  # what is drawn from now on comes by a new connection
    back_ms = page.next_frame_ms(at, _CUT_WITHIN_S)
    if back_ms is not None:
        visit.add("cut", back_ms)


@dataclass
class _Window:
    """What happened between two instants."""

    seconds: float = 0.0
    bytes: float = 0.0
    cpu_s: float = 0.0

    @property
    def bits_per_s(self) -> float:
        return 8 * self.bytes / self.seconds

    @property
    def cores(self) -> float:
        return self.cpu_s / self.seconds


@contextmanager
def _window(visit: Visit) -> Iterator[_Window]:
    """What happens while this is entered, known when it is left."""
    window, serving = _Window(), visit.serving()
    used, sent, began = usage(serving), visit.link.down_bytes(), time.monotonic()
    yield window
    window.seconds = time.monotonic() - began
    window.bytes = visit.link.down_bytes() - sent
    window.cpu_s = usage(serving).since(used)


def _keys(page: Watched, count: int) -> list[float]:
    """Milliseconds of so many letters; one not answered in time counts with all that time."""
    found: list[float] = []
    for number in range(count):
        page.pause(0.15 + 0.007 * (number * 7 % 11))  # not in step with frames
        elapsed_ms = page.key_to_pixel_ms()
        found.append(ANSWER_WITHIN_MS if elapsed_ms is None else elapsed_ms)
    return found


def _watch(visit: Visit, page: Watched, scene: Scene) -> None:
    page.begin(scene)
    page.pause(visit.effort.settle_s)
    since = page.now_ms()
    with _window(visit) as window:
        page.pause(visit.effort.window_s)
    name = scene.name.lower()
    frames = page.frames(scene, since)
    visit.add(f"{name}_fps", len({frame.number for frame in frames}) / window.seconds)
    visit.add(f"{name}_mbit", window.bits_per_s / 1e6)
    visit.add(f"{name}_cpu", window.cores)
    if frames:
        visit.add(f"{name}_age", median(frame.age_ms for frame in frames))


def _compare(visit: Visit, page: Watched, scene: Scene) -> None:
    """Pictures of the page are set against what the probe drew; torn ones are left out."""
    page.go_on(scene)
    page.pause(visit.effort.settle_s)
    name, size = scene.name.lower(), visit.condition.size
    for _ in range(visit.effort.pictures):
        page.pause(0.23)
        stamp, seen = page.picture()
        if stamp is not None and stamp.scene == scene:
            true = below_band(scene, stamp.frame, size)
            visit.add(f"{name}_psnr", psnr_db(seen[BAND:], true))
    page.press(Scene.REST)
    stamp, seen = page.picture_at_rest(REST_S)
    if stamp is not None and stamp.scene == Scene.REST:
        visit.add(f"{name}_rest", psnr_db(seen[BAND:], below_band(scene, stamp.frame, size)))

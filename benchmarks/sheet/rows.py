"""The rows of the sheet, and what ownstream is to reach in each, as ratios to its peers. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

OWN = "ownstream"
SELKIES = "Selkies"
TIGERVNC = "TigerVNC+noVNC"
SYSTEMS = (OWN, TIGERVNC, SELKIES)
BEST = "the best peer"


class Spread(StrEnum):
    """What stands beside a median."""

    P95 = "p95"
    QUARTILES = "p25-p75"


@dataclass(frozen=True)
class Row:
    """One thing that is measured."""

    id: str
    title: str
    unit: str
    digits: int = 0
    spread: Spread = Spread.QUARTILES
    high_is_good: bool = False
    in_decibels: bool = False  # differences count, not ratios


@dataclass(frozen=True)
class Aim:
    """Ownstream's median is to be at most (where high is good: at least) this."""

    peer: str = BEST
    factor: float = 1.0
    plus: float = 0.0  # in the row's unit

    def bound(self, peers: Mapping[str, float], row: Row) -> float | None:
        """What is allowed, by the medians of the peers; None if that peer has none."""
        if self.peer == BEST:
            known = max(peers.values(), default=None) if row.high_is_good else None
            known = min(peers.values(), default=None) if not row.high_is_good else known
        else:
            known = peers.get(self.peer)
        return None if known is None else known * self.factor + self.plus

    def text(self, row: Row) -> str:
        """In words."""
        side = "at least" if row.high_is_good else "at most"
        share = "" if self.factor == 1.0 else f"{self.factor:g} of "
        more = (
            ""
            if not self.plus
            else f" {'+' if self.plus > 0 else '-'} {abs(self.plus):g} {row.unit}"
        )
        return f"{side} {share}{self.peer}{more}"


@dataclass(frozen=True)
class Verdict:
    """What became of a row."""

    ratio: (
        float | None
    )  # ownstream to the best peer; decibels' difference; None: nothing to set against
    met: bool | None  # None: not measured
    aims: Sequence[Aim]


KEY_TYPING = Row("key_typing", "key to pixel, typing", "ms", spread=Spread.P95)
KEY_VIDEO = Row("key_video", "key to pixel, during video", "ms", spread=Spread.P95)
SCROLLING_FPS = Row("scrolling_fps", "scrolling text, frames shown", "/s", 1, high_is_good=True)
SCROLLING_MBIT = Row("scrolling_mbit", "scrolling text, bandwidth", "Mbit/s", 2)
SCROLLING_AGE = Row("scrolling_age", "scrolling text, age of what is shown", "ms")
VIDEO_FPS = Row("video_fps", "video 30 fps, frames shown", "/s", 1, high_is_good=True)
VIDEO_MBIT = Row("video_mbit", "video 30 fps, bandwidth", "Mbit/s", 2)
VIDEO_AGE = Row("video_age", "video 30 fps, age of what is shown", "ms")


def _db(id_: str, title: str) -> Row:
    return Row(id_, title, "dB", 1, high_is_good=True, in_decibels=True)


def _cores(id_: str, title: str) -> Row:
    return Row(id_, title, "cores", 2)


FREE_ROWS: Sequence[Row] = (
    KEY_TYPING,
    KEY_VIDEO,
    Row("typing_bytes", "typing, each letter", "bytes"),
    Row("still_kbit", "still screen, bandwidth", "kbit/s", 1),
    SCROLLING_FPS,
    SCROLLING_MBIT,
    SCROLLING_AGE,
    _db("scrolling_psnr", "scrolling text, picture (PSNR)"),
    _db("scrolling_rest", "scrolling text, picture 300 ms after it ended"),
    VIDEO_FPS,
    VIDEO_MBIT,
    VIDEO_AGE,
    _db("video_psnr", "video 30 fps, picture (PSNR)"),
    _db("video_rest", "video 30 fps, picture 300 ms after it ended"),
    _cores("still_cpu", "CPU, still screen"),
    _cores("typing_cpu", "CPU, typing"),
    _cores("scrolling_cpu", "CPU, scrolling text"),
    _cores("video_cpu", "CPU, video"),
    Row("memory", "memory of a session (PSS)", "MiB"),
    Row("new", "a new session, asked for to first frame", "ms"),
    Row("cold", "a new session with nothing ready", "ms"),
    Row("again", "opening a running session to first frame", "ms"),
    Row("cut", "connection cut to next frame", "ms"),
)
SHAPED_ROWS: Sequence[Row] = (
    KEY_TYPING,
    KEY_VIDEO,
    *(SCROLLING_FPS, SCROLLING_MBIT, SCROLLING_AGE),
    *(VIDEO_FPS, VIDEO_MBIT, VIDEO_AGE),
    Row("new", "a new session, asked for to first frame", "ms"),
)

_SELKIES = (Aim(SELKIES),)
_FREE_AIMS: Mapping[str, Sequence[Aim]] = {
    "key_typing": (Aim(), Aim(SELKIES, 0.9)),
    "key_video": (Aim(), Aim(SELKIES, 0.9)),
    "typing_bytes": (Aim(),),
    "still_kbit": (Aim(plus=1.0),),  # TigerVNC sends nothing at all; a heartbeat may be had
    "still_cpu": _SELKIES,
    "typing_cpu": _SELKIES,
    "scrolling_cpu": _SELKIES,
    "video_cpu": _SELKIES,
    "memory": _SELKIES,
    "new": (Aim(SELKIES, 0.5),),
}
_VIDEO_AT_720P: Mapping[str, Sequence[Aim]] = {
    "video_mbit": (Aim(TIGERVNC, 0.5),),
    "video_fps": (Aim(TIGERVNC, plus=-0.5),),  # a frame more or less in the window
}
_SHAPED_AIMS: Mapping[str, Sequence[Aim]] = {
    "key_typing": (Aim(TIGERVNC, plus=10.0),),
    "key_video": _SELKIES,
}
_TWICE_DB = 6.02


def aims(row: Row, condition: str, *, shaped: bool) -> Sequence[Aim]:
    """The row's aims; where none is set, no peer is to be twice as good."""
    table = _SHAPED_AIMS if shaped else _FREE_AIMS
    if condition == "720p" and row.id in _VIDEO_AT_720P:
        return _VIDEO_AT_720P[row.id]
    return table.get(row.id, (not_twice(row),))


def not_twice(row: Row) -> Aim:
    """No peer is twice as good: half the rate, twice the time, twice the error."""
    if row.in_decibels:
        return Aim(plus=-_TWICE_DB)
    return Aim(factor=0.5 if row.high_is_good else 2.0)


def verdict(row: Row, medians: Mapping[str, float], wanted: Sequence[Aim]) -> Verdict:
    """How ownstream's median stands to those of its peers."""
    peers = {name: value for name, value in medians.items() if name != OWN}
    own = medians.get(OWN)
    if own is None or not peers:
        return Verdict(None, None, wanted)
    best = max(peers.values()) if row.high_is_good else min(peers.values())
    ratio = own - best if row.in_decibels else own / best if best else None
    bounds = [aim.bound(peers, row) for aim in wanted]
    known = [bound for bound in bounds if bound is not None]
    met = all(own >= bound if row.high_is_good else own <= bound for bound in known)
    return Verdict(ratio, met if known else None, wanted)

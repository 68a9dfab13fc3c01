"""What a run measures: conditions, how much of each, and in which order the systems take turns."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.sheet.capacity import Counts
from benchmarks.sheet.parts import (
    Part,
    coming_back,
    cut,
    keys_in_video,
    opening,
    pictures_of_text,
    pictures_of_video,
    scrolling,
    stillness,
    typing,
    video,
)
from benchmarks.sheet.peers import Peer
from benchmarks.sheet.shape import Shape
from benchmarks.sheet.visit import Condition, Effort

SMALL, LARGE = (1280, 720), (1920, 1080)
CONDITIONS = (
    Condition("720p", "1280x720, no delay", SMALL),
    Condition("1080p", "1920x1080, no delay", LARGE),
    Condition(
        "50ms", "1280x720, 50 ms round trip, 10 Mbit/s", SMALL, Shape(0.050, bits_per_s=10e6)
    ),
    Condition(
        "100ms",
        "1280x720, 100 ms round trip, 4 Mbit/s, nothing for 300 ms every 5 s",
        SMALL,
        Shape(0.100, bits_per_s=4e6, outage_s=0.3, outage_every_s=5.0),
    ),
)
CAPACITY = "capacity"


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    free: Effort
    shaped: Effort
    rounds: int
    shaped_rounds: int
    counts: Counts


@dataclass(frozen=True)
class Turn:
    """One visit that is to be made."""

    peer: Peer
    condition: Condition
    effort: Effort


FULL = Plan(
    free=Effort(letters=20, letters_in_video=12, window_s=5.0, settle_s=1.5, pictures=3),
    shaped=Effort(letters=15, letters_in_video=12, window_s=5.0, settle_s=2.5, pictures=0),
    rounds=3,
    shaped_rounds=2,
    counts=Counts(),
)
QUICK = Plan(
    free=Effort(letters=10, letters_in_video=8, window_s=2.5, settle_s=1.0, pictures=1),
    shaped=Effort(letters=8, letters_in_video=8, window_s=4.0, settle_s=2.0, pictures=0),
    rounds=1,
    shaped_rounds=1,
    counts=Counts(idle=(1, 3), typing=(1, 2), video=(1, 2), window_s=2.5),
)

# Which rows a part gives, by the beginnings of their names.
_PARTS: Sequence[tuple[Part, Sequence[str]]] = (
    (typing, ("key_typing", "typing_")),
    (stillness, ("still_", "memory")),
    (scrolling, ("scrolling_fps", "scrolling_mbit", "scrolling_cpu", "scrolling_age")),
    (pictures_of_text, ("scrolling_psnr", "scrolling_rest")),
    (video, ("video_fps", "video_mbit", "video_cpu", "video_age")),
    (keys_in_video, ("key_video",)),
    (pictures_of_video, ("video_psnr", "video_rest")),
    (coming_back, ("again",)),
    (cut, ("cut",)),
)
_OVER_SHAPED_LINKS = {typing, scrolling, video, keys_in_video}


def turns(plan: Plan, peers: Sequence[Peer], conditions: Sequence[Condition]) -> Iterator[Turn]:
    """All visits: in every round each system once a condition, in an order that turns."""
    for number in range(max(plan.rounds, plan.shaped_rounds)):
        for condition in conditions:
            shaped = condition.shape.is_shaped
            if number >= (plan.shaped_rounds if shaped else plan.rounds):
                continue
            start = number % len(peers)
            for peer in (*peers[start:], *peers[:start]):
                yield Turn(peer, condition, plan.shaped if shaped else plan.free)


def parts(condition: Condition, only: Collection[str]) -> Sequence[Part]:
    """What is done in a visit; for some rows only, if any are named."""
    wanted = [
        part
        for part, rows in _PARTS
        if not only or any(name.startswith(tuple(rows)) for name in only)
    ]
    if condition.shape.is_shaped:
        wanted = [part for part in wanted if part in _OVER_SHAPED_LINKS]
    return (opening, *wanted)

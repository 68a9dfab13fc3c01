"""What counts as motion, and what does not, however many bytes it takes."""

from ownstream.agent.area import Area
from ownstream.agent.motion import MOST_EXACT_BITS, Motion

SCREEN = Area(0, 0, 1280, 720)
FILM = Area(200, 100, 640, 360)


def watched(*areas: Area, cost_bytes: int, rate: float = 30.0, seconds: float = 0.5) -> Area | None:
    """What is video after these areas have been painted so often a second for so long."""
    motion, found = Motion(SCREEN), None
    for number in range(int(rate * seconds)):
        motion.painted([(area, cost_bytes) for area in areas], number / rate)
        found = found or motion.area(bearable_bits=MOST_EXACT_BITS)
    return found


def test_a_film_is_video_where_it_plays() -> None:
    found = watched(FILM, cost_bytes=100_000)
    assert found == Area(192, 96, 656, 368)


def test_a_film_that_fills_nearly_all_is_video_everywhere() -> None:
    assert watched(Area(0, 40, 1280, 680), cost_bytes=400_000) == SCREEN


def test_a_film_that_takes_long_to_compress_is_video_too() -> None:
    assert watched(SCREEN, cost_bytes=1_900_000, rate=6, seconds=1) == SCREEN


def test_a_clock_beside_a_film_is_not_part_of_it() -> None:
    motion, clock = Motion(SCREEN), Area(1200, 700, 60, 16)
    for number in range(15):
        motion.painted([(FILM, 100_000), (clock, 90)], number / 30)
    found = motion.area(bearable_bits=MOST_EXACT_BITS)
    assert found is not None
    assert not found.meets(clock)


def test_what_is_cheap_is_never_video() -> None:
    assert watched(SCREEN, cost_bytes=700, rate=60) is None


def test_a_page_that_is_built_up_is_not_motion() -> None:
    motion = Motion(SCREEN)
    for number in range(12):
        strip = Area(0, 60 * number, 1280, 60)
        motion.painted([(strip, 120_000)], number * 0.02)
        assert motion.area(bearable_bits=MOST_EXACT_BITS) is None


def test_pages_turned_one_a_second_are_not_motion() -> None:
    assert watched(SCREEN, cost_bytes=500_000, rate=1, seconds=10) is None


def test_a_link_that_bears_less_sees_video_sooner() -> None:
    motion = Motion(SCREEN)
    for number in range(15):
        motion.painted([(FILM, 12_000)], number / 30)
    assert motion.area(bearable_bits=MOST_EXACT_BITS) is None
    assert motion.area(bearable_bits=1e6) is not None


def test_what_has_been_forgotten_does_not_count() -> None:
    motion = Motion(SCREEN)
    for number in range(15):
        motion.painted([(FILM, 100_000)], number / 30)
    motion.forget()
    assert motion.area(bearable_bits=MOST_EXACT_BITS) is None

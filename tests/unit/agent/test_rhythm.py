"""When what moved counts as at rest."""

import pytest

from ownstream.agent.rhythm import LONGEST_S, SHORTEST_S, Rhythm


@pytest.mark.parametrize("rate", [60, 30, 24, 15, 10])
def test_a_film_of_this_rate_is_not_taken_for_at_rest_between_its_pictures(rate: int) -> None:
    rhythm = Rhythm()
    for _ in range(30):
        rhythm.beat(1 / rate)
        assert rhythm.rest_s > 1.5 / rate


def test_the_quicker_the_film_the_sooner_its_end_is_seen() -> None:
    quick, slow = Rhythm(), Rhythm()
    for _ in range(30):
        quick.beat(1 / 60)
        slow.beat(1 / 10)
    assert quick.rest_s == SHORTEST_S
    assert 0.2 < slow.rest_s <= LONGEST_S


def test_one_long_pause_does_not_make_the_next_end_late() -> None:
    rhythm = Rhythm()
    for _ in range(30):
        rhythm.beat(1 / 30)
    rhythm.beat(5.0)
    for _ in range(8):
        rhythm.beat(1 / 30)
    assert rhythm.rest_s < 0.12

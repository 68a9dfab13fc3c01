"""When a session warns, disconnects and ends."""

from datetime import UTC, datetime, timedelta

import pytest

from ownstream.domain.sessions import Limits, Times, input_on_arrival, judge, limits

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMITS = Limits(max_duration=60 * MINUTE, disconnect=15 * MINUTE, idle=10 * MINUTE)


def times(*, disconnected: datetime | None = None, last_input: datetime = START) -> Times:
    return Times(
        started_at=START,
        expires_at=START + 60 * MINUTE,
        disconnected_at=disconnected,
        last_input_at=last_input,
    )


def test_the_longest_duration_ends_a_session_that_is_in_use() -> None:
    at = START + 60 * MINUTE
    assert judge(times(last_input=at), LIMITS, at).end == "max_duration"


def test_five_minutes_before_its_end_the_user_is_warned() -> None:
    at = START + 55 * MINUTE
    assert "five minutes" in judge(times(last_input=at), LIMITS, at).warning


def test_a_disconnected_session_ends_after_the_disconnect_timeout() -> None:
    away = times(disconnected=START + MINUTE)
    assert judge(away, LIMITS, START + 15 * MINUTE).end == ""
    assert judge(away, LIMITS, START + 16 * MINUTE).end == "disconnected"


def test_an_idle_user_is_warned_and_then_disconnected() -> None:
    assert judge(times(), LIMITS, START + 8 * MINUTE).warning == ""
    assert "minute" in judge(times(), LIMITS, START + 9 * MINUTE).warning
    assert judge(times(), LIMITS, START + 10 * MINUTE).disconnect


@pytest.mark.parametrize(
    ("last_input", "warned_of"),
    [
        pytest.param(46, 56, id="idleness-comes-first"),
        pytest.param(50, 60, id="the-end-comes-first"),
    ],
)
def test_the_user_is_warned_of_what_happens_first(last_input: int, warned_of: int) -> None:
    at = START + 55 * MINUTE + MINUTE / 2
    verdict = judge(times(last_input=START + last_input * MINUTE), LIMITS, at)
    assert verdict.warned_of == START + warned_of * MINUTE
    assert ("type or click" in verdict.warning) == (warned_of == 56)


def test_where_nothing_is_warned_of_nothing_is_near() -> None:
    assert judge(times(), LIMITS, START).warned_of is None


@pytest.mark.parametrize(
    ("away_from", "back_at", "idle"),
    [
        pytest.param(4, 5, 4, id="the-time-away-left-out"),
        pytest.param(4, 14, 4, id="however-long-that-was"),
        pytest.param(10, 12, 0, id="not-at-all-after-a-disconnect-for-idleness"),
        pytest.param(None, 9, 9, id="all-the-time-without-having-been-away"),
    ],
)
def test_who_comes_back_has_been_idle(away_from: int | None, back_at: int, idle: int) -> None:
    gone = None if away_from is None else START + away_from * MINUTE
    at = START + back_at * MINUTE
    assert at - input_on_arrival(times(disconnected=gone), LIMITS, at) == idle * MINUTE


def test_input_puts_idleness_off() -> None:
    assert not judge(times(last_input=START + 5 * MINUTE), LIMITS, START + 10 * MINUTE).disconnect


def test_without_an_idle_timeout_nobody_is_disconnected() -> None:
    never = Limits(LIMITS.max_duration, LIMITS.disconnect, idle=None)
    assert not judge(times(), never, START + 50 * MINUTE).disconnect


@pytest.mark.parametrize("minute", range(0, 60, 7))
def test_something_can_have_changed_only_from_the_next_look_on(minute: int) -> None:
    at = START + minute * MINUTE
    verdict = judge(times(last_input=at), LIMITS, at)
    assert verdict.look_again_at is not None
    just_before = verdict.look_again_at - timedelta(seconds=1)
    unchanged = judge(times(last_input=at), LIMITS, just_before)
    assert (unchanged.end, unchanged.disconnect) == ("", False)
    assert unchanged.warning == verdict.warning


@pytest.mark.parametrize(("given", "minutes"), [(60, 1), (70, 1), (90, 2), (3600, 60)])
def test_the_idle_timeout_is_rounded_to_the_nearest_minute(given: int, minutes: int) -> None:
    assert limits({"IdleDisconnectTimeoutInSeconds": given}).idle == minutes * MINUTE


def test_a_fleet_without_timers_has_the_defaults_of_appstream() -> None:
    assert limits({}) == Limits(timedelta(hours=16), 15 * MINUTE, None)

"""When a session ends or warns: pure rules over instants."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor

MINUTE = timedelta(minutes=1)
IDLE_WARNING = MINUTE
END_WARNING = timedelta(minutes=5)


@dataclass(frozen=True)
class Limits:
    """A fleet's three timers; `idle` None means that idle users stay connected."""

    max_duration: timedelta
    disconnect: timedelta
    idle: timedelta | None


@dataclass(frozen=True)
class Times:
    """What has happened in a session; `disconnected_at` None means connected."""

    started_at: datetime
    expires_at: datetime
    disconnected_at: datetime | None
    last_input_at: datetime


@dataclass(frozen=True)
class Verdict:
    """What is due now, and when to look again."""

    end: str = ""  # why the session ends now, or empty
    disconnect: bool = False  # the user is to be disconnected for being idle
    warning: str = ""
    warned_of: datetime | None = None  # when what the warning says will happen
    look_again_at: datetime | None = None


def limits(document: dict[str, object]) -> Limits:
    """The timers in a fleet's document, AppStream's defaults where it has none."""

    def seconds(member: str, default: int) -> timedelta:
        value = document.get(member)
        return timedelta(seconds=value if isinstance(value, int) else default)

    # "Rounded to the nearest minute": 70 seconds are one, 90 are two.
    idle = MINUTE * floor(seconds("IdleDisconnectTimeoutInSeconds", 0) / MINUTE + 0.5)
    return Limits(
        max_duration=seconds("MaxUserDurationInSeconds", 57600),
        disconnect=seconds("DisconnectTimeoutInSeconds", 900),
        idle=idle or None,
    )


def judge(times: Times, limits: Limits, now: datetime) -> Verdict:
    """What is due for an active session at this instant."""
    if now >= times.expires_at:
        return Verdict(end="max_duration")
    moments = [times.expires_at - END_WARNING, times.expires_at]
    if times.disconnected_at is not None:
        gone_at = times.disconnected_at + limits.disconnect
        if now >= gone_at:
            return Verdict(end="disconnected")
        return Verdict(look_again_at=_next([*moments, gone_at], now))
    if limits.idle is None:
        return _warned(times, None, now, moments)
    idle_at = times.last_input_at + limits.idle
    if now >= idle_at:
        return Verdict(disconnect=True)
    return _warned(times, idle_at, now, [*moments, idle_at - IDLE_WARNING, idle_at])


def input_on_arrival(times: Times, limits: Limits, now: datetime) -> datetime:
    """When the last input counts as having been, for a user who comes back to an active session.

    Coming back is no input, a page does that by itself; and nobody is idle while away. Who was
    disconnected for being idle had to click, and begins anew.
    """
    if times.disconnected_at is None:
        return times.last_input_at
    idle = times.disconnected_at - times.last_input_at
    return now if limits.idle is not None and idle >= limits.idle else now - idle


def _warned(
    times: Times, idle_at: datetime | None, now: datetime, moments: list[datetime]
) -> Verdict:
    """Nothing is due; the user is warned of what will be first."""
    look_again_at = _next(moments, now)
    if idle_at is not None and idle_at - IDLE_WARNING <= now and idle_at < times.expires_at:
        text = "You will be disconnected in less than a minute unless you type or click."
        return Verdict(warning=text, warned_of=idle_at, look_again_at=look_again_at)
    if now >= times.expires_at - END_WARNING:
        text = "Your session ends in less than five minutes. Save your work."
        return Verdict(warning=text, warned_of=times.expires_at, look_again_at=look_again_at)
    return Verdict(look_again_at=look_again_at)


def _next(moments: list[datetime], now: datetime) -> datetime:
    return min(moment for moment in moments if moment > now)

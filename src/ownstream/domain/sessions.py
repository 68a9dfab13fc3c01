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
    warning = _end_warning(times, now)
    if limits.idle is None:
        return Verdict(warning=warning, look_again_at=_next(moments, now))
    idle_at = times.last_input_at + limits.idle
    if now >= idle_at:
        return Verdict(disconnect=True)
    if now >= idle_at - IDLE_WARNING:
        warning = (
            warning or "You will be disconnected in less than a minute unless you type or click."
        )
    return Verdict(
        warning=warning, look_again_at=_next([*moments, idle_at - IDLE_WARNING, idle_at], now)
    )


def _end_warning(times: Times, now: datetime) -> str:
    if now < times.expires_at - END_WARNING:
        return ""
    return "Your session ends in less than five minutes. Save your work."


def _next(moments: list[datetime], now: datetime) -> datetime:
    return min(moment for moment in moments if moment > now)

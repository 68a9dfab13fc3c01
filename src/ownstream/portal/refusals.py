"""What is said to somebody who is turned away, in words for users."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil


@dataclass(frozen=True)
class Refusal:
    """Why not, as a code for programs and in words."""

    code: str
    text: str


@dataclass(eq=False)
class TurnedAway(Exception):
    """The user does not get what they asked for."""

    refusal: Refusal

    def __str__(self) -> str:
        return self.refusal.text


WRONG = Refusal(
    "wrong", "The user name or the password is not right. Capitals count in both of them."
)
DISABLED = Refusal("disabled", "Your account is disabled. Ask whoever has set it up for you.")
EXPIRED = Refusal(
    "expired",
    "Your temporary password has run out. Ask whoever has set up your account for another.",
)
ENDED = Refusal("ended", "You have been signed out. Sign in again.")
CODE_WRONG = Refusal(
    "code_wrong",
    "The code is not right, or has run out. Look at the latest mail, or ask for another.",
)
NOT_OFFERED = Refusal("not_offered", "This application is not offered to you any more.")
NOT_RUNNING = Refusal("not_running", "This application cannot be opened just now. Try again later.")


def too_weak(lacking: Sequence[str]) -> Refusal:
    """A password that the policy does not take."""
    return Refusal("too_weak", f"The new password needs {_listed(lacking)}.")


def locked(wait: timedelta) -> Refusal:
    """Too many have been tried."""
    seconds = max(1, ceil(wait.total_seconds()))
    said = f"{seconds} s" if seconds < 60 else f"{ceil(seconds / 60)} min"
    return Refusal("locked", f"There were too many attempts. Try again in {said}.")


def _listed(things: Sequence[str]) -> str:
    *others, last = things
    return f"{', '.join(others)} and {last}" if others else last

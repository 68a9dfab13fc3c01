"""How long somebody who guesses passwords has to wait: the rule of Amazon Cognito's user pools.

After five failures each further one locks twice as long, from one second to fifteen minutes.
What is tried meanwhile is not looked at and does not count. A quarter of an hour without any
attempt forgets them all, and so does the right password.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST = timedelta(minutes=15)
FREE_OF_USER = 5
# Many people may share one address; somebody who tries many names is slowed down by it.
FREE_OF_ADDRESS = 40


@dataclass(frozen=True)
class Guesses:
    """The failures that are still counted, and when the last one was."""

    failures: int
    last_at: datetime

    def counted(self, now: datetime) -> int:
        """How many of them are remembered now."""
        return 0 if now - self.last_at >= LONGEST else self.failures

    def locked_until(self, free: int) -> datetime:
        """From when on another attempt is looked at, where so many are free."""
        if self.failures < free:
            return self.last_at
        doublings = min(self.failures - free, 10)
        return self.last_at + min(LONGEST, timedelta(seconds=2**doublings))

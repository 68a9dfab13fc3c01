"""What a password must have: the policy that Amazon Cognito gives a user pool by default."""

import string
from collections.abc import Callable, Sequence
from datetime import timedelta

# Beyond these Cognito counts no character as a special one.
SPECIAL = frozenset("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-")
LEAST_CHARACTERS = 8
MOST_CHARACTERS = 256
TEMPORARY_FOR = timedelta(days=7)
RESET_CODE_FOR = timedelta(hours=24)

POLICY: Sequence[tuple[str, Callable[[str], bool]]] = (
    (f"at least {LEAST_CHARACTERS} characters", lambda text: len(text) >= LEAST_CHARACTERS),
    (f"at most {MOST_CHARACTERS} characters", lambda text: len(text) <= MOST_CHARACTERS),
    ("a lower-case letter", lambda text: not set(string.ascii_lowercase).isdisjoint(text)),
    ("an upper-case letter", lambda text: not set(string.ascii_uppercase).isdisjoint(text)),
    ("a digit", lambda text: not set(string.digits).isdisjoint(text)),
    ("a special character, such as - or !", lambda text: not SPECIAL.isdisjoint(text)),
)


def lacks(password: str) -> Sequence[str]:
    """What the policy wants and this password has not, in words for its user."""
    return [what for what, has in POLICY if not has(password)]

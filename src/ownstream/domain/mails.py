"""What the service writes to a user pool's users: plain text, made when it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WELCOME, STACKS, RESET = "welcome", "stacks", "reset"

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
# As long as mail servers themselves try.
GIVEN_UP_AFTER = timedelta(days=4)


@dataclass(frozen=True)
class Letter:
    """A subject and a text."""

    subject: str
    text: str


@dataclass(frozen=True)
class Reader:
    """To whom it is written, and where they sign in."""

    user_name: str
    first_name: str
    portal_url: str

    @property
    def greeting(self) -> str:
        """How it begins; a name that is all blanks is none."""
        name = " ".join(self.first_name.split())
        return f"Hello {name}," if name else "Hello,"


def welcome(reader: Reader, password: str, good_until: datetime) -> Letter:
    """The mail by which a new user gets in."""
    return Letter(
        "Your applications, in your browser",
        f"""{reader.greeting}

you can now open your applications in a browser. Sign in at

  {reader.portal_url}

User name:           {reader.user_name}
Temporary password:  {password}

Your user name has to be written exactly so, capitals too. When you first sign in you choose
a password of your own. The temporary one is good until {_said(good_until)}.

Keep the address: it does not change.
""",
    )


def stacks_assigned(reader: Reader, titles: Sequence[str]) -> Letter:
    """The mail that says what a user may open from now on."""
    listed = "\n".join(f"  * {title}" for title in titles)
    return Letter(
        "New applications for you",
        f"""{reader.greeting}

from now on you can open the applications of

{listed}

Sign in at

  {reader.portal_url}

as {reader.user_name}.
""",
    )


def reset_code(reader: Reader, code: str, good_until: datetime) -> Letter:
    """The mail by which a user who has forgotten the password gets in again."""
    return Letter(
        "A code for a new password",
        f"""{reader.greeting}

somebody, most likely you, has asked for a new password for {reader.user_name}. To choose one,
type this code on the sign-in page:

  {code}

It is good until {_said(good_until)}. If it was not you, there is nothing to do: without the
code nobody can change your password.

  {reader.portal_url}
""",
    )


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries to send a mail."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries - 1, 20))


def _said(instant: datetime) -> str:
    return f"{instant:%-d %B %Y, %H:%M} UTC"

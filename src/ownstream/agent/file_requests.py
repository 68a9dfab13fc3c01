"""What may be asked of the user's files and by whom, judged before the sandbox hears of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ownstream.agent.policy import Policy, policy
from ownstream.channel.framing import FramingError, json_body
from ownstream.channel.tags import HOME, FromGateway

MAX_SESSION = 64


@dataclass(frozen=True)
class Visit:
    """Whose requests follow: those of a session's browser, or of control with no policy."""

    session: str
    policy: Policy | None


@dataclass(frozen=True)
class Request:
    """One request: what is to be done, and how many bytes follow it."""

    body: Mapping[str, Any]
    do: str
    length: int


NO_UPLOAD = "Uploads are not allowed in this session."
NO_DOWNLOAD = "Downloads are not allowed in this session."
NO_FILES = "Files are not allowed in this session."
TOP = "The folders of My Files itself cannot be changed."

# What browsers may ask, when, and what they hear otherwise.
_Rule = tuple[Callable[[Policy], bool], str]
_IN: _Rule = (lambda policy: policy.upload, NO_UPLOAD)
_OUT: _Rule = (lambda policy: policy.download, NO_DOWNLOAD)
_EITHER: _Rule = (lambda policy: policy.upload or policy.download, NO_FILES)
_BROWSERS: Mapping[str, _Rule] = {
    "list": _EITHER,
    "look": _OUT,
    "read": _OUT,
    "arrived": _IN,
    "write": _IN,
    "cancel": _IN,
    "folder": _IN,
    "rename": _IN,
    "delete": _IN,
}
_CONTROLS = frozenset({"scan", "digest", "read", "write", "folder", "tell"})

# Members of control's requests alone: settings of applications are no files of the user's.
_BEYOND = frozenset({"in"})

# To these the bytes of a file may follow from the sandbox; to others it has nothing to send.
_WITH_BYTES = frozenset({"read", "scan"})


def opens_files(message: bytes) -> bool:
    """Whether this first message of a connection opens one for files."""
    return message[0] in (FromGateway.FILES, FromGateway.KEEP)


def visit(message: bytes) -> Visit:
    """What such a message says; FramingError if it is a bad one."""
    body = json_body(message)
    session = body.get("session")
    if not isinstance(session, str) or not 0 < len(session) <= MAX_SESSION:
        raise FramingError("FILES: session is not a text")
    if message[0] == FromGateway.KEEP:
        return Visit(session, None)
    settings = body.get("userSettings") or []
    if not isinstance(settings, list) or not all(isinstance(item, dict) for item in settings):
        raise FramingError("FILES: userSettings is not a list of objects")
    return Visit(session, policy(settings))


def request(message: bytes) -> Request:
    """What an ASK says; FramingError if it is none."""
    if message[0] != FromGateway.ASK:
        raise FramingError(f"ASK was expected, not tag {message[0]:#x}")
    body = json_body(message)
    do, length = body.get("do"), body.get("length", 0)
    if not isinstance(do, str) or isinstance(length, bool) or not isinstance(length, int):
        raise FramingError("ASK: no word for what to do, or no number as length")
    if length < 0 or (length and do != "write"):
        raise FramingError(f"ASK: {length} bytes cannot follow {do!r:.20}")
    return Request(body, do, length)


def refusal(asked: Request, visit: Visit) -> Mapping[str, str] | None:
    """Why this is not done for who asks; None if it may be."""
    if visit.policy is None:
        return None if asked.do in _CONTROLS else _refused("bad_request", "Unknown request.")
    if asked.do not in _BROWSERS or not _BEYOND.isdisjoint(asked.body):
        return _refused("bad_request", "Unknown request.")
    may, words = _BROWSERS[asked.do]
    if not may(visit.policy):
        return _refused("not_allowed", words)
    path = asked.body.get("path")
    if asked.do == "folder" and isinstance(path, list) and len(path) < 2:  # pyright: ignore[reportUnknownArgumentType]
        return _refused("denied", TOP)
    return None


def home_told(asked: Request) -> str | None:
    """How control says that the home folder stands; None if it says nothing of that.

    FramingError for a word that is none.
    """
    if asked.do != "tell":
        return None
    home = asked.body.get("home")
    if home not in HOME:
        raise FramingError("ASK: the home folder stands in no such way")
    return str(home)


def bytes_after(asked: Request, answer: Mapping[str, Any]) -> int:
    """How many bytes follow the sandbox's answer to this; FramingError if there can be none."""
    length = answer.get("length", 0)
    if isinstance(length, bool) or not isinstance(length, int) or length < 0:
        raise FramingError("the sandbox's answer has no number as length")
    if length and asked.do not in _WITH_BYTES:
        raise FramingError(f"the sandbox sends {length} bytes after {asked.do}")
    return length


def _refused(error: str, message: str) -> Mapping[str, str]:
    return {"error": error, "message": message}

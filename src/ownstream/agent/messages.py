"""What the gateway and the browser say, checked: bytes in, one frozen record each out.

Whatever is not exactly a message raises FramingError and nothing else: a hostile page gains only
the end of its own connection.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Any

from ownstream.agent import catalog
from ownstream.agent.catalog import Granted
from ownstream.agent.policy import Policy, policy
from ownstream.channel import tags
from ownstream.channel.framing import FramingError, json_body
from ownstream.channel.tags import VERSION, FromBrowser, FromGateway

MAX_SIDE = 16384
MAX_KEYSYM = 0x1FFFFFFF
MAX_PING_BYTES = 16
MAX_NAME = 256
NOTHING_GRANTED = Policy()
_BUTTONS = 0b11111
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Open:
    """Begin or rejoin this session."""

    session: str
    application: str  # a Name of the catalog, or empty
    environment: Mapping[str, str]
    policy: Policy = NOTHING_GRANTED
    asking: str = ""  # the same for as long as nobody has asked anew
    granted: Granted = catalog.NOTHING_GRANTED


@dataclass(frozen=True)
class View:
    """The picture that the page can show, in pixels, and its pixels to one CSS pixel.

    `second` is the size of another window of the page, a monitor to the right of the first.
    """

    width: int
    height: int
    scale: float
    second: tuple[int, int] | None = None


@dataclass(frozen=True)
class Hello:
    """A browser is there."""

    view: View
    codecs: tuple[str, ...]


@dataclass(frozen=True)
class Ack:
    """This picture, and so every one before it, has been decoded and drawn."""

    picture: int
    page_ms: int  # from its arrival in the page


@dataclass(frozen=True)
class Key:
    """A keysym went down or up."""

    keysym: int
    pressed: bool


@dataclass(frozen=True)
class Pointer:
    """Where the pointer is and which buttons are down, a bit each."""

    x: int
    y: int
    buttons: int


@dataclass(frozen=True)
class Wheel:
    """Movement of the wheel, 120 to a notch."""

    dx: int
    dy: int


@dataclass(frozen=True)
class Resize:
    """The page can show another picture now."""

    view: View


@dataclass(frozen=True)
class Launch:
    """Start this application of the catalog."""

    application: str


@dataclass(frozen=True)
class Release:
    """Let go of all keys and buttons."""


@dataclass(frozen=True)
class Ping:
    """Wants its body back."""

    body: bytes


@dataclass(frozen=True)
class Refresh:
    """The decoder needs a key frame."""


Said = Hello | Ack | Key | Pointer | Wheel | Resize | Launch | Release | Ping | Refresh


def opening(message: bytes) -> Open:
    """The gateway's first message; FramingError if it is another or a bad one."""
    if message[:1] != bytes([FromGateway.OPEN]):
        raise FramingError("the first message is not OPEN")
    body = json_body(message)
    return Open(
        session=_text(body, "session"),
        application=_text(body, "application") if body.get("application") else "",
        environment=variables(body),
        policy=policy(_objects(body, "userSettings")),
        asking=_text(body, "asking") if body.get("asking") else "",
        granted=_granted(body),
    )


def variables(body: Mapping[str, Any]) -> dict[str, str]:
    """The environment in the body of a message; FramingError if it can be none."""
    environment = body.get("environment") or {}
    if not isinstance(environment, dict):
        raise FramingError("environment is not an object")
    return dict(map(_variable, environment.items()))  # pyright: ignore[reportUnknownArgumentType]


def said(message: bytes) -> Said:
    """What the browser says; FramingError if that is nothing it may say."""
    read = _READERS.get(message[0]) if message else None
    if read is None:
        raise FramingError(f"an unknown message, tag {message[:1].hex() or 'none'}")
    return read(message)


def _hello(message: bytes) -> Hello:
    body = json_body(message)
    if body.get("version") != VERSION:
        raise FramingError(f"HELLO: version {body.get('version')!r}; this is {VERSION}")
    codecs = body.get("codecs")
    if not isinstance(codecs, list) or len(codecs) > 16:  # pyright: ignore[reportUnknownArgumentType]
        raise FramingError("HELLO: codecs is not a list of up to 16")
    known = tuple(codec for codec in codecs if isinstance(codec, str))
    return Hello(view=_view(body), codecs=known)


def _key(message: bytes) -> Key:
    keysym, pressed = _unpacked(tags.KEY, message)
    if not 0 < keysym <= MAX_KEYSYM or pressed > 1:
        raise FramingError(f"KEY: {keysym:#x}, {pressed}")
    return Key(keysym=keysym, pressed=bool(pressed))


def _pointer(message: bytes) -> Pointer:
    x, y, buttons = _unpacked(tags.POINTER, message)
    if buttons & ~_BUTTONS:
        raise FramingError(f"POINTER: buttons {buttons:#b}")
    return Pointer(x=x, y=y, buttons=buttons)


def _ping(message: bytes) -> Ping:
    if len(message) > 1 + MAX_PING_BYTES:
        raise FramingError("PING: more than 16 bytes")
    return Ping(message[1:])


def _empty(message: bytes, value: Said) -> Said:
    if len(message) > 1:
        raise FramingError(f"{type(value).__name__}: has a body")
    return value


_READERS: Mapping[int, Callable[[bytes], Said]] = {
    FromBrowser.HELLO: _hello,
    FromBrowser.ACK: lambda message: Ack(*_unpacked(tags.ACK, message)),
    FromBrowser.KEY: _key,
    FromBrowser.POINTER: _pointer,
    FromBrowser.WHEEL: lambda message: Wheel(*_unpacked(tags.WHEEL, message)),
    FromBrowser.RESIZE: lambda message: Resize(_view(json_body(message))),
    FromBrowser.LAUNCH: lambda message: Launch(_text(json_body(message), "application")),
    FromBrowser.RELEASE: lambda message: _empty(message, Release()),
    FromBrowser.PING: _ping,
    FromBrowser.REFRESH: lambda message: _empty(message, Refresh()),
}


def _unpacked(struct: Struct, message: bytes) -> tuple[int, ...]:
    if len(message) != 1 + struct.size:
        raise FramingError(f"tag {message[0]:#x}: {len(message) - 1} bytes, not {struct.size}")
    return struct.unpack_from(message, 1)


def _view(body: Mapping[str, Any]) -> View:
    scale = body.get("scale", 1)
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not math.isfinite(scale):
        raise FramingError("scale is not a number")
    return View(_side(body, "width"), _side(body, "height"), float(scale), _second(body))


def _second(body: Mapping[str, Any]) -> tuple[int, int] | None:
    second = body.get("second")
    if second is None:
        return None
    if not isinstance(second, dict):
        raise FramingError("second is not an object")
    return _side(second, "width"), _side(second, "height")


def _side(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MAX_SIDE:
        raise FramingError(f"{name} is not a number of pixels from 1 to {MAX_SIDE}")
    return value


def _objects(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = body.get(name) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise FramingError(f"{name} is not a list of objects")
    return value


def _granted(body: Mapping[str, Any]) -> Granted:
    try:
        return catalog.granted(body.get("catalog"))
    except ValueError as error:
        raise FramingError(f"OPEN: {error}") from error


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME or "\0" in value:
        raise FramingError(f"{name} is not a text of 1 to {MAX_NAME} characters")
    return value


def _variable(item: tuple[Any, Any]) -> tuple[str, str]:
    name, value = item
    if not _VARIABLE.fullmatch(name) or not isinstance(value, str) or "\0" in value:
        raise FramingError(f"{name!r} is not a variable of an environment")
    return name, value

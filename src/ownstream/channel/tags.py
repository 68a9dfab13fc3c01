"""What each message is, who may send it, and how its body is laid out.

The tag's upper bits name the sender, so that a relay can refuse by range what a browser must not
say. Bodies are big-endian structs where a message is frequent and JSON objects where it is not.
"""

from enum import IntEnum
from struct import Struct

VERSION = 1


class FromBrowser(IntEnum):
    """Browser to agent, passed on by the gateway: 0x01 to 0x3f."""

    HELLO = 0x01  # JSON: {version, width, height, scale, codecs: ["h264", "jpeg"]}
    ACK = 0x02  # ACK: a frame has been decoded and drawn
    KEY = 0x03  # KEY: an X keysym pressed or released
    POINTER = 0x04  # POINTER: where it is, in screen pixels, and which buttons are down
    WHEEL = 0x05  # WHEEL: horizontal and vertical movement, 120 to a notch, down and right positive
    RESIZE = 0x06  # JSON: {width, height, scale}: the picture that the page can show
    LAUNCH = 0x07  # JSON: {application}: start an application of the catalog, or show it
    RELEASE = 0x08  # empty: release all keys and buttons (the page lost the focus)
    PING = 0x09  # any body of at most 16 bytes, sent back as PONG
    REFRESH = 0x0A  # empty: the decoder needs a key frame
    WINDOW = 0x1C  # WINDOW: what to do with an open window


class FromGateway(IntEnum):
    """Gateway to agent, first on its connection, never from a browser: 0x40 to 0x5f."""

    OPEN = 0x41  # JSON: {session, application, environment}: begin or rejoin this session


class FromAgent(IntEnum):
    """Agent to browser, passed on by the gateway: 0x80 to 0xbf."""

    # JSON: {version, width, height, codec, view, applications, running, starting, features}
    WELCOME = 0x81
    FRAME = 0x82  # FRAME, then the encoded picture
    CURSOR = 0x83  # CURSOR, then width * height * 4 bytes RGBA; width 0: no cursor shown
    RUNNING = 0x84  # JSON: {applications: [Name, ...]}: what runs and is seen, the last at work
    SIZE = 0x85  # JSON: {width, height}: the screen has this size from the next frame on
    NOTICE = 0x86  # JSON: {code, message}: something the user should know
    PONG = 0x89  # the body of the PING
    WINDOWS = 0x9C  # JSON: {windows: [{id, title, active, minimised}, ...]}, oldest first


class ToBrowser(IntEnum):
    """Gateway to browser: 0xc0 to 0xdf."""

    SESSION = 0xC1  # JSON: {expires, warning}: epoch seconds; a text to show or null
    END = 0xC2  # JSON: {reason, message, redirectUrl}: nothing follows; do not reconnect


class Codec(IntEnum):
    """How a frame's picture is encoded."""

    H264 = 1  # Annex B, a whole frame
    JPEG = 2  # one stripe; the frame is complete with the stripe that is marked LAST


class FrameFlag(IntEnum):
    """Bits of a frame's flags."""

    KEY = 1
    LAST = 2


class WindowAct(IntEnum):
    """What can be done with a window."""

    SHOW = 1
    MINIMISE = 2
    CLOSE = 3


ACK = Struct(">H")  # frame id
KEY = Struct(">IB")  # keysym, 1 pressed or 0 released
POINTER = Struct(">HHB")  # x, y, buttons: bit 0 left, 1 middle, 2 right, 3 back, 4 forward
WHEEL = Struct(">hh")  # dx, dy
WINDOW = Struct(">IB")  # its id, a WindowAct
FRAME = Struct(">BBHHHHH")  # codec, flags, frame id, x, y, width, height
CURSOR = Struct(">HHHH")  # hot spot x, y, width, height

MAX_FROM_BROWSER_BYTES = 64 * 1024
MAX_FROM_AGENT_BYTES = 16 * 1024 * 1024


def browser_may_send(message: bytes) -> bool:
    """Whether this message may be passed from a browser to an agent."""
    return 0 < len(message) <= MAX_FROM_BROWSER_BYTES and 0x01 <= message[0] <= 0x3F

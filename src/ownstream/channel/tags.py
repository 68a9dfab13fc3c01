"""What each message is, who may send it, and how its body is laid out.

The tag's upper bits name the sender, so that a relay can refuse by range what a browser must not
say. Bodies are big-endian structs where a message is frequent and JSON objects where it is not.
"""

from enum import IntEnum
from struct import Struct

VERSION = 3


class FromBrowser(IntEnum):
    """Browser to agent, passed on by the gateway: 0x01 to 0x3f."""

    # JSON: {version, width, height, scale, second: null or {width, height},
    # codecs: ["h264", "jpeg"]}
    HELLO = 0x01
    ACK = 0x02  # ACK: a FRAME or RECTANGLES has been decoded and drawn
    KEY = 0x03  # KEY: an X keysym pressed or released
    POINTER = 0x04  # POINTER: where it is, in screen pixels, and which buttons are down
    WHEEL = 0x05  # WHEEL: horizontal and vertical movement, 120 to a notch, down and right positive
    RESIZE = 0x06  # JSON: {width, height, scale, second}: the picture that the page can show
    LAUNCH = 0x07  # JSON: {application}: start an application of the catalog, or show it
    RELEASE = 0x08  # empty: release all keys and buttons (the page lost the focus)
    PING = 0x09  # any body of at most 16 bytes, sent back as PONG
    REFRESH = 0x0A  # empty: the decoder needs a key frame
    # JSON: {type: "text/plain" or "image/png", bytes, after}: goes on the session's clipboard once
    # its pieces are there; after: the count of the CLIPBOARD that the page heard last, so that what
    # has been copied there since is not replaced, or null: in any case
    CLIPBOARD = 0x10
    CLIPBOARD_PIECE = 0x11  # up to CLIPBOARD_PIECE_BYTES of it; text is UTF-8
    CLIPBOARD_ACK = 0x12  # empty: a piece has arrived
    CLIPBOARD_WANT = 0x13  # empty: what is on the session's clipboard is to be told again
    LISTEN = 0x18  # one byte, 1 or 0: whether the page plays sound and is to get it
    HEARD = 0x19  # HEARD: the number of a packet of sound that has arrived
    MICROPHONE = 0x1A  # one byte, 1 or 0: the user turns the microphone on or off
    VOICE = 0x1B  # VOICE, then what the microphone hears, one channel
    WINDOW = 0x1C  # WINDOW: what to do with an open window


class FromGateway(IntEnum):
    """The service to the agent, never from a browser: 0x40 to 0x5f. What opens is said first."""

    # JSON: {session, application, environment, userSettings, catalog: {own: null or [Name, ...],
    # more: [{name, displayName, description, command, directory, icon}, ...]}}: begin or rejoin
    # this session, which may start what the catalog names: of the instance's own (null: all), and
    # more
    OPEN = 0x41
    FILES = 0x42  # JSON: {session, userSettings}: requests of its browser for files follow
    KEEP = 0x43  # JSON: {session}: requests of control, which keeps its home folder, follow
    ASK = 0x44  # JSON: {do, ...}: a request for files; `length` bytes follow, if it has that
    # Of image builders alone:
    ATTEND = 0x45  # JSON: {}: what the Image Assistant asks is heard here from now on
    REPLY = 0x46  # JSON: {id, answer}: to a REQUEST
    RUN = 0x47  # JSON: {argv, environment, directory}: a command is run; what it reads follows
    INPUT = 0x48  # bytes that the command reads; none: it reads the end
    # JSON: {session, argv, folder, environment, within}: control has this run in the sandbox for at
    # most so many seconds
    SCRIPT = 0x4A


class FromAgent(IntEnum):
    """Agent to browser, passed on by the gateway: 0x80 to 0xbf."""

    # JSON: {version, width, height, screens, codec, view, applications, running, starting,
    # features}
    WELCOME = 0x81
    FRAME = 0x82  # number u16, FRAME, then the encoded picture of this area, which moves
    CURSOR = 0x83  # CURSOR, then width * height * 4 bytes RGBA; width 0: no cursor shown
    RUNNING = 0x84  # JSON: {applications: [Name, ...]}: what runs and is seen, the last at work
    # JSON: {width, height, screens: [[x, y, width, height], ...]}: the screen has this size from
    # the next picture on, and these monitors
    SIZE = 0x85
    NOTICE = 0x86  # JSON: {code, message}: something the user should know
    PONG = 0x89  # the body of the PING
    RECTANGLES = 0x8A  # number u16, flags u8, then rectangles as in RFC 6143: CopyRect and Tight
    EXACT = 0x8B  # AREA: here the rectangles are shown again, the topmost part of the video's area
    VIDEO = 0x8C  # AREA: FRAMEs are shown here; rectangles are kept, but not shown
    # JSON: {count, type, bytes}: the session's clipboard has been filled so often, now with this,
    # whose pieces follow; or type "other": nothing that is passed on, "none": nothing at all
    CLIPBOARD = 0x90
    CLIPBOARD_PIECE = 0x91  # up to CLIPBOARD_PIECE_BYTES of it; text is UTF-8
    CLIPBOARD_ACK = 0x92  # empty: a piece has been taken; the last one when all is on the clipboard
    CLIPBOARD_REFUSED = 0x93  # JSON: {way: "in" or "out", message}: what was not copied, and why
    FILES = 0x95  # JSON: {home}: how the home folder stands, a word of HOME
    SOUND = 0x98  # SOUND, then an Opus packet of 20 ms, two channels
    MICROPHONE = 0x99  # one byte, 1 or 0: whether applications hear the microphone now
    WINDOWS = 0x9C  # JSON: {windows: [{id, title, active, minimised}, ...]}, oldest first


class ToService(IntEnum):
    """Agent to the service, which passes it on to nobody: also of 0x80 to 0xbf."""

    # JSON: {applications: [Name, ...]}: these of the catalog have been started, each once more
    LAUNCHED = 0x88
    # JSON: to each ASK, on connections for files; `error` and `message` if it was not done.
    # `length` bytes follow, if it has that. To SCRIPT: {status, output}, or {reason, output} if it
    # did not end by itself.
    ANSWER = 0x94
    REQUEST = 0xA0  # JSON: {id, asked}: what the Image Assistant asks
    OUTPUT = 0xA1  # bytes that the command has printed
    ENDED = 0xA2  # JSON: {status} or {error}: how it ended, or why it could not be run


class ToBrowser(IntEnum):
    """Gateway to browser: 0xc0 to 0xdf."""

    # JSON: {expires, warning, seconds}: epoch seconds; a text to show or null, and how many seconds
    # are left until what it warns of
    SESSION = 0xC1
    END = 0xC2  # JSON: {reason, message, redirectUrl}: nothing follows; do not reconnect


class Codec(IntEnum):
    """How a frame's picture is encoded."""

    H264 = 1  # Annex B, a whole frame
    JPEG = 2  # one stripe; a frame is complete with the stripe that is marked LAST


class FrameFlag(IntEnum):
    """Bits of a frame's flags."""

    KEY = 1
    LAST = 2


class RectanglesFlag(IntEnum):
    """Bits of the rectangles' flags."""

    FRESH = 1  # Tight's four streams begin anew, as with a new connection


class SoundFlag(IntEnum):
    """Bits of a sound packet's flags."""

    LAST = 1  # silence follows, for which nothing is sent


class VoiceCodec(IntEnum):
    """How the microphone's sound is encoded; the rate is SOUND_RATE."""

    OPUS = 1
    PCM = 2  # signed 16 bits, little-endian


class WindowAct(IntEnum):
    """What can be done with a window."""

    SHOW = 1
    MINIMISE = 2
    CLOSE = 3


HOME = ("", "filling", "kept", "trouble")  # none; not all there; saved; cannot be saved just now

ACK = Struct(">HH")  # the number; milliseconds from its arrival in the page to its being shown
KEY = Struct(">IB")  # keysym, 1 pressed or 0 released
POINTER = Struct(">HHB")  # x, y, buttons: bit 0 left, 1 middle, 2 right, 3 back, 4 forward
WHEEL = Struct(">hh")  # dx, dy
WINDOW = Struct(">IB")  # its id, a WindowAct
FRAME = Struct(">BBHHHH")  # codec, flags, x, y, width, height
AREA = Struct(">HHHH")  # x, y, width, height
CURSOR = Struct(">HHHH")  # hot spot x, y, width, height
SOUND = Struct(">BH")  # flags, number, which counts on from packet to packet
HEARD = Struct(">H")  # number
VOICE = Struct(">B")  # codec

SOUND_RATE = 48_000  # samples a second, of each channel
# Of a clipboard's contents this much is on its way at once, so that no picture waits long for it.
CLIPBOARD_PIECE_BYTES = 16 * 1024
CLIPBOARD_PIECES_AHEAD = 4

MAX_FROM_BROWSER_BYTES = 64 * 1024
MAX_OPENING_BYTES = 16 * 1024 * 1024
MAX_FROM_AGENT_BYTES = 16 * 1024 * 1024
MAX_ASK_BYTES = 64 * 1024
MAX_ANSWER_BYTES = 16 * 1024 * 1024
MAX_MAKING_BYTES = 12 * 1024 * 1024  # of what the Image Assistant asks, icons and all


def browser_may_send(message: bytes) -> bool:
    """Whether this message may be passed from a browser to an agent."""
    return 0 < len(message) <= MAX_FROM_BROWSER_BYTES and 0x01 <= message[0] <= 0x3F

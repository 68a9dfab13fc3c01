"""What the encoder hands out, as pictures, and pictures as FRAME messages."""

from dataclasses import dataclass
from struct import Struct, error

from ownstream.agent.area import Area
from ownstream.channel.tags import FRAME, Codec, FrameFlag

_VIDEO = Struct(">BBHHHHH")  # 4, codec and kind, frame id, y, width, height, predicted from
_STILL = Struct(">BBHH")  # 3, 0, frame id, y
_VIDEO_TAG, _STILL_TAG = 4, 3
_KIND, _KEY = 0x0F, 1
_START_OF_FRAME = frozenset({0xC0, 0xC1, 0xC2})


class NotAPicture(Exception):
    """The encoder's output is not what this version of it was known to make."""


@dataclass(frozen=True)
class Picture:
    """One piece of the screen that can be drawn by itself, or after the one before it."""

    codec: Codec
    key: bool  # needs none before it
    area: Area
    data: bytes


def picture(output: bytes, *, area: Area) -> Picture:
    """The picture in what the encoder made of this area; NotAPicture if it is none."""
    try:
        if output[:1] == bytes([_VIDEO_TAG]):
            return _video(output, area)
        if output[:1] == bytes([_STILL_TAG]):
            return _still(output, area)
    except (error, IndexError) as cut:
        raise NotAPicture("the encoder's output is cut off") from cut
    raise NotAPicture(f"the encoder's output begins with {output[:12].hex()}")


def frame_body(picture: Picture) -> bytes:
    """What follows a FRAME message's number. Every picture is LAST.

    JPEG stripes, too: the encoder does not say which stripe ends a frame, and each is whole by
    itself, so each is drawn and acknowledged for itself.
    """
    flags = FrameFlag.LAST | (FrameFlag.KEY if picture.key else 0)
    return FRAME.pack(picture.codec, flags, *picture.area) + picture.data


def _video(output: bytes, area: Area) -> Picture:
    _, kind, _, y, width, height, _ = _VIDEO.unpack_from(output)
    key = kind & _KIND == _KEY
    shown = Area(area.x, area.y + y, width, height)
    return Picture(Codec.H264, key, shown, output[_VIDEO.size :])


def _still(output: bytes, area: Area) -> Picture:
    _, _, _, y = _STILL.unpack_from(output)
    data = output[_STILL.size :]
    shown = Area(area.x, area.y + y, area.width, _jpeg_height(data))
    return Picture(Codec.JPEG, True, shown, data)


def _jpeg_height(data: bytes) -> int:
    at = 2
    while data[at] == 0xFF:
        if data[at + 1] in _START_OF_FRAME:
            return int.from_bytes(data[at + 5 : at + 7], "big")
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise NotAPicture("a JPEG without a frame header")

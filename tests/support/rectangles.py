"""Rectangles as RFC 6143 and TigerVNC's Tight encoding lay them out, drawn on a picture.

The tests' own reading of the format, to hold against what the agent sends.
"""

import zlib
from dataclasses import dataclass, field
from struct import unpack_from
from typing import Any

from PIL import Image

COPY, TIGHT = 1, 7
RAW_BELOW_BYTES = 12


@dataclass
class Canvas:
    """A picture that rectangles are drawn on, in the order in which they come."""

    image: Image.Image = field(default_factory=lambda: Image.new("RGB", (1, 1)))
    _streams: list[Any] = field(default_factory=lambda: [None] * 4)

    def resize(self, width: int, height: int) -> None:
        """The picture has this size; what fits of it stays."""
        self.image = self.image.crop((0, 0, width, height))

    def forget_streams(self) -> None:
        """What is compressed from now on knows nothing of what came before."""
        self._streams = [None] * 4

    def draw(self, data: bytes) -> None:
        """All rectangles in there."""
        at = 0
        while at < len(data):
            x, y, width, height, encoding = unpack_from(">HHHHi", data, at)
            at += 12
            if encoding == COPY:
                from_x, from_y = unpack_from(">HH", data, at)
                at += 4
                box = (from_x, from_y, from_x + width, from_y + height)
                self.image.paste(self.image.crop(box), (x, y))
            else:
                assert encoding == TIGHT
                piece, at = self._tight(data, at, width, height)
                self.image.paste(piece, (x, y))

    def _tight(self, data: bytes, at: int, width: int, height: int) -> tuple[Image.Image, int]:
        control, at = data[at], at + 1
        kind = control >> 4
        for number in range(4):
            if control >> number & 1:
                self._streams[number] = None
        if kind == 8:
            return Image.new("RGB", (width, height), tuple(data[at : at + 3])), at + 3
        assert kind < 8, f"Tight of kind {kind}"
        palette = b""
        if kind & 4:
            filter_id, at = data[at], at + 1
            if filter_id == 1:
                colours, at = data[at] + 1, at + 1
                palette, at = data[at : at + 3 * colours], at + 3 * colours
            else:
                assert filter_id == 0
        row = width * 3 if not palette else (width + 7) // 8 if len(palette) == 6 else width
        pixels, at = self._bytes(data, at, kind & 3, row * height)
        return _image(pixels, palette, width, height), at

    def _bytes(self, data: bytes, at: int, stream: int, size: int) -> tuple[bytes, int]:
        if size < RAW_BELOW_BYTES:
            return data[at : at + size], at + size
        length = shift = 0
        for shift in (0, 7, 14):
            byte, at = data[at], at + 1
            length |= (byte & 0x7F if shift < 14 else byte) << shift
            if not byte & 0x80:
                break
        inflater = self._streams[stream] = self._streams[stream] or zlib.decompressobj()
        pixels = inflater.decompress(data[at : at + length])
        assert len(pixels) == size
        return pixels, at + length


def _image(pixels: bytes, palette: bytes, width: int, height: int) -> Image.Image:
    if not palette:
        return Image.frombytes("RGB", (width, height), pixels)
    if len(palette) == 6:
        image = Image.frombytes("1", (width, height), pixels).convert("L").point(lambda v: v // 255)
        image = image.convert("P")
    else:
        image = Image.frombytes("P", (width, height), pixels)
    image.putpalette(palette)
    return image.convert("RGB")

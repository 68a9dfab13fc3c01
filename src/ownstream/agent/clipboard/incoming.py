"""Contents on their way from a browser, checked piece by piece."""

import codecs

from ownstream.agent.clipboard.content import TEXT, Content, TooMuch, is_png, most_bytes
from ownstream.channel.framing import FramingError
from ownstream.channel.tags import CLIPBOARD_PIECE_BYTES


class Incoming:
    """One text or picture, from its announcement to its last piece."""

    def __init__(self, kind: str, size: int, characters: int) -> None:
        """TooMuch if it is announced larger than it may be, with so many characters for a text."""
        if size > most_bytes(characters)[kind]:
            raise TooMuch(kind)
        self._kind = kind
        self._size = size
        self._characters_left = characters
        self._data = bytearray()
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def take(self, piece: bytes) -> Content | None:
        """The whole, once this is its last piece.

        TooMuch as soon as a text has more characters than it may, FramingError if this is no piece
        of what was announced.
        """
        if not 0 < len(piece) <= CLIPBOARD_PIECE_BYTES:
            raise FramingError(f"a piece of {len(piece)} bytes")
        self._data += piece
        if len(self._data) > self._size:
            raise FramingError("more pieces than were announced")
        is_whole = len(self._data) == self._size
        if self._kind == TEXT:
            self._count(piece, is_last=is_whole)
        if not is_whole:
            return None
        if self._kind != TEXT and not is_png(self._data):
            raise FramingError("a picture that is no PNG file")
        return Content(self._kind, bytes(self._data))

    def _count(self, piece: bytes, *, is_last: bool) -> None:
        try:
            self._characters_left -= len(self._decoder.decode(piece, is_last))
        except UnicodeDecodeError as error:
            raise FramingError("a text that is not UTF-8") from error
        if self._characters_left < 0:
            raise TooMuch(self._kind)

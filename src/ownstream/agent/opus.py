"""Opus by the system's libopus: the few of its functions that sound needs.

The libraries that bind it look for it by running programs, which makes every start 60 ms longer.
"""

import ctypes
from ctypes import CDLL, POINTER, c_char, c_char_p, c_int, c_int16, c_int32, c_void_p

from ownstream.channel.tags import SOUND_RATE

FRAME = SOUND_RATE // 50
"""Samples of each channel in one packet: 20 ms."""

SAMPLE_BYTES = 2
MAX_PACKET_BYTES = 1275  # RFC 6716, 3.2.1, for one frame

_SONAME = "libopus.so.0"
# From opus_defines.h
_APPLICATION_AUDIO = 2049
_SET_BITRATE, _SET_COMPLEXITY = 4002, 4010


class NoOpus(Exception):
    """libopus is not here."""


class BadPacket(Exception):
    """What was to be decoded is no Opus packet of 20 ms or less."""


class Opus:
    """libopus, loaded; NoOpus if that cannot be."""

    def __init__(self) -> None:
        try:
            self.library = _declared(CDLL(_SONAME))
        except OSError as error:
            raise NoOpus(str(error)) from error


class Encoder:
    """Packets of one stream of sound, each of FRAME samples of every channel."""

    def __init__(self, opus: Opus, *, channels: int, bits_per_s: int, complexity: int) -> None:
        self._library = opus.library
        self._packet = (c_char * MAX_PACKET_BYTES)()
        failure = c_int()
        create = self._library.opus_encoder_create
        self._state = create(SOUND_RATE, channels, _APPLICATION_AUDIO, ctypes.byref(failure))
        assert not failure.value, failure.value
        for request, value in ((_SET_BITRATE, bits_per_s), (_SET_COMPLEXITY, complexity)):
            self._library.opus_encoder_ctl(self._state, request, c_int32(value))

    def encode(self, samples: bytes) -> bytes:
        """The packet for these samples of 16 bits, the channels' by turns."""
        length = self._library.opus_encode(
            self._state, samples, FRAME, self._packet, MAX_PACKET_BYTES
        )
        assert length > 0, length
        return bytes(self._packet[:length])

    def __del__(self) -> None:
        self._library.opus_encoder_destroy(self._state)


class Decoder:
    """Sound of one channel out of packets."""

    def __init__(self, opus: Opus) -> None:
        self._library = opus.library
        self._samples = (c_int16 * FRAME)()
        failure = c_int()
        self._state = self._library.opus_decoder_create(SOUND_RATE, 1, ctypes.byref(failure))
        assert not failure.value, failure.value

    def decode(self, packet: bytes) -> bytes:
        """The packet's samples of 16 bits; BadPacket if it is none of 20 ms or less."""
        count = self._library.opus_decode(self._state, packet, len(packet), self._samples, FRAME, 0)
        if count <= 0 or not packet:
            raise BadPacket(f"{len(packet)} bytes: error {count}")
        return bytes(self._samples)[: count * SAMPLE_BYTES]

    def __del__(self) -> None:
        self._library.opus_decoder_destroy(self._state)


def _declared(library: CDLL) -> CDLL:
    """The library with the types of what is called, as opus.h has them."""
    samples = POINTER(c_int16)
    types = (
        ("opus_encoder_create", c_void_p, (c_int32, c_int, c_int, POINTER(c_int))),
        ("opus_encoder_ctl", c_int, (c_void_p, c_int)),
        ("opus_encode", c_int32, (c_void_p, c_char_p, c_int, POINTER(c_char), c_int32)),
        ("opus_encoder_destroy", None, (c_void_p,)),
        ("opus_decoder_create", c_void_p, (c_int32, c_int, POINTER(c_int))),
        ("opus_decode", c_int, (c_void_p, c_char_p, c_int32, samples, c_int, c_int)),
        ("opus_decoder_destroy", None, (c_void_p,)),
    )
    for name, result, arguments in types:
        function = library[name]
        function.restype, function.argtypes = result, arguments
        setattr(library, name, function)
    return library

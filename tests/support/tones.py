"""Tones for applications to play, and what is heard of them."""

import math
import wave
from pathlib import Path

import numpy as np

from ownstream.channel.tags import SOUND_RATE


def write_tone(path: Path, *, hertz: float, seconds: float, before_s: float = 0.0) -> None:
    """A WAV file of this tone, two channels, with so much silence before it."""
    count = round(seconds * SOUND_RATE)
    angles = np.arange(count) * (2 * math.pi * hertz / SOUND_RATE)
    tone = (8000 * np.sin(angles)).astype("<i2").repeat(2)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SOUND_RATE)
        file.writeframes(bytes(4 * round(before_s * SOUND_RATE)) + tone.tobytes())


def loudest_hertz(samples: bytes) -> float:
    """The strongest frequency in samples of 16 bits, one channel; 0 if they are silent."""
    values = np.frombuffer(samples, "<i2").astype(float)
    if not len(values) or np.abs(values).max() < 10:
        return 0.0
    strengths = np.abs(np.fft.rfft(values * np.hanning(len(values))))
    return float(strengths.argmax() * SOUND_RATE / len(values))

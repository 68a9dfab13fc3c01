"""Why aims are missed, where it is known: the page says it beside a row that misses."""

from collections.abc import Mapping

_REASONS: Mapping[str, str] = {
    "key_typing": (
        "Both send a small rectangle at once; what differs is within the spread of the browser's "
        "own 25 ms."
    ),
    "key_video": (
        "The answer lies in the video, and comes with its next frame: after the wait for the "
        "capture, the encoding and the decoding. TigerVNC sends it as a rectangle of its own "
        "between frames."
    ),
    "key_video 100ms": (
        "The answer comes with the next frame of the video, and after an outage frames are fewer "
        "for a second or two, until the link has shown again what it carries."
    ),
    "video_psnr": (
        "H.264 is set against JPEG of many times its bandwidth. The finer quality that this leaves "
        "room for costs CPU; what comes to rest is exact."
    ),
    "video_rest": (
        "A lossless photograph of 1920x1080 is 4 to 6 MB. The browser, which shares the two cores, "
        "takes 200 to 300 ms to unpack and draw it."
    ),
    "video_cpu": (
        "The encoder is the one that Selkies has, at a constant quality instead of a constant "
        "rate: it spends more bits, and so more work, on a finer picture."
    ),
}


def reason(row: str, condition: str) -> str:
    """Why this row is missed when it is; empty if that is not known."""
    return _REASONS.get(f"{row} {condition}") or _REASONS.get(row, "")

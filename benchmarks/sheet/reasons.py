"""Why an aim is missed, where it is known: said in the page beside the row, whenever it is missed."""

from collections.abc import Mapping

_WITH_THE_VIDEO = (
    "The letter's answer lies in the video, and so comes with its next frame: after the wait for the "
    "capture, sixty times a second, the encoding and the decoding, about 40 ms in all. TigerVNC sends "
    "the answer as a rectangle of its own between two frames, of which it shows fewer."
)
_REASONS: Mapping[str, str] = {
    "key_video": _WITH_THE_VIDEO,
    "video_cpu": (
        "Encoding a frame takes both the same, by the same encoder; CPU counts a second, in which "
        "ownstream shows more frames. Xvnc takes a twentieth of a core more than Xvfb for the damage "
        "that it keeps."
    ),
    "video_rest": (
        "A lossless photograph of 1920x1080 is 4 to 6 MB. The browser, which shares the two cores, "
        "takes 200 to 300 ms to unpack and draw them; the picture is exact 500 to 800 ms after the "
        "video has ended."
    ),
    "memory": "The service's part of a session is counted, which peers without a service have not.",
    "new": (
        "A new session is asked of the service, which starts the application in a sandbox; the "
        "browser loads the page and its styles first."
    ),
}


def reason(row: str) -> str:
    """Why this row is missed when it is; empty if that is not known."""
    return _REASONS.get(row, "")

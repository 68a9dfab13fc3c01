"""The file that holds the cookie without which an X server lets nobody in."""

from struct import pack

_LOCAL = 256  # a connection of this host, by its name
_WILD = 0xFFFF  # any; the X libraries know it, python-xlib does not
_NAME = b"MIT-MAGIC-COOKIE-1"
_DISPLAY = b"0"


def contents(*, hostname: str, cookie: bytes) -> bytes:
    """The file for display :0, as X server and clients read it."""
    return b"".join(
        pack(">H", family) + b"".join(map(_counted, (address, _DISPLAY, _NAME, cookie)))
        for family, address in ((_LOCAL, hostname.encode()), (_WILD, b""))
    )


def _counted(data: bytes) -> bytes:
    return pack(">H", len(data)) + data

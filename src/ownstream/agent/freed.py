"""Memory that is not needed any more, which the C library would keep for itself."""

import ctypes

_LIBRARY = ctypes.CDLL(None)
_MMAP_THRESHOLD = -3  # mallopt's number for it, in glibc's malloc.h
_LARGE_BYTES = 256 * 1024  # much less than a picture's planes, more than any message

LETTING_GO = {"GLIBC_TUNABLES": f"glibc.malloc.mmap_threshold={_LARGE_BYTES}"}
"""The environment of another program that is to let go of what is large as we do."""


def let_go_of_large() -> None:
    """What is large is the system's again as soon as it is freed, from now on and on all threads.

    glibc does so at first. With every large piece that it lets go it raises what it takes for
    large, up to 32 MiB; then an encoder's planes are kept in the heaps of threads that have ended:
    after some videos 80 MiB. Another C library has no such setting, and nothing is done.
    """
    set_option = getattr(_LIBRARY, "mallopt", None)
    if set_option is not None:
        set_option(_MMAP_THRESHOLD, _LARGE_BYTES)


def let_go_of_small() -> None:
    """What has been freed in small pieces is the system's again, of all threads."""
    trim = getattr(_LIBRARY, "malloc_trim", None)
    if trim is not None:
        trim(ctypes.c_size_t(0))

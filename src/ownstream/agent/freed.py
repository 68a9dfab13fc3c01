"""Memory that is not needed any more, which the C library keeps for itself unless it is asked."""

import ctypes

_LIBRARY = ctypes.CDLL(None)


def give_back() -> None:
    """What has been freed is the system's again; takes milliseconds, on any thread.

    glibc lets go of freed memory only at the end of a heap, and from there only what is more than
    twice the largest piece that it ever let go: after a screen of 3840x2160 that is 64 MiB. Another
    C library has no such call, and nothing is done.
    """
    trim = getattr(_LIBRARY, "malloc_trim", None)
    if trim is not None:
        trim(ctypes.c_size_t(0))

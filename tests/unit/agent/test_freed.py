"""Memory that was freed is the system's again, seen from the system's side."""

import ctypes
import os

from ownstream.agent.freed import give_back

PIECES, PIECE_BYTES = 800, 100_000  # too small to be let go of each for itself
ALL_KIB = PIECES * PIECE_BYTES // 1024


def anonymous_kib() -> int:
    with open(f"/proc/{os.getpid()}/smaps_rollup") as rollup:
        [line] = [line for line in rollup if line.startswith("Anonymous:")]
    return int(line.split()[1])


def test_what_was_freed_is_given_back() -> None:
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    library.free.argtypes = [ctypes.c_void_p]
    pieces = [library.malloc(ctypes.c_size_t(PIECE_BYTES)) for _ in range(PIECES)]
    for piece in pieces:
        ctypes.memset(piece, 1, PIECE_BYTES)
    for piece in pieces[:-1]:  # the last one holds the end of the heap
        library.free(piece)
    before = anonymous_kib()
    give_back()
    assert before - anonymous_kib() > 0.9 * ALL_KIB
    library.free(pieces[-1])

"""Memory that was freed is the system's again, seen from the system's side, in a fresh process."""

import subprocess
import sys

# Large pieces are freed twice: after the first time the C library takes them for small ones, which
# are kept as long as one that was made later, the last, is not freed.
SCRIPT = """
import ctypes
from ownstream.agent.freed import let_go_of_large
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
library.free.argtypes = [ctypes.c_void_p]
{first}
for _ in range(2):
    pieces = [library.malloc(ctypes.c_size_t(1 << 20)) for _ in range(64)]
    for piece in pieces:
        ctypes.memset(piece, 1, 1 << 20)
    for piece in pieces[:-1]:
        library.free(piece)
for line in open("/proc/self/smaps_rollup"):
    if line.startswith("Anonymous:"):
        print(line.split()[1])
"""


def left_mib(first: str) -> float:
    argv = [sys.executable, "-c", SCRIPT.format(first=first)]
    return int(subprocess.run(argv, check=True, capture_output=True).stdout) / 1024


def test_large_pieces_that_were_freed_are_let_go() -> None:
    assert left_mib("let_go_of_large()") < 32


def test_the_c_library_would_keep_them() -> None:
    assert left_mib("") > 60

"""Memory that was freed is the system's again, seen from the system's side, in a fresh process."""

import os
import subprocess
import sys
from collections.abc import Mapping

from ownstream.agent.freed import LETTING_GO

# 64 MiB are freed twice: after the first time the C library takes large pieces for small ones. What
# is small it keeps as long as a piece that was made later, the last, is not freed.
SCRIPT = """
import ctypes
from ownstream.agent.freed import let_go_of_large, let_go_of_small
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
library.free.argtypes = [ctypes.c_void_p]
size = {size}
{first}
for _ in range(2):
    pieces = [library.malloc(ctypes.c_size_t(size)) for _ in range((64 << 20) // size)]
    for piece in pieces:
        ctypes.memset(piece, 1, size)
    for piece in pieces[:-1]:
        library.free(piece)
{last}
for line in open("/proc/self/smaps_rollup"):
    if line.startswith("Anonymous:"):
        print(line.split()[1])
"""
LARGE, SMALL = 1 << 20, 16 << 10


def left_mib(
    size: int, *, first: str = "", last: str = "", environment: Mapping[str, str] | None = None
) -> float:
    argv = [sys.executable, "-c", SCRIPT.format(size=size, first=first, last=last)]
    env = {**os.environ, **(environment or {})}
    return int(subprocess.run(argv, check=True, capture_output=True, env=env).stdout) / 1024


def test_large_pieces_that_were_freed_are_let_go() -> None:
    assert left_mib(LARGE, first="let_go_of_large()") < 32


def test_another_program_lets_go_of_large_ones_by_its_environment() -> None:
    assert left_mib(LARGE, environment=LETTING_GO) < 32


def test_small_ones_are_let_go_when_that_is_asked_for() -> None:
    assert left_mib(SMALL, last="let_go_of_small()") < 32


def test_the_c_library_would_keep_them() -> None:
    assert left_mib(LARGE) > 60
    assert left_mib(SMALL) > 60

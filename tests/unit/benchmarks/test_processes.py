"""What of a process's memory is its own, told by a process that takes some."""

import mmap
import os
import tempfile
from pathlib import Path

from benchmarks.sheet.processes import open_files, own_mib

TAKEN_BYTES = 64 << 20
LEAST_MIB = 60.0


def test_what_is_written_is_its_own() -> None:
    before = own_mib([os.getpid()])
    taken = b"x" * TAKEN_BYTES
    assert own_mib([os.getpid()]) - before > LEAST_MIB
    del taken


def test_memory_that_is_shared_by_a_file_without_a_name_is_its_own(tmp_path: Path) -> None:
    with tempfile.TemporaryFile(dir=tmp_path) as file:
        file.truncate(TAKEN_BYTES)
        before = own_mib([os.getpid()])
        with mmap.mmap(file.fileno(), TAKEN_BYTES) as shared:
            shared.write(bytes(TAKEN_BYTES))
            assert own_mib([os.getpid()]) - before > LEAST_MIB


def test_a_file_that_is_only_looked_at_is_not(tmp_path: Path) -> None:
    path = tmp_path / "program"
    path.write_bytes(bytes(TAKEN_BYTES))
    before = own_mib([os.getpid()])
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert sum(mapped[:: mmap.PAGESIZE]) == 0
        assert own_mib([os.getpid()]) - before < LEAST_MIB / 2


def test_open_files_are_counted(tmp_path: Path) -> None:
    before = open_files([os.getpid()])
    with (tmp_path / "file").open("w"):
        assert open_files([os.getpid()]) == before + 1

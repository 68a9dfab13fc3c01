"""What processes use: CPU time and proportional memory of trees of them, read from /proc."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
Pids = frozenset[int]
_MAPPING = re.compile("[0-9a-f]+-[0-9a-f]+ ")
_KERNELS = re.compile(" (/memfd:|/dev/|/SYSV)")  # which are shared memory by the kernel's own count


@dataclass(frozen=True)
class Usage:
    """CPU seconds of each process since it began."""

    seconds: Mapping[int, float]

    def since(self, earlier: "Usage") -> float:
        """CPU seconds that the processes used meanwhile; what ended meanwhile is not counted."""
        return sum(seconds - earlier.seconds.get(pid, 0.0) for pid, seconds in self.seconds.items())


def tree(roots: Iterable[int]) -> Pids:
    """These processes and all their descendants."""
    wanted, parents = set(roots), {pid: _parent(pid) for pid in _pids()}
    return frozenset(pid for pid in parents if wanted & _line(pid, parents))


def named(wanted: Callable[[str], bool]) -> Pids:
    """The processes whose command line is wanted."""
    return frozenset(pid for pid in _pids() if wanted(command_line(pid)))


def command_line(pid: int) -> str:
    """Its words, with spaces between; empty if it has ended."""
    return _read(pid, "cmdline").replace("\0", " ").strip()


def usage(pids: Iterable[int]) -> Usage:
    """What these have used until now."""
    return Usage({pid: _cpu_s(pid) for pid in pids})


def pss_mib(pids: Iterable[int]) -> float:
    """Their proportional memory: what several processes share is divided among them."""
    return sum(map(_pss_kib, pids)) / 1024


def own_mib(pids: Iterable[int]) -> float:
    """What is theirs of it: what they have written and share, not what they map of programs.

    What others begin and end, who may map the same, does not change it.
    """
    return sum(map(_own_kib, pids)) / 1024


def threads(pids: Iterable[int]) -> int:
    """How many they have."""
    return sum(_count(pid, "task") for pid in pids)


def open_files(pids: Iterable[int]) -> int:
    """How many descriptors they have open."""
    return sum(_count(pid, "fd") for pid in pids)


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _line(pid: int, parents: Mapping[int, int]) -> set[int]:
    """It and its ancestors."""
    line: set[int] = set()
    while pid > 1 and pid not in line:
        line.add(pid)
        pid = parents.get(pid, 0)
    return line


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _cpu_s(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def _stat(pid: int) -> list[str]:
    """The fields of its stat after its name, from its state on."""
    return _read(pid, "stat").rpartition(")")[2].split()


def _pss_kib(pid: int) -> int:
    return _rollup(pid).get("Pss", 0)


def _own_kib(pid: int) -> int:
    rollup = _rollup(pid)
    named_kib = sum(rollup.get(name, 0) for name in ("Pss_Anon", "Pss_Shmem", "SwapPss"))
    return named_kib + _nameless_kib(pid)


def _nameless_kib(pid: int) -> int:
    """Of files on a disk that nobody else can open any more, by which Chromium shares memory."""
    kib, is_nameless = 0, False
    for line in _read(pid, "smaps").splitlines():
        if line.startswith("Pss:"):
            kib += int(line.split()[1]) if is_nameless else 0
        elif _MAPPING.match(line):
            is_nameless = line.endswith(" (deleted)") and not _KERNELS.search(line)
    return kib


def _rollup(pid: int) -> Mapping[str, int]:
    """KiB by their name; nothing if it has ended."""
    lines = map(str.split, _read(pid, "smaps_rollup").splitlines())
    return {words[0][:-1]: int(words[1]) for words in lines if words[-1] == "kB"}


def _count(pid: int, name: str) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/{name}"))
    except OSError:
        return 0


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""

"""Whatever an instance could leave behind on the host, looked for by other means than ours."""

import os
import subprocess
from pathlib import Path

from ownstream.drivers.process.layout import scope


def remains(folder: Path) -> dict[str, list[str]]:
    """By kind, what is left of any instance of this folder; empty if nothing is."""
    name = scope(folder)
    found = {
        "processes": _processes(name, str(folder)),
        "control groups": _output("find", "/sys/fs/cgroup", "-name", f"*{name}*", "-type", "d"),
        "mounts": [line for line in _lines("/proc/mounts") if str(folder) in line],
        "files": [entry for entry in _entries(folder) if entry != ".slots"],
    }
    return {kind: what for kind, what in found.items() if what}


def _processes(name: str, folder: str) -> list[str]:
    found: list[str] = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if int(pid) == os.getpid() or _is_zombie(pid):
            continue
        text = _read(f"/proc/{pid}/environ") + _read(f"/proc/{pid}/cmdline")
        if f"={name}/" in text or folder in text:
            found.append(f"{pid} {_read(f'/proc/{pid}/cmdline')}")
    return found


def _is_zombie(pid: str) -> bool:
    return _read(f"/proc/{pid}/stat").rpartition(")")[2].startswith(" Z")


def _read(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def _lines(path: str) -> list[str]:
    return _read(path).splitlines()


def _entries(folder: Path) -> list[str]:
    return os.listdir(folder) if folder.exists() else []


def _output(*argv: str) -> list[str]:
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.split()

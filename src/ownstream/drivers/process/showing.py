"""Folders that an instance sees read-only, put where its sandbox has them already."""

import os
import secrets
import subprocess
from pathlib import Path

from ownstream.drivers.base import Terminal, Transient
from ownstream.drivers.process.layout import Layout

_CP = "/bin/cp"


def show(layout: Layout, path: str, folder: Path) -> None:
    """What the folder has is at this path below `layout.shown`, whole at once.

    Files are linked, not copied: it takes no room, and what is taken away elsewhere stays here.
    What has the path already stays as it is.
    """
    names = path.split("/")
    if not all(names) or ".." in names or "." in names:
        raise Terminal(f"{path!r} is no path below the folders of instance {layout.id}")
    target = layout.shown / path
    if os.path.lexists(target):
        return
    new = layout.shown / f".{secrets.token_hex(8)}"
    argv = [_CP, "-a", "--link", "--", str(folder), str(new)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        words = done.stderr.strip().splitlines()[-1:]
        raise Transient(f"instance {layout.id} cannot be shown {path}: {words}")
    _make_way(layout.shown, names[:-1])
    new.rename(target)


def _make_way(top: Path, names: list[str]) -> None:
    for name in names:
        top = top / name
        top.mkdir(exist_ok=True)
        top.chmod(0o755)

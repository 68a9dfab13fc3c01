"""A command run as a user who is nobody, with this interpreter and this repository to read."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
UID = 1_900_000 + os.getpid() % 50_000  # nobody's


def as_ordinary_user(
    argv: Sequence[str],
    *,
    environment: Mapping[str, str],
    devices: Mapping[str, Path],
) -> list[str]:
    """The command line that runs `argv` as that user, with these devices; to be started by root.

    What lies in folders that only root may enter, as an interpreter in /root does, is shown to the
    command where it was, in a mount namespace of its own.
    """
    needed = sorted({str(REPOSITORY), sys.prefix, sys.base_prefix})
    barred = sorted(
        {
            str(folder)
            for path in needed
            for folder in Path(path).parents
            if not folder.stat().st_mode & 0o001
        }
    )
    bwrap = ["bwrap", "--dev-bind", "/", "/"]
    for path, node in devices.items():
        bwrap += ["--dev-bind", str(node), path]
    for folder in barred:
        bwrap += ["--perms", "0755", "--tmpfs", folder]
    for path in needed:
        inner = [p for p in reversed(Path(path).parents) if _below(p, barred)]
        for folder in inner:
            bwrap += ["--perms", "0755", "--dir", str(folder)]
        if _below(Path(path), barred):
            bwrap += ["--ro-bind", path, path]
    become = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups"]
    settings = [f"{name}={value}" for name, value in environment.items()]
    return [*bwrap, "--", *become, "env", "-i", *settings, *argv]


def _below(path: Path, folders: Sequence[str]) -> bool:
    return any(Path(folder) in path.parents for folder in folders)

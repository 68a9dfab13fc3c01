"""Packages of Debian that tests install, made without its tools: an ar of two tars."""

import io
import tarfile

CONTROL = """Package: {name}
Version: 1.0
Architecture: all
Maintainer: Tests <tests@example.com>
Description: a package of a test
"""
POSTINST = """#!/bin/sh
set -e
adduser --system --group {account}
chown {account}: /opt/{name}
"""


def package(name: str, *, files: dict[str, str] | None = None, account: str = "") -> bytes:
    """A package with these files, by path, and a folder in /opt, which the account has if any.

    Those below bin folders can be run.
    """
    control = {"./control": (CONTROL.format(name=name), 0o644)}
    if account:
        control["./postinst"] = (POSTINST.format(name=name, account=account), 0o755)
    data = {
        f".{path}": (text, 0o755 if "/bin/" in path else 0o644)
        for path, text in (files or {}).items()
    }
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.gz": _tar(control, ()),
        "data.tar.gz": _tar(data, ("./opt", f"./opt/{name}")),
    }
    return b"!<arch>\n" + b"".join(_member(*member) for member in members.items())


def _tar(files: dict[str, tuple[str, int]], folders: tuple[str, ...]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz", format=tarfile.GNU_FORMAT) as tar:
        for path in (*folders, *_above(files)):
            folder = tarfile.TarInfo(path)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(folder)
        for path, (text, mode) in files.items():
            file = tarfile.TarInfo(path)
            file.size, file.mode = len(text.encode()), mode
            tar.addfile(file, io.BytesIO(text.encode()))
    return made.getvalue()


def _above(files: dict[str, tuple[str, int]]) -> list[str]:
    found: set[str] = set()
    for path in files:
        parts = path.split("/")[:-1]
        found |= {"/".join(parts[: count + 1]) for count in range(1, len(parts))}
    return sorted(found)


def _member(name: str, data: bytes) -> bytes:
    head = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(data):<10}`\n"
    return head.encode() + data + b"\n" * (len(data) % 2)

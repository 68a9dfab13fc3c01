"""An instance's own view of the system, made of layers; run by root, before the sandbox is.

`python3 -I -S system.py PLAN COMMAND...`: in a mount namespace of its own it mounts what PLAN, a
JSON object, says, and becomes COMMAND. So nothing is left to unmount when that has ended. It needs
the standard library alone.

    {"stage": folder,                 where everything is mounted
     "host": ["usr"],                 trees below which the host's own files lie
     "layers": folder, "names": [...] what lies over them, the lowest first
     "top": folder,                   what lies over those, of trees that nobody writes
     "volume": folder or null,        what is written to; then
     "first": number}                 user id 0 of what is on disk is this one, and 65535 after it

A tree is then at `stage/<tree>`, and the volume's home folder at `stage/home`. On disk files have
the ids that they have inside: a layer is the same whoever's ids made it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import struct
import sys

TYPE_CHECKING = False  # `typing` itself would double the time that the start takes
if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from typing import Any

TREES = ("usr", "etc", "var", "opt")
IDS = 65536
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_REC, MS_PRIVATE = 0x4000, 1 << 18
SYS_OPEN_TREE, SYS_MOVE_MOUNT, SYS_MOUNT_SETATTR = 428, 429, 442
AT_FDCWD, AT_EMPTY_PATH, OPEN_TREE_CLONE, MOVE_MOUNT_F_EMPTY_PATH = -100, 0x1000, 1, 4
MOUNT_ATTR_RDONLY, MOUNT_ATTR_IDMAP = 0x1, 0x100000
ATTRIBUTES = struct.Struct("QQQQ")  # attr_set, attr_clr, propagation, userns_fd
PR_SET_SECUREBITS, NO_SETUID_FIXUP = 28, 4
# A layer has to say all of itself: no reference from one of its folders to another's name.
OVERLAY = "index=off,metacopy=off,redirect_dir=off,xino=off"

LIBC = ctypes.CDLL(None, use_errno=True)


def main(argv: Sequence[str]) -> None:
    """Mounts what the first argument says, and becomes the command that follows it."""
    plan = json.loads(argv[1])
    _checked(LIBC.unshare(CLONE_NEWNS))
    _mount("none", "/", None, MS_REC | MS_PRIVATE)
    first = plan["first"]
    names = None if first is None else _names(first)
    os.chdir(plan["stage"])
    _mount("tmpfs", ".", "tmpfs", data="mode=0755")
    os.chdir(plan["stage"])  # now it is the new file system's
    _provide(plan, names)
    for tree in TREES:
        _join(tree, plan, first)
    if names is not None:
        os.setgroups([])
        _checked(LIBC.setns(names, CLONE_NEWUSER))
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)
    os.chdir("/")
    os.execv(argv[2], list(argv[2:]))  # noqa: S606 - the command is the driver's


def _names(first: int) -> int:
    """A user namespace whose ids are these outside of it."""
    made, making = os.pipe()
    go, going = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(going)
        _checked(LIBC.unshare(CLONE_NEWUSER))
        os.write(making, b".")
        os.read(go, 1)
        os._exit(0)
    os.close(making)
    if not os.read(made, 1):
        raise OSError("no user namespace can be made")
    for ids in ("uid_map", "gid_map"):
        with open(f"/proc/{pid}/{ids}", "w", encoding="ascii") as file:
            file.write(f"0 {first} {IDS}\n")
    names = os.open(f"/proc/{pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    os.close(going)
    os.waitpid(pid, 0)
    for end in (made, go):
        os.close(end)
    return names


def _provide(plan: Mapping[str, Any], names: int | None) -> None:
    """What trees are made of is below the stage, by short names: an overlay's options are few."""
    for tree in plan["host"]:
        _attach(f"/{tree}", f"host/{tree}", names, read_only=True)
    if plan["names"]:
        _attach(plan["layers"], "layers", names, read_only=True)
    if plan["volume"] is not None:
        _attach(plan["volume"], "volume", names, read_only=False)
        os.makedirs("home")
        _attach(f"{plan['volume']}/home", "home", names, read_only=False)


def _join(tree: str, plan: Mapping[str, Any], first: int | None) -> None:
    """The tree is as the lowest layer has it, with the changes of all others, the last on top."""
    os.makedirs(tree)
    lowers = [f"layers/{name}/{tree}" for name in reversed(plan["names"])]
    if plan["volume"] is None:
        lowers.insert(0, f"{plan['top']}/{tree}")
    if tree in plan["host"]:
        lowers.append(f"host/{tree}")
    there = [lower for lower in lowers if _is_folder(lower)] or [_nothing()]
    if plan["volume"] is not None:
        data = f"lowerdir={':'.join(there)},upperdir=volume/{tree}/upper,workdir=volume/{tree}/work"
        with _acting_as(first or 0):
            _mount("overlay", tree, "overlay", data=f"{data},{OVERLAY}")
    elif len(there) == 1:
        _attach(there[0], tree, None, read_only=True)
    else:
        _mount("overlay", tree, "overlay", data=f"lowerdir={':'.join(there)},{OVERLAY}")


def _is_folder(path: str) -> bool:
    """Whether it is one itself: a layer's link would lead to the host's files."""
    return os.path.isdir(path) and not os.path.islink(path)


def _nothing() -> str:
    os.makedirs("nothing", exist_ok=True)
    return "nothing"


@contextlib.contextmanager
def _acting_as(user: int) -> Generator[None, None, None]:
    """Meanwhile files are made by this user, with root's powers.

    An overlay makes its own files as whoever mounted it, and there is no user but these on a
    mount whose ids are others.
    """
    _checked(LIBC.prctl(PR_SET_SECUREBITS, NO_SETUID_FIXUP, 0, 0, 0))
    LIBC.setfsuid(user)
    LIBC.setfsgid(user)
    try:
        yield
    finally:
        LIBC.setfsuid(0)
        LIBC.setfsgid(0)
        _checked(LIBC.prctl(PR_SET_SECUREBITS, 0, 0, 0, 0))


def _attach(source: str, target: str, names: int | None, *, read_only: bool) -> None:
    """The folder is there too, its files with other ids if there are names for them."""
    os.makedirs(target, exist_ok=True)
    clone = OPEN_TREE_CLONE | os.O_CLOEXEC
    tree = _called(SYS_OPEN_TREE, AT_FDCWD, ctypes.c_char_p(source.encode()), clone)
    try:
        wanted = MOUNT_ATTR_RDONLY if read_only else 0
        if names is not None:
            wanted |= MOUNT_ATTR_IDMAP
        attributes = ATTRIBUTES.pack(wanted, 0, 0, names or 0)
        nothing = ctypes.c_char_p(b"")
        _called(
            SYS_MOUNT_SETATTR,
            tree,
            nothing,
            AT_EMPTY_PATH,
            ctypes.c_char_p(attributes),
            ctypes.c_size_t(len(attributes)),
        )
        at = ctypes.c_char_p(target.encode())
        _called(SYS_MOVE_MOUNT, tree, nothing, AT_FDCWD, at, MOVE_MOUNT_F_EMPTY_PATH)
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror}: {source}") from error
    finally:
        os.close(tree)


def _mount(source: str, target: str, kind: str | None, flags: int = 0, data: str = "") -> None:
    _checked(
        LIBC.mount(
            source.encode(),
            target.encode(),
            kind.encode() if kind else None,
            ctypes.c_ulong(flags),
            data.encode() if data else None,
        ),
        f"{kind or 'mounts'} at {target}",
    )


def _called(number: int, *arguments: Any) -> int:
    return _checked(LIBC.syscall(ctypes.c_long(number), *arguments))


def _checked(result: int, what: str = "") -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{os.strerror(number)}{what and f': {what}'}")
    return result


if __name__ == "__main__":
    main(sys.argv)

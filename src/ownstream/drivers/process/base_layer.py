"""The lowest layer of images made here: what of the host's /etc and /var a builder may see.

An image builder's user is root of his own system. He reads all that is in it, so nothing is in it
but what any user of the host may read, and of /etc only what packages brought or applications
need: no passwords, keys, networks or people.
"""

import hashlib
import os
import re
import stat
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from ownstream.domain.layers import base_layer_id
from ownstream.drivers.process.bubblewrap import ETC_NAMES, HOME

_CP = "/bin/cp"
_RULES = "2"  # of what is copied here: others make another layer
_ETC, _VAR = Path("/etc"), Path("/var")
_STATUS = _VAR / "lib/dpkg/status"
_CONFFILE = re.compile(r" (/etc/\S+) ([0-9a-f]{32})(?: obsolete| remove-on-upgrade)?")
_APT = (
    "sources.list sources.list.d trusted.gpg trusted.gpg.d keyrings apt.conf apt.conf.d"
    " preferences preferences.d"
)
_WITH_SECRET = re.compile(rb"://[^/\s\"']+@")
# What packages remember of themselves, and what is slow to make again.
_VAR_NAMES = (
    "lib/dpkg lib/ucf lib/pam lib/dictionaries-common lib/emacsen-common lib/ghostscript lib/python"
    " lib/sgml-base lib/xml-core lib/aspell lib/ispell lib/apt/extended_states lib/rpm"
    " cache/debconf/config.dat cache/debconf/templates.dat cache/fontconfig"
)
_VAR_FOLDERS = (
    "backups cache cache/apt/archives/partial games lib/apt/lists/partial lib/apt/periodic lib/dbus"
    " lib/misc local log mail opt spool"
)
_LOCKS = ("lock", "lock-frontend", "triggers/Lock")
_ACCOUNTS = ("passwd", "group", "shadow", "gshadow")
_EMPTY = ("hosts", "hostname", "resolv.conf", "machine-id", "asound.conf")  # each instance's own
_LINKS = {"run": "/run", "lock": "/run/lock"}
_SYSTEM_IDS = (*range(1000), 65534)


def stamp() -> str:
    """What changes whenever packages or files of /etc come or go, or what is copied of them."""
    looks = [
        path.stat() for path in (_STATUS, _ETC, _ETC / "apt", _ETC / "passwd") if path.exists()
    ]
    return ",".join([_RULES, *(f"{look.st_mtime_ns}:{look.st_size}" for look in looks)])


def make(folder: Path) -> str:
    """The name of the layer whose files are in this folder, which was empty, afterwards."""
    etc, var = folder / "etc", folder / "var"
    for made in (etc, var, folder / "opt"):
        made.mkdir(mode=0o755)
    copy_apt(_ETC / "apt", etc / "apt")
    _copy(_ETC, sorted({*ETC_NAMES.split(), *_unchanged_conffiles()}), etc)
    _make_accounts(etc)
    _copy(_VAR, _VAR_NAMES.split(), var)
    for name in _VAR_FOLDERS.split():
        (var / name).mkdir(mode=0o755, parents=True, exist_ok=True)
    _finish(folder)
    return base_layer_id(_digest(folder))


def copy_apt(source: Path, target: Path) -> None:
    """Where packages come from, without what has a password or a token in it."""
    _copy(source, _APT.split(), target)
    for path in _files(target):
        if _WITH_SECRET.search(path.read_bytes()):
            path.unlink()


def _copy(source: Path, names: Iterable[str], target: Path) -> None:
    """What of these names there is, links as links, is there too."""
    found = [name for name in names if os.path.lexists(source / name)]
    target.mkdir(mode=0o755, exist_ok=True)
    if found:
        command = [_CP, "-a", "--parents", "--reflink=auto", "--", *found, str(target)]
        subprocess.run(command, check=True, capture_output=True, cwd=source)


def _unchanged_conffiles() -> Iterator[str]:
    """The files of /etc that are as a package brought them, and so are known to everybody."""
    try:
        status = _STATUS.read_text(errors="replace")
    except OSError:
        return
    for path, known in _CONFFILE.findall(status):
        with_content = Path(path)
        if with_content.is_symlink() or not with_content.is_file():
            continue
        content = with_content.read_bytes()
        if hashlib.md5(content, usedforsecurity=False).hexdigest() == known:
            yield str(with_content.relative_to(_ETC))


def _make_accounts(etc: Path) -> None:
    """The system's own accounts, which packages' files belong to: no people, no passwords."""
    users, groups = ["root:x:0:0:root:" + HOME + ":/bin/bash"], ["root:x:0:"]
    for line in _lines(_ETC / "passwd"):
        name, _, uid, gid, words, home, shell = line.split(":")
        if name != "root" and int(uid) in _SYSTEM_IDS:
            users.append(":".join((name, "x", uid, gid, words, home, shell)))
    for line in _lines(_ETC / "group"):
        name, _, gid, _ = line.split(":")
        if name != "root" and int(gid) in _SYSTEM_IDS:
            groups.append(f"{name}:x:{gid}:")
    names = [line.partition(":")[0] for line in users]
    _write(etc / "passwd", users)
    _write(etc / "group", groups)
    _write(etc / "shadow", [f"{name}:*:19000:0:99999:7:::" for name in names], mode=0o640)
    _write(etc / "gshadow", [f"{line.partition(':')[0]}:*::" for line in groups], mode=0o640)
    _write(etc / "nsswitch.conf", ["passwd: files", "group: files", "hosts: files dns"])
    for name in _EMPTY:
        _write(etc / name, [])


def _finish(folder: Path) -> None:
    var = folder / "var"
    for name in _LOCKS:
        (var / "lib/dpkg" / name).unlink(missing_ok=True)
    (var / "tmp").mkdir(exist_ok=True)
    (var / "tmp").chmod(0o1777)
    for name, target in _LINKS.items():
        (var / name).symlink_to(target)
    secret = {folder / "etc" / name for name in _ACCOUNTS}
    for path in _files(folder):
        if path not in secret and not path.stat().st_mode & stat.S_IROTH:
            path.unlink()


def _files(folder: Path) -> Iterator[Path]:
    """The files below this folder; nothing behind a link."""
    for above, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(above, name)
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


def _digest(folder: Path) -> str:
    """Of all that there is but the contents: what was copied has its dates still.

    So the same host has the same layer each time, until a package comes or goes.
    """
    found = hashlib.sha256()
    for above, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(above, name)
            info = path.lstat()
            date = 0 if path in _generated(folder) else info.st_mtime_ns
            found.update(
                f"{path.relative_to(folder)} {info.st_mode} {info.st_size} {date}\n".encode()
            )
    return found.hexdigest()


def _generated(folder: Path) -> set[Path]:
    return {folder / "etc" / name for name in (*_ACCOUNTS, *_EMPTY, "nsswitch.conf")} | {
        folder / "var" / name for name in _LINKS
    }


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


def _write(path: Path, lines: Iterable[str], *, mode: int = 0o644) -> None:
    path.unlink(missing_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    path.chmod(mode)

"""What this machine needs for instances: what is there, what is not, and how to mend it."""

import ctypes
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ownstream.drivers.process import cgroups, system
from ownstream.drivers.process.catalog import applications
from ownstream.drivers.process.disks import NOT_ROOT, Disks
from ownstream.drivers.process.tools import Tools, usable
from ownstream.drivers.process.users import ALL_WIDE, Slot

_TUN = Path("/dev/net/tun")
_OPUS = "libopus.so.0"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    why: str  # what it is needed for, and what is wrong with it if something is
    mend: str  # the command that mends it
    needed: bool = True  # no fleet runs without it


# Program (a field of Tools), Debian's package, what for, whether nothing runs without it.
_PROGRAMS = (
    ("xvnc", "tigervnc-standalone-server", "Every instance has an X server, Xvnc.", True),
    ("bwrap", "bubblewrap", "Applications run in a sandbox made by bubblewrap.", True),
    ("setpriv", "util-linux", "A service run by root starts applications as other users.", True),
    ("python", "python3", "The first process of a sandbox is a Python script.", True),
    ("openbox", "openbox", "Windows are placed by openbox.", True),
    ("tint2", "tint2", "The DESKTOP stream view has tint2 as its panel.", False),
    ("dbus_daemon", "dbus-daemon", "Many applications need a session bus.", False),
    ("pulseaudio", "pulseaudio", "Sessions have sound by PulseAudio; without it, none.", False),
    ("pacat", "pulseaudio-utils", "A session's microphone is played by pacat.", False),
    ("slirp4netns", "slirp4netns", "Fleets with internet access reach it by slirp4netns.", False),
    ("ip", "iproute2", "Fleets with internet access are kept from the cloud's metadata.", False),
)


def findings(tools: Tools = Tools(), tree: cgroups.Tree = cgroups.KERNEL) -> Sequence[Finding]:
    """Each thing that instances need, looked at; nothing is changed."""
    return [
        *_programs(tools),
        _opus(),
        _user_namespaces(tools),
        _internet(),
        _limits(tree),
        image_builders(tools),
        _window(tools),
        _catalog(),
    ]


def _programs(tools: Tools) -> list[Finding]:
    return [
        Finding(
            name=os.path.basename(getattr(tools, field)),
            ok=usable(getattr(tools, field)),
            why=why,
            mend=_install(package),
            needed=needed,
        )
        for field, package, why, needed in _PROGRAMS
    ]


def _opus() -> Finding:
    try:
        ctypes.CDLL(_OPUS)
        ok = True
    except OSError:
        ok = False
    return Finding(
        name=_OPUS,
        ok=ok,
        why="Sound is sent as Opus, by this library.",
        mend=_install("libopus0"),
        needed=False,
    )


def _user_namespaces(tools: Tools) -> Finding:
    said = _try_sandbox(tools)
    return Finding(
        name="user namespaces",
        ok=not said,
        why=f"A sandbox is a user namespace, and none can be made: {said}"
        if said
        else "A sandbox is a user namespace.",
        mend=_allow_namespaces(said),
    )


def _try_sandbox(tools: Tools) -> str:
    """Empty if a user who is nobody can make a sandbox; else what was said."""
    namespaces = ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-net"]
    argv = [tools.bwrap, *namespaces, "--ro-bind", "/", "/", "--proc", "/proc", "true"]
    if os.geteuid() == 0:
        argv = [tools.setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", *argv]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if done.returncode == 0 else done.stderr.strip() or f"status {done.returncode}"


def _allow_namespaces(said: str) -> str:
    restricted = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    if restricted.exists() and restricted.read_text().strip() == "1":
        return "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    allowed = Path("/proc/sys/kernel/unprivileged_userns_clone")
    if allowed.exists() and allowed.read_text().strip() == "0":
        return "sudo sysctl -w kernel.unprivileged_userns_clone=1"
    if "No space left" in said:
        return "sudo sysctl -w user.max_user_namespaces=15000"
    return "in a container: run it with --security-opt seccomp=unconfined, or with --privileged"


def _internet() -> Finding:
    return Finding(
        name=str(_TUN),
        ok=os.access(_TUN, os.R_OK | os.W_OK),
        why="Fleets with internet access need to open it; fleets without do not.",
        mend=f"sudo modprobe tun && sudo chmod 666 {_TUN}",
        needed=False,
    )


def _limits(tree: cgroups.Tree) -> Finding:
    return Finding(
        name="control groups",
        ok=bool(cgroups.places(tree, "probe")),
        why="Memory and processor limits of instance types hold where this user may make control "
        "groups; elsewhere instances run without limits.",
        mend="run as root, or: systemd-run --user --pty -p Delegate=yes ownstream serve",
        needed=False,
    )


def image_builders(tools: Tools) -> Finding:
    """Whether a system can be made of layers, tried on this machine's own."""
    said = NOT_ROOT if os.geteuid() != 0 else _try_system(tools)
    return Finding(
        name="image builders",
        ok=not said,
        why=f"Image builders, and images made with them, cannot run here: {said}"
        if said
        else "The system of an image builder is laid over this machine's own.",
        mend="run the service as root, on Linux 5.19 or later, with its data folder on ext4, xfs"
        " or btrfs",
        needed=False,
    )


def _try_system(tools: Tools) -> str:
    """Empty if a system could be made and written to; else what was said."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o711)  # root of the system is nobody here, and has to come so far
        volume = Disks(Path(folder)).open_volume("v-0000000000000000")
        stage = Path(folder, "stage")
        stage.mkdir()
        plan = {
            "stage": str(stage),
            "host": ["usr"],
            "layers": str(Path(folder, "layers")),
            "names": [],
            "top": str(stage),
            "volume": str(volume),
            "first": Slot(0, wide=ALL_WIDE - 1).sandbox,
        }
        write = ["/bin/sh", "-c", f"echo > {stage}/usr/tried"]
        argv = [tools.python, "-I", "-S", system.__file__, json.dumps(plan), *write]
        try:
            done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    return "" if done.returncode == 0 else done.stderr.strip().splitlines()[-1][:200]


def _window(tools: Tools) -> Finding:
    try:
        argv = [tools.python, "-I", "-S", "-c", "import tkinter"]
        done = subprocess.run(argv, capture_output=True, timeout=20, check=False)
        ok = done.returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        ok = False
    return Finding(
        name="tkinter",
        ok=ok,
        why="The Image Assistant's window is drawn by it; its command does without.",
        mend=_install("python3-tk"),
        needed=False,
    )


def _catalog() -> Finding:
    return Finding(
        name="applications",
        ok=bool(applications()),
        why="The host's image offers what has a .desktop file in /usr/share/applications.",
        mend=_install("xterm mousepad galculator"),
    )


def _install(packages: str) -> str:
    for command in ("apt-get", "dnf", "zypper"):
        if shutil.which(command):
            return f"sudo {command} install -y {packages}"
    return f"install {packages} with this system's package manager"

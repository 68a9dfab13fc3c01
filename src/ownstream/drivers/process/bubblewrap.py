"""The two sandboxes of an instance, as command lines of bubblewrap.

One is for the agent, which is trusted and is to see little; the other for the applications, which
are not and are to see nothing that is not theirs.
"""

import hashlib
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import ownstream
from ownstream.drivers.base import SHOWN
from ownstream.drivers.process.layout import Layout
from ownstream.drivers.process.system import TREES
from ownstream.drivers.process.tools import PATH, Tools

RUN = "/run/ownstream"
USER = "as2-streaming-user"  # AppStream's own name on its Linux fleets
HOME = f"/home/{USER}"
ADDRESSES = ("hosts", "hostname", "resolv.conf")  # files of /etc that tell who an instance is
UID = 1000  # inside the sandbox, whatever it is outside
RUNTIME = f"/run/user/{UID}"

_AGENT_BYTES = 1 << 30
# What whoever administers a system of his own has beyond its users; the programs of the sandbox's
# own, such as a stand-in for sudo, come after the system's.
ADMINISTRATORS_PATH = f"/usr/local/sbin:/usr/sbin:/sbin:{PATH}:{RUN}/bin"
# What container engines give to root of a container, and packages are known to install with.
_ADMINISTRATORS_POWERS = """
    CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP
    SETUID SYS_CHROOT
"""

# What applications read of /etc: nothing that names accounts, networks or secrets of the host.
ETC_NAMES = """
    ImageMagick-6 ImageMagick-7 OpenCL X11 alternatives bash.bashrc ca-certificates chromium
    chromium.d dconf debian_version default/locale dictionaries-common drirc environment.d firefox
    firefox-esr fonts ghostscript glvnd gtk-2.0 gtk-3.0 gtk-4.0 host.conf inputrc
    java-17-openjdk java-21-openjdk ld.so.cache ld.so.conf ld.so.conf.d libreoffice locale.alias
    locale.conf localtime magic mailcap mime.types opt os-release pango papersize pki profile
    profile.d protocols pulse python3 python3.11 python3.12 python3.13 services ssl/certs
    ssl/openssl.cnf terminfo timezone vim vulkan wgetrc xdg
"""


@dataclass(frozen=True)
class System:
    """The files that applications see: the host's own, or those of an image's layers."""

    folders: tuple[str, ...] = ()  # of the host, to be read as well
    layered: bool = False
    writable: bool = False  # by its user, who is its root


def display(
    layout: Layout, tools: Tools, *, info_fd: int, python: str, command: Sequence[str]
) -> list[str]:
    """The command that runs the agent's command, by this interpreter, in its sandbox.

    Started by root it keeps just the right to become another user, and to read until then.
    """
    argv = [
        tools.bwrap,
        *("--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts"),
        *("--hostname", layout.id, "--as-pid-1", "--info-fd", str(info_fd)),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
        *_in_memory("/dev/shm", _AGENT_BYTES),  # noqa: S108 - the sandbox's own
        *_in_memory("/tmp", _AGENT_BYTES),  # noqa: S108 - the sandbox's own
        *_covers(layout, _code(python)),
        *("--bind", str(layout.x11), "/tmp/.X11-unix"),  # noqa: S108 - where X clients look
        *("--bind", str(layout.run), RUN),
        *("--chdir", "/"),
    ]
    if os.geteuid() == 0:
        argv += ["--cap-drop", "ALL"]
        argv += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        argv += ["--cap-add", "CAP_DAC_READ_SEARCH"]
    return [*argv, "--", *command]


def applications(
    layout: Layout,
    tools: Tools,
    system: System,
    *,
    info_fd: int,
    shared_bytes: int,
    command: Sequence[str],
) -> list[str]:
    """The command that runs the sandbox init's command, in this system.

    At most `shared_bytes` of memory can be shared by name, in /dev/shm.
    """
    return [
        tools.bwrap,
        *("--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts"),
        *("--unshare-cgroup-try", *_user(system)),
        *("--hostname", layout.id, "--as-pid-1", "--info-fd", str(info_fd)),
        *(_layered(layout, system) if system.layered else _hosts(layout)),
        *_flat(("--ro-bind", folder, folder) for folder in system.folders),
        # Whoever administers a builder keeps there what he likes.
        *(() if system.writable else ("--ro-bind", str(layout.shown), SHOWN)),
        *("--proc", "/proc", "--dev", "/dev"),
        *_in_memory("/dev/shm", shared_bytes),  # noqa: S108 - the sandbox's own
        *_flat(("--bind", str(at), path) for path, at in layout.temporary.items()),
        *("--ro-bind", str(layout.x11), "/tmp/.X11-unix"),  # noqa: S108 - where X clients look
        *("--perms", "0700", "--size", str(64 << 20), "--tmpfs", RUNTIME),
        *("--ro-bind", str(layout.sandbox / "init.py"), f"{RUN}/init.py"),
        *("--ro-bind", str(layout.sandbox / "inside"), f"{RUN}/inside"),
        *(_assistants(layout) if system.writable else ()),
        *("--ro-bind", str(layout.sandbox / "xauthority"), f"{RUN}/xauthority"),
        *("--bind", str(layout.stage / "home" if system.writable else layout.home), HOME),
        *("--remount-ro", "/", "--chdir", HOME, "--", *command),
    ]


def agent_environment(layout: Layout, mark: str) -> dict[str, str]:
    """What the agent has as its environment."""
    environment = {"PATH": PATH, "LANG": "C.UTF-8", "HOME": "/tmp", mark: layout.mark}  # noqa: S108
    if "PYTHONPATH" in os.environ:
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    return environment


def user_environment(
    layout: Layout, mark: str, more: Mapping[str, str], *, administers: bool = False
) -> dict[str, str]:
    """What applications have as their environment."""
    user = "root" if administers else USER
    return {
        "PATH": ADMINISTRATORS_PATH if administers else PATH,
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        **more,
        "HOME": HOME,
        "USER": user,
        "LOGNAME": user,
        "SHELL": "/bin/bash",
        "DISPLAY": ":0",
        "XAUTHORITY": f"{RUN}/xauthority",
        "XDG_RUNTIME_DIR": RUNTIME,
        # Named, lest clients start a server of their own where this one has failed.
        "PULSE_SERVER": f"unix:{RUNTIME}/pulse/native",
        mark: layout.mark,
    }


def programs() -> dict[str, str]:
    """The commands of an image builder by name, as scripts.

    Its user is root, and those who are used to write sudo before a command need not unlearn it.
    """
    python = f"#!/usr/bin/python3 -IS\nimport sys\nsys.path.insert(0, {RUN!r})\n"
    command = f"{python}from assistant.commands import run\nrun()\n"
    window = f"{python}from assistant.window import run\nrun()\n"
    app_block = f"{python}from assistant.app_blocks import run\nrun()\n"
    return {
        "image-assistant": command,
        "AppStreamImageAssistant": command,
        "app-block-assistant": app_block,
        "image-assistant-window": window,
        "sudo": '#!/bin/sh\nwhile [ "${1#-}" != "$1" ]; do shift; done\nexec env "$@"\n',
    }


def etc(layout: Layout, *, internet: bool) -> dict[str, str]:
    """The files of /etc that are the sandbox's own."""
    files = {
        "passwd": f"{USER}:x:{UID}:{UID}:{USER}:{HOME}:/bin/bash\n"
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
        "group": f"{USER}:x:{UID}:\nnogroup:x:65534:\n",
        "hosts": f"127.0.0.1 localhost {layout.id}\n::1 localhost\n",
        "hostname": f"{layout.id}\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
        # Applications that know ALSA alone are heard, too.
        "asound.conf": "pcm.!default { type pulse }\nctl.!default { type pulse }\n",
        "machine-id": f"{hashlib.sha256(layout.mark.encode()).hexdigest()[:32]}\n",
    }
    # slirp4netns answers name queries at this address of its network.
    return {**files, "resolv.conf": "nameserver 10.0.2.3\n"} if internet else files


def _user(system: System) -> list[str]:
    """Who applications are: root of the user namespace that is there already, or one user alone."""
    if not system.writable:
        return ["--unshare-user", "--uid", str(UID), "--gid", str(UID)]
    powers = _flat(("--cap-add", f"CAP_{power}") for power in _ADMINISTRATORS_POWERS.split())
    return ["--cap-drop", "ALL", *powers]


def _hosts(layout: Layout) -> list[str]:
    own = sorted((layout.sandbox / "etc").iterdir())
    return [
        *("--ro-bind", "/usr", "/usr", *_top_links()),
        *_flat(("--ro-bind-try", f"/etc/{name}", f"/etc/{name}") for name in ETC_NAMES.split()),
        *_flat(("--ro-bind", str(file), f"/etc/{file.name}") for file in own),
        *("--ro-bind-try", "/var/cache/fontconfig", "/var/cache/fontconfig"),
    ]


def _layered(layout: Layout, system: System) -> list[str]:
    """The system that was mounted on the instance's stage; its /etc has the instance's own files.

    What is written to keeps the instance's own files out of it: they are laid over it.
    """
    bind = "--bind" if system.writable else "--ro-bind"
    argv = _flat((bind, str(layout.stage / tree), f"/{tree}") for tree in TREES)
    argv += _top_links()
    if not system.writable:
        return argv
    own = (layout.sandbox / "etc" / name for name in ADDRESSES)
    argv += _flat(("--ro-bind", str(file), f"/etc/{file.name}") for file in own if file.exists())
    argv += _flat(("--dir", folder) for folder in ("/root", "/srv", "/mnt", "/media"))
    return [*argv, "--perms", "0755", "--tmpfs", "/run", "--perms", "1777", "--dir", "/run/lock"]


def _assistants(layout: Layout) -> list[str]:
    names = ("assistant", "bin")
    return _flat(("--ro-bind", str(layout.sandbox / name), f"{RUN}/{name}") for name in names)


def _in_memory(path: str, size_bytes: int) -> tuple[str, ...]:
    return ("--perms", "1777", "--size", str(size_bytes), "--tmpfs", path)


def _top_links() -> list[str]:
    """/bin, /lib and the like as the host has them: links into /usr, or folders."""
    argv: list[str] = []
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = Path("/", name)
        if path.is_symlink():
            argv += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            argv += ["--ro-bind", str(path), str(path)]
    return argv


def _covers(layout: Layout, code: Sequence[str]) -> list[str]:
    """Empty folders over what the agent has no business with, and `code` again where it was.

    Folders above it that only root may enter, as /root is, are covered too: so the agent's user
    can read its own interpreter.
    """
    private = {"/home", "/root", "/run", "/var/tmp", str(layout.top.parent)}  # noqa: S108
    folders = sorted(folder for folder in private | _barred(code) if os.path.isdir(folder))
    covered = ["/tmp"]  # noqa: S108 - the sandbox's own
    for folder in folders:
        if not any(Path(folder).is_relative_to(other) for other in covered):
            covered.append(folder)
    argv = _flat(("--perms", "0755", "--tmpfs", folder) for folder in covered[1:])
    for path in code:
        hidden = [parent for parent in reversed(Path(path).parents) if _below(parent, covered)]
        argv += _flat(("--perms", "0755", "--dir", str(parent)) for parent in hidden)
        argv += ["--ro-bind", path, path]
    return argv


def _barred(code: Sequence[str]) -> set[str]:
    if os.geteuid() != 0:
        return set()
    above = {folder for path in code for folder in Path(path).parents}
    return {str(folder) for folder in above if not folder.stat().st_mode & 0o001}


def _below(path: Path, folders: Sequence[str]) -> bool:
    return any(Path(folder) in path.parents for folder in folders)


def _code(python: str) -> list[str]:
    """Where the agent's code and interpreter are, the outer folders first."""
    found = {Path(ownstream.__file__).parents[1], Path(sys.prefix), Path(sys.base_prefix)}
    found |= {Path(entry) for entry in sys.path if entry}
    found |= {Path(python).parent, Path(python).resolve().parent}
    apart = {path for path in found if not path.is_relative_to("/usr") and path.is_dir()}
    return sorted(str(path) for path in apart if path != Path("/"))


def _flat(groups: Iterable[tuple[str, ...]]) -> list[str]:
    return [word for group in groups for word in group]

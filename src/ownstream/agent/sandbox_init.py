"""The first process of an instance's sandbox: starts what the agent says and reaps what ends.

Run inside as `python3 -I -S init.py --control-fd N`, copied there beside the folder `inside` alone:
it needs the standard library and nothing else, and works from Python 3.9 on. N is one end of a
SOCK_SEQPACKET pair whose other end the agent holds; each packet is one JSON object. The agent says

    {"do": "write", "path": "openbox/rc.xml", "text": ...}   below $XDG_RUNTIME_DIR/ownstream
    {"do": "start", "key": "app-1", "argv": [...], "env": {...}}
    {"do": "serve", "key": "sound", "path": "pulse/native", "argv": [...], "env": {...}}
    {"do": "stop", "key": "app-1"}, and "kill" for what is to end at once
    {"do": "files"}, with a descriptor: a file server runs on it (see inside/files.py)

and hears {"event": "up"}, then {"event": "started", "key", "pid"}, {"event": "exited", "key",
"status"} and {"event": "failed", "key", "reason"}. What is served listens at that path below
$XDG_RUNTIME_DIR and is started when somebody first connects there; it may end, and is started
again for the next. Descriptors that come with a packet are the process's 3rd and following; what
is served has its listening socket before them. When the agent's end closes this process exits, and
with it, as the first of its pid namespace, everything in the sandbox.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import sys

TYPE_CHECKING = False  # `typing` itself would double the time that the start takes
if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from typing import Any

MAX_PACKET_BYTES = 64 * 1024
SKELETON = "/etc/skel"
PR_SET_DUMPABLE = 4
WINDOW_MANAGER = "window-manager"  # the agent's key for it
EXPENDABLE = 500  # of the 1000 that the kernel counts memory in
BUS_READY_MS = 5000
FILES = "import sys; sys.path.insert(0, sys.argv[1]); from inside.files import main; main(sys.argv)"
SEGMENTS = 64  # numbers that the kernel goes through before it takes one again
IPC_PRIVATE = 0
MOST_DESCRIPTORS = 4
FIRST_DESCRIPTOR, ASIDE = 3, 100
MOST_FAILURES = 3  # of what is served; after that nobody is heard there any more


def main(argv: Sequence[str]) -> None:
    """Serves until the agent's end of the control socket closes."""
    control = socket.socket(fileno=int(argv[argv.index("--control-fd") + 1]))
    control.set_inheritable(False)
    # Opened while it is ours to open: what is not dumpable belongs to root.
    score = os.open("/proc/self/oom_score_adj", os.O_RDWR | os.O_CLOEXEC)
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)  # applications share our uid: no ptrace
    _use_up_display_segments(libc)
    runtime = os.environ["XDG_RUNTIME_DIR"]
    bus = os.path.join(runtime, "bus")
    wake = _wake_on_child_ends()
    folder = os.path.join(runtime, "ownstream")
    init = Init(control, folder, _environment(bus), score)
    _fill_home(os.environ["HOME"])
    init.start_bus(bus)
    init.tell({"event": "up"})
    init.serve(wake)
    init.end()


def _fill_home(home: str) -> None:
    """A home folder that is new has what the image gives to new users, its default profile."""
    if os.path.isdir(SKELETON) and not os.listdir(home):
        command = ["cp", "-RP", "--preserve=mode,timestamps", f"{SKELETON}/.", home]
        with contextlib.suppress(OSError):
            os.waitpid(os.posix_spawnp(command[0], command, os.environ), 0)
    os.makedirs(os.path.join(home, "MyFiles", "TemporaryFiles"), exist_ok=True)


def _use_up_display_segments(libc: ctypes.CDLL) -> None:
    """No shared memory of an application has the number of a segment beside the X server.

    The X server is in another IPC namespace, where it would find the agent's segment by the number
    of an application's, and draw from that: icons came out as white squares. It has to find none,
    for then the toolkits send their pictures by the socket.
    """
    for _ in range(SEGMENTS):
        libc.shmget(IPC_PRIVATE, ctypes.c_size_t(1), 0o600)


class Init:
    """The processes of the sandbox, by the keys that the agent gave them."""

    def __init__(
        self, control: socket.socket, folder: str, environment: Mapping[str, str], score: int
    ) -> None:
        self._control = control
        self._score = score
        self._folder = folder
        self._environment = environment
        self._keys: dict[int, str] = {}  # by pid
        self._served: dict[str, Served] = {}  # by key
        self._waiting = select.poll()

    def tell(self, event: Mapping[str, Any]) -> None:
        """The agent hears this, unless it is gone, which the next read shows."""
        with contextlib.suppress(OSError):
            self._control.send(json.dumps(event).encode())

    def start_bus(self, path: str) -> None:
        """The session bus listens at this path when this returns; without one we go on."""
        told, tell = os.pipe()
        os.set_inheritable(tell, True)
        command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--nosyslog"]
        command += [f"--address=unix:path={path}", f"--print-address={tell}"]
        try:
            with contextlib.suppress(OSError):
                self._spawn("bus", command, self._environment)
        finally:
            os.close(tell)
        waiting = select.poll()
        waiting.register(told, select.POLLIN)
        waiting.poll(BUS_READY_MS)  # it ends at once where there is no bus to start
        os.close(told)

    def serve(self, wake: int) -> None:
        """Does as told until the control socket closes."""
        for fd in (self._control.fileno(), wake):
            self._waiting.register(fd, select.POLLIN)
        while True:
            ready = dict(self._waiting.poll())
            if wake in ready:
                os.read(wake, 4096)
                self._reap()
            for key in [key for key, at in self._served.items() if at.socket.fileno() in ready]:
                self._answer(key)
            if self._control.fileno() in ready:
                packet, descriptors = self._hear()
                if not packet:
                    return
                self._do(json.loads(packet), descriptors)

    def end(self) -> None:
        """What was started is asked to end; the end of the namespace takes what does not."""
        for key in set(self._keys.values()):
            self._stop(key)

    def _hear(self) -> tuple[bytes, Sequence[int]]:
        """What the agent says, and what it hands over; nothing once it has gone."""
        try:
            packet, descriptors, _, _ = socket.recv_fds(
                self._control, MAX_PACKET_BYTES, MOST_DESCRIPTORS, socket.MSG_CMSG_CLOEXEC
            )
        except ConnectionError:  # it closed with something of ours unread
            return b"", ()
        return packet, descriptors

    def _do(self, order: Mapping[str, Any], descriptors: Sequence[int]) -> None:
        try:
            if order["do"] == "start":
                self._start(order, descriptors)
            elif order["do"] == "serve":
                self._serve(order, descriptors)
            elif order["do"] == "files":
                self._serve_files(descriptors)
            elif order["do"] == "stop":
                self._stop(order["key"])
            elif order["do"] == "kill":
                self._stop(order["key"], signal.SIGKILL)
            elif order["do"] == "write":
                self._write(order["path"], order["text"])
        except OSError as error:
            self._fail(order.get("key", ""), error)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _fail(self, key: str, error: OSError) -> None:
        reason = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
        self.tell({"event": "failed", "key": key, "reason": reason})

    def _start(self, order: Mapping[str, Any], descriptors: Sequence[int]) -> None:
        environment = {**self._environment, **order["env"]}
        with contextlib.ExitStack() as stack:
            if order["key"] != WINDOW_MANAGER:
                stack.enter_context(_expendable(self._score))
            pid = self._spawn(order["key"], order["argv"], environment, descriptors)
        self.tell({"event": "started", "key": order["key"], "pid": pid})

    def _serve(self, order: Mapping[str, Any], descriptors: Sequence[int]) -> None:
        path = os.path.join(os.environ["XDG_RUNTIME_DIR"], order["path"])
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        listening.listen()
        own = [os.dup(descriptor) for descriptor in descriptors]
        self._served[order["key"]] = Served(listening, order, own)
        self._waiting.register(listening.fileno(), select.POLLIN)

    def _answer(self, key: str) -> None:
        """Somebody has connected: from now on the socket is the server's to wait on."""
        served = self._served[key]
        self._waiting.unregister(served.socket.fileno())
        environment = {**self._environment, **served.order["env"]}
        descriptors = [served.socket.fileno(), *served.descriptors]
        try:
            self._spawn(key, served.order["argv"], environment, descriptors)
        except OSError as error:
            self._give_up(key)
            self._fail(key, error)

    def _serve_again(self, key: str, status: int) -> None:
        served = self._served[key]
        if status == 0:
            served.failures = 0
        else:
            served.failures += 1
        if served.failures < MOST_FAILURES:
            self._waiting.register(served.socket.fileno(), select.POLLIN)
            return
        self._give_up(key)
        self.tell({"event": "failed", "key": key, "reason": f"it ended with code {status}"})

    def _give_up(self, key: str) -> None:
        served = self._served.pop(key)
        served.socket.close()
        for descriptor in served.descriptors:
            os.close(descriptor)

    def _serve_files(self, descriptors: Sequence[int]) -> None:
        folder = os.path.dirname(os.path.abspath(__file__))
        argv = [sys.executable, "-I", "-S", "-c", FILES, folder, str(FIRST_DESCRIPTOR)]
        with _expendable(self._score):
            self._spawn("files", argv, self._environment, descriptors)

    def _stop(self, key: str, by: signal.Signals = signal.SIGTERM) -> None:
        for pid in [pid for pid, known in self._keys.items() if known == key]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, by)

    def _write(self, path: str, text: str) -> None:
        target = os.path.join(self._folder, path)
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        with open(target, "w", encoding="utf-8") as file:
            file.write(text)

    def _spawn(
        self,
        key: str,
        argv: Sequence[str],
        environment: Mapping[str, str],
        descriptors: Sequence[int] = (),
    ) -> int:
        # What an application prints is nobody's: kept, it would be a way to fill the host's disk.
        null = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
        pid = os.posix_spawnp(
            argv[0],
            list(argv),
            environment,
            file_actions=[*null, *_handed_over(descriptors)],
            setsid=True,
            setsigdef=[signal.SIGPIPE, signal.SIGCHLD],
        )
        self._keys[pid] = key
        return pid

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            key = self._keys.pop(pid, None)
            if key is not None:
                status = os.waitstatus_to_exitcode(status)
            if key in self._served:
                self._serve_again(key, status)
            elif key is not None:
                self.tell({"event": "exited", "key": key, "status": status})


class Served:
    """A server that runs while it is needed, the socket that it answers, and what it is given."""

    def __init__(
        self, listening: socket.socket, order: Mapping[str, Any], descriptors: Sequence[int]
    ) -> None:
        self.socket = listening
        self.order = order
        self.descriptors = descriptors
        self.failures = 0  # one after another


def _handed_over(descriptors: Sequence[int]) -> list[tuple[Any, ...]]:
    """What makes these a new process's 3rd descriptor and the following ones.

    They are put aside first: one of them may have the place that another is to get.
    """
    aside = [(os.POSIX_SPAWN_DUP2, fd, ASIDE + n) for n, fd in enumerate(descriptors)]
    placed = [(os.POSIX_SPAWN_DUP2, ASIDE + n, FIRST_DESCRIPTOR + n) for n in range(len(aside))]
    closed = [(os.POSIX_SPAWN_CLOSE, ASIDE + n) for n in range(len(aside))]
    return [*aside, *placed, *closed]


def _environment(bus: str) -> dict[str, str]:
    return {
        **os.environ,
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={bus}",
        # Nothing here reads the accessibility bus, and starting it delays every GTK application.
        "NO_AT_BRIDGE": "1",
        "GTK_A11Y": "none",
    }


@contextlib.contextmanager
def _expendable(score: int) -> Generator[None, None, None]:
    """What is started meanwhile is killed first where memory runs out, before what all need."""
    own = os.pread(score, 16, 0)
    os.pwrite(score, str(min(1000, int(own) + EXPENDABLE)).encode(), 0)
    try:
        yield
    finally:
        os.pwrite(score, own, 0)


def _wake_on_child_ends() -> int:
    wake, woken = os.pipe()
    for fd in (wake, woken):
        os.set_blocking(fd, False)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    return wake


if __name__ == "__main__":
    main(sys.argv)

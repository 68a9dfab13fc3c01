"""Two users side by side: each test tries, from within one instance, what must not be possible.

Nor is it possible from one seat of an instance to another.
"""

import os
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ownstream.drivers.process import ProcessDriver
from tests.support.instances import (
    HOME,
    WITHIN_S,
    Inside,
    instances_folder,
    launch_ready,
    run,
    spec,
)

MARK = "mark-of-the-other-user"
WHERE = (HOME, "/tmp", "/var/tmp", "/dev/shm", "/run/user/1000")
IMPORTS = (
    "import ctypes, glob, os, signal, socket, subprocess; libc = ctypes.CDLL(None, use_errno=True)"
)


@dataclass(frozen=True)
class Pair:
    """Two instances with a program in each, and what the host keeps."""

    mine: Inside
    theirs: Inside
    folder: Path
    secret: Path  # a file of the service's


@pytest.fixture(scope="module", params=["", "i-0"], ids=["instances", "seats of one instance"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    with instances_folder() as folder, tempfile.TemporaryDirectory(dir="/var/tmp") as data:
        secret = Path(data, "ownstream.db")
        secret.write_text("secret")
        driver = ProcessDriver(folder)
        ids = ("i-1", "i-2")
        handles = [run(launch_ready(driver, spec(id_, part_of=request.param))) for id_ in ids]
        with (
            Inside(folder, "i-1", handles[0]) as mine,
            Inside(folder, "i-2", handles[1]) as theirs,
        ):
            for inside in (mine, theirs):
                inside.value("None", after=IMPORTS)
            yield Pair(mine, theirs, folder, secret)
        run(driver.close())


def test_the_other_s_processes_are_not_seen(pair: Pair) -> None:
    pair.theirs.value("sleeper.stdout.readline()", after=_START_SLEEPER)
    assert "sleep" in "".join(pair.theirs.value("seen", after=_ALL_PROCESSES))
    seen = pair.mine.value("seen", after=_ALL_PROCESSES)
    assert not [command for command in seen if "sleep" in command or "agent" in command]
    assert [command for command in seen if "init.py" in command]


_START_SLEEPER = """
sleeper = subprocess.Popen(
    ["/usr/bin/python3", "-uc", "import time; print(); time.sleep(1000)"], stdout=subprocess.PIPE
)
"""
_ALL_PROCESSES = """
seen = []
for pid in filter(str.isdigit, os.listdir('/proc')):
    with open(f'/proc/{pid}/cmdline') as file:
        seen.append(file.read())
"""


@pytest.mark.parametrize("role", ["agent", "init"])
def test_the_other_s_processes_cannot_be_signalled_or_traced(pair: Pair, role: str) -> None:
    pid = pair.theirs.record.all_processes()[role].pid
    assert pair.mine.error(f"os.kill({pid}, 0)") == "ProcessLookupError"
    assert pair.mine.value(f"libc.ptrace(16, {pid}, 0, 0)") == -1


def test_its_own_agent_cannot_be_signalled_or_traced(pair: Pair) -> None:
    pid = pair.mine.record.all_processes()["agent"].pid
    assert pair.mine.error(f"os.kill({pid}, 0)") == "ProcessLookupError"
    assert pair.mine.value(f"libc.ptrace(16, {pid}, 0, 0)") == -1


def test_the_first_process_of_its_sandbox_cannot_be_traced_or_read(pair: Pair) -> None:
    assert pair.mine.value("libc.ptrace(16, 1, 0, 0)") == -1
    assert pair.mine.error("open('/proc/1/mem', 'rb')") == "PermissionError"
    assert pair.mine.error("os.listdir('/proc/1/fd')") == "PermissionError"


def test_it_cannot_pass_for_an_instance_that_no_driver_could_retire(pair: Pair) -> None:
    pair.mine.value("sleeper.stdout.readline()", after=_START_SLEEPER_WITH_ANOTHER_MARK)
    driver = ProcessDriver(pair.folder)
    assert run(driver.inventory()) == ["i-1", "i-2"]
    run(driver.close())


_START_SLEEPER_WITH_ANOTHER_MARK = """
mark = os.environ["OWNSTREAM_INSTANCE"].replace("i-1", "../No instance!")
sleeper = subprocess.Popen(
    ["/usr/bin/python3", "-uc", "import time; print(); time.sleep(1000)"],
    stdout=subprocess.PIPE,
    env={**os.environ, "OWNSTREAM_INSTANCE": mark},
)
"""


@pytest.mark.parametrize("where", WHERE)
def test_the_other_s_files_are_not_found(pair: Pair, where: str) -> None:
    path = f"{where}/{MARK}"
    pair.theirs.value("None", after=f"open({path!r}, 'w').close()")
    assert pair.theirs.value(f"os.path.exists({path!r})")
    assert not pair.mine.value(f"os.path.exists({path!r})")


def test_nothing_of_the_other_is_found_anywhere(pair: Pair) -> None:
    found = pair.mine.value(
        "found",
        after="found = []\n"
        "for at, folders, files in os.walk('/'):\n"
        "    folders[:] = [f for f in folders if at != '/' or f not in ('proc', 'usr')]\n"
        f"    found += [at + '/' + f for f in files if f == {MARK!r}]\n",
    )
    assert found == []


def test_the_host_s_folders_are_not_there(pair: Pair) -> None:
    own = pair.mine.top
    for path in (pair.secret, pair.folder, own, own / "run", Path.home(), Path(__file__)):
        assert not pair.mine.value(f"os.path.exists({str(path)!r})"), path
    assert pair.mine.value("sorted(os.listdir('/home'))") == ["as2-streaming-user"]
    assert pair.mine.value("sorted(os.listdir('/run'))") == ["ownstream", "user"]


def test_accounts_and_secrets_of_the_host_are_not_read(pair: Pair) -> None:
    for path in ("/etc/shadow", "/etc/sudoers", "/etc/ssh", "/etc/ssl/private", "/sys", "/boot"):
        assert not pair.mine.value(f"os.path.exists({path!r})"), path
    assert "root:" not in pair.mine.value("open('/etc/passwd').read()")


def test_the_agent_s_socket_is_out_of_reach(pair: Pair) -> None:
    seen = sorted(pair.mine.value("os.listdir('/run/ownstream')"))
    assert seen == ["init.py", "inside", "xauthority"]
    sockets = pair.mine.value("open('/proc/net/unix').read()")
    assert "agent.sock" not in sockets


def test_the_other_s_display_is_another(pair: Pair) -> None:
    name = "_OWNSTREAM_TEST"
    pair.theirs.value(
        "None",
        after=f"subprocess.run(['xprop', '-root', '-f', '{name}', '8s', '-set', '{name}', 'x'],"
        " check=True)",
    )
    read = f"subprocess.run(['xprop', '-root', '{name}'], capture_output=True, text=True).stdout"
    assert '= "x"' in pair.theirs.value(read)
    assert "= " not in pair.mine.value(read)
    assert pair.mine.value("os.listdir('/tmp/.X11-unix')") == ["X0"]


def test_a_display_refuses_who_has_not_its_cookie(pair: Pair) -> None:
    without = (
        "subprocess.run(['xdpyinfo'], env={**os.environ, 'XAUTHORITY': '/dev/null'},"
        " capture_output=True, text=True).stderr"
    )
    assert "unable to open display" in pair.mine.value(without)
    cookies = [
        inside.value("list(open(os.environ['XAUTHORITY'], 'rb').read())")
        for inside in (pair.mine, pair.theirs)
    ]
    assert cookies[0] != cookies[1]


def test_system_v_and_posix_memory_is_not_shared(pair: Pair) -> None:
    key = 0x0517
    assert pair.theirs.value(f"libc.shmget({key}, 4096, 0o1666)") >= 0
    assert pair.mine.value(f"libc.shmget({key}, 4096, 0)") == -1
    pair.theirs.value("None", after=f"open('/dev/shm/{MARK}', 'w').close()")
    assert pair.mine.error(f"open('/dev/shm/{MARK}')") == "FileNotFoundError"


def test_no_memory_of_an_application_passes_for_the_agent_s_at_the_x_server(pair: Pair) -> None:
    # The X server knows shared memory by a number in its own namespace, where the first 64 slots
    # are the agent's: found there, the agent's picture would be drawn as the application's.
    slots = pair.mine.value("[libc.shmget(0, 4096, 0o600) % 32768 for _ in range(200)]")
    assert min(slots) >= 64


def test_servers_on_the_host_s_loopback_are_not_reached(pair: Pair) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert pair.mine.error(f"socket.create_connection(('127.0.0.1', {port}), 5)")


def test_servers_of_the_other_user_are_not_reached(pair: Pair) -> None:
    port = pair.theirs.value(
        "server.getsockname()[1]", after="server = socket.create_server(('127.0.0.1', 0))"
    )
    assert pair.mine.error(f"socket.create_connection(('127.0.0.1', {port}), 5)")


def test_abstract_sockets_of_the_host_are_not_reached(pair: Pair) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0ownstream-{os.getpid()}")
        server.listen()
        server.settimeout(WITHIN_S)
        name = repr(server.getsockname().decode())
        connect = f"socket.socket(socket.AF_UNIX).connect({name})"
        assert pair.mine.error(connect) == "ConnectionRefusedError"
        assert pair.mine.error("socket.socket(1).connect('\\0/tmp/.X11-unix/X0')")


@pytest.mark.parametrize(
    "where", ["/", "/usr", "/usr/bin", "/etc", "/bin", "/run", "/home", "/opt"]
)
def test_the_system_cannot_be_written(pair: Pair, where: str) -> None:
    failure = pair.mine.error(f"open({where!r} + '/new', 'w')")
    assert failure in ("OSError", "PermissionError", "FileNotFoundError")


@pytest.mark.parametrize(
    "file",
    [
        "/etc/passwd",
        "/etc/ld.so.cache",
        "/run/ownstream/init.py",
        "/run/ownstream/inside/files.py",
        "/run/ownstream/xauthority",
        "/proc/sys/kernel/core_pattern",
        "/proc/sysrq-trigger",
    ],
)
def test_files_that_others_rely_on_cannot_be_changed(pair: Pair, file: str) -> None:
    assert pair.mine.error(f"open({file!r}, 'r+')") in (
        "OSError",
        "PermissionError",
        "FileNotFoundError",
    )


def test_it_has_no_power_and_can_get_none(pair: Pair) -> None:
    status = pair.mine.value("open('/proc/self/status').read()")
    assert "NoNewPrivs:\t1" in status
    assert "CapEff:\t0000000000000000" in status
    assert "CapBnd:\t0000000000000000" in status
    assert pair.mine.error("os.setuid(0)") in ("PermissionError", "OSError")


def test_nothing_can_be_mounted(pair: Pair) -> None:
    assert pair.mine.value("libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)") == -1
    assert pair.mine.value("libc.umount2(b'/usr', 2)") == -1


@pytest.mark.parametrize(
    "command",
    [
        "mount -o remount,rw,bind /usr",
        "umount -l /usr",
        "umount -l /tmp/.X11-unix",
        "mount -o remount,rw /",
        "echo x > /etc/passwd",
        "ip link set lo down",
    ],
)
def test_a_user_namespace_of_its_own_gives_it_no_power_over_the_sandbox(
    pair: Pair, command: str
) -> None:
    tried = pair.mine.value(
        f"subprocess.run(['unshare', '-Urm', 'sh', '-c', {command!r}]).returncode"
    )
    assert tried != 0


def test_there_are_no_devices_but_harmless_ones(pair: Pair) -> None:
    allowed = {
        *("console", "core", "fd", "full", "null", "ptmx", "pts", "random", "shm"),
        *("stderr", "stdin", "stdout", "tty", "urandom", "zero"),
    }
    assert set(pair.mine.value("os.listdir('/dev')")) <= allowed


def test_terminal_input_cannot_be_faked(pair: Pair) -> None:
    assert pair.mine.error("open('/dev/tty')") == "OSError"


def test_the_user_ids_of_two_instances_are_not_the_same_where_root_gives_them(pair: Pair) -> None:
    homes = {inside.top.joinpath("home").stat().st_uid for inside in (pair.mine, pair.theirs)}
    assert len(homes) == (2 if os.geteuid() == 0 else 1)
    agents = {inside.top.joinpath("run").stat().st_uid for inside in (pair.mine, pair.theirs)}
    assert not agents & homes or os.geteuid() != 0


def test_other_users_of_the_host_cannot_enter_an_instance_s_folder(pair: Pair) -> None:
    assert pair.mine.top.stat().st_mode & 0o007 == 0
    assert pair.mine.top.joinpath("run").stat().st_mode & 0o077 == 0
    assert pair.mine.top.joinpath("home").stat().st_mode & 0o077 == 0

"""Memory, processor and process limits: they hold, or `doctor` says that they cannot be had."""

from pathlib import Path

from ownstream.drivers.base import Seen
from ownstream.drivers.process import ProcessDriver, cgroups
from ownstream.drivers.process.requirements import findings
from tests.support.instances import MIB, Inside, launch_ready, look, run, spec

CAN_LIMIT = bool(cgroups.places(cgroups.KERNEL, "probe"))

# A child that takes memory, a page of it touched at a time, until it has this much.
_HOG = """
import os, signal, subprocess
def hog(mebibytes):
    code = f"b = [bytearray(1 << 20) for _ in range({mebibytes})]"
    return subprocess.run(["/usr/bin/python3", "-c", code]).returncode
"""
_SMALL_ONES = """
import subprocess
def small_ones(count):
    code = "b = bytearray(8 << 20); print(flush=True); input()"
    argv = ["/usr/bin/python3", "-c", code]
    made = [
        subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(count)
    ]
    for process in made:
        process.stdout.readline()
    for process in made:
        process.kill() if process.poll() is None else None
    return sum(process.wait() == -9 for process in made)
"""
_FILL = """
import os, subprocess
def fill(path="/dev/shm/file"):
    with open(path, "wb") as file:
        return subprocess.run(["head", "-c", "200M", "/dev/zero"], stdout=file).returncode
"""
_FORKS = """
import os, time
def forks(wanted):
    pids = []
    try:
        for _ in range(wanted):
            pid = os.fork()
            if pid == 0:
                time.sleep(60)
                os._exit(0)
            pids.append(pid)
    except BlockingIOError:
        pass
    for pid in pids:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    return len(pids)
"""


def test_doctor_tells_whether_limits_hold() -> None:
    (finding,) = [found for found in findings() if found.name == "control groups"]
    assert finding.ok is CAN_LIMIT
    assert not finding.needed


def test_an_application_beyond_the_memory_limit_is_killed_and_the_instance_goes_on(
    folder: Path, driver: ProcessDriver
) -> None:
    handle = run(launch_ready(driver, spec(memory_bytes=256 * MIB)))
    with Inside(folder, "i-1", handle) as inside:
        assert inside.value("hog(64)", after=_HOG) == 0
        assert inside.value("hog(512)") == (-9 if CAN_LIMIT else 0)
        assert inside.value("1 + 1") == 2
    assert run(look(driver, "i-1", handle)).seen is Seen.READY


def test_many_small_applications_beyond_the_limit_do_not_take_the_session_with_them(
    folder: Path, driver: ProcessDriver
) -> None:
    handle = run(launch_ready(driver, spec(memory_bytes=256 * MIB)))
    with Inside(folder, "i-1", handle) as inside:
        assert inside.value("small_ones(60)", after=_SMALL_ONES) == 60
    assert run(look(driver, "i-1", handle)).seen is Seen.READY


def test_an_application_cannot_fork_without_end(folder: Path, driver: ProcessDriver) -> None:
    handle = run(launch_ready(driver, spec(memory_bytes=4096 * MIB)))
    with Inside(folder, "i-1", handle) as inside:
        made = inside.value("forks(3000)", after=_FORKS)
        assert made < 2048 if CAN_LIMIT else made > 0
    assert run(look(driver, "i-1", handle)).seen is Seen.READY


def test_the_processor_s_share_is_the_instance_type_s(driver: ProcessDriver) -> None:
    handle = run(launch_ready(driver, spec(cpus=0.5)))
    quotas = [
        (Path(folder, "apps", name)).read_text().split()[0]
        for folder in handle["groups"]
        for name in ("cpu.cfs_quota_us", "cpu.max")
        if Path(folder, "apps", name).exists()
    ]
    assert quotas == (["50000"] if CAN_LIMIT else [])


def test_the_agent_is_outside_the_applications_limits(driver: ProcessDriver) -> None:
    handle = run(launch_ready(driver, spec()))
    kinds = {
        role: {
            line.rpartition("/")[2]
            for line in Path(f"/proc/{handle['processes'][role]['pid']}/cgroup").read_text().split()
            if "ownstream-" in line
        }
        for role in ("agent", "init")
    }
    assert kinds["agent"] == ({"agent"} if CAN_LIMIT else set())
    assert kinds["init"] == ({"apps"} if CAN_LIMIT else set())


def test_filling_shared_memory_starves_no_application(folder: Path, driver: ProcessDriver) -> None:
    handle = run(launch_ready(driver, spec(memory_bytes=256 * MIB)))
    with Inside(folder, "i-1", handle) as inside:
        assert inside.value("fill()", after=_FILL) != 0
        assert inside.value("os.path.getsize('/dev/shm/file') // 2**20") == 128
    assert run(look(driver, "i-1", handle)).seen is Seen.READY


def test_a_large_temporary_file_takes_no_memory(folder: Path, driver: ProcessDriver) -> None:
    handle = run(launch_ready(driver, spec(memory_bytes=128 * MIB)))
    with Inside(folder, "i-1", handle) as inside:
        assert inside.value("fill('/tmp/file')", after=_FILL) == 0

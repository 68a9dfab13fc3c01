"""What only the process driver can get wrong: processes, limits, files, and its own death."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ownstream.drivers.base import Handle, Seen, Terminal, Transient
from ownstream.drivers.process import ProcessDriver, Tools
from ownstream.drivers.process.ending import end
from ownstream.drivers.process.layout import layout
from ownstream.drivers.process.processes import Process, alive
from ownstream.drivers.process.record import Record
from tests.drivers.remains import remains
from tests.support.instances import HOME, Inside, launch, launch_ready, look, run, spec, until
from tests.support.ordinary_user import REPOSITORY

OPEN_FILES = """
import os
found = []
for number in range(64):
    try:
        found.append(os.readlink(f"/proc/self/fd/{number}"))
    except FileNotFoundError:
        pass
"""
STEPS = ["begun", "limited", "display started", "sandbox started", "complete"]


def process(handle: Handle, role: str) -> Process:
    return Record.from_handle(handle).all_processes()[role]


def x_server(handle: Handle) -> Process:
    agent = process(handle, "agent").pid
    children = Path(f"/proc/{agent}/task/{agent}/children").read_text().split()
    for pid in map(int, children):
        if Path(f"/proc/{pid}/comm").read_text().strip() == "Xvnc":
            return Process(pid, 0)
    raise AssertionError(f"no Xvnc among {children}")


@pytest.mark.parametrize(
    "victim",
    [
        pytest.param(lambda h: process(h, "agent"), id="agent"),
        pytest.param(x_server, id="X server"),
        pytest.param(lambda h: process(h, "display"), id="agent's bubblewrap"),
        pytest.param(lambda h: process(h, "init"), id="first process of the sandbox"),
        pytest.param(lambda h: process(h, "sandbox"), id="sandbox's bubblewrap"),
    ],
)
def test_an_instance_is_lost_and_leaves_nothing_when_this_is_killed(
    folder: Path, driver: ProcessDriver, victim: Callable[[Handle], Process]
) -> None:
    async def main() -> None:
        handle = await launch_ready(driver, spec())
        os.kill(victim(handle).pid, signal.SIGKILL)
        lost = await until(driver, "i-1", handle, Seen.LOST)
        assert "has ended" in lost.reason
        await driver.retire("i-1", handle)

    run(main())
    assert remains(folder) == {}


def test_killing_the_agent_ends_its_x_server_and_the_applications(driver: ProcessDriver) -> None:
    async def main() -> None:
        handle = await launch_ready(driver, spec())
        others = [x_server(handle).pid, process(handle, "init").pid]
        ends = [os.pidfd_open(pid) for pid in others]
        os.kill(process(handle, "agent").pid, signal.SIGKILL)
        for fd in ends:
            await _readable(fd)
            os.close(fd)

    run(main())


async def _readable(fd: int) -> None:
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(fd, ready.set)
    await ready.wait()
    loop.remove_reader(fd)


@pytest.mark.parametrize("steps", range(1, len(STEPS) + 1), ids=STEPS)
def test_a_service_killed_in_mid_launch_leaves_what_the_next_one_ends(
    folder: Path, driver: ProcessDriver, steps: int
) -> None:
    handles = _launch_and_be_killed(folder, steps)
    assert run(driver.inventory()) == ["i-1"]
    if steps < len(STEPS):
        assert run(look(driver, "i-1", handles[-1])).seen is Seen.LOST
    run(driver.retire("i-1", None))
    assert remains(folder) == {}
    assert not any(map(alive, Record.from_handle(handles[-1]).all_processes().values()))


def test_a_service_killed_after_a_launch_leaves_an_instance_that_the_next_one_adopts(
    folder: Path, driver: ProcessDriver
) -> None:
    handle = _launch_and_be_killed(folder, len(STEPS))[-1]
    assert run(until(driver, "i-1", handle, Seen.READY)).endpoint
    assert run(launch(driver, spec())) == handle


def _launch_and_be_killed(folder: Path, steps: int) -> list[Handle]:
    service = subprocess.Popen(
        [sys.executable, "-m", "tests.support.launcher", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    with service:
        assert service.stdin
        assert service.stdout
        handles: list[Handle] = []
        while len(handles) < steps:
            handles.append(json.loads(service.stdout.readline()))
            if len(handles) < steps:
                service.stdin.write("\n")
                service.stdin.flush()
        service.kill()
    return handles


def test_a_launch_without_bubblewrap_says_so(folder: Path) -> None:
    lacking = ProcessDriver(folder, tools=Tools(bwrap="/nonexistent/bwrap"))
    with pytest.raises(Terminal, match="/nonexistent/bwrap is missing"):
        run(launch(lacking, spec()))
    run(lacking.retire("i-1", None))
    run(lacking.close())
    assert remains(folder) == {}


def test_a_sandbox_that_cannot_be_made_fails_the_launch_with_its_own_words(
    folder: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1")
    broken.chmod(0o755)
    driver = ProcessDriver(folder, tools=Tools(bwrap=str(broken)))
    with pytest.raises(Terminal, match="cannot be made: bwrap: No permissions to create"):
        run(launch(driver, spec()))
    run(driver.retire("i-1", None))
    run(driver.close())
    assert remains(folder) == {}


def test_an_agent_that_cannot_start_is_reported_with_its_own_words(
    folder: Path, tmp_path: Path
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'no such module' >&2\nexit 1\n")
    python.chmod(0o755)
    driver = ProcessDriver(folder, python=str(python))

    async def reason() -> str:
        try:  # by the launch, if it is so quick, or by the next look
            handle = await launch(driver, spec())
        except Terminal as error:
            return str(error)
        return (await until(driver, "i-1", handle, Seen.LOST)).reason

    assert run(reason()).endswith(": no such module")
    run(driver.close())


def test_an_id_that_is_a_path_is_refused(driver: ProcessDriver) -> None:
    with pytest.raises(Terminal, match="is no instance id"):
        run(launch(driver, spec("../i-1")))


def test_an_instance_retired_while_it_is_launched_is_not_finished(
    folder: Path, driver: ProcessDriver
) -> None:
    async def main() -> None:
        handles = driver.launch(spec())
        await anext(handles)
        await anext(handles)
        await driver.retire("i-1", None)
        with pytest.raises(Transient, match="was retired while it was launched"):
            await anext(handles)

    run(main())
    assert remains(folder) == {}


def test_an_id_is_launched_by_one_caller_at_a_time(driver: ProcessDriver) -> None:
    async def main() -> None:
        handles = driver.launch(spec())
        await anext(handles)
        with pytest.raises(Transient, match="is being launched already"):
            await launch(driver, spec())
        await handles.aclose()

    run(main())


def test_a_launch_whose_caller_gives_up_is_ended_by_retire(
    folder: Path, driver: ProcessDriver
) -> None:
    async def main() -> None:
        handles = driver.launch(spec())
        await anext(handles)
        step = asyncio.ensure_future(anext(handles))
        await asyncio.sleep(0)  # the step is on its thread now, which nobody can call back
        step.cancel()
        await asyncio.gather(step, return_exceptions=True)
        await driver.retire("i-1", None)

    run(main())
    assert remains(folder) == {}


def test_instances_launched_together_all_come_up(driver: ProcessDriver) -> None:
    async def main() -> None:
        ids = ("i-1", "i-2", "i-3")
        handles = await asyncio.gather(*(launch_ready(driver, spec(id_)) for id_ in ids))
        slots = [handle["slot"] for handle in handles]
        assert len(set(slots)) == 3 or slots == [None] * 3

    run(main())


def test_ending_an_instance_spares_one_of_another_service_with_its_user_ids(
    folder: Path, driver: ProcessDriver, tmp_path: Path
) -> None:
    handle = run(launch_ready(driver, spec()))
    elsewhere = layout(tmp_path, "i-1")
    end(elsewhere, Record(launch="", boot="", slot=handle["slot"]), ())
    assert run(look(driver, "i-1", handle)).seen is Seen.READY


def test_files_that_resist_are_removed_and_what_they_point_to_is_not(
    folder: Path, driver: ProcessDriver, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("here")
    handle = run(launch_ready(driver, spec()))
    with Inside(folder, "i-1", handle) as inside:
        inside.value(
            "None",
            after="import os\n"
            f"os.symlink({str(tmp_path)!r}, os.path.expanduser('~/link'))\n"
            "os.mkdir(os.path.expanduser('~/locked'))\n"
            "os.mkdir(os.path.expanduser('~/locked/in'))\n"
            "os.chmod(os.path.expanduser('~/locked'), 0)\n"
            "os.chdir(os.path.expanduser('~'))\n"
            "for _ in range(3000):\n    os.mkdir('deep')\n    os.chdir('deep')\n",
        )
    run(driver.retire("i-1", handle))
    assert precious.read_text() == "here"
    assert remains(folder) == {}


def test_neither_side_inherits_descriptors_of_the_service(
    folder: Path, driver: ProcessDriver, tmp_path: Path
) -> None:
    with (tmp_path / "secret").open("w"):
        handle = run(launch_ready(driver, spec()))
        with Inside(folder, "i-1", handle) as inside:
            targets = inside.value("found", after=OPEN_FILES)
    kinds = {target.partition(":")[0] for target in targets}
    allowed = {"/dev/null", f"{HOME}/probe.py", f"{HOME}/ask", f"{HOME}/answer"}
    assert kinds <= allowed, targets


def test_applications_have_the_home_and_the_environment_of_their_user(
    folder: Path, driver: ProcessDriver
) -> None:
    handle = run(launch_ready(driver, spec(environment={"GREETING": "hello"})))
    with Inside(folder, "i-1", handle) as inside:
        seen = inside.value(
            "[os.getcwd(), pwd.getpwuid(os.getuid()).pw_name, os.environ['GREETING'],"
            " os.environ['DISPLAY'], socket.gethostname(), os.environ['HOME']]",
            after="import os, pwd, socket",
        )
    assert seen == [HOME, "as2-streaming-user", "hello", ":0", "i-1", HOME]


def test_the_display_lets_the_applications_in(folder: Path, driver: ProcessDriver) -> None:
    handle = run(launch_ready(driver, spec()))
    with Inside(folder, "i-1", handle) as inside:
        asked = inside.value(
            "subprocess.run(['xdpyinfo'], capture_output=True, text=True).stdout[:40]",
            after="import subprocess",
        )
    assert "name of display:    :0" in asked

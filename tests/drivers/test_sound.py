"""The sound server of an instance: there when an application wants it, and its own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ownstream.drivers.process import ProcessDriver
from tests.support.instances import Inside, instances_folder, launch_ready, run, spec

SERVERS = "[pid for pid in filter(str.isdigit, os.listdir('/proc')) if name(pid) == 'pulseaudio']"
SETUP = """
import os, subprocess
def name(pid):
    with open(f'/proc/{pid}/comm') as file:
        return file.read().strip()
def said(*argv):
    done = subprocess.run(argv, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr
"""
ANSWERS = "said('pactl', 'info')[0] == 0"
# A call may be caught by the end of the server that was to answer it.
REFUSED_AT_LAST = "any('Connection refused' in said('pactl', 'info')[1] for _ in range(50))"
VOLUME = "said('pactl', 'get-sink-volume', '@DEFAULT_SINK@')[1]"


@contextmanager
def started(folder: Path, id_: str = "i-1") -> Iterator[Inside]:
    """A program in an instance of its own."""
    driver = ProcessDriver(folder)
    try:
        with Inside(folder, id_, run(launch_ready(driver, spec(id_)))) as inside:
            inside.value("None", after=SETUP)
            yield inside
    finally:
        run(driver.close())


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Inside, Inside]]:
    """Two users' instances, whose sound no test breaks."""
    with instances_folder() as folder, started(folder) as mine, started(folder, "i-2") as theirs:
        yield mine, theirs


@pytest.fixture
def mine(pair: tuple[Inside, Inside]) -> Inside:
    return pair[0]


def test_no_server_runs_before_an_application_wants_one(folder: Path) -> None:
    with started(folder) as inside:
        assert inside.value(SERVERS) == []
        assert inside.value(ANSWERS)
        assert len(inside.value(SERVERS)) == 1


def test_an_application_that_knows_alsa_alone_has_sound(mine: Inside) -> None:
    play = "said('aplay', '--quiet', '--format=cd', '--samples=4410', '/dev/zero')"
    assert mine.value(play) == [0, ""]
    assert len(mine.value(SERVERS)) == 1


def test_applications_can_neither_extend_nor_end_the_server(mine: Inside) -> None:
    module = "said('pactl', 'load-module', 'module-null-sink')[0]"
    assert mine.value(module) != 0
    assert mine.value("said('pactl', 'exit')[1]") == "Failure: Access denied\n"
    assert mine.value(ANSWERS)


def test_a_server_that_is_killed_comes_again_but_not_without_end(folder: Path) -> None:
    with started(folder) as inside:
        for _ in range(3):
            assert inside.value(ANSWERS)
            inside.value(f"[os.kill(int(pid), 9) for pid in {SERVERS}]")
        assert inside.value(REFUSED_AT_LAST)
        assert "no sound any more: it ended with code -9" in inside.log()


def test_a_server_that_ends_comes_again_as_often_as_it_is_wanted(mine: Inside) -> None:
    for _ in range(4):
        assert mine.value(ANSWERS)
        mine.value(f"[os.kill(int(pid), 15) for pid in {SERVERS}]")
    assert mine.value(ANSWERS)


def test_the_sound_server_of_another_user_is_another(pair: tuple[Inside, Inside]) -> None:
    mine, theirs = pair
    assert theirs.value("said('pactl', 'set-sink-volume', '@DEFAULT_SINK@', '33%')[0]") == 0
    assert "33%" in theirs.value(VOLUME)
    assert "100%" in mine.value(VOLUME)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_other_users_of_the_host_neither_reach_it_nor_are_let_in(mine: Inside) -> None:
    assert mine.value(ANSWERS)
    init = mine.record.all_processes()["init"].pid
    path = f"/proc/{init}/root/run/user/1000/pulse/native"
    reach = f"import socket; socket.socket(socket.AF_UNIX).connect({path!r})"
    stranger = ["setpriv", "--reuid=65534", "--clear-groups"]
    assert "PermissionError" in _stderr([*stranger, "/usr/bin/python3", "-c", reach])
    # Root reaches whatever it wants to.
    assert _stderr(["/usr/bin/python3", "-c", reach]) == ""
    assert "Access denied" in _stderr(["pactl", "--server", f"unix:{path}", "info"])


def _stderr(argv: list[str]) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=False).stderr

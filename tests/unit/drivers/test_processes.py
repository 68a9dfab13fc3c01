"""Processes started apart, known again, ended."""

import os
import signal
from pathlib import Path

import pytest

from ownstream.drivers.process import processes, waiting
from ownstream.drivers.process.processes import MARK, Process, alive, spawn
from ownstream.drivers.process.tools import Tools


def sleeper(tmp_path: Path, *, mark: str = "test/none") -> Process:
    environment = {MARK: mark, "PATH": "/usr/bin:/bin"}
    return spawn(["/bin/sleep", "1000"], environment=environment, log=tmp_path / "log")


def ended(process: Process) -> None:
    assert not processes.end_all(lambda: {process} if alive(process) else set(), within_s=10)


def test_a_process_is_in_a_session_of_its_own_without_our_descriptors(tmp_path: Path) -> None:
    with (tmp_path / "ours").open("w"):
        process = sleeper(tmp_path)
    assert os.getsid(process.pid) == process.pid
    files = {os.readlink(f"/proc/{process.pid}/fd/{fd}") for fd in (0, 1, 2)}
    assert files == {"/dev/null", str(tmp_path / "log")}
    ended(process)


def test_only_the_descriptors_named_are_inherited(tmp_path: Path) -> None:
    read, write = os.pipe()
    code = f"import os; os.write({write}, b'heard\\n'); print('printed')"
    process = spawn(
        ["/usr/bin/python3", "-c", code], environment={}, log=tmp_path / "log", keep=(write,)
    )
    os.close(write)
    assert waiting.read_until(read, b"\n", within_s=10) == b"heard\n"
    assert waiting.read_until(read, b"\n", within_s=10) == b""
    os.close(read)
    ended(process)
    assert (tmp_path / "log").read_text() == "printed\n"


def test_a_program_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        spawn(["/nonexistent"], environment={}, log=tmp_path / "log")


def test_a_process_that_has_ended_is_not_alive_and_leaves_no_zombie(tmp_path: Path) -> None:
    process = sleeper(tmp_path)
    assert alive(process)
    ended(process)
    assert not alive(process)
    assert not Path(f"/proc/{process.pid}").exists()


def test_another_process_with_the_same_number_is_not_taken_for_it(tmp_path: Path) -> None:
    process = sleeper(tmp_path)
    earlier = Process(process.pid, process.started - 1)
    assert not alive(earlier)
    assert processes.end_all(lambda: set(), within_s=1) == set()
    assert processes.end_all(lambda: {earlier} if alive(earlier) else set(), within_s=1) == set()
    assert alive(process)
    ended(process)


def test_a_process_is_found_by_its_mark(tmp_path: Path) -> None:
    mark = f"test/{os.getpid()}"
    process = sleeper(tmp_path, mark=mark)
    assert processes.marked(mark) == {process}
    ended(process)
    assert processes.marked(mark) == set()


def test_ending_tells_what_it_could_not_end(tmp_path: Path) -> None:
    process = sleeper(tmp_path)
    # What is found again and again, as one that the kernel cannot kill would be.
    assert processes.end_all(lambda: {process}, within_s=0.05) == {process}
    assert not alive(process)


def test_a_program_is_named_until_it_ends(tmp_path: Path) -> None:
    process = sleeper(tmp_path)
    assert not waiting.until_it_runs_another(process, "sleep", within_s=0.05)
    os.kill(process.pid, signal.SIGKILL)
    assert not waiting.until_it_runs_another(process, "sleep", within_s=10)
    assert processes.program(process) == ""


def test_a_command_enters_its_groups_before_it_runs(tmp_path: Path) -> None:
    groups = [str(tmp_path / "one"), str(tmp_path / "two")]
    argv = waiting.entering(groups, ["/bin/sleep", "1000"], Tools())
    process = spawn(argv, environment={}, log=tmp_path / "log")
    assert waiting.until_it_runs_another(process, "sh", within_s=10)
    assert [Path(group).read_text() for group in groups] == [f"{process.pid}\n"] * 2
    ended(process)


def test_a_command_that_cannot_enter_does_not_run(tmp_path: Path) -> None:
    argv = waiting.entering([str(tmp_path / "no" / "group")], ["/bin/sleep", "1000"], Tools())
    process = spawn(argv, environment={}, log=tmp_path / "log")
    assert not waiting.until_it_runs_another(process, "sh", within_s=10)
    assert "no/group" in waiting.blame("failed", tmp_path / "log")


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (None, "it failed"),
        ("", "it failed"),
        ("first\nlast\n\n", "it failed: last"),
        ("why\n2026-01-01 00:00:00,0 INFO ready\n* MTU: 1500\n", "it failed: why"),
        ("bell \x07 \x1b[31mred\n", "it failed: bell ? ?[31mred"),
    ],
)
def test_blame_is_the_last_line_that_tells(tmp_path: Path, log: str | None, words: str) -> None:
    if log is not None:
        (tmp_path / "log").write_text(log)
    assert waiting.blame("it failed", tmp_path / "log") == words

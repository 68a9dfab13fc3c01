"""What control believes of an agent's answers, whatever a sandbox makes it say."""

import io
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ownstream.channel.framing import framed, json_message
from ownstream.channel.tags import FromAgent, ToService
from ownstream.control.agent_files import AgentFiles, AgentGone, NotDone
from ownstream.domain.home_folders import Seen, Stored, Tree

WITHIN_S = 20


def answer(**members: Any) -> bytes:
    return framed(json_message(ToService.ANSWER, members))


@contextmanager
def visit(folder: Path, says: bytes) -> Iterator[AgentFiles]:
    """A visit to an agent that says this at once, and no more."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "agent.sock"))
        listener.listen()

        def serve() -> None:
            end, _ = listener.accept()
            with end, suppress(ConnectionError):  # the visit may be over before all is read
                end.sendall(says)
                end.shutdown(socket.SHUT_WR)
                while end.recv(65536):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        with AgentFiles(f"unix:{folder / 'agent.sock'}", "s", Event()) as made:
            yield made
        thread.join(WITHIN_S)


def scanned(folder: Path, *rows: Any) -> Tree:
    """What a scan with these rows is taken for."""
    body = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    told = answer(digest="d", at=7, took=1, length=len(body))
    with visit(folder, told + body) as made:
        scan = made.scan()
    assert scan.tree is not None
    return scan.tree


def test_files_and_folders_are_told_apart(tmp_path: Path) -> None:
    tree = scanned(tmp_path, ["a", 1, 2, 3, 4], ["b/", 1], ["b/c", 0, 0, 0, 0], ["closed/", 0])
    assert tree.files == {"a": Seen(1, 2, 3, 4), "b/c": Seen(0, 0, 0, 0)}
    assert (set(tree.folders), set(tree.closed), tree.at) == ({"b/"}, {"closed/"}, 7)


@pytest.mark.parametrize(
    "row",
    [
        *(["../escape", 1, 2, 3, 4], ["a/../../b", 1, 2, 3, 4], ["/etc/passwd", 1, 2, 3, 4]),
        *(["a//b", 1, 2, 3, 4], ["", 1, 2, 3, 4], ["a\0b", 1, 2, 3, 4], ["..", 1, 2, 3, 4]),
        *(["../", 1], ["/", 1], ["a/../", 0], ["x" * 300, 1, 2, 3, 4], ["a\n", 1, 2, 3, 4]),
        *(["a", -1, 2, 3, 4], ["a", "1", 2, 3, 4], ["a", True, 2, 3, 4], ["a", 1, 2, 3]),
        *(["a", 1.5, 2, 3, 4], ["a", 1 << 70, 2, 3, 4], ["a"], [], {}, "a", None, 5, ["a/"]),
        *([1, 1, 2, 3, 4], ["a", [1, 2, 3, 4]], ["\ud800", 1, 2, 3, 4]),
    ],
    ids=lambda row: json.dumps(row)[:40],
)
def test_what_can_be_no_file_of_a_home_folder_is_left_out(tmp_path: Path, row: Any) -> None:
    tree = scanned(tmp_path, row, ["fine", 1, 2, 3, 4])
    assert tree.files == {"fine": Seen(1, 2, 3, 4)}
    assert not tree.folders
    assert not tree.closed


@pytest.mark.parametrize(
    "says",
    [
        *(b"", b"\0\0", b"\xff\xff\xff\xff", b"\0\0\0\0", framed(b"\x94"), framed(b"\x94[]")),
        framed(json_message(FromAgent.NOTICE, {"digest": "d", "at": 1, "took": 1})),
        *(answer(digest="d"), answer(digest="d", took=1, length=5)),
        *(answer(digest="d", took=1, at=-1, length=0), answer(took=1, at=1, length="5")),
        answer(digest="d", took=1, at=1, length=50) + b"cut off",
    ],
    ids=lambda says: repr(says[:40]),
)
def test_what_is_no_answer_is_none(tmp_path: Path, says: bytes) -> None:
    with visit(tmp_path, says) as made, pytest.raises(AgentGone):
        made.scan()


def test_a_refusal_is_told_by_its_word(tmp_path: Path) -> None:
    says = answer(error="denied", message="Its permissions do not allow this.")
    with visit(tmp_path, says) as made, pytest.raises(NotDone, match="permissions") as caught:
        made.make_folder("a/")
    assert caught.value.error == "denied"


@pytest.mark.parametrize("seen", [None, [], [1, 2, 3], [-1, 2, 3, 4], "1234"], ids=str)
def test_a_file_that_is_not_described_is_not_read(tmp_path: Path, seen: Any) -> None:
    says = answer(length=1, seen=seen) + b"x"
    with visit(tmp_path, says) as made, pytest.raises(AgentGone), made.read("a"):
        pass


def test_a_file_that_ends_early_is_not_taken_for_whole(tmp_path: Path) -> None:
    says = answer(length=10, seen=[10, 2, 3, 4]) + b"half"
    with visit(tmp_path, says) as made, made.read("a") as reading, pytest.raises(AgentGone):
        reading.read()


def test_a_file_that_is_refused_early_is_sent_no_further(tmp_path: Path) -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            return bytes(size)

    says = answer(error="disk_full", message="There is no space left.")
    with visit(tmp_path, says) as made, pytest.raises(NotDone, match="space"):
        made.write("a", Endless(), Stored(1 << 40, 0))


def test_content_that_is_shorter_than_was_said_is_not_passed_off(tmp_path: Path) -> None:
    with visit(tmp_path, b"") as made, pytest.raises(AgentGone):
        made.write("a", io.BytesIO(b"short"), Stored(100, 0))

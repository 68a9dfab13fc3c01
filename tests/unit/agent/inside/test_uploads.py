"""Uploads: pieces that become a file, cuts, clashes, and a disk that is full."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ownstream.agent.inside import uploads
from ownstream.agent.inside.uploads import split
from tests.support.file_server import NOON_NS, Asker, FileServer, file_server

T = "TemporaryFiles"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FileServer]:
    with file_server(tmp_path) as made:
        yield made


@pytest.fixture
def ask(server: FileServer) -> Asker:
    return server.asker()


def test_an_upload_appears_when_it_is_whole_and_keeps_its_date(
    server: FileServer, ask: Asker
) -> None:
    known = {"size": 6, "modified": NOON_NS}
    assert ask.ask("write", [T, "a.txt"], b"abc", offset=0, **known) == {"offset": 3}
    assert ask.names(T) == []
    assert ask.ask("arrived", [T, "a.txt"], **known) == {"offset": 3}
    whole = ask.ask("write", [T, "a.txt"], b"def", offset=3, **known)
    assert whole == {"offset": 6, "name": "a.txt"}
    assert (server.temporary / "a.txt").read_bytes() == b"abcdef"
    assert (server.temporary / "a.txt").stat().st_mtime_ns == NOON_NS
    assert os.listdir(server.temporary) == ["a.txt"]


def test_what_arrived_before_a_cut_is_kept(server: FileServer) -> None:
    first, second = server.asker(), server.asker()
    known = {"size": 10, "modified": NOON_NS}
    first.say("write", path=[T, "a"], offset=0, length=10, **known)
    first.stream.sendall(b"abcd")
    first.stream.close()
    while second.ask("arrived", [T, "a"], **known) != {"offset": 4}:
        pass
    assert second.ask("write", [T, "a"], b"efghij", offset=4, **known)["name"] == "a"
    assert (server.temporary / "a").read_bytes() == b"abcdefghij"


def test_who_comes_later_takes_over_an_upload_that_hangs(server: FileServer) -> None:
    first, second = server.asker(), server.asker()
    known = {"size": 4, "modified": NOON_NS}
    first.say("write", path=[T, "a"], offset=0, length=4, **known)
    first.stream.sendall(b"ab")
    while second.ask("arrived", [T, "a"], **known) != {"offset": 2}:
        pass
    assert second.ask("write", [T, "a"], b"cd", offset=2, **known)["name"] == "a"
    assert first.stream.recv(1) == b""


def test_a_piece_goes_only_where_the_last_one_ended(server: FileServer) -> None:
    known = {"size": 6, "modified": NOON_NS}
    server.asker().ask("write", [T, "a"], b"abc", offset=0, **known)
    wrong = server.asker().ask("write", [T, "a"], b"f", offset=5, **known)
    assert (wrong["error"], wrong["offset"]) == ("wrong_offset", 3)


def test_another_file_of_the_same_name_gets_a_number(server: FileServer, ask: Asker) -> None:
    assert ask.write([T, "a.txt"], b"one")["name"] == "a.txt"
    assert ask.write([T, "a.txt"], b"three")["name"] == "a (1).txt"
    assert ask.write([T, "a.txt"], b"fourth")["name"] == "a (2).txt"
    (server.temporary / "folder.zip").mkdir()
    assert ask.write([T, "folder.zip"], b"x")["name"] == "folder (1).zip"
    (server.temporary / "link").symlink_to("a.txt")
    assert ask.write([T, "link"], b"y")["name"] == "link (1)"
    assert (server.temporary / "a.txt").read_bytes() == b"one"


def test_the_same_file_is_not_brought_twice(server: FileServer, ask: Asker) -> None:
    ask.write([T, "a.txt"], b"other")
    ask.write([T, "a.txt"], b"one")
    known = {"size": 3, "modified": NOON_NS}
    assert ask.ask("arrived", [T, "a.txt"], **known) == {"offset": 3, "name": "a (1).txt"}
    assert ask.write([T, "a.txt"], b"one")["name"] == "a (1).txt"
    assert ask.names(T) == ["a (1).txt", "a.txt"]


def test_a_long_name_makes_room_for_its_number(server: FileServer, ask: Asker) -> None:
    name = "é" * 125 + ".txt"
    ask.write([T, name], b"one")
    assert ask.write([T, name], b"two!")["name"] == "é" * 123 + " (1).txt"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.txt", ("a", ".txt")),
        ("a.tar.gz", ("a", ".tar.gz")),
        ("a.b.gz", ("a.b", ".gz")),
        (".profile", (".profile", "")),
        ("none", ("none", "")),
    ],
)
def test_a_number_goes_before_the_ending(name: str, parts: tuple[str, str]) -> None:
    assert split(name) == parts


def test_an_upload_may_leave_what_is_there_alone(server: FileServer, ask: Asker) -> None:
    assert ask.write([T, "a"], b"mine", clash="keep")["name"] == "a"
    assert ask.write([T, "a"], b"stored", clash="keep")["name"] == "a"
    assert (server.temporary / "a").read_bytes() == b"mine"
    assert os.listdir(server.temporary) == ["a"]


def test_an_empty_file_arrives(server: FileServer, ask: Asker) -> None:
    assert ask.write([T, "empty"], b"")["name"] == "empty"
    assert (server.temporary / "empty").read_bytes() == b""


def test_a_cancelled_upload_leaves_nothing(server: FileServer, ask: Asker) -> None:
    known = {"size": 6, "modified": NOON_NS}
    ask.ask("write", [T, "a"], b"abc", offset=0, **known)
    assert ask.ask("cancel", [T, "a"], **known) == {"offset": 0}
    assert os.listdir(server.temporary) == []
    assert ask.ask("cancel", [T, "a"], **known) == {"offset": 0}


def test_a_full_disk_is_told_before_anything_is_sent(server: FileServer, ask: Asker) -> None:
    free = os.statvfs(server.temporary)
    size = free.f_bavail * free.f_frsize * 2
    ask.say("write", path=[T, "a"], size=size, modified=0, offset=0, length=size)
    assert ask.hear()["error"] == "disk_full"
    ask.stream.sendall(b"what is on its way is taken and dropped")


def test_a_disk_that_fills_up_meanwhile_is_told(
    server: FileServer, ask: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(uploads.os, "pwrite", full)
    assert ask.write([T, "a"], b"abc")["error"] == "disk_full"


def test_an_application_in_the_way_of_an_upload_is_told(server: FileServer, ask: Asker) -> None:
    known = {"size": 3, "modified": NOON_NS}
    ask.ask("write", [T, "a"], b"", offset=0, **known)
    (partial,) = os.listdir(server.temporary)
    (server.temporary / partial).unlink()
    os.mkfifo(server.temporary / partial)
    assert ask.write([T, "a"], b"abc")["error"] == "denied"


def test_a_hidden_part_is_nobodys_to_ask_for(server: FileServer, ask: Asker) -> None:
    ask.ask("write", [T, "a"], b"abc", offset=0, size=6, modified=NOON_NS)
    (partial,) = os.listdir(server.temporary)
    assert ask.error("read", [T, partial], offset=0) == "bad_name"
    assert ask.error("delete", [T, partial]) == "bad_name"

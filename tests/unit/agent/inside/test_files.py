"""The file server: what it serves of a home folder, and what no name gets out of it."""

import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ownstream.agent
from ownstream.agent import sandbox_init
from ownstream.agent.inside import folders
from tests.support.file_server import NOON_NS, WITHIN_S, Asker, FileServer, file_server

T = "TemporaryFiles"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FileServer]:
    with file_server(tmp_path) as made:
        yield made


@pytest.fixture
def ask(server: FileServer) -> Asker:
    return server.asker()


def test_a_folder_is_listed_with_kinds_sizes_and_dates(server: FileServer, ask: Asker) -> None:
    (server.temporary / "a.txt").write_bytes(b"abc")
    os.utime(server.temporary / "a.txt", ns=(NOON_NS, NOON_NS))
    (server.temporary / "inner").mkdir()
    (server.temporary / "out").symlink_to("/etc/passwd")
    os.mkfifo(server.temporary / "pipe")
    answer = ask.ask("list", [T])
    rows = {row["name"]: row for row in answer["entries"]}
    assert rows["a.txt"] == {
        "name": "a.txt",
        "kind": "file",
        "size": 3,
        "modified": NOON_NS // 1_000_000,
    }
    kinds = {name: row["kind"] for name, row in rows.items()}
    assert kinds == {"a.txt": "file", "inner": "folder", "out": "link", "pipe": "other"}
    assert (answer["unseen"], answer["more"]) == (0, False)


def test_names_that_nobody_could_ask_for_are_counted(server: FileServer, ask: Asker) -> None:
    for name in (b"\xff\xfe", b"two\nlines", b"bell\x07", b"fine"):
        Path(os.fsdecode(bytes(server.temporary) + b"/" + name)).touch()
    answer = ask.ask("list", [T])
    assert [row["name"] for row in answer["entries"]] == ["fine"]
    assert answer["unseen"] == 3


def test_a_folder_of_very_many_is_listed_in_part(
    server: FileServer, ask: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MOST_LISTED", 2)
    for number in range(3):
        (server.temporary / f"{number}").touch()
    answer = ask.ask("list", [T])
    assert (len(answer["entries"]), answer["more"]) == (2, True)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/b",
        "/etc",
        "nul\0",
        "line\n",
        "\x7f",
        "\x85",
        "x" * 256,
        "é" * 128,
        "\ud800",
    ],
    ids=repr,
)
@pytest.mark.parametrize("do", ["list", "look", "read", "write", "folder", "delete", "arrived"])
def test_what_is_no_name_is_refused(server: FileServer, ask: Asker, do: str, name: str) -> None:
    more = {"size": 0, "modified": 0, "offset": 0}
    assert ask.error(do, [T, name], **more) == "bad_name"
    assert ask.error(do, [name, "x"], **more) == "bad_name"
    assert ask.error("rename", [T, "x"], name=name) == "bad_name"


@pytest.mark.parametrize("path", [None, "TemporaryFiles", [1], [[T]], {"0": T}, [None]], ids=repr)
def test_what_is_no_path_is_refused(ask: Asker, path: Any) -> None:
    assert ask.error("list", path) == "bad_name"


@pytest.mark.parametrize(
    "request_",
    [
        *({"do": "open"}, {"do": "list"}, {"do": ["list"]}, {}),
        {"do": "read", "path": [T, "a"], "offset": -1},
        {"do": "read", "path": [T, "a"], "offset": "0"},
        {"do": "read", "path": [T, "a"], "offset": 0, "most": 1 << 70},
        {"do": "write", "path": [T, "b"], "size": 1, "modified": 0, "offset": 0, "length": 2},
        {"do": "write", "path": [T, "b"], "size": 1, "modified": 0, "offset": 5, "length": 0},
        {"do": "write", "path": [T, "b"], "size": True, "modified": 0, "offset": 0, "length": 0},
        {"do": "arrived", "path": [T, "b"], "size": 1, "modified": 1 << 80},
    ],
    ids=str,
)
def test_what_is_no_request_is_refused(
    server: FileServer, ask: Asker, request_: dict[str, Any]
) -> None:
    (server.temporary / "a").touch()
    body = json.dumps(request_).encode()
    ask.stream.sendall(len(body).to_bytes(4, "big") + body)
    assert ask.hear()["error"] == "bad_request"


@pytest.mark.parametrize("bytes_", [b"\xff\xff\xff\xff", b"\0\0\0\2[]", b"\0\0\0\1{"], ids=repr)
def test_what_is_no_message_ends_the_stream_alone(server: FileServer, bytes_: bytes) -> None:
    first = server.asker()
    first.stream.sendall(bytes_)
    with contextlib.suppress(ConnectionError):
        assert first.stream.recv(1) == b""
    assert server.asker().names() == [T]


def test_no_link_is_followed_out_or_in(server: FileServer, ask: Asker, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (server.temporary / "folder").symlink_to(outside)
    (server.temporary / "file").symlink_to(outside / "secret")
    (server.temporary / "itself").symlink_to("itself")
    assert ask.error("list", [T, "folder"]) == "not_found"
    assert ask.error("read", [T, "folder", "secret"], offset=0) == "not_found"
    assert ask.error("read", [T, "file"], offset=0) == "not_a_file"
    assert ask.error("read", [T, "itself"], offset=0) == "not_a_file"
    assert ask.error("delete", [T, "folder", "secret"]) == "not_found"
    assert server.asker().write([T, "folder", "new"], b"x")["error"] == "not_found"
    assert ask.ask("delete", [T, "folder"]) == {"deleted": True}
    assert ask.ask("rename", [T, "file"], name="f") == {"name": "f"}
    assert (outside / "secret").read_text() == "secret"


def test_my_files_itself_is_not_followed_elsewhere(tmp_path: Path) -> None:
    with file_server(tmp_path) as server:
        (tmp_path / "MyFiles").rename(tmp_path / "mine")
        (tmp_path / "MyFiles").symlink_to("/")
        assert server.asker().error("list", ["etc"]) == "not_found"


KINDS = ["fifo", "socket", "folder", *(["device"] if os.geteuid() == 0 else [])]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_not_read(server: FileServer, ask: Asker, kind: str) -> None:
    target = server.temporary / "it"
    if kind == "fifo":
        os.mkfifo(target)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(target))
    elif kind == "folder":
        target.mkdir()
    else:
        os.mknod(target, 0o20600, os.makedev(1, 5))
    assert ask.error("read", [T, "it"], offset=0) == "not_a_file"
    assert ask.error("look", [T, "it"]) == "not_a_file"


def test_a_name_that_is_swapped_for_a_link_again_and_again_leads_nowhere(
    server: FileServer, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (server.temporary / "mine").write_bytes(b"mine")
    swap = "while :; do ln -sf ../../secret swapped; ln -f mine swapped; done"
    with subprocess.Popen(["sh", "-c", swap], cwd=server.temporary) as swapping:
        ask, seen = server.asker(), set[str]()
        for _ in range(500):
            answer = ask.ask("read", [T, "swapped"], offset=0)
            if "length" in answer:
                assert ask.exactly(answer["length"]) == b"mine"
            seen.add(answer.get("error", "mine"))
        swapping.kill()
    assert seen <= {"mine", "not_a_file", "not_found"}


def test_a_file_is_read_from_any_place_on(server: FileServer, ask: Asker) -> None:
    (server.temporary / "a").write_bytes(bytes(range(100)))
    assert ask.read([T, "a"], 0) == bytes(range(100))
    assert ask.read([T, "a"], 90) == bytes(range(90, 100))
    assert ask.read([T, "a"], 10, most=5) == bytes(range(10, 15))
    assert ask.read([T, "a"], 100) == ask.read([T, "a"], 1000) == b""


def test_a_file_that_has_changed_is_not_read_on(server: FileServer, ask: Asker) -> None:
    (server.temporary / "a").write_bytes(b"before")
    tag = ask.ask("look", [T, "a"])["tag"]
    assert ask.read([T, "a"], 2, tag=tag) == b"fore"
    (server.temporary / "a").write_bytes(b"after!")
    assert ask.error("read", [T, "a"], offset=2, tag=tag) == "changed"


def test_folders_are_made_and_found_again(server: FileServer, ask: Asker) -> None:
    assert ask.ask("folder", [T, "new"]) == {"existed": False}
    assert ask.ask("folder", [T, "new"]) == {"existed": True}
    ask.write([T, "file"], b"x")
    assert ask.error("folder", [T, "file"]) == "exists"
    assert ask.error("folder", [T, "nowhere", "new"]) == "not_found"


def test_a_file_is_renamed_but_takes_nobodys_name(server: FileServer, ask: Asker) -> None:
    ask.write([T, "a"], b"a")
    ask.write([T, "b"], b"b")
    assert ask.ask("rename", [T, "a"], name="c") == {"name": "c"}
    assert ask.error("rename", [T, "c"], name="b") == "exists"
    assert ask.error("rename", [T, "gone"], name="d") == "not_found"
    assert (server.temporary / "c").read_bytes() == b"a"


def test_a_folder_is_removed_with_all_that_is_in_it(server: FileServer, ask: Asker) -> None:
    (server.temporary / "a" / "b" / "c").mkdir(parents=True)
    (server.temporary / "a" / "b" / "file").touch()
    (server.temporary / "a" / "out").symlink_to(server.home)
    assert ask.ask("delete", [T, "a"]) == {"deleted": True}
    assert os.listdir(server.temporary) == []
    assert server.home.exists()


def test_folders_deeper_than_can_be_are_refused_and_harm_nobody(
    server: FileServer, ask: Asker
) -> None:
    folder = server.temporary
    for _ in range(folders.DEEPEST + 3):
        folder = folder / "d"
        folder.mkdir()
    assert ask.error("delete", [T, "d"]) == "failed"
    assert ask.error("list", [T, *["d"] * folders.DEEPEST]) == "bad_name"
    answer = ask.ask("scan", [T])
    assert b'/", 0]' in ask.exactly(answer["length"])


@pytest.mark.parametrize("do", ["delete", "rename", "write", "look"])
def test_what_is_in_my_files_itself_stays(ask: Asker, do: str) -> None:
    more = {"name": "x", "size": 0, "modified": 0, "offset": 0}
    assert ask.error(do, [T], **more) == "denied"


def test_the_temporary_folder_is_made_anew_when_it_is_gone(server: FileServer, ask: Asker) -> None:
    server.temporary.rmdir()
    (server.home / "MyFiles").rmdir()
    assert ask.names(T) == []


def scanned(ask: Asker, *path: str) -> dict[str, list[int]]:
    """What a scan tells of each path."""
    answer = ask.ask("scan", list(path))
    lines = ask.exactly(answer["length"]).decode().splitlines()
    return {name: numbers for name, *numbers in map(json.loads, lines)}


def test_a_scan_tells_all_files_and_folders_below(server: FileServer, ask: Asker) -> None:
    (server.temporary / "a" / "empty").mkdir(parents=True)
    (server.temporary / "a" / "file").write_bytes(b"abc")
    (server.temporary / "link").symlink_to("a")
    os.mkfifo(server.temporary / "pipe")
    ask.ask("write", [T, "part"], b"abc", offset=0, size=6, modified=NOON_NS)
    info = (server.temporary / "a" / "file").stat()
    assert scanned(ask, T) == {
        "a/": [1],
        "a/empty/": [1],
        "a/file": [3, info.st_mtime_ns, info.st_ctime_ns, info.st_ino],
    }


def test_a_scan_of_what_has_not_changed_says_no_more(server: FileServer, ask: Asker) -> None:
    (server.temporary / "file").write_bytes(b"abc")
    first = ask.ask("scan", [T])
    ask.exactly(first["length"])
    assert "length" not in ask.ask("scan", [T], unless=first["digest"])
    (server.temporary / "file").touch()
    assert ask.ask("scan", [T], unless=first["digest"])["digest"] != first["digest"]


def test_too_much_to_scan_is_told(
    server: FileServer, ask: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MOST_WALKED", 2)
    for number in range(3):
        (server.temporary / f"{number}").touch()
    assert ask.error("scan", [T]) == "too_many"


def test_a_digest_is_of_the_content(server: FileServer, ask: Asker) -> None:
    (server.temporary / "file").write_bytes(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert ask.ask("digest", [T, "file"])["digest"] == expected


def test_it_runs_by_itself_and_ends_with_the_agents_end(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    folder = str(Path(ownstream.agent.__file__).parent)
    code = sandbox_init.FILES
    command = ["/usr/bin/python3", "-I", "-S", "-c", code, folder, str(theirs.fileno())]
    with theirs:
        process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], env={"HOME": str(tmp_path)}, cwd="/"
        )
    mine, its = socket.socketpair()
    with ours, mine:
        with its:
            socket.send_fds(ours, [b"stream"], [its.fileno()])
        mine.settimeout(WITHIN_S)
        assert Asker(mine).names() == [T]
    assert process.wait(WITHIN_S) == 0

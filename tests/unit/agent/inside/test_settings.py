"""What of a home folder is application settings, and that nothing else is reached by them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ownstream.agent.inside.settings import is_setting
from tests.support.file_server import Asker, FileServer, file_server


@pytest.mark.parametrize(
    "path", [".config", ".config/app/a.ini", ".bashrc", ".local/share/fonts/a.ttf", ".mozilla/x"]
)
def test_what_begins_with_a_dot_is_a_setting(path: str) -> None:
    assert is_setting(path)


@pytest.mark.parametrize(
    "path",
    [
        *("MyFiles", "MyFiles/.config", "a.txt", "Documents/.hidden"),
        *(
            ".cache",
            ".cache/big",
            ".local/share/Trash/files/a",
            ".Xauthority",
            ".config/pulse/cookie",
        ),
    ],
)
def test_users_own_files_and_what_is_worth_nothing_is_none(path: str) -> None:
    assert not is_setting(path)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FileServer]:
    with file_server(tmp_path) as made:
        yield made


@pytest.fixture
def ask(server: FileServer) -> Asker:
    return server.asker()


HERE = {"in": "settings"}


def paths(ask: Asker) -> list[str]:
    """What the walk tells of, by path."""
    answer = ask.ask("scan", ["Settings"], **HERE)
    lines = ask.exactly(answer["length"]).splitlines()
    return [json.loads(line)[0] for line in lines]


def test_a_walk_tells_of_settings_and_of_nothing_else(server: FileServer, ask: Asker) -> None:
    for path in (".config/app/a.ini", ".cache/big", ".local/share/Trash/x", "b.txt", ".bashrc"):
        (server.home / path).parent.mkdir(parents=True, exist_ok=True)
        (server.home / path).write_text("x")
    (server.home / ".link").symlink_to("/etc")
    (server.temporary / ".hidden").write_text("x")
    assert paths(ask) == [
        ".bashrc",
        ".config/",
        ".config/app/",
        ".config/app/a.ini",
        ".local/",
        ".local/share/",
    ]


def test_a_setting_takes_the_place_of_another_and_is_its_owners_alone(
    server: FileServer, ask: Asker
) -> None:
    (server.home / ".apprc").write_text("default")
    answer = ask.write(["Settings", ".apprc"], b"mine", clash="replace", **HERE)
    assert answer["name"] == ".apprc"
    assert (server.home / ".apprc").read_text() == "mine"
    assert (server.home / ".apprc").stat().st_mode & 0o777 == 0o600
    assert ask.read(["Settings", ".apprc"], **HERE) == b"mine"


@pytest.mark.parametrize(
    "path", [["MyFiles", "a"], ["a.txt"], [".cache", "a"], [".local", "share", "Trash", "a"]]
)
def test_no_other_file_is_reached_as_a_setting(
    server: FileServer, ask: Asker, path: list[str]
) -> None:
    file = server.home / Path(*path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x")
    assert ask.error("read", ["Settings", *path], offset=0, **HERE) == "denied"
    assert ask.write(["Settings", *path], b"y", clash="replace", **HERE)["error"] == "denied"


def test_no_link_leads_out_of_the_settings(server: FileServer, ask: Asker) -> None:
    (server.home / ".config").symlink_to(server.home / "MyFiles")
    (server.temporary / "a").write_text("x")
    path = ["Settings", ".config", "TemporaryFiles", "a"]
    assert ask.error("read", path, offset=0, **HERE) == "not_found"
    for names in (["Settings", ".."], ["Settings", ".config/../.."], ["Settings", ""]):
        assert ask.error("read", names, offset=0, **HERE) == "bad_name"

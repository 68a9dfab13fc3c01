"""One session's home folder, turn by turn: what is filled in, what is saved, what is never lost."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ownstream.control import home_folder
from ownstream.control.agent_files import AgentGone
from ownstream.control.home_folder import HomeFolder, Turn
from ownstream.domain.home_folders import SETTLED_NS, Stored
from ownstream.storage.base import Source, StorageError, Unstorable
from ownstream.storage.local import LocalStore
from tests.support.files_agent import FilesAgent, files_agent

FOLDER = "bucket/user/custom/abc"
DATE = 1_700_000_000_123_456_789


class Noting(LocalStore):
    """A store that notes what is written and removed, and refuses what it is told to."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.root = root / FOLDER
        self.written: list[str] = []
        self.removed: list[str] = []
        self.fails: list[Exception] = []
        self.refuses: set[str] = set()

    def write(self, folder: str, path: str, content: Source, stored: Stored) -> None:
        if self.fails:
            raise self.fails.pop()
        if path in self.refuses:
            raise Unstorable("no")
        super().write(folder, path, content, stored)
        self.written.append(path)

    def remove(self, folder: str, path: str) -> None:
        super().remove(folder, path)
        self.removed.append(path)

    def put(self, path: str, text: str) -> None:
        """A file is there from an earlier session."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        os.utime(place, ns=(DATE, DATE))

    def texts(self) -> dict[str, str]:
        return texts(self.root)


@dataclass
class Desk:
    """A session's home folder, the store, and turns."""

    agent: FilesAgent
    store: Noting
    kept: HomeFolder = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Nothing is known of it: the session or the service has just begun."""
        self.kept = HomeFolder("s", FOLDER, self.store)

    def turn(self, *, last: bool = False) -> Turn:
        return self.kept.turn(self.agent.endpoint, Event(), last=last)

    def end(self) -> None:
        """The session is over, and the next one begins with nothing."""
        self.turn(last=True)
        self.agent.clear()
        self.begin()
        self.store.written.clear()

    def save(self, path: str, text: str) -> None:
        """An application has saved a file."""
        place = self.agent.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def texts(self) -> dict[str, str]:
        return texts(self.agent.folder)


def texts(root: Path) -> dict[str, str]:
    files = [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
    return {str(path.relative_to(root)): path.read_text() for path in files}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    # What is saved here has settled at once: tests of the rule itself are the domain's.
    monkeypatch.setattr("ownstream.domain.home_folders.SETTLED_NS", -(1 << 62))
    with files_agent(tmp_path) as agent:
        yield Desk(agent, Noting(tmp_path / "homes"))


def test_a_session_has_a_home_folder_whether_there_was_one_or_not(desk: Desk) -> None:
    assert desk.turn() == Turn(missing=0)
    assert desk.agent.folder.is_dir()


def test_what_is_saved_in_one_session_is_there_in_the_next(desk: Desk) -> None:
    desk.turn()
    desk.save("a.txt", "one")
    desk.save("deep/er/ünï <b>.txt", "two")
    (desk.agent.folder / "empty").mkdir()
    os.utime(desk.agent.folder / "a.txt", ns=(DATE, DATE))
    desk.end()
    assert desk.texts() == {}
    desk.turn()
    assert desk.texts() == {"a.txt": "one", "deep/er/ünï <b>.txt": "two"}
    assert (desk.agent.folder / "empty").is_dir()
    assert (desk.agent.folder / "a.txt").stat().st_mtime_ns == DATE
    desk.turn()
    assert desk.store.written == []


def test_what_is_saved_is_in_the_store_at_the_next_turn(desk: Desk) -> None:
    desk.turn()
    desk.save("a", "one")
    desk.turn()
    assert desk.store.texts() == {"a": "one"}
    desk.save("a", "longer")
    desk.turn()
    assert desk.store.texts() == {"a": "longer"}
    assert desk.store.written == ["a", "a"]


def test_what_changes_just_now_waits_for_a_later_turn_but_not_for_the_last(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ownstream.domain.home_folders.SETTLED_NS", 3600 * SETTLED_NS)
    desk.turn()
    desk.save("a", "half")
    desk.turn()
    assert desk.store.texts() == {}
    desk.turn(last=True)
    assert desk.store.texts() == {"a": "half"}


def test_a_file_that_is_saved_again_as_it_was_is_not_sent_again(desk: Desk) -> None:
    desk.store.put("old", "same")
    desk.turn()
    desk.save("new", "same")
    desk.turn()
    for path in ("old", "new"):
        (desk.agent.folder / path).unlink()
        desk.save(path, "same")
    desk.turn()
    assert desk.store.written == ["new"]
    desk.save("old", "diff")  # of the same length
    desk.turn()
    assert desk.store.texts()["old"] == "diff"


def test_deletions_and_renames_follow(desk: Desk) -> None:
    desk.store.put("gone", "x")
    desk.store.put("old/name", "y")
    desk.turn()
    (desk.agent.folder / "gone").unlink()
    (desk.agent.folder / "old").rename(desk.agent.folder / "new")
    desk.turn()
    assert desk.store.texts() == {"new/name": "y"}
    assert [path.name for path in desk.store.root.iterdir()] == ["new"]


def test_a_rename_is_saved_under_its_new_name_before_the_old_one_goes(desk: Desk) -> None:
    desk.store.put("old", "x")
    desk.turn()
    (desk.agent.folder / "old").rename(desk.agent.folder / "new")
    desk.store.fails.append(StorageError("down"))
    with pytest.raises(StorageError):
        desk.turn()
    assert desk.store.texts() == {"old": "x"}
    desk.turn()
    assert desk.store.texts() == {"new": "x"}


def test_a_file_in_the_place_of_a_folder_and_the_other_way_round(desk: Desk) -> None:
    desk.store.put("a/b", "x")
    desk.store.put("c", "y")
    desk.turn()
    (desk.agent.folder / "a" / "b").unlink()
    (desk.agent.folder / "a").rmdir()
    (desk.agent.folder / "c").unlink()
    desk.save("a", "file")
    desk.save("c/d", "inside")
    desk.turn()
    assert desk.store.texts() == {"a": "file", "c/d": "inside"}


def test_what_the_session_has_is_not_overwritten(desk: Desk) -> None:
    desk.store.put("a", "stored")
    desk.save("a", "new")
    desk.turn()
    assert desk.texts() == {"a": "new"}
    assert desk.store.texts() == {"a": "new"}


def test_what_is_not_filled_in_yet_is_not_taken_for_deleted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_folder, "TURN_FILES", 2)
    for number in range(5):
        desk.store.put(f"{number}", "x" * (number + 1))
    desk.store.put("0", "")
    assert desk.turn() == Turn(missing=3)
    assert sorted(desk.texts()) == ["0", "1"]  # small ones first
    desk.save("mine", "saved meanwhile")
    (desk.agent.folder / "0").unlink()
    assert desk.turn() == Turn(missing=1)
    assert desk.store.texts()["mine"] == "saved meanwhile"
    assert desk.turn() == Turn(missing=0)
    assert sorted(desk.store.texts()) == ["1", "2", "3", "4", "mine"]
    assert sorted(desk.texts()) == ["1", "2", "3", "4", "mine"]


def test_the_end_before_all_is_filled_in_loses_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_folder, "TURN_FILES", 1)
    desk.store.put("a", "1")
    desk.store.put("b", "22")
    desk.turn()
    desk.save("a", "changed")
    desk.turn(last=True)
    assert desk.store.texts() == {"a": "changed", "b": "22"}


def test_a_turn_fills_in_so_many_bytes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_folder, "TURN_BYTES", 10)
    for name in "abc":
        desk.store.put(name, "x" * 6)
    assert desk.turn() == Turn(missing=1)


def test_a_service_that_was_started_anew_goes_on(desk: Desk) -> None:
    desk.store.put("old", "x")
    desk.store.put("deleted", "y")
    desk.turn()
    desk.save("new", "z")
    desk.save("old", "changed")
    (desk.agent.folder / "deleted").unlink()
    desk.begin()
    desk.turn()
    assert desk.store.texts() == {"old": "changed", "new": "z", "deleted": "y"}
    # What was deleted while nobody knew of it comes back: it is not known that it was.
    assert desk.texts()["deleted"] == "y"


def test_the_end_of_a_session_that_was_not_known_saves_and_removes_nothing(desk: Desk) -> None:
    desk.store.put("old", "x")
    desk.store.put("other", "of another session")
    desk.turn()
    desk.save("new", "z")
    (desk.agent.folder / "other").unlink()
    desk.begin()
    desk.turn(last=True)
    assert desk.store.texts() == {"old": "x", "other": "of another session", "new": "z"}
    assert desk.store.written == ["new"]


def test_the_folder_itself_is_not_the_users_to_remove(desk: Desk) -> None:
    desk.store.put("a", "x")
    desk.turn()
    (desk.agent.folder / "a").unlink()
    desk.agent.folder.rmdir()
    desk.turn()
    assert desk.store.texts() == desk.texts() == {"a": "x"}


def test_the_folder_removed_at_the_end_removes_nothing(desk: Desk) -> None:
    desk.store.put("a", "x")
    desk.turn()
    desk.agent.folder.rename(desk.agent.home / "elsewhere")
    desk.turn(last=True)
    assert desk.store.texts() == {"a": "x"}


def test_links_pipes_and_odd_names_are_left_out(desk: Desk) -> None:
    desk.turn()
    (desk.agent.folder / "link").symlink_to("/etc/passwd")
    (desk.agent.folder / "folder").symlink_to("/etc")
    os.mkfifo(desk.agent.folder / "pipe")
    Path(os.fsdecode(bytes(desk.agent.folder) + b"/\xff")).touch()
    (desk.agent.folder / "line\n").touch()
    desk.save("fine", "x")
    desk.turn()
    assert desk.store.texts() == {"fine": "x"}


@pytest.mark.parametrize("failure", [StorageError("down"), StorageError("full")], ids=str)
def test_what_the_store_does_not_take_now_it_takes_later(desk: Desk, failure: Exception) -> None:
    desk.turn()
    desk.save("a", "x")
    desk.store.fails.append(failure)
    with pytest.raises(StorageError):
        desk.turn()
    desk.turn()
    assert desk.store.texts() == {"a": "x"}


def test_what_the_store_never_takes_holds_nobody_up(desk: Desk) -> None:
    desk.turn()
    desk.store.refuses.add("a")
    desk.save("a", "x")
    desk.save("b", "y")
    desk.turn()
    desk.turn(last=True)
    assert desk.store.texts() == {"b": "y"}
    desk.store.refuses.clear()
    desk.save("a", "changed")
    desk.turn()
    assert desk.store.texts() == {"a": "changed", "b": "y"}


class Shortened(Noting):
    """A store meanwhile whose writes an application shortens the file."""

    file: Path

    def write(self, folder: str, path: str, content: Source, stored: Stored) -> None:
        if path == "a":
            os.truncate(self.file, 1)
        super().write(folder, path, content, stored)


def test_a_file_that_shrinks_while_it_is_read_is_not_saved_in_part(
    desk: Desk, tmp_path: Path
) -> None:
    desk.store = store = Shortened(tmp_path / "homes")
    desk.begin()
    desk.turn()
    store.file = desk.agent.folder / "a"
    size = 8 << 20  # more than is under way at once
    desk.save("a", "x" * size)
    desk.save("b", "whole" * size)
    desk.turn()
    assert "a" not in desk.store.texts()
    assert desk.store.texts()["b"] == "whole" * size
    desk.turn()
    assert desk.store.texts()["a"] == "x"


def test_an_agent_that_is_gone_is_told(desk: Desk) -> None:
    with pytest.raises(AgentGone):
        desk.kept.turn("unix:/nowhere/agent.sock", Event())


def test_a_turn_that_is_called_off_ends(desk: Desk) -> None:
    off = Event()
    off.set()
    with pytest.raises(AgentGone, match="called off"):
        desk.kept.turn(desk.agent.endpoint, off)


def test_a_session_without_space_for_it_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> Any:
        return os.statvfs_result((4096, 4096, 0, 0, 0, 0, 0, 0, 0, 255))

    desk.store.put("a", "x" * (4 << 20))
    monkeypatch.setattr("ownstream.agent.inside.uploads.os.fstatvfs", full)
    with pytest.raises(StorageError, match="space"):
        desk.turn()
    monkeypatch.undo()
    desk.turn()
    assert desk.texts() == {"a": "x" * (4 << 20)}


def test_what_lies_in_the_store_under_no_name_is_left_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.store.put("fine", "x")
    listed = {"../../escape": Stored(1, DATE), "a//b": Stored(1, DATE), "fine": Stored(1, DATE)}
    monkeypatch.setattr(desk.store, "list", lambda _folder: listed)
    desk.turn()
    assert desk.texts() == {"fine": "x"}

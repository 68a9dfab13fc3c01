"""Application settings of one session: put in before its user comes, saved at its end."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest

from ownstream.control import settings_folder
from ownstream.control.agent_files import AgentGone
from ownstream.control.settings_folder import SettingsFolder
from ownstream.domain import app_settings
from ownstream.domain.home_folders import Stored
from ownstream.storage.base import Source, StorageError
from ownstream.storage.local import LocalStore
from tests.support.files_agent import FilesAgent, files_agent

FOLDER = "bucket/Linux/v1/group/custom/abc"


class Undated(LocalStore):
    """A store whose lists have no dates, as those of S3; it notes what is written."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.root = root / FOLDER
        self.written: list[str] = []

    def list(self, folder: str) -> dict[str, Stored | None]:
        found = super().list(folder)
        return {path: stored and Stored(stored.size, None) for path, stored in found.items()}

    def write(self, folder: str, path: str, content: Source, stored: Stored) -> None:
        super().write(folder, path, content, stored)
        self.written.append(path)


@dataclass
class Desk:
    """A session's home, and the store."""

    agent: FilesAgent
    store: Undated

    @property
    def settings(self) -> SettingsFolder:
        return SettingsFolder("s", FOLDER, self.store, self.agent.endpoint, Event())

    def fill(self) -> None:
        self.settings.fill(lambda: False)

    def set(self, path: str, text: str) -> None:
        """An application has written a file."""
        place = self.agent.home / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def begin_anew(self) -> None:
        """The session is another: its home is as the image has it."""
        self.agent.clear()
        self.set(".apprc", "default")

    def texts(self) -> dict[str, str]:
        return texts(self.agent.home)


def texts(root: Path) -> dict[str, str]:
    files = [path for path in root.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): path.read_text() for path in files}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with files_agent(tmp_path) as agent:
        yield Desk(agent, Undated(tmp_path / "kept"))


def test_settings_come_back_and_the_users_files_do_not(desk: Desk) -> None:
    desk.fill()
    desk.set(".config/app/a.ini", "mine")
    desk.set(".apprc", "mine too")
    desk.set("MyFiles/TemporaryFiles/a.txt", "a file")
    (desk.agent.home / ".empty").mkdir()
    desk.settings.save()
    desk.begin_anew()
    desk.fill()
    assert desk.texts() == {".config/app/a.ini": "mine", ".apprc": "mine too"}
    assert (desk.agent.home / ".empty").is_dir()


def test_what_has_not_changed_is_not_sent_again(desk: Desk) -> None:
    desk.set(".config/a", "one")
    desk.set(".b", "one")
    desk.settings.save()
    desk.store.written.clear()
    desk.begin_anew()
    desk.fill()
    desk.set(".b", "two")
    desk.settings.save()
    assert sorted(desk.store.written) == [".apprc", ".b"]
    assert texts(desk.store.root) == {".config/a": "one", ".b": "two", ".apprc": "default"}


def test_what_was_deleted_in_the_session_is_gone_from_the_store(desk: Desk) -> None:
    desk.set(".config/a", "one")
    desk.set(".b", "one")
    desk.settings.save()
    (desk.agent.home / ".config" / "a").unlink()
    (desk.agent.home / ".config").rmdir()
    desk.settings.save()
    assert texts(desk.store.root) == {".b": "one"}


def test_a_session_whose_user_is_there_already_gets_none_and_says_so(desk: Desk) -> None:
    desk.set(".a", "one")
    desk.settings.save()
    desk.begin_anew()
    with pytest.raises(StorageError, match="longer than users wait"):
        desk.settings.fill(lambda: True)
    assert desk.texts() == {".apprc": "default"}


def test_more_than_is_kept_leaves_what_the_store_has(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.set(".large", "small yet")
    desk.settings.save()
    monkeypatch.setattr(settings_folder, "bounded", lambda tree: app_settings.bounded(tree, 100))
    desk.set(".large", "x" * 200)
    desk.set(".small", "x")
    desk.settings.save()
    assert texts(desk.store.root) == {".large": "small yet", ".small": "x"}


def test_what_is_no_file_of_the_store_and_no_path_of_a_session_is_passed_over(desk: Desk) -> None:
    desk.set(".a", "one")
    desk.settings.save()
    os.mkfifo(desk.store.root / ".pipe")
    (desk.store.root / ".bad\nname").write_text("x")
    desk.begin_anew()
    desk.fill()
    assert desk.texts() == {".apprc": "default", ".a": "one"}


def test_a_setting_that_becomes_shorter_whenever_it_is_read_stays_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ownstream.agent.inside.channel import Channel, Gone

    desk.set(".a", "one")
    desk.set(".b", "one")
    desk.settings.save()
    desk.set(".a", "other")
    desk.set(".b", "other")
    send_file = Channel.send_file

    def cut(self: Channel, fd: int, offset: int, length: int) -> None:
        if os.readlink(f"/proc/self/fd/{fd}").endswith(".a"):
            raise Gone
        send_file(self, fd, offset, length)

    monkeypatch.setattr(Channel, "send_file", cut)
    desk.settings.save()
    assert texts(desk.store.root) == {".a": "one", ".b": "other"}


def test_an_agent_that_is_gone_is_told_of(desk: Desk) -> None:
    desk.set(".a", "one")
    gone = SettingsFolder("s", FOLDER, desk.store, "unix:/nowhere/agent.sock", Event())
    with pytest.raises((AgentGone, OSError)):
        gone.save()

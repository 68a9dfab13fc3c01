"""The catalog's applications: started by name, watched, and put into the desktop's files."""

import json
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownstream.agent import desktop, looks
from ownstream.agent.apps import MOST_RUNNING, Applications, Notice
from ownstream.agent.catalog import Application, read_catalog
from ownstream.agent.sandbox import Ended, Failed, Started, parsed

EDITOR = Application("Editor", "An editor", "", ("edit", "--new"), False, "")
SHELL = Application("Shell", "A shell", "", ("bash",), True, "")


@dataclass
class World:
    """The sandbox and the connection, as the applications see them."""

    started: list[tuple[str, Sequence[str], Mapping[str, str]]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)
    changes: int = 0
    launches: int = 0

    def start(self, key: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self.started.append((key, argv, env))

    def change(self) -> None:
        self.changes += 1

    def launch(self) -> None:
        self.launches += 1

    def applications(self) -> Applications:
        catalog = {"Editor": EDITOR, "Shell": SHELL}
        tell = (self.change, self.notices.append, self.shown.append, self.launch)
        return Applications(catalog, self, {"A": "b"}, *tell)


def test_an_application_is_started_with_the_sessions_environment() -> None:
    world = World()
    applications = world.applications()
    applications.launch("Editor")
    assert world.started == [("app-1", ("edit", "--new"), {"A": "b"})]
    assert (applications.starting(), applications.running()) == (["Editor"], [])


def test_one_that_wants_a_terminal_gets_one() -> None:
    world = World()
    world.applications().launch("Shell")
    (_, argv, _) = world.started[0]
    assert argv[0] == "xterm"
    assert tuple(argv[-2:]) == ("-e", "bash")


def test_what_runs_is_named_in_order_of_start_until_it_ends() -> None:
    world = World()
    applications = world.applications()
    for windows, name in (((7,), "Shell"), ((7, 8), "Editor")):
        applications.launch(name)
        applications.see_windows(windows)
    assert applications.running() == ["Shell", "Editor"]
    applications.hear(Started("app-1"))
    applications.hear(Ended("app-1", 0))
    assert applications.running() == ["Editor"]
    assert world.notices == []
    assert world.changes == 3


def test_what_has_been_started_is_told_once_and_nothing_else_is() -> None:
    world = World()
    applications = world.applications()
    for name in ("Editor", "Shell", "Editor", "Nothing"):
        applications.launch(name)
    for event in (Started("app-1"), Failed("app-2", "no such file"), Started("panel")):
        applications.hear(event)
    assert (world.launches, applications.launches(), applications.launches()) == (1, ["Editor"], [])
    applications.hear(Started("app-3"))
    assert (world.launches, applications.launches()) == (2, ["Editor"])


def test_what_comes_to_the_front_has_not_been_started_again() -> None:
    world = World()
    applications = world.applications()
    applications.launch("Editor")
    applications.hear(Started("app-1"))
    applications.see_windows((7,))
    applications.launch("Editor")
    assert applications.launches() == ["Editor"]


def test_what_has_a_window_comes_to_the_front_and_is_not_started_again() -> None:
    world = World()
    applications = world.applications()
    for windows, name in (((7,), "Shell"), ((7, 8), "Editor")):
        applications.launch(name)
        applications.see_windows(windows)
    applications.launch("Shell")
    assert (world.shown, len(world.started)) == ([7], 2)
    assert applications.running() == ["Editor", "Shell"]


def test_what_has_lost_its_window_is_started_again() -> None:
    world = World()
    applications = world.applications()
    applications.launch("Shell")
    applications.see_windows([7])
    applications.see_windows([])
    applications.launch("Shell")
    assert (world.shown, len(world.started)) == ([], 2)


def test_a_new_window_is_taken_for_the_longest_awaited_application() -> None:
    applications = World().applications()
    applications.launch("Shell")
    applications.launch("Editor")
    applications.see_windows([7])
    assert (applications.starting(), applications.running()) == (["Editor"], ["Shell"])
    applications.see_windows([])
    assert applications.starting() == ["Editor"]
    applications.stop_waiting()
    assert (applications.starting(), applications.running()) == ([], ["Shell", "Editor"])


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (Failed("app-1", "No such file"), "An editor could not be started: No such file."),
        (Ended("app-1", 3), "An editor ended with code 3."),
    ],
    ids=["cannot-start", "ends-with-an-error"],
)
def test_trouble_is_told_by_its_display_name(event: Failed | Ended, told: str) -> None:
    world = World()
    applications = world.applications()
    applications.launch("Editor")
    applications.hear(event)
    assert world.notices == [Notice("ApplicationFailed", told)]


def test_what_the_sandbox_invents_is_nothing_to_us() -> None:
    world = World()
    world.applications().hear(Ended("app-77", 1))
    assert (world.notices, world.changes) == ([], 0)


def test_not_more_than_a_number_run_at_once() -> None:
    world = World()
    applications = world.applications()
    for _ in range(MOST_RUNNING + 1):
        applications.launch("Editor")
    assert len(world.started) == MOST_RUNNING
    assert [notice.code for notice in world.notices] == ["TooManyApplications"]


@pytest.mark.parametrize(
    ("packet", "event"),
    [
        (b'{"event":"started","key":"a","pid":3}', Started("a")),
        (b'{"event":"exited","key":"a","status":-9}', Ended("a", -9)),
        (b'{"event":"failed","key":"a","reason":"no"}', Failed("a", "no")),
        (b'{"event":"exited","key":["a"],"status":0}', None),
        (b'{"event":"up","more":1}', None),
        (b"[" * 60_000, None),
        (b"\xff", None),
    ],
    ids=["started", "exited", "failed", "bad-key", "unknown", "deep", "no-text"],
)
def test_only_events_are_taken_from_the_sandbox(packet: bytes, event: object) -> None:
    assert parsed(packet) == event


def test_the_catalog_is_read_in_its_order(tmp_path: Path) -> None:
    entries = [
        {"name": "B", "displayName": "Bee", "command": ["b"]},
        {"name": "A", "command": ["a"]},
    ]
    (tmp_path / "catalog.json").write_text(json.dumps({"applications": entries}))
    catalog = read_catalog(tmp_path / "catalog.json")
    assert [*catalog] == ["B", "A"]
    assert catalog["A"].public["displayName"] == "A"


NASTY = 'Tom & "Jerry\'s" <new> $(touch x)\nline'


def test_the_menu_and_the_panel_name_any_application_safely() -> None:
    nasty = Application("N", NASTY, "", ("run", NASTY), False, "")
    files = desktop.files(desktop.DESKTOP, [nasty])
    item = ElementTree.fromstring(files[desktop.MENU_FILE]).find(".//{*}item")
    assert item is not None
    command = item.findtext(".//{*}command")
    assert command is not None
    assert shlex.split(command)[-2:] == ["run", NASTY]
    buttons = [line for line in files[desktop.PANEL_FILE].splitlines() if "button_text" in line]
    assert buttons == [f"button_text = {NASTY.replace(chr(10), ' ')}"]


def test_ordinary_windows_fill_the_screen_in_app_view_alone() -> None:
    for view, fills in ((desktop.APP, True), (desktop.DESKTOP, False)):
        text = desktop.files(view, [EDITOR])[desktop.WINDOW_MANAGER_FILE]
        maximized = ElementTree.fromstring(text).find(".//{*}application/{*}maximized")
        assert (maximized is not None) is fills


def test_the_window_manager_is_given_the_theme_that_it_is_told_to_use() -> None:
    files = desktop.files(desktop.APP, [EDITOR])
    name = ElementTree.fromstring(files[desktop.WINDOW_MANAGER_FILE]).findtext(
        ".//{*}theme/{*}name"
    )
    assert files[f"themes/{name}/openbox-3/themerc"] == looks.THEME_TEXT


def test_terminals_of_either_class_draw_outlines_at_the_screens_density() -> None:
    read = dict(line.split(":\t") for line in looks.resources(192).splitlines())
    assert read["Xft.dpi"] == "192"
    for terminal in ("XTerm", "UXTerm"):
        assert read[f"{terminal}*VT100.faceName"] == "DejaVu Sans Mono"


@settings(deadline=None)  # it starts a process
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))))
def test_a_shell_reads_the_sessions_variables_back_exactly(value: str) -> None:
    script = desktop.session_file({"AppStream_X": value}) + 'printf %s "$AppStream_X"'
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True)
    assert done.stdout.decode() == value

"""The catalog that `.desktop` files make."""

from pathlib import Path

import pytest

from ownstream.drivers.base import Application
from ownstream.drivers.process.catalog import applications
from ownstream.drivers.process.desktop_entries import command


def everywhere(program: str) -> str | None:
    """Every program is installed but the missing one."""
    name = program.rpartition("/")[2]
    return None if name == "missing" else f"/usr/bin/{name}"


def catalog(folder: Path, **entries: str) -> tuple[Application, ...]:
    """The catalog of files with these ids and lines."""
    for id_, lines in entries.items():
        text = f"[Desktop Entry]\nType=Application\nName={id_}\n{lines}"
        (folder / f"{id_.replace('__', '.')}.desktop").write_text(text)
    return applications([folder], locate=everywhere, icon=lambda name: f"/icons/{name}.png")


def names(folder: Path, **entries: str) -> list[str]:
    """The names in that catalog."""
    return [application.name for application in catalog(folder, **entries)]


def test_an_entry_becomes_an_application(tmp_path: Path) -> None:
    lines = "Name=Editor\nComment=Writes\nIcon=pen\nExec=mousepad %U\nTerminal=true\n"
    assert catalog(tmp_path, editor=lines) == (
        Application(
            name="mousepad",
            display_name="Editor",
            command=("mousepad",),
            icon="/icons/pen.png",
            description="Writes",
            terminal=True,
        ),
    )


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("Exec=a\nNoDisplay=true", id="not to be displayed"),
        pytest.param("Exec=a\nHidden=true", id="hidden"),
        pytest.param("Icon=a", id="without a command"),
        pytest.param("Exec=a\nTryExec=missing", id="whose TryExec is missing"),
        pytest.param("Exec=/usr/bin/missing", id="whose program is missing"),
        pytest.param("Exec=a\nOnlyShowIn=KDE;", id="of one desktop environment"),
        pytest.param("Exec=a\nType=Link", id="that is a link"),
        pytest.param("Exec=tint2", id="that is a panel"),
        pytest.param("Exec=a\nCategories=GTK;DesktopSettings;", id="that sets the desktop"),
    ],
)
def test_there_is_no_application_for_an_entry(tmp_path: Path, lines: str) -> None:
    assert names(tmp_path, entry=lines) == []


def test_a_broken_file_does_not_spoil_the_others(tmp_path: Path) -> None:
    (tmp_path / "broken.desktop").write_bytes(b"Exec=\xff\xfe no group\n")
    (tmp_path / "empty.desktop").write_bytes(b"")
    assert names(tmp_path, xterm="Exec=xterm") == ["xterm"]


def test_an_application_is_named_for_its_program(tmp_path: Path) -> None:
    assert names(tmp_path, **{"debian-xterm": "Exec=/usr/bin/xterm"}) == ["xterm"]


def test_of_two_with_one_program_the_plain_one_has_its_name(tmp_path: Path) -> None:
    found = names(tmp_path, pad="Exec=pad %U", **{"pad-secret": "Exec=pad --secret"})
    assert sorted(found) == ["pad", "pad-secret"]


def test_two_plain_ones_with_one_program_go_by_their_ids(tmp_path: Path) -> None:
    assert sorted(names(tmp_path, one="Exec=pad", two="Exec=pad")) == ["one", "two"]


def test_a_program_that_runs_others_gives_no_name(tmp_path: Path) -> None:
    assert names(tmp_path, game="Exec=env LANG=C /usr/games/game") == ["game"]


def test_names_are_unique_and_keep_to_the_allowed_characters(tmp_path: Path) -> None:
    entries = {"a b": "Exec=env a", "a+b": "Exec=env b", "a-b": "Exec=env c"}
    assert sorted(names(tmp_path, **entries)) == ["a-b", "a-b-2", "a-b-3"]


def test_the_first_folder_wins_and_a_hidden_entry_there_hides(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, lines in ((first, "Exec=x\nHidden=true"), (second, "Exec=x")):
        folder.mkdir()
        (folder / "x.desktop").write_text(f"[Desktop Entry]\nName=X\n{lines}\n")
    assert applications([first, second], locate=everywhere, icon=str) == ()
    assert len(applications([second, first], locate=everywhere, icon=str)) == 1


def test_ids_of_subfolders_have_their_names_in_front(tmp_path: Path) -> None:
    (tmp_path / "kde").mkdir()
    (tmp_path / "kde" / "y.desktop").write_text("[Desktop Entry]\nName=Y\nExec=sh -c y\n")
    found = applications([tmp_path], locate=everywhere, icon=str)
    assert [application.name for application in found] == ["kde-y"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a %f b", ("a", "b")),
        ("a --icon=%i x%%y", ("a", "--icon=", "x%y")),
        (
            '"/opt/My App/run" --title "say \\\\"hi\\\\""',
            ("/opt/My App/run", "--title", 'say "hi"'),
        ),
        ('sh -c "echo \\\\$HOME"', ("sh", "-c", "echo $HOME")),
        ("a\\sb", ("a", "b")),
        ("", ()),
    ],
)
def test_an_exec_line_is_read_as_the_specification_says(line: str, words: tuple[str, ...]) -> None:
    assert command(line) == words

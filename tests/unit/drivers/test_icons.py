"""Which file an icon's name leads to."""

from pathlib import Path

import pytest

from ownstream.drivers.process.icons import icon_path


def put(folder: Path, *files: str) -> None:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()


def found(folder: Path, name: str) -> str:
    """The icon's path below the folder."""
    path = icon_path(name, icons=[folder / "icons"], pixmaps=[folder / "pixmaps"])
    return path.removeprefix(f"{folder}/")


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        pytest.param(
            ["icons/hicolor/48x48/apps/a.png", "icons/hicolor/scalable/apps/a.svg"],
            "icons/hicolor/scalable/apps/a.svg",
            id="scalable before any size",
        ),
        pytest.param(
            ["icons/hicolor/16x16/apps/a.png", "icons/hicolor/128x128/apps/a.png"],
            "icons/hicolor/128x128/apps/a.png",
            id="large before small",
        ),
        pytest.param(
            ["icons/hicolor/1024x1024/apps/a.png", "icons/hicolor/64x64/apps/a.png"],
            "icons/hicolor/64x64/apps/a.png",
            id="not larger than a page wants",
        ),
        pytest.param(
            ["icons/Adwaita/48x48/legacy/a.png", "pixmaps/a.png"],
            "icons/Adwaita/48x48/legacy/a.png",
            id="themes before pixmaps",
        ),
        pytest.param(["pixmaps/a.xpm", "pixmaps/a.png"], "pixmaps/a.png", id="pixmaps at last"),
        pytest.param(["pixmaps/a.xpm"], "", id="nothing that browsers cannot show"),
        pytest.param([], "", id="nothing"),
    ],
)
def test_the_icon_is(tmp_path: Path, files: list[str], wanted: str) -> None:
    put(tmp_path, *files)
    assert found(tmp_path, "a") == wanted


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    put(tmp_path, "x.png", "x.xpm")
    assert found(tmp_path, f"{tmp_path}/x.png") == "x.png"
    assert found(tmp_path, f"{tmp_path}/x.xpm") == ""
    assert found(tmp_path, f"{tmp_path}/y.png") == ""


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "*", "[a]"])
def test_a_name_is_neither_a_path_nor_a_pattern(tmp_path: Path, name: str) -> None:
    put(tmp_path, "icons/hicolor/48x48/apps/a.png")
    assert found(tmp_path, name) == ""

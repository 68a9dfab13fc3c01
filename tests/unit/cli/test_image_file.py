"""Files that say how an image is made: what they say, what is wrong with them, their digest."""

from dataclasses import replace
from pathlib import Path

import pytest

from ownstream.cli.image_file import (
    Command,
    File,
    ImageFile,
    ImageFileError,
    Offered,
    digest,
    read_image_file,
)

WHOLE = """
name = "drawing"
display_name = "Drawing"
description = "Inkscape and its fonts"
base = "Ownstream-Linux-Host"
instance_type = "stream.standard.large"
internet = false
packages = ["inkscape", "fonts-noto=20230201-1", "libc6:i386"]
default_profile = "profile"

[tags]
team = "design"

[[files]]
from = "drawing.conf"
to = "/etc/drawing.conf"
mode = "0640"

[[run]]
command = "update-fonts"

[[run]]
command = ["/usr/bin/tool", "--now"]
directory = "/opt"
environment = { LANG = "C" }
within_s = 60

[[applications]]
name = "inkscape"
display_name = "Inkscape"
path = "/usr/bin/inkscape"
parameters = "--new"
working_directory = "/tmp"
icon = "/usr/share/pixmaps/inkscape.png"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the file names, beside it."""
    (tmp_path / "profile").mkdir()
    (tmp_path / "profile/.bashrc").write_text("alias ll='ls -l'\n")
    (tmp_path / "drawing.conf").write_text("grid = 5\n")
    return tmp_path


def read(folder: Path, text: str, **options: str) -> ImageFile:
    (folder / "image.toml").write_text(text)
    return read_image_file(folder / "image.toml", **options)


def wrong(folder: Path, text: str) -> list[str]:
    """What is wrong with a file of this text, without its own name."""
    with pytest.raises(ImageFileError) as refused:
        read(folder, text)
    prefix = f"{folder / 'image.toml'}: "
    return [line.removeprefix(prefix) for line in str(refused.value).splitlines()]


def test_all_that_a_file_may_say_is_read(folder: Path) -> None:
    assert read(folder, WHOLE) == ImageFile(
        place=folder / "image.toml",
        name="drawing",
        base="Ownstream-Linux-Host",
        display_name="Drawing",
        description="Inkscape and its fonts",
        instance_type="stream.standard.large",
        internet=False,
        tags={"team": "design"},
        packages=("inkscape", "fonts-noto=20230201-1", "libc6:i386"),
        files=(File(folder / "drawing.conf", "/etc/drawing.conf", 0o640),),
        commands=(
            Command(("/bin/sh", "-ec", "update-fonts")),
            Command(("/usr/bin/tool", "--now"), "/opt", {"LANG": "C"}, 60),
        ),
        default_profile=folder / "profile",
        applications=(
            Offered(
                "inkscape",
                "/usr/bin/inkscape",
                "Inkscape",
                "--new",
                "/tmp",
                "/usr/share/pixmaps/inkscape.png",
            ),
        ),
    )


def test_a_name_and_an_application_are_all_that_is_needed(folder: Path) -> None:
    bare = 'name = "bare"\n[[applications]]\nname = "sh"\npath = "/bin/sh"'
    application = Offered("sh", "/bin/sh")
    assert read(folder, bare) == ImageFile(
        folder / "image.toml", "bare", applications=(application,)
    )


def test_a_name_can_be_given_beside_the_file(folder: Path) -> None:
    assert read(folder, WHOLE, name="drawing-2").name == "drawing-2"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "name: is needed"),
        ('name = "a"', "applications: at least one is needed"),
        ('name = "a b"', "name: is 'a b'; it has to match"),
        ('name = "a"\npackage = ["x"]', "package: is nothing that can be said here; packages is"),
        ('name = "a"\npackages = "x"', "packages: has to be a list"),
        ('name = "a"\npackages = ["-x"]', "packages[0]: is '-x'; it has to match"),
        ('name = "a"\npackages = ["x; y"]', "packages[0]: is 'x; y'; it has to match"),
        ('name = "a"\ninternet = 1', "internet: has to be true or false"),
        ('name = "a"\nfiles = [1]', "files[0]: has to be a table"),
        ('name = "a"\n[[files]]\nfrom = "drawing.conf"', "files[0].to: is needed"),
        ('name = "a"\n[[files]]\nto = "/x"', "files[0].from: is needed"),
        ('name = "a"\n[[files]]\nfrom = "no"\nto = "/x"', "files[0].from: there is no "),
        (
            'name = "a"\n[[run]]\ncommand = "x"\nwithin_s = "5"',
            "run[0].within_s: has to be a whole",
        ),
        ('name = "a"\n[[run]]\ncommand = []', "run[0].command: is needed"),
        ('name = "a"\n[[run]]\nargs = "x"', "run[0].command: is needed"),
        ('name = "a"\ndefault_profile = "drawing.conf"', "default_profile: has to be a folder"),
        ('name = "a"\n[tags]\nx = 1', "tags.x: has to be a text"),
        (
            'name = "a"\n[[applications]]\nname = "x"\npath = "usr/bin/x"',
            "applications[0].path: is 'usr/bin/x'; it has to be an absolute path",
        ),
        (
            'name = "a"\n[[applications]]\nname = "x"\npath = "/usr/../x"',
            "applications[0].path: is '/usr/../x'; it has to be an absolute path",
        ),
    ],
    ids=lambda value: value.replace("\n", " ") if " = " in value else "",
)
def test_each_thing_that_is_wrong_is_named(folder: Path, text: str, says: str) -> None:
    assert any(line.startswith(says) for line in wrong(folder, text)), wrong(folder, text)


def test_all_that_is_wrong_is_named_at_once(folder: Path) -> None:
    again = '[[applications]]\nname = "x"\npath = "/x"\n'
    assert wrong(folder, f'base = 1\n{again}{again}[[applications]]\nname = "y"') == [
        "name: is needed",
        "base: has to be a text",
        "applications[2].path: is needed",
        "applications: x is there 2 times",
    ]


def test_a_file_that_is_no_toml_is_named_by_its_line(folder: Path) -> None:
    assert "line 2" in wrong(folder, 'name = "a"\nbase = ?\n')[0]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageFileError, match=r"none\.toml cannot be read"):
        read_image_file(tmp_path / "none.toml")


def test_the_digest_is_of_what_goes_into_the_image(folder: Path) -> None:
    image = read(folder, WHOLE)
    first = digest(image, "base")
    assert digest(replace(image, name="other", description="new"), "base") == first
    assert digest(image, "another base") != first
    assert digest(replace(image, packages=("inkscape",)), "base") != first
    (folder / "drawing.conf").write_text("grid = 6\n")
    second = digest(image, "base")
    (folder / "profile/new").touch()
    assert len({first, second, digest(image, "base")}) == 3

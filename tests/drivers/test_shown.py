"""Folders that instances are shown: read-only, their own, and gone with them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ownstream.drivers.base import SHOWN, Terminal
from ownstream.drivers.process import ProcessDriver
from tests.support.instances import Inside, instances_folder, launch_ready, run, spec

PATH = "AppBlocks/tools"
AT = f"{SHOWN}/{PATH}"


@contextmanager
def package(top: Path) -> Iterator[Path]:
    """A folder as packages are, beside the instances."""
    content = top / ".app-blocks" / "1" / "content"
    (content / "bin").mkdir(parents=True)
    for folder in (top / ".app-blocks", content.parent, content, content / "bin"):
        folder.chmod(0o755)
    (content / "bin" / "app").write_text("#!/bin/sh\necho it runs\n")
    (content / "bin" / "app").chmod(0o755)
    (content / "link").symlink_to("bin/app")
    (content / "out").symlink_to("/etc/shadow")
    yield content


def test_an_instance_sees_what_it_is_shown_and_cannot_change_it() -> None:
    with instances_folder() as folder, package(folder) as content:
        driver = ProcessDriver(folder)
        handles = [run(launch_ready(driver, spec(id_))) for id_ in ("i-1", "i-2")]
        with Inside(folder, "i-1", handles[0]) as mine, Inside(folder, "i-2", handles[1]) as theirs:
            assert mine.value("os.listdir(path)", after=f"import os; path = {SHOWN!r}") == []
            for _ in range(2):
                run(driver.show("i-1", PATH, content))
            ran = "subprocess.check_output([path + '/link'], text=True)"
            imports = f"import os, subprocess; path = {AT!r}"
            assert mine.value(ran, after=imports) == "it runs\n"
            assert mine.value("sorted(os.listdir(path))") == ["bin", "link", "out"]
            assert theirs.value("os.path.exists(path)", after=imports) is False
            for act in _CHANGES:
                assert mine.value(f"attempt(lambda: {act})", after=_ATTEMPT) in _REFUSED, act
        assert (content / "bin" / "app").read_text() == "#!/bin/sh\necho it runs\n"
        run(driver.retire("i-1", handles[0]))
        assert (content / "bin" / "app").stat().st_nlink == 1
        run(driver.close())


_CHANGES = (
    "open(path + '/bin/app', 'w')",
    "open(path + '/new', 'w')",
    "os.remove(path + '/bin/app')",
    "os.chmod(path + '/bin/app', 0o777)",
    "os.link(path + '/bin/app', os.path.expanduser('~/app'))",
    "os.open(path + '/out', os.O_RDONLY)",
)
_REFUSED = ("OSError", "PermissionError", "FileNotFoundError")
_ATTEMPT = f"""
import os
path = {AT!r}
def attempt(act):
    try:
        act()
    except OSError as error:
        return type(error).__name__
"""


def test_what_is_shown_stays_when_its_folder_goes() -> None:
    with instances_folder() as folder, package(folder) as content:
        driver = ProcessDriver(folder)
        handle = run(launch_ready(driver, spec()))
        run(driver.show("i-1", PATH, content))
        (content / "bin" / "app").unlink()
        with Inside(folder, "i-1", handle) as inside:
            assert inside.value(f"open({AT + '/bin/app'!r}).read()").startswith("#!/bin/sh")
        run(driver.close())


def test_a_path_that_leads_elsewhere_is_refused() -> None:
    with instances_folder() as folder, package(folder) as content:
        driver = ProcessDriver(folder)
        run(launch_ready(driver, spec()))
        before = sorted(os.listdir(folder / "i-1"))
        for path in ("", "..", "../run", "AppBlocks/../../run", "/etc", "a//b", "./a"):
            with pytest.raises(Terminal, match="is no path"):
                run(driver.show("i-1", path, content))
        assert sorted(os.listdir(folder / "i-1")) == before
        run(driver.close())


def test_an_instance_that_there_is_not_is_shown_nothing() -> None:
    with instances_folder() as folder, package(folder) as content:
        driver = ProcessDriver(folder)
        with pytest.raises(Terminal, match="there is no instance"):
            run(driver.show("i-9", PATH, content))
        run(driver.close())

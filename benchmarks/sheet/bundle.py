"""The folder from which the probe runs in a session: its code, python-xlib and its pictures."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import six
import Xlib

from benchmarks.sheet.pictures import Size, write_pictures

NAME = "sheet-probe"  # of the folder, by which the probe's process is known
_MODULES = ("__init__", "probe", "scenes", "stamp")
_MAIN = "from benchmarks.sheet.probe import main\n\nmain()\n"


def make_bundle(
    folder: Path,
    sizes: Iterable[Size],
    *,
    without_video: Iterable[Size] = (),
    errands: Mapping[str, str] | None = None,
) -> Path:
    """The probe's folder in this one, with pictures for screens of these sizes.

    Errands are shell scripts by the digit that runs them, 6 to 9.
    """
    top = folder / NAME
    package = top / "benchmarks" / "sheet"
    package.mkdir(parents=True)
    (top / "__main__.py").write_text(_MAIN)
    (top / "benchmarks" / "__init__.py").touch()
    for module in _MODULES:
        shutil.copy(Path(__file__).with_name(f"{module}.py"), package)
    assert Xlib.__file__
    assert six.__file__
    unneeded = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(Xlib.__file__).parent, top / "Xlib", ignore=unneeded)
    shutil.copy(six.__file__, top)
    (top / "pictures").mkdir()
    for size in sizes:
        write_pictures(top / "pictures", size)
    for size in without_video:
        write_pictures(top / "pictures", size, with_video=False)
    (top / "errands").mkdir()
    for digit, script in (errands or {}).items():
        (top / "errands" / digit).write_text(script)
    return top

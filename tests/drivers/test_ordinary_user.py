"""The tests of instances once more, by a user who is not root, where root runs the tests.

Where an ordinary user runs them, they have tried that themselves.
"""

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support.ordinary_user import REPOSITORY, UID, as_ordinary_user

THIS = Path(__file__)
TESTS = sorted(path.name for path in THIS.parent.glob("test_*.py") if path != THIS)


@pytest.mark.parametrize("tests", TESTS)
def test_an_ordinary_user_passes(tests: str) -> None:
    pytest_ = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    # Not in pytest's own folder: that one is shut to everybody else.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as home:
        tun = _tun(Path(home))
        os.chown(home, UID, UID)
        command = as_ordinary_user(
            [*pytest_, f"--basetemp={home}/tmp", str(THIS.with_name(tests))],
            environment={"HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            devices={"/dev/net/tun": tun},
        )
        done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def _tun(folder: Path) -> Path:
    """The device that gives networks, for everybody to open: some systems have it so, some not."""
    node = folder / "tun"
    os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(10, 200))
    node.chmod(0o666)
    return node

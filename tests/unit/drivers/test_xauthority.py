"""The X authority file, read by those who read it."""

import subprocess
from pathlib import Path

from Xlib.xauth import Xauthority

from ownstream.drivers.process.xauthority import contents

COOKIE = bytes(range(16))


def test_xauth_reads_both_entries(tmp_path: Path) -> None:
    path = tmp_path / "authority"
    path.write_bytes(contents(hostname="i-1", cookie=COOKIE))
    listed = subprocess.run(
        ["xauth", "-n", "-f", str(path), "list"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert listed.count(COOKIE.hex()) == 2
    assert "i-1/unix:0" in listed


def test_python_xlib_finds_the_cookie(tmp_path: Path) -> None:
    path = tmp_path / "authority"
    path.write_bytes(contents(hostname="i-1", cookie=COOKIE))
    name, cookie = Xauthority(str(path)).get_best_auth(256, b"i-1", 0)
    assert (name, cookie) == (b"MIT-MAGIC-COOKIE-1", COOKIE)

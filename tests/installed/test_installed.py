"""The package as users have it: a wheel in an empty environment, on a machine that has nothing."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.support.readme import python_example

ROOT = Path(__file__).parents[2]
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")
# A user who is nobody, every file read-only, no network but loopback, no variable but PATH.
BARE = (
    *("bwrap", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"),
    *("--unshare-user", "--uid", "65534", "--gid", "65534", "--unshare-net", "--unshare-pid"),
    *("--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--chdir", "/", "--die-with-parent"),
)


def run(*argv: str | Path, **options: str) -> str:
    """What the command says; its error output if it fails."""
    done = subprocess.run(
        list(map(str, argv)), check=False, capture_output=True, text=True, timeout=300, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has ownstream, from a wheel without its page."""
    folder = tmp_path_factory.mktemp("installed")
    source = folder / "source"
    run("git", "clone", "--quiet", ROOT, source)
    copy = ("pyproject.toml", "README.md", "src")
    for name in copy:
        run("cp", "-r", ROOT / name, source)
    run("rm", "-rf", source / "src/ownstream/gateway/static")
    wheel = ("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder)
    run(sys.executable, *PIP, *wheel, source)
    run(sys.executable, "-m", "venv", folder / "env")
    python = folder / "env/bin/python"
    locked = ("install", "--require-hashes", "--no-deps", "-r", ROOT / "requirements/run.lock")
    run(python, *PIP, *locked)
    [built] = folder.glob("*.whl")
    run(python, *PIP, "install", "--no-deps", "--no-index", built)
    return python


def test_the_readmes_first_example_runs_on_a_bare_machine(python: Path) -> None:
    probe = "\nimport os; print(os.getuid(), dict(os.environ).get('DISPLAY'))"
    said = run(*BARE, python, "-c", python_example("In a test") + probe)
    assert said.split() == ["65534", "None"]


def test_nothing_but_botocores_own_dependencies_is_imported_that_needs_a_display(
    python: Path,
) -> None:
    probe = "\nimport sys; print([m for m in ('pixelflux', 'Xlib', 'uvicorn') if m in sys.modules])"
    assert run(*BARE, python, "-c", python_example("In a test") + probe) == "[]\n"


@pytest.fixture
def served(python: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The URL of this installation's service, and what it says."""
    listen = f"127.0.0.1:{20000 + os.getpid() % 20000}"
    said = tmp_path / "said"
    argv = [python.parent / "ownstream", "serve", "--driver", "simulated", "--listen", listen]
    with said.open("w") as out:
        process = subprocess.Popen([*argv, "--data-dir", tmp_path / "data"], stderr=out)
    try:
        yield f"http://{listen}", said
    finally:
        process.terminate()
        process.wait(20)


def answer(url: str) -> tuple[int, str]:
    """The status and text of what is answered; 0 while nobody listens."""
    try:
        with urlopen(url) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def test_a_wheel_without_the_page_says_what_is_missing(served: tuple[str, Path]) -> None:
    url, said = served
    deadline = time.monotonic() + 60
    while answer(url)[0] == 0:
        assert time.monotonic() < deadline, said.read_text()
    status, text = answer(url)
    assert (status, "run `make setup`" in text) == (503, True)
    assert "no page for browsers" in said.read_text()

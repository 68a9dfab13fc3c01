"""The package as users have it: a wheel in an empty environment, on a machine that has nothing."""

import shutil
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.support.readme import python_example
from tests.support.service import simulated

ROOT = Path(__file__).parents[2]
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")
# A user who is nobody, every file read-only, no network but loopback, no variable but PATH.
BARE = (
    *("bwrap", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"),
    *("--unshare-user", "--uid", "65534", "--gid", "65534", "--unshare-net", "--unshare-pid"),
    *("--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--chdir", "/", "--die-with-parent"),
)


def run(*argv: str | Path) -> str:
    """What the command says; its error output if it fails."""
    done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has ownstream, from a wheel without its page."""
    folder = tmp_path_factory.mktemp("installed")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("static"))
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
    probe = "\nimport os; print(os.getuid(), os.environ.get('DISPLAY'))"
    said = run(*BARE, python, "-c", python_example("In a test") + probe)
    assert said.split() == ["65534", "None"]


def test_nothing_but_botocores_own_dependencies_is_imported_that_needs_a_display(
    python: Path,
) -> None:
    probe = "\nimport sys; print([m for m in ('pixelflux', 'Xlib', 'uvicorn') if m in sys.modules])"
    assert run(*BARE, python, "-c", python_example("In a test") + probe) == "[]\n"


def test_a_wheel_without_the_page_says_what_is_missing(python: Path, tmp_path: Path) -> None:
    with simulated(tmp_path, python=str(python)) as service:
        with pytest.raises(HTTPError) as refused:
            urlopen(service.url)
        assert refused.value.code == 503
        assert "run `make setup`" in refused.value.read().decode()
        assert "no page for browsers" in service.log.read_text()

"""The page on test mode: it has every path, and its examples run as they stand there."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from unittest.mock import Mock

from ownstream.testmode.app import Controls
from tests.support.service import Served
from tests.support.signing import owner

PAGE = Path(__file__).parents[2] / "docs" / "test-mode.md"
WITHIN_S = 60


def example(language: str) -> str:
    [found] = re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    return found


def run(service: Served, *command: str) -> None:
    by_key = owner(service)
    keys = {"SERVICE": service.url, "KEY": by_key.access_key, "SECRET": by_key.secret_key}
    environment = {**os.environ, **service.environment, **keys}
    done = subprocess.run(command, env=environment, capture_output=True, timeout=WITHIN_S)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_in_python_runs(in_test_mode: Served) -> None:
    run(in_test_mode, sys.executable, "-c", example("python"))


def test_the_example_for_the_shell_runs(in_test_mode: Served) -> None:
    run(in_test_mode, "sh", "-ec", example("sh"))


def test_every_path_is_on_the_page() -> None:
    routes = Controls(*[Mock() for _ in fields(Controls)]).routes()
    paths = {f"{method} {route.path}" for route in routes for method in route.methods - {"HEAD"}}
    assert set(re.findall(r"^\| `([A-Z]+ [^`]+)` \|", PAGE.read_text(), re.MULTILINE)) == paths

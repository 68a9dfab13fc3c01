"""Where the package's own words go: to whoever has asked for them."""

import logging
import subprocess
import sys

import pytest

from ownstream.log import Event, Log
from tests.support.logs import events

SPEAK = """
from ownstream.log import Log
Log("control").bind(fleet="f").warning("sweep failed", why="x y")
Log("control").info("never mind")
"""


def spoken(before: str) -> tuple[str, str]:
    """What goes to standard output and error of a process that warns."""
    command = [sys.executable, "-c", before + SPEAK]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout, done.stderr


def test_a_process_that_has_not_set_up_logging_hears_nothing() -> None:
    assert spoken("") == ("", "")


def test_logging_that_is_set_up_hears_of_warnings() -> None:
    assert spoken("import logging; logging.basicConfig()") == (
        "",
        "WARNING:ownstream.control:sweep failed fleet=f why=x y\n",
    )


def test_the_service_writes_lines_of_logfmt_to_standard_error() -> None:
    before = "from ownstream.cli.serve import log_to_stderr; log_to_stderr(30)"
    out, line = spoken(before)
    assert out == ""
    assert line.startswith("timestamp=")
    assert line.endswith(' level=warning event="sweep failed" fleet=f why="x y"\n')


def test_an_event_keeps_its_fields_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    Log("api").bind(session="s").error("bad", instance=3)
    assert events(caplog) == [Event("bad", {"session": "s", "instance": 3})]


def test_an_exception_comes_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError("why")
    except ValueError:
        Log("api").exception("request failed", request_id="r")
    [record] = caplog.records
    assert record.exc_info
    assert record.levelno == logging.ERROR
    assert "ValueError: why" in caplog.text

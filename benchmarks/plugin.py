"""How long a suite of 200 tests takes on the pytest plugin, against as many that do nothing.

Run by `make bench`. Needs neither X, root nor a browser.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

TESTS = 200
ROUNDS = 3
AIM_S = 10.0
SUITE = """
import pytest

PAIR = {{"FleetName": "f", "StackName": "s"}}


@pytest.mark.parametrize("number", range({tests}))
def test_an_idle_user_is_disconnected(number, appstream, appstream_service):
    appstream.create_fleet(
        Name="f",
        ImageName="AppStream-AmazonLinux2-02-11-2025",
        InstanceType="stream.standard.medium",
        ComputeCapacity={{"DesiredInstances": 2}},
        IdleDisconnectTimeoutInSeconds=900,
    )
    appstream.create_stack(Name="s")
    appstream.associate_fleet(**PAIR)
    appstream.start_fleet(Name="f")
    appstream.get_waiter("fleet_started").wait(Names=["f"])
    url = appstream.create_streaming_url(**PAIR, UserId="ann")["StreamingURL"]
    user = appstream_service.users.connect(url)
    appstream_service.clock.advance(minutes=15)
    assert not user.connected
    [session] = appstream.describe_sessions(**PAIR)["Sessions"]
    assert session["ConnectionState"] == "NOT_CONNECTED"
"""
EMPTY = """
import pytest


@pytest.mark.parametrize("number", range({tests}))
def test_nothing(number):
    pass
"""


def main() -> None:
    """Measures in turns and prints the table."""
    empty, suite = [], []
    for _ in range(ROUNDS):
        empty.append(suite_s(EMPTY))
        suite.append(suite_s(SUITE))
    table = Table(f"seconds, median of {ROUNDS}", "", "aim")
    table.add_row(f"{TESTS} empty tests", f"{statistics.median(empty):.2f}", "")
    table.add_row(f"{TESTS} tests of a session", f"{statistics.median(suite):.2f}", f"< {AIM_S:g}")
    Console(width=100).print(table)


def suite_s(text: str) -> float:
    """Of pytest in a fresh interpreter, from its start to its end."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "test_suite.py")
        path.write_text(text.format(tests=TESTS))
        argv: Sequence[str] = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
        start = time.perf_counter()
        subprocess.run([*argv, path], check=True, cwd=folder, capture_output=True)
        return time.perf_counter() - start


if __name__ == "__main__":
    main()

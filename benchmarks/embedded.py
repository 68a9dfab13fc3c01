"""What the embedded engine costs beyond botocore itself, against botocore's Stubber in one run.

Run by `make bench`. Needs neither X, root nor a browser.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import botocore.session
from botocore.stub import Stubber
from rich.console import Console
from rich.table import Table

import ownstream

STARTS = 9
CALLS = 500
AIMS = {"import to first answer": 500.0, "a call": 1.0}

# The interpreter's end takes long where much is in memory; nobody waits for an answer then.
AT_ONCE = "\nimport os; os._exit(0)"
STUBBED = """
import botocore.session
from botocore.stub import Stubber
client = botocore.session.Session().create_client(
    "appstream", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
with Stubber(client) as stubber:
    stubber.add_response("describe_fleets", {"Fleets": []})
    client.describe_fleets()
"""
EMBEDDED = """
import ownstream
ownstream.Session().create_client("appstream").describe_fleets()
"""


def main() -> None:
    """Measures and prints the table."""
    rows = {
        "import to first answer": (starts_ms(STUBBED + AT_ONCE), starts_ms(EMBEDDED + AT_ONCE)),
        "the same to the process's end": (starts_ms(STUBBED), starts_ms(EMBEDDED)),
        "a call": (stubbed_calls_ms(), embedded_calls_ms()),
    }
    table = Table("milliseconds, median", "botocore", "ownstream", "beyond it", "aim")
    for name, (plain, embedded) in rows.items():
        medians = (statistics.median(plain), statistics.median(embedded))
        numbers = [f"{value:.2f}" for value in (*medians, medians[1] - medians[0])]
        table.add_row(name, *numbers, f"< {AIMS[name]:g}" if name in AIMS else "")
    Console(width=100).print(table)


def starts_ms(program: str) -> Sequence[float]:
    """Of a fresh interpreter, from its start to its end."""

    def start() -> None:
        subprocess.run([sys.executable, "-c", program], check=True)

    start()  # what is read from disk is in memory afterwards
    return [_elapsed_ms(start) for _ in range(STARTS)]


def stubbed_calls_ms() -> Sequence[float]:
    """DescribeFleets of one fleet, answered by a Stubber."""
    with ownstream.Session() as session:
        answer = _with_a_fleet(session).describe_fleets()
    client = botocore.session.Session().create_client(
        "appstream", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    with Stubber(client) as stubber:
        for _ in range(CALLS):
            stubber.add_response("describe_fleets", answer)
        return [_elapsed_ms(client.describe_fleets) for _ in range(CALLS)]


def embedded_calls_ms() -> Sequence[float]:
    """DescribeFleets of one fleet, answered by the engine."""
    with ownstream.Session() as session:
        client = _with_a_fleet(session)
        return [_elapsed_ms(client.describe_fleets) for _ in range(CALLS)]


def _with_a_fleet(session: ownstream.Session) -> Any:
    client = session.create_client("appstream")
    image = client.describe_images()["Images"][0]["Name"]
    client.create_fleet(
        Name="f",
        ImageName=image,
        InstanceType="stream.standard.medium",
        ComputeCapacity={"DesiredInstances": 1},
    )
    return client


def _elapsed_ms(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()

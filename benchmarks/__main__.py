"""The number sheet: opening a URL to the first frame, and a key press to the changed pixel.

Run by `make bench`. Medians and spread of one run on one machine; compare ratios, not figures.
"""

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from rich.console import Console
from rich.table import Table
from tests.support import fleets
from tests.support.browser import chromium, new_page, open_session
from tests.support.service import Served, served

from benchmarks.measure import instance_memory_mib, key_to_pixel_ms

OPENINGS = 15
KEYS = 60
AIMS = {"opening the URL to first frame, ms": 1500.0, "key press to changed pixel, ms": 50.0}


def main() -> None:
    """Measures and prints the table."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        base = Path(folder)
        base.chmod(0o755)  # instances' users pass through it
        with served(base / "data", base / "instances") as service:
            rows = measure(service, browser)
    show(rows)


def measure(service: Served, browser: Browser) -> dict[str, Sequence[float]]:
    """The samples of each row."""
    client = service.client()
    name = fleets.running_pair(client, instances=2)
    openings = [open_once(client, browser, name, f"user{n}") for n in range(OPENINGS)]
    page = new_page(browser)
    open_session(page, fleets.streaming_url(client, name, "typist", ApplicationId="xterm"))
    keys = key_to_pixel_ms(page, KEYS)
    memory = instance_memory_mib(service)
    page.context.close()
    fleets.stop(client, name)
    return {
        "opening the URL to first frame, ms": openings,
        "key press to changed pixel, ms": keys,
        "memory of a warm instance, MiB PSS": memory,
    }


def open_once(client: Any, browser: Browser, name: str, user: str) -> float:
    """Milliseconds from opening a URL to its first frame, on a warm fleet and in a fresh page."""
    await_room(client, name)
    url = fleets.streaming_url(client, name, user, ApplicationId="xterm")
    page: Page = new_page(browser)
    started = time.perf_counter()
    open_session(page, url)
    elapsed_ms = (time.perf_counter() - started) * 1000
    page.context.close()
    pair = {"StackName": name, "FleetName": name}
    for session in client.describe_sessions(**pair)["Sessions"]:
        if session["UserId"] == user:
            client.expire_session(SessionId=session["Id"])
    return elapsed_ms


def await_room(client: Any, name: str) -> None:
    """The whole fleet is ready again."""
    while (
        client.describe_fleets(Names=[name])["Fleets"][0]["ComputeCapacityStatus"]["Available"] < 2
    ):
        time.sleep(0.1)


def show(rows: dict[str, Sequence[float]]) -> None:
    """The table on standard output."""
    table = Table("", "median", "p95", "n", "aim")
    for name, samples in rows.items():
        ordered = sorted(samples)
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        aim = f"< {AIMS[name]:.0f}" if name in AIMS else ""
        numbers = (f"{statistics.median(samples):.0f}", f"{p95:.0f}", str(len(samples)))
        table.add_row(name, *numbers, aim)
    console = Console(width=100)
    console.print(table)
    console.print(f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}")


if __name__ == "__main__":
    main()

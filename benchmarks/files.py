"""Files of several gigabytes: how fast they go, in what memory, and what typing feels of it.

A sparse file goes in by a browser's file chooser and out by curl, through service, agent and
sandbox of one machine, so all share its processors.
"""

import json
import os
import platform
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page
from rich.console import Console
from rich.table import Table
from tests.support.my_files import await_uploads, choose, open_files
from tests.support.service import Served

from benchmarks.sheet.browser import ANSWER_WITHIN_MS
from benchmarks.sheet.report import percentile
from benchmarks.sheet.stamp import Scene
from benchmarks.sheet.visit import stage
from benchmarks.soak.desk import SIZE, Desk, desk

SIZE_BYTES = 3 << 30
KEYS = 30
WITHIN_MS = 600_000
SAMPLE_S = 0.05


@dataclass
class Memory:
    """The most memory that each process has had so far, in MiB."""

    peaks: dict[str, float] = field(default_factory=dict[str, float])

    def look(self, names: dict[str, int]) -> None:
        """Takes note of what the processes of these names have now."""
        for name, pid in names.items():
            self.peaks[name] = max(self.peaks.get(name, 0.0), _rss_mib(pid))


def main() -> None:
    """Measures and prints the table."""
    with stage([SIZE]) as made, desk(made) as at:
        large = made.folder / "large"
        with large.open("wb") as file:
            file.truncate(SIZE_BYTES)
        show(measure(at, large))


def measure(at: Desk, large: Path) -> list[tuple[str, ...]]:
    """The rows of the table."""
    service, page = at.session.served, at.page.page
    rows = [("typing, nothing else going on", "", *_typing(at))]
    open_files(page)
    small = large.with_name("small")
    small.write_bytes(b"x")
    choose(page, small)
    await_uploads(page, 1)
    with watched(service) as memory:
        before = dict(memory.peaks)
        began = time.monotonic()
        choose(page, large)
        await_uploads(page, 2, WITHIN_MS)
        rows.append(_row("upload", began, before, memory))
    with watched(service) as memory:
        before = dict(memory.peaks)
        began = time.monotonic()
        download(page, "/dev/null")
        rows.append(_row("download", began, before, memory))
    page.keyboard.press("Escape")
    with downloading(page):
        rows.append(("typing, a download at full speed", "", *_typing(at)))
    return rows


@contextmanager
def watched(service: Served) -> Iterator[Memory]:
    """The memory of the service, the agent and the file server meanwhile."""
    memory, over = Memory(), threading.Event()
    names = _processes(service)
    memory.look(names)

    def watch() -> None:
        while not over.wait(SAMPLE_S):
            memory.look(names)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()


@contextmanager
def downloading(page: Page) -> Iterator[None]:
    """The file is downloaded again and again meanwhile."""
    command = ["sh", "-c", f"while :; do {_curl(page, '/dev/null')}; done"]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def download(page: Page, target: str) -> None:
    """The file has been downloaded to this path."""
    subprocess.run(["sh", "-c", _curl(page, target)], check=True)


def show(rows: Sequence[tuple[str, ...]]) -> None:
    """The table on standard output."""
    table = Table(
        "", "MB/s", "key to pixel ms, median", "p95", "memory at the start to the most, MiB"
    )
    for row in rows:
        table.add_row(*row)
    console = Console(width=150)
    console.print(table)
    console.print(f"{SIZE_BYTES >> 30} GiB, {os.cpu_count()} cores, Linux {platform.release()}")


def _row(name: str, began: float, before: dict[str, float], memory: Memory) -> tuple[str, ...]:
    rate = SIZE_BYTES / (time.monotonic() - began) / 1e6
    told = ", ".join(f"{who} {before[who]:.0f} to {most:.0f}" for who, most in memory.peaks.items())
    return (name, f"{rate:.0f}", "", "", told)


def _typing(at: Desk) -> tuple[str, str, str]:
    at.page.begin(Scene.TYPING)
    samples = sorted(at.page.key_to_pixel_ms() or ANSWER_WITHIN_MS for _ in range(KEYS))
    return (f"{statistics.median(samples):.0f}", f"{percentile(samples, 0.95):.0f}", "")


def _curl(page: Page, target: str) -> str:
    address = urlsplit(page.url)
    session = parse_qs(address.query)["session"][0]
    jar = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
    path = f"/files/content?session={session}&path=TemporaryFiles/large"
    where = f"http://{address.netloc}{path}"
    return f"curl --silent --show-error --fail --cookie '{jar}' --output '{target}' '{where}'"


def _processes(service: Served) -> dict[str, int]:
    """The service, and the agent and the file server of its one instance, by number."""
    assert service.process is not None
    (record,) = service.instances_dir.glob("i-*/record.json")
    known = {
        name: each["pid"] for name, each in json.loads(record.read_text())["processes"].items()
    }
    children = Path(f"/proc/{known['init']}/task/{known['init']}/children").read_text().split()
    lines = {int(pid): _read(Path(f"/proc/{pid}/cmdline")) for pid in children}
    (server,) = [pid for pid, line in lines.items() if "inside.files" in line]
    return {"service": service.process.pid, "agent": known["agent"], "file server": server}


def _rss_mib(pid: int) -> float:
    for line in _read(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


if __name__ == "__main__":
    main()

"""What a session at rest takes: memory, open files and threads of its processes and its page."""

from collections.abc import Mapping
from typing import Any

from benchmarks.sheet.peers import is_probe
from benchmarks.sheet.processes import (
    Pids,
    command_line,
    open_files,
    own_mib,
    pss_mib,
    threads,
)
from benchmarks.soak.desk import Desk
from benchmarks.soak.verdict import POOL, Row

AGENT, X_SERVER, FILE_SERVER = "agent", "X server", "file server"
REST, SERVICE, APPLICATIONS = "the session's other processes", "service", "applications"
PAGE, BROWSER = "page", "the rest of the browser"

_KINDS = {"from inside.files": FILE_SERVER, "ownstream.agent": AGENT, "Xvnc": X_SERVER}


def measures(desk: Desk) -> dict[Row, float]:
    """Of each row what there is now."""
    found: dict[Row, float] = {}
    for who, pids in _groups(desk).items():
        found[Row(who, "memory", "MiB", is_judged=who != APPLICATIONS)] = own_mib(pids)
        found[Row(who, "PSS", "MiB", is_judged=False)] = pss_mib(pids)
        if who in (AGENT, SERVICE, FILE_SERVER):
            found[Row(who, "open files", "")] = open_files(pids)
            found[Row(who, "threads", "", least=POOL)] = threads(pids)
    return found | _page(desk)


def _groups(desk: Desk) -> Mapping[str, Pids]:
    groups: dict[str, set[int]] = {}
    for pid in desk.session.processes():
        groups.setdefault(_kind(command_line(pid)), set()).add(pid)
    groups.setdefault(APPLICATIONS, set()).update(filter(is_probe, desk.session.instances()))
    groups[SERVICE] = set(desk.session.service())
    return {who: frozenset(pids) for who, pids in groups.items()}


def _kind(line: str) -> str:
    if "xclip" in line:
        return APPLICATIONS
    if "bwrap" in line.partition(" ")[0]:  # it names what it has started
        return REST
    return next((kind for mark, kind in _KINDS.items() if mark in line), REST)


def _page(desk: Desk) -> Mapping[Row, float]:
    """What the page has after its garbage is collected, and the process that draws it."""
    devtools = desk.page.page.context.new_cdp_session(desk.page.page)
    devtools.send("Performance.enable")
    for _ in range(2):  # what waits for its end is freed by the second
        devtools.send("HeapProfiler.collectGarbage")
    metrics: Any = devtools.send("Performance.getMetrics")
    devtools.detach()
    values = {each["name"]: each["value"] for each in metrics["metrics"]}
    renderer, others = _browsers_processes(desk)
    life = {"of_page": True}
    return {
        Row(PAGE, "heap", "MiB", **life): values["JSHeapUsedSize"] / (1 << 20),
        Row(PAGE, "nodes", "", **life): values["Nodes"],
        Row(PAGE, "listeners", "", **life): values["JSEventListeners"],
        Row(PAGE, "memory", "MiB", **life): own_mib(renderer),
        Row(PAGE, "PSS", "MiB", is_judged=False, **life): pss_mib(renderer),
        Row(BROWSER, "memory", "MiB", is_judged=False): own_mib(others),
    }


def _browsers_processes(desk: Desk) -> tuple[Pids, Pids]:
    """The renderer that shows the session, the largest by far, and all other processes."""
    devtools = desk.browser.new_browser_cdp_session()
    told: Any = devtools.send("SystemInfo.getProcessInfo")
    devtools.detach()
    pids = {each["id"]: each["type"] for each in told["processInfo"]}
    renderers = [pid for pid, kind in pids.items() if kind == "renderer"]
    shown = frozenset({max(renderers, key=lambda pid: own_mib([pid]))})
    return shown, frozenset(pids) - shown

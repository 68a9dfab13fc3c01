"""What dies in mid-session, and what is left: nothing lost, nothing orphaned."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.scenarios.test_main_job import GREEN, PAINT, type_line
from tests.scenarios.test_sessions import await_capacity
from tests.support import fleets
from tests.support.browser import await_colour, await_state, open_session
from tests.support.service import Served

CGROUPS = Path("/sys/fs/cgroup")


def victims(service: Served, program: str) -> list[int]:
    """Processes of this name below the service's instances."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().split(b"\0")
            within = str(service.instances_dir) in (entry / "mountinfo").read_text()
        except OSError:
            continue
        if within and program.encode() in b" ".join(line) and not line[0].endswith(b"bwrap"):
            found.append(int(entry.name))
    return found


def leftovers(service: Served) -> list[str]:
    """Processes, files, mounts and limits of instances."""
    files = [str(path) for path in service.instances_dir.glob("i-*")]
    mounts = [
        line
        for line in Path("/proc/mounts").read_text().splitlines()
        if str(service.instances_dir) in line
    ]
    groups = [str(path) for path in CGROUPS.rglob("i-*") if path.is_dir()]
    return [*service.processes(), *files, *mounts, *groups]


@pytest.mark.parametrize("program", ["ownstream.agent", "Xvnc"])
def test_when_a_part_of_an_instance_dies_it_is_replaced(
    own_service: Served, page: Page, program: str
) -> None:
    client = own_service.client()
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    for pid in victims(own_service, program):
        os.kill(pid, signal.SIGKILL)
    await_state(page, "ended")
    await_capacity(client, name, 1)
    fleets.stop(client, name)
    assert leftovers(own_service) == []


@pytest.mark.parametrize("end", [Served.kill, Served.hand_over], ids=["killed", "restarted"])
def test_a_service_that_comes_back_takes_its_sessions_up_again(
    own_service: Served, page: Page, end: Callable[[Served], object]
) -> None:
    client = own_service.client()
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    type_line(page, PAINT)
    await_colour(page, GREEN)
    client.create_stack(Name="acknowledged")
    end(own_service)
    await_state(page, "reconnecting")
    own_service.start()
    await_state(page, "streaming")
    await_colour(page, GREEN)  # the same window, as it was left
    type_line(page, r"printf '\033]11;#0000ff\007'")
    await_colour(page, (0, 0, 255))
    stacks = [stack["Name"] for stack in client.describe_stacks()["Stacks"]]
    assert stacks == ["acknowledged", name]
    (session,) = client.describe_sessions(StackName=name, FleetName=name)["Sessions"]
    assert session["State"] == "ACTIVE"
    fleets.stop(client, name)
    assert leftovers(own_service) == []


def test_sigterm_leaves_nothing_running(own_service: Served, page: Page) -> None:
    client = own_service.client()
    name = fleets.running_pair(client)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    assert own_service.stop() == 0
    await_state(page, "ended")
    assert "service has been stopped" in page.inner_text("body")
    assert leftovers(own_service) == []


def test_a_stopped_service_keeps_its_state(own_service: Served) -> None:
    client = own_service.client()
    name = fleets.running_pair(client)
    own_service.stop()
    own_service.start()
    client.get_waiter("fleet_started").wait(Names=[name], WaiterConfig=fleets.QUICK)
    await_capacity(client, name, 1)


def test_no_secret_reaches_the_log(own_service: Served, page: Page) -> None:
    client = own_service.client()
    name = fleets.running_pair(client)
    url = fleets.streaming_url(client, name, ApplicationId="xterm")
    open_session(page, url)
    (cookie,) = page.context.cookies()
    credentials = (own_service.data_dir / "aws" / "credentials").read_text()
    secret = credentials.partition("aws_secret_access_key = ")[2].split()[0]
    log = own_service.log.read_text()
    assert "signature" not in log
    assert cookie["value"] not in log
    assert secret not in log
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")

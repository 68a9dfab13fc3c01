"""Instances of the process driver as tests use them: launched, probed from inside, gone again."""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Coroutine, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from select import select
from typing import Any, Self

from ownstream.channel.framing import framed, json_message
from ownstream.channel.tags import FromGateway
from ownstream.drivers.base import (
    Application,
    Handle,
    Image,
    InstanceDriver,
    InstanceSpec,
    Observation,
    Seen,
)
from ownstream.drivers.process import ProcessDriver
from ownstream.drivers.process.record import Record

WITHIN_S = 30.0
MIB = 1 << 20
HOME = "/home/as2-streaming-user"
PROBE = Application(
    name="probe", display_name="Probe", command=("/usr/bin/python3", f"{HOME}/probe.py")
)
IMAGE = Image(
    name="probes",
    display_name="Probes",
    description="The host with a program that does what a test says",
    platform="UBUNTU_PRO_2404",
    applications=(PROBE,),
)
SPEC = InstanceSpec(
    id="i-1", image=IMAGE, view="APP", memory_bytes=512 * MIB, cpus=2.0, internet=False
)

# Does what it is told: reads Python from one pipe, answers what it evaluates to into another.
_PROBE_SOURCE = """
import json, os
names = {}
with open(os.path.expanduser("~/ask")) as ask, open(os.path.expanduser("~/answer"), "w") as answer:
    for line in ask:
        code, expression = json.loads(line)
        try:
            exec(code, names)
            said = {"value": eval(expression, names)}
        except BaseException as error:
            said = {"error": type(error).__name__, "text": str(error)}
        answer.write(json.dumps(said, default=repr) + "\\n")
        answer.flush()
"""


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """What it returns; it may take half a minute, not longer."""

    async def bounded() -> Any:
        async with asyncio.timeout(WITHIN_S):
            return await work

    return asyncio.run(bounded())


def spec(id_: str = "i-1", **members: Any) -> InstanceSpec:
    """A small instance with the probe as its application."""
    return replace(SPEC, id=id_, **members)


async def launch(driver: InstanceDriver, wanted: InstanceSpec) -> Handle:
    """The last handle of a launch."""
    return [handle async for handle in driver.launch(wanted)][-1]


async def look(driver: InstanceDriver, id_: str, handle: Handle) -> Observation:
    """One instance as it is now."""
    return (await driver.observe({id_: handle}))[id_]


async def until(driver: InstanceDriver, id_: str, handle: Handle, seen: Seen) -> Observation:
    """The first look that shows this; fails at once when what is seen can no longer come to it."""
    while (now := await look(driver, id_, handle)).seen is not seen:
        assert seen is not Seen.READY or now.seen is Seen.STARTING, now
        # The port has nothing to wait on: it is asked again, as the reconciler does.
        await asyncio.sleep(0.01)
    return now


async def launch_ready(driver: InstanceDriver, wanted: InstanceSpec) -> Handle:
    """The handle of an instance whose agent takes a session."""
    handle = await launch(driver, wanted)
    await until(driver, wanted.id, handle, Seen.READY)
    return handle


@contextlib.contextmanager
def instances_folder() -> Iterator[Path]:
    """A folder for instances that the users of sandboxes can pass through, unlike pytest's own."""
    top = Path(tempfile.mkdtemp(prefix="ownstream-test-", dir="/var/tmp"))
    top.chmod(0o711)
    try:
        yield top / "instances"
    finally:
        left = run(_retire_all(top / "instances"))
        shutil.rmtree(top, ignore_errors=True)
        assert not left, f"instances that the test left could not be ended: {left}"


async def _retire_all(folder: Path) -> list[str]:
    driver = ProcessDriver(folder)
    for id_ in await driver.inventory():
        await driver.retire(id_, None)
    left = await driver.inventory()
    await driver.close()
    return list(left)


class Inside:
    """A program of the catalog, running in an instance, that does what a test says."""

    def __init__(self, folder: Path, id_: str, handle: Mapping[str, Any]) -> None:
        self.top = folder / id_
        self.record = Record.from_handle(handle)
        home = self.top / "home"
        owner = home.stat().st_uid
        (home / "probe.py").write_text(_PROBE_SOURCE)
        os.chown(home / "probe.py", owner, owner if os.geteuid() == 0 else -1)
        for name in ("ask", "answer"):
            os.mkfifo(home / name, 0o600)
            os.chown(home / name, owner, owner if os.geteuid() == 0 else -1)
        # Opened for both ways, a pipe neither waits for its other end nor ends with it.
        self._ask = os.open(home / "ask", os.O_RDWR)
        self._answer = os.open(home / "answer", os.O_RDWR)
        self._stream = socket.socket(socket.AF_UNIX)
        self._stream.connect(str(self.top / "run" / "agent.sock"))
        granted = {"own": None, "more": []}
        hello = {"session": "s-1", "application": "probe", "environment": {}, "catalog": granted}
        self._stream.sendall(framed(json_message(FromGateway.OPEN, hello)))

    def value(self, expression: str, after: str = "") -> Any:
        """What the expression is in there, after some statements; the test fails if it raises."""
        said = self.said(expression, after)
        assert "value" in said, said
        return said["value"]

    def error(self, expression: str, after: str = "") -> str:
        """The name of the exception that it raises in there; the test fails if it raises none."""
        said = self.said(expression, after)
        assert "error" in said, said
        return said["error"]

    def said(self, expression: str, after: str = "") -> dict[str, Any]:
        """The value, or the error and its text."""
        os.write(self._ask, json.dumps([after, expression]).encode() + b"\n")
        return self._answered()

    def _answered(self) -> dict[str, Any]:
        line = b""
        while not line.endswith(b"\n"):
            readable, _, _ = select([self._answer], [], [], WITHIN_S)
            assert readable, f"no answer from within; agent's log:\n{self.log()}"
            line += os.read(self._answer, 65536)
        return json.loads(line)

    def log(self) -> str:
        """What agent and sandbox printed."""
        return "\n".join(path.read_text() for path in self.top.glob("*.log"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Lets go of the pipes; the program goes on."""
        for fd in (self._ask, self._answer):
            os.close(fd)
        self._stream.close()

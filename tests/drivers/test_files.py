"""Files of real instances: in and out by the agent, and what programs in the sandbox may try."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ownstream.channel.framing import LENGTH, framed, json_message
from ownstream.channel.tags import FromGateway, ToService
from ownstream.domain.user_settings import complete_settings
from ownstream.drivers.process import ProcessDriver
from tests.support.file_server import NOON_NS
from tests.support.instances import (
    HOME,
    WITHIN_S,
    Inside,
    instances_folder,
    launch_ready,
    run,
    spec,
)

T = "TemporaryFiles"
HERE = f"{HOME}/MyFiles/{T}"


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    """An instance with a program in it."""
    with instances_folder() as folder:
        driver = ProcessDriver(folder)
        handle = run(launch_ready(driver, spec("i-1")))
        with Inside(folder, "i-1", handle) as made:
            made.value("None", after="import os, signal, subprocess, glob")
            yield made
        run(driver.close())


class Visitor:
    """The gateway's end of a visit to the instance's agent."""

    def __init__(self, inside: Inside, *disabled: str) -> None:
        settings = [{"Action": action, "Permission": "DISABLED"} for action in disabled]
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(WITHIN_S)
        self.socket.connect(str(inside.top / "run" / "agent.sock"))
        body = {"session": "s-1", "userSettings": complete_settings(settings)}
        self.socket.sendall(framed(json_message(FromGateway.FILES, body)))

    def ask(self, do: str, path: list[str], data: bytes = b"", **members: Any) -> dict[str, Any]:
        length = {"length": len(data)} if do == "write" else {}
        body = {"do": do, "path": path, **members, **length}
        self.socket.sendall(framed(json_message(FromGateway.ASK, body)) + data)
        (length_of_answer,) = LENGTH.unpack(self.exactly(4))
        message = self.exactly(length_of_answer)
        assert message[0] == ToService.ANSWER
        return json.loads(message[1:])

    def write(self, path: list[str], data: bytes) -> dict[str, Any]:
        return self.ask("write", path, data, size=len(data), modified=NOON_NS, offset=0)

    def read(self, path: list[str]) -> bytes | str:
        """What the file has, or why it is not read."""
        answer = self.ask("read", path, offset=0)
        return self.exactly(answer["length"]) if "length" in answer else answer["error"]

    def exactly(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            piece = self.socket.recv(length - len(data))
            assert piece, "the agent has closed the visit"
            data += piece
        return bytes(data)


Visits = Callable[..., Visitor]


@pytest.fixture
def visit(inside: Inside) -> Iterator[Visits]:
    """Visitors whose stack disables these actions."""
    made: list[Visitor] = []

    def visit(*disabled: str) -> Visitor:
        made.append(Visitor(inside, *disabled))
        return made[-1]

    yield visit
    for visitor in made:
        visitor.socket.close()


@pytest.fixture
def visitor(visit: Visits) -> Visitor:
    return visit()


def test_files_go_to_the_applications_and_come_from_them(inside: Inside, visitor: Visitor) -> None:
    data = os.urandom(3 << 20)
    assert visitor.write([T, "ünï ©.bin"], data)["name"] == "ünï ©.bin"
    assert inside.value(f"os.path.getsize('{HERE}/ünï ©.bin')") == len(data)
    inside.value("None", after=f"os.rename('{HERE}/ünï ©.bin', '{HERE}/back')")
    assert visitor.read([T, "back"]) == data
    # What has been uploaded is the user's: applications change it and take it away.
    inside.value("None", after=f"open('{HERE}/back', 'a').write('x')")
    assert visitor.read([T, "back"]) == data + b"x"
    inside.value("None", after=f"os.unlink('{HERE}/back')")


def test_every_session_has_a_folder_for_temporary_files(inside: Inside) -> None:
    assert inside.value(f"os.path.isdir('{HERE}')")


@pytest.mark.parametrize("target", ["/etc/passwd", "/proc/1/environ", "/run/ownstream/xauthority"])
def test_a_link_leads_nowhere(inside: Inside, visitor: Visitor, target: str) -> None:
    inside.value("None", after=f"os.symlink('{target}', '{HERE}/link')")
    kinds = {row["name"]: row["kind"] for row in visitor.ask("list", [T])["entries"]}
    assert kinds["link"] == "link"
    assert visitor.read([T, "link"]) == "not_a_file"
    folder = os.path.dirname(target)
    inside.value("None", after=f"os.unlink('{HERE}/link'); os.symlink('{folder}', '{HERE}/link')")
    assert visitor.read([T, "link", os.path.basename(target)]) == "not_found"
    assert visitor.ask("list", [T, "link"])["error"] == "not_found"
    assert visitor.ask("delete", [T, "link"]) == {"deleted": True}


@pytest.mark.parametrize(
    "path",
    [["..", "..", "etc", "passwd"], ["..", "probe.py"], ["/etc/passwd"], [T, "../../probe.py"]],
    ids=str,
)
def test_a_name_that_climbs_leads_nowhere(visitor: Visitor, path: list[str]) -> None:
    assert visitor.read(path) == "bad_name"
    assert visitor.ask("delete", path)["error"] == "bad_name"


def test_a_pipe_holds_nobody_up(inside: Inside, visitor: Visitor) -> None:
    inside.value("None", after=f"os.mkfifo('{HERE}/pipe')")
    assert visitor.read([T, "pipe"]) == "not_a_file"
    assert visitor.ask("delete", [T, "pipe"]) == {"deleted": True}


def test_a_folder_that_is_swapped_for_a_link_leads_nowhere(
    inside: Inside, visitor: Visitor
) -> None:
    inside.value("None", after=_SWAP)
    try:
        seen = {visitor.read([T, "swapped", "passwd"]) for _ in range(300)}
    finally:
        inside.value("None", after="swapping.kill(); swapping.wait()")
    assert seen <= {b"mine", "not_found"}


_SWAP = f"""
os.mkdir("{HERE}/kept")
open("{HERE}/kept/passwd", "w").write("mine")
swap = "while :; do mv kept swapped; mv swapped kept; ln -sT /etc swapped; rm swapped; done"
swapping = subprocess.Popen(["sh", "-c", swap], cwd="{HERE}")
"""


def test_a_folder_that_nobody_may_read_is_told(inside: Inside, visitor: Visitor) -> None:
    inside.value("None", after=f"os.mkdir('{HERE}/closed', 0)")
    assert visitor.ask("list", [T, "closed"])["error"] == "denied"
    assert visitor.ask("delete", [T, "closed"])["error"] == "denied"
    inside.value("None", after=f"os.rmdir('{HERE}/closed')")


def test_a_program_that_kills_the_file_server_gains_a_new_one(
    inside: Inside, visit: Visits
) -> None:
    first = visit()
    assert "entries" in first.ask("list", [])
    inside.value("killed", after=_KILL_FILE_SERVER)
    assert first.ask("list", [])["error"] == "failed"
    assert "entries" in visit().ask("list", [])


_KILL_FILE_SERVER = """
killed = []
for path in glob.glob("/proc/[0-9]*/cmdline"):
    if b"inside.files" in open(path, "rb").read():
        killed.append(int(path.split("/")[2]))
        os.kill(killed[-1], signal.SIGKILL)
assert killed
"""


def test_a_hostile_page_gains_nothing_that_its_stack_disables(
    inside: Inside, visit: Visits
) -> None:
    inside.value("None", after=f"open('{HERE}/secret', 'w').write('secret')")
    no_download = visit("FILE_DOWNLOAD")
    for do in ("read", "look"):
        assert no_download.ask(do, [T, "secret"], offset=0)["error"] == "not_allowed"
    assert no_download.write([T, "allowed"], b"x")["name"] == "allowed"
    no_upload = visit("FILE_UPLOAD")
    assert no_upload.read([T, "secret"]) == b"secret"
    for do in ("arrived", "cancel", "folder", "rename", "delete"):
        members = {"size": 1, "modified": 0, "name": "x"}
        assert no_upload.ask(do, [T, "secret"], **members)["error"] == "not_allowed"
    assert no_upload.write([T, "new"], b"x")["error"] == "not_allowed"
    assert not inside.value(f"os.path.exists('{HERE}/new')")
    nothing = visit("FILE_UPLOAD", "FILE_DOWNLOAD")
    assert nothing.ask("list", [T])["error"] == "not_allowed"
    for do in ("scan", "digest", "open"):
        assert "error" in visit().ask(do, [T, "secret"])


def test_what_the_agent_passes_in_belongs_to_the_user(inside: Inside, visitor: Visitor) -> None:
    visitor.write([T, "mine"], b"x")
    path: Path = inside.top / "home" / "MyFiles" / T / "mine"
    assert path.stat().st_uid == (inside.top / "home").stat().st_uid

"""The Image Assistant in an image builder, and that no other instance has its door."""

import asyncio
import json
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ownstream.channel.endpoint import connect
from ownstream.channel.framing import LENGTH, framed, json_body, json_message, read_message
from ownstream.channel.tags import (
    MAX_ANSWER_BYTES,
    MAX_MAKING_BYTES,
    FromGateway,
    ToService,
)
from ownstream.control import inside
from ownstream.drivers.process import ProcessDriver
from tests.support.instances import IMAGE, Inside, instances_folder, launch_ready, run, spec

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has image builders")

ADD = "image-assistant add-application --name"
SUCCESS = {"status": 0, "message": "Success"}


@dataclass(frozen=True)
class Builder:
    """An image builder that runs."""

    endpoint: str

    def said(self, command: str) -> Mapping[str, Any]:
        """What a command of the assistant answers; its exit status is the answer's."""
        status, text = run(self.ran(command))
        answer = json.loads(text)
        assert answer["status"] == status
        return answer

    async def ran(self, command: str) -> tuple[int, str]:
        printed: list[bytes] = []
        argv = ["/bin/sh", "-c", command]
        status = await inside.run(self.endpoint, argv, on_output=printed.append)
        return status, b"".join(printed).decode()

    async def asked(self, command: str, answer: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """What control hears of the command's request, and what comes of this answer to it."""
        reader, writer = await connect(self.endpoint)
        writer.write(framed(json_message(FromGateway.ATTEND, {})))
        await asyncio.sleep(0.3)  # the agent says nothing of who attends
        running = asyncio.create_task(self.ran(command))
        message = await read_message(reader, max_bytes=MAX_ANSWER_BYTES)
        assert message is not None
        assert message[0] == ToService.REQUEST
        heard = json_body(message)
        writer.write(framed(json_message(FromGateway.REPLY, {"id": heard["id"], "answer": answer})))
        _, text = await running
        writer.close()
        return heard["asked"], text


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    with instances_folder() as folder:
        driver = ProcessDriver(folder)
        layers = (asyncio.run(driver.disks.base()),)
        wanted = spec(image=replace(IMAGE, layers=layers), volume="v-0123456789abcdef")
        handle = run(launch_ready(driver, wanted))
        yield Builder(f"unix:{folder / 'i-1' / 'run' / 'agent.sock'}")
        run(driver.retire("i-1", handle))
        run(driver.close())


@pytest.fixture(scope="module")
def other() -> Iterator[Inside]:
    """An instance that is no image builder."""
    with instances_folder() as folder:
        driver = ProcessDriver(folder)
        handle = run(launch_ready(driver, spec()))
        with Inside(folder, "i-1", handle) as probe:
            yield probe
        run(driver.retire("i-1", handle))
        run(driver.close())


def test_applications_are_added_listed_and_removed(builder: Builder) -> None:
    assert builder.said(f"{ADD} one --absolute-app-path /usr/bin/xterm") == SUCCESS
    more = "--display-name 'The Other' --launch-parameters '-T \"a b\"' --working-directory /opt"
    assert builder.said(f"sudo {ADD} two --absolute-app-path /usr/bin/xterm {more}") == SUCCESS
    assert builder.said("AppStreamImageAssistant list-applications") == {
        **SUCCESS,
        "applications": [
            {"Name": "one", "DisplayName": "xterm", "AbsoluteAppPath": "/usr/bin/xterm"},
            {
                "Name": "two",
                "DisplayName": "The Other",
                "AbsoluteAppPath": "/usr/bin/xterm",
                "WorkingDirectory": "/opt",
                "LaunchParameters": '-T "a b"',
            },
        ],
    }
    for name in ("one", "two"):
        assert builder.said(f"image-assistant remove-application --name {name}") == SUCCESS
    assert builder.said("image-assistant list-applications")["applications"] == []


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (f"{ADD} x --absolute-app-path /nowhere", "File not found (absolute-app-path)"),
        (f"{ADD} x --absolute-app-path xterm", "File not found (absolute-app-path)"),
        (f"{ADD} x --absolute-app-path /etc/passwd", "File cannot be run (absolute-app-path)"),
        (
            f"{ADD} x --absolute-app-path /usr/bin/xterm --working-directory /nowhere",
            "Directory not found (working-directory)",
        ),
        (
            f"{ADD} x --absolute-app-path /usr/bin/xterm --absolute-manifest-path /nowhere",
            "Optimization-manifest not found: /nowhere",
        ),
        ("image-assistant remove-application --name nope", "App not found"),
        ("image-assistant create-image --name AWS-x", "cannot start with"),
        ("image-assistant create-image --name x --tags a", "Invalid value (tags)"),
        ("image-assistant create-image --name x --enable-dynamic-app-catalog", "not supported"),
    ],
)
def test_what_cannot_be_is_said_in_appstreams_words(
    builder: Builder, command: str, message: str
) -> None:
    answer = builder.said(command)
    assert answer["status"] == 1
    assert message in answer["message"]


def test_a_name_is_given_once(builder: Builder) -> None:
    add = f"{ADD} once --absolute-app-path /usr/bin/xterm"
    assert builder.said(add) == SUCCESS
    assert builder.said(add) == {"status": 1, "message": "Name is not unique"}
    builder.said("image-assistant remove-application --name once")


def test_control_hears_of_an_image_with_all_that_it_is_to_have(builder: Builder) -> None:
    builder.said(f"{ADD} calc --absolute-app-path /usr/bin/galculator")
    command = "image-assistant create-image --name i --description d --tags a b --dry-run"
    heard, text = run(builder.asked(command, {"status": 1, "message": "because"}))
    builder.said("image-assistant remove-application --name calc")
    (application,) = heard.pop("applications")
    assert heard == {
        "do": "create-image",
        "name": "i",
        "description": "d",
        "displayName": "",
        "tags": {"a": "b"},
        "latestAgent": False,
        "dryRun": True,
    }
    assert (application["name"], application["path"]) == ("calc", "/usr/bin/galculator")
    assert application["icon"]["type"] in ("image/svg+xml", "image/png")
    assert json.loads(text) == {"status": 1, "message": "because"}


def test_where_nobody_attends_the_assistant_says_so(builder: Builder) -> None:
    answer = builder.said("image-assistant create-image --name i")
    assert answer["status"] == 255
    assert "does not answer" in answer["message"]


def test_the_default_profile_is_what_new_users_begin_with(builder: Builder) -> None:
    run(
        builder.ran(
            "mkdir -p ~/.config/tool ~/.cache; echo 1 > ~/.config/tool/a; echo 2 > ~/.cache/b"
        )
    )
    assert builder.said("image-assistant update-default-profile") == SUCCESS
    _, text = run(builder.ran("cd /etc/skel; find . -name a -o -name b -o -name MyFiles"))
    assert text == "./.config/tool/a\n"


def test_the_window_comes_up(builder: Builder) -> None:
    show = (
        "image-assistant-window & for i in $(seq 100); do xwininfo -name 'Image Assistant' && break"
    )
    status, text = run(builder.ran(f"{show}; sleep 0.1; done; kill $!"))
    assert "Image Assistant" in text, (status, text)


@pytest.mark.parametrize(
    "said",
    [
        b"junk",
        LENGTH.pack(MAX_MAKING_BYTES + 1),
        LENGTH.pack(4) + b"null",
        LENGTH.pack(2) + b"[]",
        LENGTH.pack(0),
    ],
    ids=["no length", "too long", "no object", "a list", "nothing"],
)
def test_what_is_no_request_ends_its_own_connection_alone(builder: Builder, said: bytes) -> None:
    program = (
        "import os, socket; s = socket.socket(socket.AF_UNIX); s.settimeout(60);"
        "s.connect(os.environ['XDG_RUNTIME_DIR'] + '/assistant');"
        f"s.sendall({said!r}); s.shutdown(1); print(s.recv(10))"
    )
    assert run(builder.ran(f'/usr/bin/python3 -c "{program}"')) == (0, "b''\n")
    assert run(builder.ran("exit 3")) == (3, "")


def test_a_command_ends_with_its_connection(builder: Builder) -> None:
    there = "pgrep -f 'sleep 4[3]21'"

    async def left_alone() -> None:
        task = asyncio.create_task(builder.ran("exec sleep 4321"))
        await builder.ran(f"until {there}; do sleep 0.1; done")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await builder.ran(f"while {there}; do sleep 0.1; done")

    run(left_alone())


def test_an_instance_that_is_no_image_builder_has_no_door(other: Inside) -> None:
    imports = "import glob, os, socket"
    assert other.value("os.path.exists('/run/ownstream/bin')", imports) is False
    assert other.value("os.path.exists('/run/ownstream/assistant')") is False
    assert other.value("os.path.exists(os.environ['XDG_RUNTIME_DIR'] + '/assistant')") is False
    assert other.value("os.getuid()") == 1000


@pytest.mark.parametrize("tag", [FromGateway.ATTEND, FromGateway.RUN], ids=lambda tag: tag.name)
def test_an_agent_that_is_no_image_builders_takes_no_such_orders(other: Inside, tag: int) -> None:
    order: Sequence[str] = ["/bin/true"]
    body = {"argv": order, "environment": {}, "directory": ""}
    with socket.socket(socket.AF_UNIX) as control:
        control.settimeout(30)
        control.connect(str(other.top / "run" / "agent.sock"))
        control.sendall(framed(json_message(tag, body)))
        assert control.recv(10) == b""
    assert other.value("1 + 1") == 2

"""An image made by hand: software installed in a browser, registered, frozen, and streamed."""

import base64
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.scenarios.conftest import take_all_away
from tests.support import fleets
from tests.support.browser import (
    await_colour,
    await_frame,
    await_state,
    open_session,
)
from tests.support.debian import package
from tests.support.service import Served

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has image builders")

WITHIN_S = 60
GREEN = (0, 255, 0)
PAINT = """#!/bin/sh
exec xterm -e sh -c "printf '\\033]11;#00ff00\\007'; exec sleep 1000"
"""
TOOL = package("paint", files={"/usr/bin/paint": PAINT})
ASSISTANT, TERMINAL = 40, 150  # where the panel's first two buttons are, from its left


@pytest.fixture
def client(service: Served) -> Iterator[Any]:
    client = service.client()
    yield client
    take_all_away(client)
    for builder in client.describe_image_builders()["ImageBuilders"]:
        if builder["State"] == "RUNNING":
            client.stop_image_builder(Name=builder["Name"])
            await_builder(client, builder["Name"], "STOPPED")
        client.delete_image_builder(Name=builder["Name"])
    for image in client.describe_images(Type="PRIVATE")["Images"]:
        client.delete_image(Name=image["Name"])


def await_builder(client: Any, name: str, state: str) -> dict[str, Any]:
    """The image builder, once it is in this state."""
    return _await(lambda: client.describe_image_builders(Names=[name])["ImageBuilders"][0], state)


def await_image(client: Any, name: str, state: str = "AVAILABLE") -> dict[str, Any]:
    """The image, once it is in this state."""
    return _await(lambda: client.describe_images(Names=[name])["Images"][0], state)


def _await(look: Any, state: str) -> dict[str, Any]:
    deadline = time.monotonic() + WITHIN_S
    while (now := look())["State"] != state:
        assert now["State"] != "FAILED", now
        assert time.monotonic() < deadline, now
        time.sleep(0.2)
    return now


def running_builder(client: Any, name: str = "builder") -> str:
    """The URL of an image builder that runs."""
    client.create_image_builder(
        Name=name, ImageName=fleets.image_name(client), InstanceType="stream.standard.medium"
    )
    await_builder(client, name, "RUNNING")
    return client.create_image_builder_streaming_url(Name=name)["StreamingURL"]


def press_panel(page: Page, x: int) -> None:
    """The user presses what the panel has there."""
    box = page.locator("main").bounding_box()
    assert box
    page.mouse.click(box["x"] + x, box["y"] + box["height"] - 17)


def await_window(page: Page, title: str, *, within_ms: float = 30000) -> None:
    """A window whose title has this is open, as the page's own list of windows tells."""
    page.get_by_role("button", name="Windows").click()
    page.locator(".windows .entry", has_text=title).first.wait_for(timeout=within_ms)
    page.get_by_role("button", name="Windows").click()


def open_terminal(page: Page) -> None:
    """A terminal is open. What is pressed before the panel is drawn is pressed again."""
    for within_ms in (8000, 8000, 30000):
        press_panel(page, TERMINAL)
        try:
            await_window(page, "root@", within_ms=within_ms)
            return
        except PlaywrightTimeout:
            page.get_by_role("button", name="Windows").click()
    raise AssertionError("no terminal has come")


def await_no_window(page: Page, title: str) -> None:
    """No such window is open any more."""
    page.get_by_role("button", name="Windows").click()
    page.locator(".windows .entry").first.wait_for()
    page.locator(".windows .entry", has_text=title).wait_for(state="detached")
    page.get_by_role("button", name="Windows").click()


def type_line(page: Page, text: str) -> None:
    page.keyboard.type(text, delay=2)
    page.keyboard.press("Enter")


def test_software_installed_in_a_browser_is_streamed_by_a_fleet(client: Any, page: Page) -> None:
    page.goto(running_builder(client))
    await_state(page, "streaming")
    await_frame(page)

    open_terminal(page)
    deb = base64.b64encode(TOOL).decode()
    type_line(page, f"echo {deb} | base64 -d > /tmp/a.deb && dpkg -i /tmp/a.deb && exit")

    press_panel(page, ASSISTANT)
    await_window(page, "Image Assistant")
    page.keyboard.press("Control+n")
    await_window(page, "Add an application")
    page.keyboard.type("/usr/bin/paint")
    page.keyboard.press("Tab")
    type_line(page, "painter")
    await_no_window(page, "Add an application")
    type_line(page, "painting")
    await_window(page, "Make the image")
    page.keyboard.press("Enter")

    await_state(page, "ended")
    assert "builder has been stopped" in page.inner_text("body")
    image = await_image(client, "painting")
    assert [app["Name"] for app in image["Applications"]] == ["painter"]
    assert (image["Visibility"], image["ImageBuilderName"]) == ("PRIVATE", "builder")
    await_builder(client, "builder", "STOPPED")

    client.create_fleet(
        Name="painters",
        ImageName="painting",
        InstanceType="stream.standard.small",
        ComputeCapacity={"DesiredInstances": 1},
    )
    client.create_stack(Name="painters")
    client.associate_fleet(FleetName="painters", StackName="painters")
    client.start_fleet(Name="painters")
    client.get_waiter("fleet_started").wait(Names=["painters"], WaiterConfig=fleets.QUICK)
    url = fleets.streaming_url(client, "painters", ApplicationId="painter")
    open_session(page, url)
    await_colour(page, GREEN)


def test_what_was_written_in_an_image_builder_outlives_its_stop_and_a_new_name(
    client: Any, page: Page, service: Served
) -> None:
    page.goto(running_builder(client))
    await_state(page, "streaming")
    assert page.locator(".toolbar .title").inner_text() == "builder"
    await_frame(page)
    open_terminal(page)
    type_line(page, "echo kept > /usr/kept; echo kept > ~/kept; exit")
    volumes = service.data_dir / "disks" / "volumes"
    _await(lambda: {"State": str(len([*volumes.glob("*/home/kept")]))}, "1")

    client.stop_image_builder(Name="builder")
    await_builder(client, "builder", "STOPPED")
    await_state(page, "ended")
    client.update_image_builder(Name="builder", DisplayName="The Workshop")
    client.start_image_builder(Name="builder")
    await_builder(client, "builder", "RUNNING")
    page.goto(client.create_image_builder_streaming_url(Name="builder")["StreamingURL"])
    await_state(page, "streaming")
    assert page.locator(".toolbar .title").inner_text() == "The Workshop"
    await_frame(page)
    open_terminal(page)
    type_line(page, "cmp /usr/kept ~/kept && printf '\\033]11;#00ff00\\007'")
    await_colour(page, GREEN, share=0.1)
    assert not Path("/usr/kept").exists()

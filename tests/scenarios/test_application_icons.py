"""The catalog of an Elastic fleet in a browser: icons are pictures, names are texts."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.scenarios.test_elastic import client, make_desk, put
from tests.support import fleets
from tests.support.service import Served

__all__ = ["client"]

HARM = "window.harmed = true"
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload='{HARM}'><script>{HARM}</script></svg>"
NAME = f"<img src=x onerror='{HARM}'>"


def png() -> bytes:
    made = BytesIO()
    Image.new("RGB", (64, 64), "#cc3311").save(made, "PNG")
    return made.getvalue()


def offer(client: Any, service: Served, name: str, icon: bytes | str, title: str) -> str:
    """The URL of the icon of one more application of the fleet."""
    application = client.create_application(
        Name=name,
        DisplayName=title,
        Description=title,
        IconS3Location=put(service, f"icons/{name}.png", icon),
        LaunchPath="/usr/bin/xterm",
        Platforms=["UBUNTU_PRO_2404"],
        InstanceFamilies=["GENERAL_PURPOSE"],
        AppBlockArn=client.describe_app_blocks()["AppBlocks"][0]["Arn"],
    )["Application"]
    client.associate_application_fleet(FleetName="elastic", ApplicationArn=application["Arn"])
    return application["IconURL"]


@pytest.fixture
def icons(client: Any, service: Served) -> dict[str, str]:
    """Icons of three more applications of an Elastic fleet, by their names."""
    make_desk(client, service)
    return {
        "picture": offer(client, service, "picture", png(), "A picture"),
        "drawing": offer(client, service, "drawing", SVG, "A drawing"),
        "markup": offer(client, service, "markup", b"", NAME),
    }


def test_the_catalog_shows_pictures_and_texts_and_runs_nothing(
    client: Any, icons: dict[str, str], page: Page
) -> None:
    page.goto(fleets.streaming_url(client, "elastic", "alice"))
    tiles = page.locator(".tile")
    tiles.first.wait_for()
    shown = tiles.locator(".name").all_inner_texts()
    assert sorted(shown) == sorted([NAME, "paint", "A picture", "A drawing"])
    picture = tiles.filter(has_text="A picture").locator("img")
    picture.wait_for()
    assert picture.evaluate("image => [image.complete, image.naturalWidth]") == [True, 64]
    for title in ("A drawing", NAME):
        tiles.filter(has_text=title).locator(".letter").wait_for()
    assert page.evaluate("() => window.harmed") is None


def test_an_icons_address_shows_a_picture_or_nothing(icons: dict[str, str], page: Page) -> None:
    shown = page.goto(icons["picture"])
    assert shown is not None
    assert (shown.status, shown.headers["content-type"]) == (200, "image/png")
    for name in ("drawing", "markup"):
        refused = page.goto(icons[name])
        assert refused is not None
        assert refused.status == 404
        assert page.evaluate("() => window.harmed") is None

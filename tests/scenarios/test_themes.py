"""A stack's theme in a browser: on its pages while it is enabled, and on nobody else's."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support import fleets
from tests.support.browser import await_state
from tests.support.pictures import picture
from tests.support.service import Served

HELP = {"DisplayName": "Help & more", "FooterLinkURL": "https://help.example/?a=1&b=2"}
PINK_LINK = "rgb(228, 0, 101)"


def at(key: str) -> dict[str, str]:
    return {"S3Bucket": "branding", "S3Key": key}


def place(service: Served, key: str, content: bytes) -> None:
    """An object in the bucket that the theme names."""
    path = Path(service.data_dir / "s3" / "branding" / key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def themed(service: Served, name: str) -> dict[str, Any]:
    """The theme of the stack of this name, which has a running fleet."""
    client = service.client()
    fleets.running_pair(client, name)
    place(service, "logo.png", picture(300, 100))
    place(service, "favicon.ico", picture(32, 32, "ICO"))
    return client.create_theme_for_stack(
        StackName=name,
        TitleText="Training",
        ThemeStyling="PINK",
        OrganizationLogoS3Location=at("logo.png"),
        FaviconS3Location=at("favicon.ico"),
        FooterLinks=[HELP],
    )["Theme"]


def style(page: Page, selector: str, property_name: str) -> str:
    script = "(element, name) => getComputedStyle(element)[name]"
    return page.locator(selector).first.evaluate(script, property_name)


def test_a_session_wears_its_stacks_theme(simulated: Served, page: Page) -> None:
    theme = themed(simulated, "themed")
    client = simulated.client()
    page.goto(fleets.streaming_url(client, "themed"))
    await_state(page, "streaming")
    assert page.title() == "Training"
    icon = page.locator("link[rel=icon]").get_attribute("href")
    logo = page.locator(".toolbar .logo")
    assert simulated.url + (icon or "") == theme["ThemeFaviconURL"]
    assert simulated.url + (logo.get_attribute("src") or "") == theme["ThemeOrganizationLogoURL"]
    assert logo.evaluate("image => image.complete && image.naturalWidth") == 300
    (session,) = client.describe_sessions(StackName="themed", FleetName="themed")["Sessions"]
    client.expire_session(SessionId=session["Id"])
    await_state(page, "ended")
    assert page.title() == "Training"
    link = page.get_by_role("link", name="Help & more")
    assert link.get_attribute("href") == HELP["FooterLinkURL"]
    assert style(page, ".links a", "color") == PINK_LINK


def test_a_link_that_is_refused_is_the_stacks_own_page_too(simulated: Served, page: Page) -> None:
    themed(simulated, "strict")
    client = simulated.client()
    url = fleets.streaming_url(client, "strict")
    page.goto(url)
    await_state(page, "streaming")
    assert page.context.browser
    other = page.context.browser.new_context().new_page()
    other.goto(url)
    await_state(other, "error")
    assert other.title() == "Training"
    assert other.get_by_role("link", name="Help & more").count() == 1
    other.context.close()


def test_a_theme_that_is_disabled_or_deleted_is_not_worn(simulated: Served, page: Page) -> None:
    themed(simulated, "plain")
    client = simulated.client()
    client.update_theme_for_stack(StackName="plain", State="DISABLED")
    page.goto(fleets.streaming_url(client, "plain"))
    await_state(page, "streaming")
    assert page.locator(".logo, .links").count() == 0
    client.update_theme_for_stack(StackName="plain", State="ENABLED")
    page.reload()
    await_state(page, "streaming")
    assert page.locator(".toolbar .logo").count() == 1
    client.delete_theme_for_stack(StackName="plain")
    page.reload()
    await_state(page, "streaming")
    assert page.locator(".logo, .links").count() == 0


def test_anothers_stack_has_no_part_in_it(simulated: Served, page: Page) -> None:
    themed(simulated, "loud")
    client = simulated.client()
    page.goto(fleets.streaming_url(client, fleets.running_pair(client, "quiet")))
    await_state(page, "streaming")
    assert page.locator(".logo, .links").count() == 0


@pytest.mark.parametrize("member", ["ThemeOrganizationLogoURL", "ThemeFaviconURL"])
def test_pictures_are_nothing_but_pictures(simulated: Served, page: Page, member: str) -> None:
    theme = themed(simulated, f"safe-{member[5:8].lower()}")
    answer = page.request.get(theme[member])
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("image/")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    for other in ("0" * 64, "..%2f..%2fsecret.key", "%00"):
        assert page.request.get(f"{simulated.url}/themes/{other}").status == 404

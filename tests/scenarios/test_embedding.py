"""Sessions in frames of other sites' pages: of those that the stack approves, and of no others."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page

from tests.support import fleets
from tests.support.browser import WITHIN_MS
from tests.support.service import Served, simulated

APPROVED, OTHER = "portal.example.com", "elsewhere.example.net"
BELOW = f"below.{APPROVED}"
FRAME = '<iframe src="{url}" allow="local-network-access"></iframe>'
STREAMING = "html[data-state=streaming]"


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service with TLS, as every one that is not on loopback's first address."""
    folder = tmp_path_factory.mktemp("secure")
    with pytest.MonkeyPatch.context() as patch, simulated(folder, host="127.0.0.2") as running:
        patch.delenv("AWS_CA_BUNDLE", raising=False)  # it would stand above the profile's
        client = running.client()
        name = fleets.running_pair(client, instances=8)
        client.update_stack(Name=name, EmbedHostDomains=[APPROVED])
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A user's own browser, which takes the service's own certificate."""
    made = browser.new_context(ignore_https_errors=True)
    yield made
    made.close()


@pytest.fixture
def embedded(secure: Served, context: BrowserContext) -> Callable[..., Page]:
    """A page of a host that shows a session, or what it was told to."""

    def embed(host: str, user: str, html: str = FRAME) -> Page:
        url = fleets.streaming_url(secure.client(), "desk", user)
        body = f"<!doctype html>{html.replace('{url}', url.replace('&', '&amp;'))}"
        body = body.replace("{json}", json.dumps(url))
        # Chromium asks its user before a page of elsewhere reaches the machine or its network.
        context.grant_permissions(["local-network-access"], origin=f"https://{host}")
        context.route(
            f"https://{host}/", lambda route: route.fulfill(body=body, content_type="text/html")
        )
        page = context.new_page()
        page.goto(f"https://{host}/")
        return page

    return embed


def session(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def streams(page: Page) -> None:
    """The frame shows a session."""
    session(page).locator(STREAMING).wait_for(state="attached", timeout=WITHIN_MS)


def test_an_approved_hosts_page_shows_a_session_and_goes_on_with_it(
    embedded: Callable[..., Page], context: BrowserContext
) -> None:
    page = embedded(APPROVED, "ann")
    streams(page)
    (cookie,) = (each for each in context.cookies() if each["name"].startswith("ownstream-"))
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "None")
    assert cookie["partitionKey"] == "https://example.com"
    frame = page.frames[1]
    frame.evaluate("location.reload()")
    streams(page)


@pytest.mark.parametrize("host", [OTHER, BELOW])
def test_no_other_host_shows_it(embedded: Callable[..., Page], host: str) -> None:
    page = embedded(host, host.partition(".")[0])
    with pytest.raises(AssertionError):
        _shown_within(page, 3000)


def test_a_stack_without_approved_hosts_is_shown_by_none(
    secure: Served, embedded: Callable[..., Page], context: BrowserContext
) -> None:
    client = secure.client()
    client.create_stack(Name="alone")
    client.associate_fleet(FleetName="desk", StackName="alone")
    url = client.create_streaming_url(StackName="alone", FleetName="desk", UserId="cal")
    page = embedded(APPROVED, "cal", FRAME.replace("{url}", url["StreamingURL"]))
    with pytest.raises(AssertionError):
        _shown_within(page, 3000)


def _shown_within(page: Page, within_ms: int) -> None:
    try:
        session(page).locator(STREAMING).wait_for(state="attached", timeout=within_ms)
    except Exception as error:
        raise AssertionError("the frame shows no session") from error


KIT = """
<div id="here" style="height: 500px"></div>
<script src="ORIGIN/appstream-embed.js"></script>
<script>
  const { Elements, Events, Options } = AppStream.Embed;
  const hidden = [Elements.SETTINGS_BUTTON, Elements.END_SESSION_BUTTON];
  const userInterfaceConfig = { [Options.HIDDEN_ELEMENTS]: hidden };
  window.embed = new AppStream.Embed("here", { sessionURL: {json}, userInterfaceConfig });
  window.seen = [];
  const note = ({ sessionStatus }) => seen.push(sessionStatus);
  embed.addEventListener(Events.SESSION_STATE_CHANGE, note);
  embed.addEventListener(Events.SESSION_ERROR, ({ errorCode }) => seen.push(errorCode));
</script>
"""


def test_appstreams_embedding_api_hides_starts_ends_and_tells(
    secure: Served, embedded: Callable[..., Page]
) -> None:
    origin = f"https://{secure.host}:{secure.port}"
    page = embedded(APPROVED, "dan", KIT.replace("ORIGIN", origin))
    streams(page)
    inner = session(page)
    inner.get_by_role("button", name="Send keys").wait_for()
    assert inner.get_by_role("button", name="Settings", exact=True).count() == 0
    inner.get_by_role("button", name="Profile").click()
    assert inner.get_by_role("button", name="End session").count() == 0
    page.evaluate("embed.launchAppSwitcher()")
    inner.get_by_role("dialog", name="Windows").wait_for()
    assert page.evaluate("embed.getSessionState().sessionStatus") == "Started"
    page.evaluate("embed.endSession()")
    inner.locator("html[data-state=ended]").wait_for(state="attached")
    page.wait_for_function("seen.at(-1) === 'Ended'")
    assert page.evaluate("embed.getSessionState().sessionTerminationReason") == "ended_by_user"
    page.evaluate("embed.destroy()")
    assert page.locator("iframe").count() == 0


def test_the_whole_toolbar_can_be_hidden_and_a_refusal_is_told(
    secure: Served, embedded: Callable[..., Page], context: BrowserContext
) -> None:
    origin = f"https://{secure.host}:{secure.port}"
    kit = KIT.replace("ORIGIN", origin).replace("Elements.SETTINGS_BUTTON", "Elements.TOOLBAR")
    page = embedded(APPROVED, "eve", kit)
    streams(page)
    assert session(page).locator(".toolbar").is_hidden()
    url = fleets.streaming_url(secure.client(), "desk", "gil")
    elsewhere = context.new_page()
    elsewhere.goto(url)
    elsewhere.locator(STREAMING).wait_for(state="attached")
    context.clear_cookies()
    broken = embedded(APPROVED, "eve", kit.replace("{json}", json.dumps(url)))
    broken.wait_for_function("seen.includes(403)")
    assert broken.evaluate("embed.getSessionState().sessionStatus") == "Unknown"


def test_what_another_window_says_is_not_heard(embedded: Callable[..., Page]) -> None:
    page = embedded(APPROVED, "fay")
    streams(page)
    frame: Any = page.frames[1]
    frame.evaluate("window.postMessage({ ownstream: 'endSession' }, '*')")
    page.wait_for_timeout(500)
    assert frame.evaluate("document.documentElement.dataset.state") == "streaming"

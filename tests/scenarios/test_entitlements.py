"""Two users of one fleet who may start different applications, and one who tries others."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import Credentials
from playwright.sync_api import Browser, Page

from ownstream.channel.framing import json_message
from ownstream.channel.tags import FromAgent, FromBrowser
from ownstream.embed.http import Http
from ownstream.embed.remote_users import Browser as RawBrowser
from tests.scenarios.conftest import take_all_away
from tests.support import fleets
from tests.support.browser import await_application, await_state, new_page
from tests.support.service import Served, served

STATED = {"alice": {"groups": "shells"}, "bob": {"groups": "others"}}


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Served]:
    """A service that knows its users' attributes."""
    top = folder / "entitlements"
    top.mkdir()
    stated = top / "users.json"
    stated.write_text(json.dumps(STATED))
    prefix = ("env", f"OWNSTREAM_USER_ATTRIBUTES={stated}")
    with served(top / "data", top / "instances", prefix=prefix) as running:
        yield running


@pytest.fixture
def client(service: Served) -> Iterator[Any]:
    client = service.client()
    yield client
    take_all_away(client)


@pytest.fixture
def other(client: Any) -> str:
    """An application that is no terminal, by name."""
    image = client.describe_images(Type="PUBLIC")["Images"][0]
    return next(app["Name"] for app in image["Applications"] if "term" not in app["Name"])


@pytest.fixture
def desk(client: Any, other: str) -> str:
    """A fleet and its stack: shells may start xterm, others the other application."""
    name = fleets.running_pair(client, instances=3)
    for group, application in (("shells", "xterm"), ("others", other)):
        client.create_entitlement(
            Name=group,
            StackName=name,
            AppVisibility="ASSOCIATED",
            Attributes=[{"Name": "groups", "Value": group}],
        )
        client.associate_application_to_entitlement(
            StackName=name, EntitlementName=group, ApplicationIdentifier=application
        )
    return name


def display_names(client: Any) -> dict[str, str]:
    image = client.describe_images(Type="PUBLIC")["Images"][0]
    return {app["Name"]: app["DisplayName"] for app in image["Applications"]}


def seen(page: Page) -> list[str]:
    """The names in the catalog that the page shows."""
    page.locator(".tile .name, .nothing:visible").first.wait_for()
    return page.locator(".tile .name").all_inner_texts()


def started(session_id: str) -> set[str]:
    """The programs that run with the variables of this session."""
    mark = f"AppStream_Session_ID={session_id}".encode()
    found: set[str] = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.add((process / "comm").read_text().strip())
        except OSError:  # it has ended
            continue
    return found


def session_of(client: Any, desk: str, user: str) -> str:
    (session,) = client.describe_sessions(
        StackName=desk, FleetName=desk, UserId=user, AuthenticationType="API"
    )["Sessions"]
    return session["Id"]


def test_two_users_see_and_start_different_applications(
    client: Any, desk: str, other: str, browser: Browser, page: Page
) -> None:
    shown = display_names(client)
    bobs = new_page(browser)
    page.goto(fleets.streaming_url(client, desk, "alice"))
    bobs.goto(fleets.streaming_url(client, desk, "bob"))
    assert seen(page) == [shown["xterm"]]
    assert seen(bobs) == [shown[other]]
    for each in (page, bobs):
        each.locator(".tile").click()
        await_application(each)
    assert "xterm" in started(session_of(client, desk, "alice"))
    assert "xterm" not in started(session_of(client, desk, "bob"))
    bobs.context.close()


def test_a_changed_entitlement_counts_from_the_next_connection_on(
    client: Any, desk: str, other: str, page: Page
) -> None:
    shown = display_names(client)
    mine, theirs = ({"StackName": desk, "Name": name} for name in ("shells", "others"))

    def seen_now() -> list[str]:
        page.goto(fleets.streaming_url(client, desk, "alice"))
        return sorted(seen(page))

    assert seen_now() == [shown["xterm"]]
    session = session_of(client, desk, "alice")
    client.update_entitlement(**theirs, Attributes=[{"Name": "groups", "Value": "shells"}])
    assert seen_now() == sorted([shown["xterm"], shown[other]])
    client.disassociate_application_from_entitlement(
        StackName=desk, EntitlementName="shells", ApplicationIdentifier="xterm"
    )
    assert seen_now() == [shown[other]]
    client.delete_entitlement(**theirs)
    assert seen_now() == []
    client.update_entitlement(**mine, AppVisibility="ALL")
    everything = seen_now()
    assert {shown["xterm"], shown[other]} <= set(everything)
    client.update_entitlement(**mine, AppVisibility="ASSOCIATED")
    assert seen_now() == []
    client.delete_entitlement(**mine)
    assert seen_now() == everything  # the stack has none: nobody is held to any
    assert session_of(client, desk, "alice") == session


def test_a_user_without_attributes_sees_nothing(client: Any, desk: str, page: Page) -> None:
    page.goto(fleets.streaming_url(client, desk, "eve"))
    assert seen(page) == []
    assert "no applications for you" in page.inner_text("body")


def test_a_link_to_what_its_user_may_not_start_is_refused(
    client: Any, desk: str, page: Page
) -> None:
    page.goto(fleets.streaming_url(client, desk, "bob", ApplicationId="xterm"))
    await_state(page, "error")
    assert "may not use the application" in page.inner_text("body")
    assert client.describe_sessions(StackName=desk, FleetName=desk)["Sessions"] == []


def test_a_page_that_asks_for_what_its_user_may_not_start_starts_nothing(
    client: Any, service: Served, desk: str, other: str
) -> None:
    raw = RawBrowser(Http(Credentials("", ""), "us-east-1", True, service.url), service.url)
    handle, cookie = raw.authenticate(fleets.streaming_url(client, desk, "bob"))
    with raw.stream(handle, cookie) as stream:
        welcome = _heard(stream, FromAgent.WELCOME)
        assert [entry["name"] for entry in welcome["applications"]] == [other]
        for name in ("xterm", "XTerm", "/usr/bin/xterm", "../xterm", "Desktop"):
            stream.send(json_message(FromBrowser.LAUNCH, {"application": name}))
            assert _heard(stream, FromAgent.NOTICE)["code"] == "UnknownApplication"
        assert started(session_of(client, desk, "bob")) == set()
        # What may be started does, by the same message.
        stream.send(json_message(FromBrowser.LAUNCH, {"application": other}))
        assert _heard(stream, FromAgent.RUNNING)["applications"] == [other]


def _heard(stream: Any, tag: FromAgent) -> Any:
    """The body of the next message with this tag."""
    while True:
        message = stream.recv(timeout=30)
        if message[0] == tag:
            return json.loads(message[1:])

"""A user of the pool, from the administrator's call to a live application, by mail and browser."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.scenarios.conftest import take_all_away
from tests.support import fleets
from tests.support.browser import (
    WITHIN_MS,
    await_application,
    await_colour,
    await_state,
    new_page,
)
from tests.support.mail_server import MailServer, mail_server
from tests.support.service import Served, served

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
ANN = "ann@example.com"
PASSWORD, OTHER = "Correct-horse-1", "Another-horse-2"
PAINT = r"printf '\033]11;#00ff00\007'"
GREEN = (0, 255, 0)
LOOKS = [
    pytest.param({"color_scheme": "light"}, id="light"),
    pytest.param({"color_scheme": "dark"}, id="dark"),
    pytest.param({"viewport": {"width": 320, "height": 640}}, id="narrow"),
]


@pytest.fixture(scope="module")
def post() -> Iterator[MailServer]:
    """A mail server."""
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def mailing(folder: Path, post: MailServer) -> Iterator[Served]:
    """A service that hands its mail to that server."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OWNSTREAM_SMTP_HOST", "127.0.0.1")
        environment.setenv("OWNSTREAM_SMTP_PORT", str(post.port))
        environment.setenv("OWNSTREAM_SMTP_SECURITY", "none")
        environment.setenv("OWNSTREAM_MAIL_FROM", "Applications <no-reply@example.com>")
        with served(folder / "mailing" / "data", folder / "mailing" / "instances") as running:
            yield running


@pytest.fixture
def pool(mailing: Served) -> Iterator[Any]:
    """The service's client, a fleet that runs, its stack, and a user who may open it."""
    client = mailing.client()
    fleets.running_pair(client, instances=1)
    client.create_user(UserName=ANN, AuthenticationType="USERPOOL", FirstName="Ann")
    yield client
    client.delete_user(UserName=ANN, AuthenticationType="USERPOOL")
    take_all_away(client)


def assign(client: Any, **members: Any) -> None:
    """The user may open the stack."""
    pair = {"StackName": "desk", "UserName": ANN, "AuthenticationType": "USERPOOL", **members}
    assert client.batch_associate_user_stack(UserStackAssociations=[pair])["errors"] == []


def disassociate(client: Any) -> None:
    """The user may open the stack no more."""
    pair = {"StackName": "desk", "UserName": ANN, "AuthenticationType": "USERPOOL"}
    assert client.batch_disassociate_user_stack(UserStackAssociations=[pair])["errors"] == []


def found(mail: EmailMessage, pattern: str) -> str:
    """What the mail's text has there."""
    [text] = set(re.findall(pattern, mail.get_content().replace("\r\n", "\n")))
    return text


def portal_in(mail: EmailMessage) -> str:
    return found(mail, r"http\S+/portal/\S+")


def sign_in(page: Page, password: str) -> None:
    """The user has sent the form of the sign-in page."""
    page.get_by_label("User name").fill(ANN)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def choose(page: Page, password: str) -> None:
    """The user has chosen this password."""
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("New password, once more").fill(password)
    page.get_by_role("button", name="Set password").click()


def heading(page: Page, text: str) -> None:
    """The page has this heading, once it is there."""
    page.get_by_role("heading", name=text, level=1).wait_for(timeout=WITHIN_MS)


def has_focus(page: Page, field: str) -> None:
    """The field has the focus by itself, once the page is drawn."""
    page.locator(f"input[name={field}]:focus").wait_for(timeout=WITHIN_MS)


def test_a_user_gets_from_a_mail_to_a_live_application_and_back(
    pool: Any, post: MailServer, page: Page
) -> None:
    welcome = post.next()
    assert welcome["To"] == ANN
    assign(pool, SendEmailNotification=True)
    assert portal_in(post.next()) == portal_in(welcome)

    page.goto(portal_in(welcome))
    sign_in(page, found(welcome, r"Temporary password:\s+(\S+)"))
    heading(page, "Choose a password")
    choose(page, PASSWORD)
    heading(page, "Your applications")
    page.get_by_role("button", name="XTerm").first.click()
    await_application(page)
    [session] = pool.describe_sessions(
        StackName="desk", FleetName="desk", AuthenticationType="USERPOOL"
    )["Sessions"]
    assert (session["UserId"], session["State"]) == (ANN, "ACTIVE")
    page.keyboard.type(f"[ $AppStream_User_Access_Mode = userpool ] && {PAINT}\n", delay=20)
    await_colour(page, GREEN)

    page.get_by_role("button", name="Profile").click()
    page.get_by_role("button", name="End session").click()
    page.get_by_role("button", name="End session").click()
    await_state(page, "ended")
    page.get_by_role("link", name="Your applications").click()
    heading(page, "Your applications")
    page.get_by_role("button", name="Sign out").click()
    heading(page, "Sign in")
    page.go_back()
    heading(page, "Sign in")


def test_a_forgotten_password_is_replaced_by_a_mailed_code(
    pool: Any, post: MailServer, page: Page
) -> None:
    welcome = post.next()
    page.goto(portal_in(welcome))
    sign_in(page, found(welcome, r"Temporary password:\s+(\S+)"))
    choose(page, PASSWORD)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("User name").fill(ANN)
    page.get_by_role("button", name="Send a code").click()
    page.get_by_label("Code from the mail").fill(found(post.next(), r"\n  (\w{4}(?:-\w{4}){3})\n"))
    choose(page, OTHER)
    page.get_by_text("Your password has been changed.").wait_for()
    sign_in(page, PASSWORD)
    page.get_by_role("alert").filter(has_text="is not right").wait_for()
    sign_in(page, OTHER)
    heading(page, "Your applications")


def test_a_user_who_is_disabled_gets_nowhere_until_enabled(
    pool: Any, post: MailServer, page: Page
) -> None:
    welcome = post.next()
    assign(pool)
    page.goto(portal_in(welcome))
    sign_in(page, found(welcome, r"Temporary password:\s+(\S+)"))
    choose(page, PASSWORD)
    heading(page, "Your applications")
    pool.disable_user(UserName=ANN, AuthenticationType="USERPOOL")
    page.get_by_role("button", name="XTerm").first.click()
    heading(page, "Sign in")
    sign_in(page, PASSWORD)
    page.get_by_role("alert").filter(has_text="disabled").wait_for()
    pool.enable_user(UserName=ANN, AuthenticationType="USERPOOL")
    sign_in(page, PASSWORD)
    page.get_by_role("button", name="XTerm").first.click()
    await_application(page)


def test_a_stack_that_is_taken_away_leaves_the_portal_but_not_who_streams(
    pool: Any, post: MailServer, page: Page
) -> None:
    welcome = post.next()
    assign(pool)
    page.goto(portal_in(welcome))
    sign_in(page, found(welcome, r"Temporary password:\s+(\S+)"))
    choose(page, PASSWORD)
    page.get_by_role("button", name="XTerm").first.click()
    await_application(page)
    second = page.context.new_page()
    second.goto(portal_in(welcome))
    heading(second, "Your applications")
    disassociate(pool)
    second.get_by_role("button", name="XTerm").first.click()
    second.get_by_role("alert").filter(has_text="not offered to you any more").wait_for()
    second.goto(portal_in(welcome))
    second.get_by_text("Nothing has been assigned to you yet.").wait_for()
    assert second.locator(".tile").count() == 0
    page.bring_to_front()
    page.keyboard.type(f"{PAINT}\n", delay=20)
    await_colour(page, GREEN)


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_fit_for_everybody(
    pool: Any, post: MailServer, browser: Browser, look: dict[str, Any]
) -> None:
    """axe finds nothing, and nothing sticks out at the side."""
    welcome = post.next()
    assign(pool)
    context = browser.new_context(bypass_csp=True, **look)
    page = context.new_page()

    def look_at(name: str) -> None:
        page.locator(f"html[data-page={name}]").wait_for(state="attached")
        page.add_script_tag(path=AXE)
        result = page.evaluate("() => axe.run()")
        broken = [(each["id"], each["nodes"][0]["html"]) for each in result["violations"]]
        assert broken == [], name
        wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, name

    page.goto(portal_in(welcome))
    look_at("sign_in")
    sign_in(page, "wrong")
    look_at("sign_in")
    page.get_by_role("link", name="Forgotten your password?").click()
    look_at("forgotten")
    page.get_by_label("User name").fill(ANN)
    page.get_by_role("button", name="Send a code").click()
    look_at("reset")
    page.get_by_role("link", name="Back to signing in").click()
    sign_in(page, found(welcome, r"Temporary password:\s+(\S+)"))
    look_at("new_password")
    choose(page, "weak")
    look_at("new_password")
    choose(page, PASSWORD)
    look_at("catalog")
    context.close()


def test_the_whole_way_can_be_gone_by_keyboard(pool: Any, post: MailServer, page: Page) -> None:
    welcome = post.next()
    assign(pool)
    page.goto(portal_in(welcome))
    has_focus(page, "user")
    page.keyboard.type(ANN)
    page.keyboard.press("Tab")
    page.keyboard.type(found(welcome, r"Temporary password:\s+(\S+)"))
    page.keyboard.press("Enter")
    heading(page, "Choose a password")
    has_focus(page, "password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "Your applications")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent.trim()") == "Sign out"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    await_application(page)


def test_no_password_cookie_or_ticket_is_logged(
    mailing: Served, pool: Any, post: MailServer, browser: Browser
) -> None:
    welcome = post.next()
    assign(pool)
    temporary = found(welcome, r"Temporary password:\s+(\S+)")
    page = new_page(browser)
    page.goto(portal_in(welcome))
    sign_in(page, temporary)
    choose(page, PASSWORD)
    page.get_by_role("button", name="XTerm").first.click()
    await_application(page)
    secrets = [cookie["value"] for cookie in page.context.cookies()]
    page.context.close()
    log = mailing.log.read_text()
    for secret in (temporary, PASSWORD, "signature=", *secrets):
        assert secret not in log

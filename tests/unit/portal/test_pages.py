"""The portal's pages: what is on them, who may send their forms, and what attackers get."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from ownstream.domain.tickets import parse
from ownstream.store import (
    AssociationRow,
    FleetRow,
    LoginRow,
    StackRow,
    UserStackRow,
    resources,
    themes,
)
from ownstream.store.tables import ThemeRow
from tests.support.clock import START
from tests.support.portal import ANN, OTHER, PASSWORD, PATH, SCOPED, Browser, Browsers, World
from tests.support.world import KEY, SCOPE

MARKUP = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"
LAUNCH = {"stack": "s", "fleet": "f", "application": "editor"}


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.store.close()


@pytest.fixture
def browsers(world: World) -> Iterator[Browsers]:
    with world.browsers() as browsers:
        yield browsers


@pytest.fixture
def browser(browsers: Browsers) -> Browser:
    return browsers.new()


def logins(world: World) -> int:
    with world.store.snapshot() as tx:
        return tx.query(LoginRow).count()


def temporary(world: World) -> None:
    with world.user() as user:
        user.confirmed, user.password_expires_at = False, START + timedelta(days=7)


def test_a_user_gets_from_the_mail_to_the_catalog(world: World, browser: Browser) -> None:
    temporary(world)
    assert browser.get().name == "sign_in"
    page = browser.follow(browser.sign_in())
    assert page.name == "new_password"
    page = browser.follow(browser.post("/new-password", {"password": OTHER, "again": OTHER}))
    assert page.name == "catalog"
    assert ">Editor<" in page.html
    assert 'src="/icons/image/editor"' in page.html


def test_an_application_that_is_switched_off_is_not_in_the_catalog(browser: Browser) -> None:
    assert 'value="off"' not in browser.follow(browser.sign_in()).html


def test_a_click_leads_to_a_streaming_url_of_the_user(browser: Browser) -> None:
    browser.follow(browser.sign_in())
    page = browser.post("/launch", LAUNCH)
    query = parse_qs(urlsplit(page.location).query)
    ticket = parse(query["parameters"][0], query["signature"][0], KEY)
    assert ticket
    assert (page.status, urlsplit(page.location).path) == (303, "/authenticate")
    assert (ticket.identity.user_name, ticket.identity.access_mode) == (ANN, "userpool")
    assert (ticket.stack, ticket.fleet, ticket.applicationId) == ("s", "f", "editor")
    assert ticket.expiry == START + timedelta(minutes=1)
    assert json.loads(b64decode(query["parameters"][0]))["type"] == "END_USER"


@pytest.mark.parametrize(
    "change", [{"stack": "t"}, {"fleet": "g"}, {"application": "off"}, {"application": "Desktop"}]
)
def test_what_is_not_in_the_catalog_is_not_opened(browser: Browser, change: dict[str, str]) -> None:
    browser.follow(browser.sign_in())
    page = browser.post("/launch", {**LAUNCH, **change})
    assert (page.status, page.alert, page.name) == (409, "not_offered", "catalog")


def test_a_fleet_that_does_not_run_is_shown_and_not_opened(world: World, browser: Browser) -> None:
    with world.store.transaction() as tx:
        world.fleet(tx).goal = "STOPPED"
    page = browser.follow(browser.sign_in())
    assert re.search(r'value="editor"[^>]* disabled', page.html)
    assert browser.post("/launch", LAUNCH).alert == "not_running"


def test_a_fleet_that_is_to_join_a_directory_is_not_shown(world: World, browser: Browser) -> None:
    with world.store.transaction() as tx:
        fleet = world.fleet(tx)
        fleet.document = {**fleet.document, "DomainJoinInfo": {"DirectoryName": "d"}}
    assert 'value="editor"' not in browser.follow(browser.sign_in()).html
    assert browser.post("/launch", LAUNCH).alert == "not_offered"


def test_a_desktop_is_offered_where_the_fleet_has_one(world: World, browser: Browser) -> None:
    with world.store.transaction() as tx:
        fleet = world.fleet(tx)
        fleet.document = {**fleet.document, "StreamView": "DESKTOP"}
    browser.follow(browser.sign_in())
    assert browser.post("/launch", {**LAUNCH, "application": "Desktop"}).status == 303
    assert browser.post("/launch", LAUNCH).alert == "not_offered"


def add_theme(world: World) -> None:
    document = {
        "State": "ENABLED",
        "ThemeTitleText": "Our Apps",
        "ThemeStyling": "PINK",
        "ThemeFooterLinks": [{"DisplayName": "Help", "FooterLinkURL": "https://help.example"}],
    }
    with world.store.transaction() as tx:
        tx.add(ThemeRow(**SCOPED, name="s", document=document, created_at=START))
        for kind in ("logo", "favicon"):
            themes.set_picture(
                tx, SCOPE, "s", kind=kind, content=kind.encode(), media_type="image/png"
            )


def test_the_catalog_of_one_stack_wears_its_theme(world: World, browser: Browser) -> None:
    add_theme(world)
    html = browser.follow(browser.sign_in()).html
    assert "<title>Our Apps</title>" in html
    assert 'data-styling="PINK"' in html
    assert len(re.findall(r'(?:src|href)="/themes/[0-9a-f]{64}"', html)) == 2
    assert 'href="https://help.example" target="_blank" rel="noopener noreferrer">Help<' in html


def test_the_catalog_of_several_stacks_shows_each_ones_logo(world: World, browser: Browser) -> None:
    add_theme(world)
    with world.store.transaction() as tx:
        tx.add(StackRow(**SCOPED, name="t", document={}, created_at=START))
        tx.add(AssociationRow(**SCOPED, fleet="f", stack="t"))
        tx.add(UserStackRow(**SCOPED, user=ANN, stack="t"))
    html = browser.follow(browser.sign_in()).html
    assert "<title>Your applications</title>" in html
    assert "data-styling" not in html
    assert html.count('class="logo"') == html.count(">Help<") == 1


def test_a_second_fleet_of_a_stack_is_named(world: World, browser: Browser) -> None:
    with world.store.transaction() as tx:
        first = world.fleet(tx)
        document = {**first.document, "DisplayName": "The Second"}
        tx.add(FleetRow(**SCOPED, name="g", document=document, created_at=START))
        tx.add(AssociationRow(**SCOPED, fleet="g", stack="s"))
    assert "s: The Second" in browser.follow(browser.sign_in()).html


def test_who_may_open_nothing_is_told_so(world: World, browser: Browser) -> None:
    with world.store.transaction() as tx:
        tx.delete(resources.association(tx, SCOPE, fleet="f", stack="s"))
    assert "Nothing has been assigned to you yet" in browser.follow(browser.sign_in()).html


def test_who_has_not_signed_in_gets_nothing(browser: Browser) -> None:
    assert browser.get().name == "sign_in"
    assert browser.post("/launch", LAUNCH).location == f"{PATH}?notice=ended"
    sent = browser.post("/new-password", {"password": OTHER, "again": OTHER})
    assert sent.location == f"{PATH}?notice=ended"


def test_a_click_after_the_login_has_run_out_leads_to_signing_in(
    world: World, browser: Browser
) -> None:
    browser.follow(browser.sign_in())
    world.clock.wake_next(START + timedelta(hours=2))
    page = browser.follow(browser.post("/launch", LAUNCH))
    assert page.name == "sign_in"
    assert "You have been signed out" in page.html


def test_who_has_a_temporary_password_opens_nothing_by_it(world: World, browser: Browser) -> None:
    temporary(world)
    browser.follow(browser.sign_in())
    assert browser.get().name == "new_password"
    assert browser.post("/launch", LAUNCH).location == f"{PATH}?notice=ended"


def test_two_passwords_that_differ_are_asked_for_again(world: World, browser: Browser) -> None:
    temporary(world)
    browser.follow(browser.sign_in())
    page = browser.post("/new-password", {"password": OTHER, "again": PASSWORD})
    assert (page.name, page.alert) == ("new_password", "unequal")
    assert OTHER not in page.html


def test_a_wrong_password_is_not_shown_again(browser: Browser) -> None:
    page = browser.sign_in(password="typed-in-vain")
    assert (page.status, page.alert) == (403, "wrong")
    assert f'value="{ANN}"' in page.html
    assert "typed-in-vain" not in page.html


def test_the_pages_say_the_same_of_a_name_that_there_is_not(browsers: Browsers) -> None:
    def pages(name: str) -> list[tuple[int, str]]:
        browser = browsers.new()
        shown = [browser.sign_in(name, "wrong")]
        browser.get("/forgotten")
        shown.append(browser.post("/forgotten", {"user": name}))
        code = {"code": "AAAA", "password": OTHER, "again": OTHER}
        shown.append(browser.post("/reset", {"user": name, **code}))
        html = [re.sub(r'name="token" value="[^"]*"', "", page.html) for page in shown]
        return [
            (page.status, text.replace(name, "NAME"))
            for page, text in zip(shown, html, strict=True)
        ]

    assert pages(ANN) == pages("eve@example.com")


def test_signing_out_ends_the_login(world: World, browser: Browser) -> None:
    browser.follow(browser.sign_in())
    stolen = dict(browser.jar)
    page = browser.follow(browser.post("/sign-out"))
    assert "You have signed out" in page.html
    assert logins(world) == 0
    browser.jar = stolen
    assert browser.get().name == "sign_in"


class TestForgery:
    """Forms that others would have a user's browser send: CSRF."""

    @pytest.fixture(autouse=True)
    def signed_in(self, browser: Browser) -> None:
        browser.follow(browser.sign_in())

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": ""},
            {"Sec_Fetch_Site": "cross-site"},
            {"Sec_Fetch_Site": "same-site"},
        ],
        ids=str,
    )
    def test_from_elsewhere_does_nothing(
        self, world: World, browser: Browser, headers: dict[str, str]
    ) -> None:
        page = browser.post("/launch", LAUNCH, **headers)
        assert (page.status, page.alert) == (403, "stale")
        assert browser.post("/sign-out", **headers).status == 403
        assert logins(world) == 1

    @pytest.mark.parametrize("token", ["", "x", "A" * 44], ids=["none", "short", "long"])
    def test_without_the_pages_token_does_nothing(
        self, world: World, browser: Browser, token: str
    ) -> None:
        assert browser.post("/sign-out", {"token": token}).status == 403
        assert logins(world) == 1

    def test_with_the_token_of_another_browser_does_nothing(
        self, world: World, browsers: Browsers, browser: Browser
    ) -> None:
        other = browsers.new()
        other.follow(other.sign_in())
        assert browser.post("/sign-out", {"token": other.token}).status == 403
        assert logins(world) == 2

    def test_with_a_token_from_before_the_login_does_nothing(self, browsers: Browsers) -> None:
        browser = browsers.new()
        before = browser.get().token
        browser.follow(browser.sign_in())
        assert browser.post("/launch", {**LAUNCH, "token": before}).status == 403

    def test_as_anything_but_a_form_does_nothing(self, world: World, browser: Browser) -> None:
        page = browser.post("/sign-out", Content_Type="text/plain")
        assert page.status == 403
        assert logins(world) == 1

    def test_that_signs_somebody_in_as_somebody_else_does_nothing(self, browsers: Browsers) -> None:
        victim = browsers.new()
        fields = {"user": ANN, "password": PASSWORD}
        page = victim.post("/sign-in", fields, Origin="https://evil.example")
        assert (page.status, "login" in str(page.cookies)) == (403, False)

    def test_by_a_link_does_nothing(self, world: World, browser: Browser) -> None:
        for path in ("/sign-out", "/launch", "/sign-in"):
            assert browser.get(path).status == 405
        assert logins(world) == 1

    def test_in_a_frame_is_impossible(self, browser: Browser) -> None:
        assert "frame-ancestors 'none'" in browser.get().headers["content-security-policy"]


class TestACookie:
    def test_is_for_this_host_over_tls_and_not_for_scripts(self, world: World) -> None:
        with world.browsers(secure=True) as browsers:
            browser = browsers.new()
            visit = browser.get().cookies[0]
            login = browser.post("/sign-in", {"user": ANN, "password": PASSWORD}).cookies[0]
        for cookie in (visit, login):
            assert cookie.startswith("__Host-")
            flags = {part.strip().lower() for part in cookie.split(";")[1:]}
            assert {"httponly", "secure", "samesite=lax", "path=/"} <= flags
            assert "domain" not in cookie.lower()
        assert "Max-Age=3600" in login

    def test_that_was_planted_is_not_the_one_of_the_login(
        self, world: World, browser: Browser
    ) -> None:
        """Session fixation: the attacker knows the cookies before the user signs in."""
        name = f"login-{SCOPE.account}-{SCOPE.region}"
        planted = "planted-by-an-attacker-who-knows-it"
        browser.jar[name] = planted
        browser.sign_in()
        assert browser.jar[name] != planted
        browser.jar[name] = planted
        assert browser.get().name == "sign_in"

    @pytest.mark.parametrize("value", ["", "x", "é" * 30, "a" * 5000, "'; DROP TABLE logins"])
    def test_of_any_kind_is_taken_for_what_it_is(self, browser: Browser, value: str) -> None:
        name = f"login-{SCOPE.account}-{SCOPE.region}"
        browser.jar[name] = value.encode("ascii", "ignore").decode()
        assert browser.get().name == "sign_in"


class TestNames:
    """Every name that the API takes comes out as text: XSS."""

    @pytest.fixture(autouse=True)
    def malicious(self, world: World) -> None:
        with world.user() as user:
            user.document = {"FirstName": MARKUP, "LastName": MARKUP}
        with world.stack() as stack:
            stack.document = {**stack.document, "DisplayName": MARKUP}
        application = {
            "Name": MARKUP,
            "DisplayName": MARKUP,
            "Description": MARKUP,
            "IconURL": "javascript:alert(1)",
        }
        with world.store.transaction() as tx:
            fleet = world.fleet(tx)
            fleet.document = {**fleet.document, "DisplayName": MARKUP}
            image = resources.find_image(tx, SCOPE, "image")
            assert image
            image.document = {"Applications": [application]}
            tx.add(FleetRow(**SCOPED, name="g", document=fleet.document, created_at=START))
            tx.add(AssociationRow(**SCOPED, fleet="g", stack="s"))

    def test_are_text_in_the_catalog(self, browser: Browser) -> None:
        html = browser.follow(browser.sign_in()).html
        assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 8
        assert "<script" not in html
        assert "<img" not in html
        assert "javascript:" not in html

    @pytest.mark.parametrize("path", ["/sign-in", "/forgotten", "/reset"])
    def test_that_are_typed_are_text(self, browser: Browser, path: str) -> None:
        browser.get()
        fields = {"user": MARKUP, "password": MARKUP, "again": MARKUP, "code": MARKUP}
        html = browser.post(path, fields).html
        assert "<script" not in html
        assert "<img" not in html

    def test_could_run_no_script_if_they_were_not(self, browser: Browser) -> None:
        policy = browser.get().headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy

    def test_that_are_opened_are_opened_as_they_are(self, browser: Browser) -> None:
        browser.follow(browser.sign_in())
        page = browser.post("/launch", {**LAUNCH, "application": MARKUP})
        assert page.location.startswith("/authenticate?parameters=")


class TestRedirects:
    """No answer leads to anywhere but here: open redirects."""

    @pytest.mark.parametrize(
        "query",
        ["?next=https://evil.example", "?notice=//evil.example", "?redirect=//evil.example"],
    )
    def test_are_not_to_be_asked_for(self, browser: Browser, query: str) -> None:
        page = browser.get(query)
        assert "evil.example" not in page.html + page.location
        page = browser.post(f"/sign-in{query}", {"user": ANN, "password": PASSWORD})
        assert page.location == PATH

    @pytest.mark.parametrize(
        "path",
        [
            "//portal/123456789012/evil.example",
            "//portal/123456789012/us-east-1%2f..%2f..",
            "//portal/12345/us-east-1",
            f"//portal/{'%D9%A1' * 12}/us-east-1",  # digits, and none of an account's
            "//portal/123456789012/US-EAST-1",
            "//portal//us-east-1",
            "//portal/123456789012/%0d%0aSet-Cookie:%20a=b",
        ],
    )
    def test_are_not_made_of_paths(self, browser: Browser, path: str) -> None:
        assert browser.get(path).status == 404


def test_a_portal_of_nobody_looks_as_any_other(browser: Browser) -> None:
    page = browser.get("//portal/999999999999/eu-north-1")
    assert (page.status, page.name) == (200, "sign_in")


def test_nothing_is_kept_by_caches_or_told_to_other_sites(browser: Browser) -> None:
    headers = browser.get().headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"


def test_a_form_that_is_too_long_is_not_read(browser: Browser) -> None:
    browser.get()
    page = browser.post("/sign-in", {"user": ANN, "password": "x" * 20_000})
    assert (page.status, page.alert) == (403, "stale")


def test_a_lock_is_said_by_its_own_status(browser: Browser) -> None:
    for _ in range(5):
        browser.sign_in(password="wrong")
    page = browser.sign_in()
    assert (page.status, page.alert) == (429, "locked")
    assert "Try again in 1 s" in page.html

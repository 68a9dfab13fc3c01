"""The gateway's HTTP answers: who may ask for what, and with which headers."""

import asyncio
import html
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ownstream.storage.locations import Locations
from ownstream.store import FleetRow, ImageRow, StackRow, Store, ThemeRow, resources
from tests.support.clock import START, TurnedClock
from tests.support.gateway import HOST, gateway_app
from tests.support.world import SCOPE, add_ready_instance, store_with_fleet, url
from tests.unit.gateway.test_admission import parts

OURS = {"host": HOST, "origin": f"https://{HOST}", "content-type": "application/json"}
SOON = START + timedelta(minutes=1)


@dataclass
class Answer:
    """An HTTP response as ASGI messages told it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def world() -> Store:
    store = store_with_fleet()
    with store.transaction() as tx:
        add_ready_instance(tx)
        fleet = resources.find(tx, FleetRow, SCOPE, "f")
        assert fleet
        fleet.goal_met = True
    return store


def ask(
    store: Store,
    method: str,
    target: str,
    *,
    headers: dict[str, str] = OURS,
    body: bytes = b"",
    locations: Locations | None = None,
) -> Answer:
    """The gateway's answer to one request."""
    address = urlsplit(target)
    scope = {
        "type": "http",
        "method": method,
        "path": address.path,
        "raw_path": address.path.encode(),
        "query_string": address.query.encode(),
        "root_path": "",
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        "http_version": "1.1",
        "scheme": "https",
        "server": (HOST, 443),
        "client": ("127.0.0.1", 1),
        "state": {},
    }
    sent: list[dict[str, Any]] = []

    async def main() -> None:
        said = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if not said:
                await asyncio.Event().wait()  # the browser stays and says no more
            return said.pop()

        async def send(message: Any) -> None:
            sent.append(message)

        with gateway_app(store, TurnedClock(), locations=locations) as app:
            await app(scope, receive, send)  # type: ignore[arg-type]

    asyncio.run(main())
    start, *rest = sent
    return Answer(
        start["status"],
        {k.decode(): v.decode() for k, v in start["headers"]},
        b"".join(message.get("body", b"") for message in rest),
    )


def posted(store: Store, text: str, members: Any = None, **headers: str) -> Answer:
    parameters, signature = parts(text)
    asked = {"parameters": parameters, "signature": signature, **(members or {})}
    body = json.dumps(asked).encode()
    return ask(store, "POST", "/authenticate", headers={**OURS, **headers}, body=body)


def test_a_ticket_becomes_a_cookie_that_scripts_and_other_sites_do_not_get() -> None:
    answer = posted(world(), url(expires=SOON))
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status == 200
    assert answer.json["fleet"] == "f"
    assert "httponly" in cookie
    assert "secure" in cookie
    assert "samesite=strict" in cookie


def test_the_cookie_opens_its_session_and_ends_it() -> None:
    store = world()
    admitted = posted(store, url(expires=SOON))
    cookie = admitted.headers["set-cookie"].partition(";")[0]
    handle = admitted.json["session"]
    headers = {**OURS, "cookie": cookie}
    assert ask(store, "GET", f"/session?session={handle}", headers=headers).status == 200
    assert ask(store, "GET", "/session?session=other", headers=headers).status == 401
    assert ask(store, "POST", f"/session/end?session={handle}", headers=headers).status == 200
    ended = ask(store, "GET", f"/session?session={handle}", headers=headers)
    assert (ended.status, ended.json["error"]) == (410, "ended_by_user")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "", "null", "http://[", f"//{HOST}", f"https://{HOST}@evil"]
)
@pytest.mark.parametrize("path", ["/authenticate", "/session/end"])
def test_other_sites_cannot_post(path: str, origin: str) -> None:
    answer = ask(world(), "POST", path, headers={**OURS, "origin": origin}, body=b"{}")
    assert (answer.status, answer.json["error"]) == (403, "cross_site")


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"\xff"),
        *(b'{"parameters": 1, "signature": "x"}', b'{"parameters": "x"}'),
        pytest.param(b"[" * 100_000, id="nested without end"),
    ],
)
def test_what_is_no_ticket_is_refused(body: bytes) -> None:
    assert ask(world(), "POST", "/authenticate", body=body).status == 400


def test_a_form_of_another_type_is_refused() -> None:
    answer = posted(world(), url(expires=SOON), **{"content-type": "text/plain"})
    assert answer.status == 400


def test_a_body_without_end_is_not_read_on() -> None:
    body = b'{"parameters": "' + b"x" * 200_000 + b'", "signature": "x"}'
    assert ask(world(), "POST", "/authenticate", body=body).status == 400


def test_fetching_a_url_uses_nothing_up() -> None:
    store = world()
    text = url(expires=SOON)
    page = ask(store, "GET", text.removeprefix("http://host"))
    assert page.status == 200
    assert posted(store, text).status == 200


def test_the_page_may_be_framed_by_the_stacks_hosts_alone() -> None:
    store = world()
    target = url(expires=SOON).removeprefix("http://host")
    policy = ask(store, "GET", target).headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self'")
    with store.transaction() as tx:
        stack = resources.find(tx, StackRow, SCOPE, "s")
        assert stack
        stack.document["EmbedHostDomains"] = ["portal.example"]
    policy = ask(store, "GET", target).headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://portal.example")
    assert "script-src 'self';" in policy


def test_a_session_that_others_may_embed_has_a_cookie_of_its_own_in_their_frames() -> None:
    store = world()
    with store.transaction() as tx:
        stack = resources.find(tx, StackRow, SCOPE, "s")
        assert stack
        stack.document["EmbedHostDomains"] = ["portal.example"]
    cookie = posted(store, url(expires=SOON)).headers["set-cookie"].lower()
    assert {"httponly", "secure", "samesite=none", "partitioned"} <= {
        part.strip() for part in cookie.split(";")
    }


def test_a_page_of_no_stack_may_be_framed_by_nobody_else_and_has_no_theme() -> None:
    answer = ask(world(), "GET", "/?session=unknown")
    assert answer.headers["content-security-policy"].endswith("frame-ancestors 'self'")
    assert b"ownstream-theme" not in answer.body


def test_a_theme_is_data_in_the_page_and_never_markup() -> None:
    store = world()
    title = "</head><script>alert(1)</script>\" onload='x"
    document = {
        "State": "ENABLED",
        "ThemeTitleText": title,
        "ThemeStyling": "RED",
        "ThemeFooterLinks": [{"DisplayName": "<b>", "FooterLinkURL": "https://e.example/"}],
    }
    with store.transaction() as tx:
        key = {"account": SCOPE.account, "region": SCOPE.region, "name": "s"}
        tx.add(ThemeRow(**key, document=document, created_at=START))
    page = ask(store, "GET", url(expires=SOON).removeprefix("http://host")).body.decode()
    found = re.search('<meta name="ownstream-theme" content="([^"]*)" />', page)
    assert found
    assert json.loads(html.unescape(found[1]))["title"] == title
    assert page.count("<script") == 1


def test_icons_are_served_by_name_and_nothing_else_is(tmp_path: Path) -> None:
    icon, secret = tmp_path / "icon.png", tmp_path / "secret.txt"
    icon.write_bytes(b"png")
    secret.write_text("secret")
    store = world()
    with store.transaction() as tx:
        tx.add(
            ImageRow(
                account="",
                region="",
                name="image",
                document={},
                icons={"app": str(icon), "odd": str(secret)},
                created_at=START,
            )
        )
    assert ask(store, "GET", "/icons/image/app").body == b"png"
    for path in ("/icons/image/odd", "/icons/image/none", "/icons/none/app", "/icons/image/..%2fx"):
        assert ask(store, "GET", path).status == 404

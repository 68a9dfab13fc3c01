"""A portal behind a port of loopback, users to sign in there, and browsers that do."""

import http.client
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette

from ownstream import passwords
from ownstream.domain.portals import portal_path
from ownstream.domain.scope import Scope
from ownstream.portal.app import Portal, portal_threads
from ownstream.portal.reception import Reception
from ownstream.store import FleetRow, ImageRow, StackRow, Store, UserRow, UserStackRow, resources
from tests.support.clock import START, TurnedClock
from tests.support.http import served
from tests.support.world import KEY, SCOPE, store_with_fleet

PATH = portal_path(SCOPE)
ANN = "ann@example.com"
PASSWORD = "Correct-horse-1"
OTHER = "Another-horse-2"
SCOPED = {"account": SCOPE.account, "region": SCOPE.region}
_HASHES: dict[str, str] = {}


def hashed(password: str) -> str:
    """A hash of the password, made once: each takes its time."""
    return _HASHES.setdefault(password, passwords.hashed(password))


@dataclass
class World:
    """Fleet `f`, which runs, behind stack `s`; user `ann`, who may open it; a clock."""

    store_url: str = "sqlite://"
    store: Store = field(init=False)
    clock: TurnedClock = field(default_factory=TurnedClock)

    def __post_init__(self) -> None:
        self.store = store_with_fleet(
            store_url=self.store_url, MaxUserDurationInSeconds=3600, StreamView="APP"
        )
        applications = [
            {"Name": "editor", "DisplayName": "Editor", "IconURL": "/icons/image/editor"},
            {"Name": "off", "Enabled": False},
        ]
        with self.store.transaction() as tx:
            image = ImageRow(
                account="",
                region="",
                name="image",
                document={"Applications": applications},
                created_at=START,
            )
            tx.add(image)
            self.fleet(tx).goal_met = True
        self.add_user()

    @property
    def reception(self) -> Reception:
        return Reception(self.store, self.clock)

    def add_user(self, name: str = ANN, *, scope: Scope = SCOPE, **columns: Any) -> None:
        """A user with PASSWORD, who may open the stack `s`."""
        key = {"account": scope.account, "region": scope.region}
        made: dict[str, Any] = {
            "id": name,
            "document": {"FirstName": "Ann"},
            "created_at": START,
            "password_hash": hashed(PASSWORD),
            "confirmed": True,
            **columns,
        }
        with self.store.transaction() as tx:
            tx.add(UserRow(**key, name=name, **made))
            tx.add(UserStackRow(**key, user=name, stack="s"))

    def fleet(self, tx: Any) -> Any:
        """The fleet's row."""
        return resources.find(tx, FleetRow, SCOPE, "f")

    @contextmanager
    def user(self, name: str = ANN) -> Iterator[UserRow]:
        """The user's row, to be looked at or changed."""
        with self.store.transaction() as tx:
            row = resources.find(tx, UserRow, SCOPE, name)
            assert row is not None
            yield row

    @contextmanager
    def stack(self) -> Iterator[StackRow]:
        """The stack's row, to be changed."""
        with self.store.transaction() as tx:
            row = resources.find(tx, StackRow, SCOPE, "s")
            assert row is not None
            yield row

    @contextmanager
    def browsers(self, *, secure: bool = False) -> Iterator["Browsers"]:
        """The portal, served."""
        threads = portal_threads()
        portal = Portal(self.store, self.clock, b"f" * 32, KEY, secure, threads)
        try:
            with served(Starlette(routes=portal.routes())) as port:
                yield Browsers(port)
        finally:
            threads.shutdown()


@dataclass
class Page:
    """An answer."""

    status: int
    headers: http.client.HTTPMessage
    html: str

    @property
    def name(self) -> str:
        found = re.search(r'data-page="([^"]+)"', self.html)
        return found[1] if found else ""

    @property
    def alert(self) -> str:
        """Why not, as a code; empty if nothing is amiss."""
        found = re.search(r'data-code="([^"]+)"', self.html)
        return found[1] if found else ""

    @property
    def token(self) -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.html)
        return unescape(found[1]) if found else ""

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    @property
    def cookies(self) -> list[str]:
        return self.headers.get_all("set-cookie") or []


@dataclass
class Browser:
    """One user's browser, with its cookies."""

    port: int
    jar: dict[str, str] = field(default_factory=dict[str, str])
    token: str = ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str = "", **headers: str) -> Page:
        """A page of the portal; a path that begins with // is taken as it is."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Page:
        """A form sent from the page that was shown last, as a browser does."""
        sent = {"token": self.token, **(fields or {})}
        return self._ask("POST", path, urlencode(sent), {"Origin": self.origin, **headers})

    def sign_in(self, user: str = ANN, password: str = PASSWORD) -> Page:
        """The answer to these."""
        self.get()
        return self.post("/sign-in", {"user": user, "password": password})

    def follow(self, page: Page) -> Page:
        """Where the answer leads."""
        return self.get("/" + page.location)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Page:
        where = path.removeprefix("/") if path.startswith("//") else PATH + path
        cookies = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, where, body, {"Cookie": cookies, **form, **named})
            answer = connection.getresponse()
            page = Page(answer.status, answer.headers, answer.read().decode())
        finally:
            connection.close()
        for cookie in page.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.jar[name] = value
        self.token = page.token or self.token
        return page


@dataclass
class Browsers:
    """Where browsers are started."""

    port: int

    def new(self) -> Browser:
        """One that has never been here."""
        return Browser(self.port)

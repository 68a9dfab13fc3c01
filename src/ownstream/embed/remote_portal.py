"""Users of the user pool who sign in at the portal of a running service, by its own forms."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from ownstream.embed.http import Answer, Http
from ownstream.embed.pool_users import chosen_of, scope_of
from ownstream.portal.catalog import Choice
from ownstream.portal.refusals import ENDED, Refusal, TurnedAway

SEE_OTHER = 303
_TOKEN = re.compile(r'name="token" value="([^"]*)"')
_ALERT = re.compile(r'role="alert" data-code="([^"]*)">([^<]*)<')
_TILE = re.compile(
    r'name="stack" value="([^"]*)">\s*<input[^>]* name="fleet" value="([^"]*)">'
    r'\s*<button[^>]* name="application" value="([^"]*)"'
)


@dataclass
class FormBrowser:
    """One browser at one portal: its cookies, and the page that it shows."""

    http: Http
    portal_url: str
    cookies: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    html: str = field(default="", repr=False)

    def show(self, path: str = "") -> None:
        """This page of the portal is shown."""
        self._take(self.http.plain("GET", self.portal_url + path, headers=self._headers()))

    def send(self, path: str, **fields: str) -> str:
        """Where the form leads; TurnedAway with the page's words if it does not."""
        token = _TOKEN.search(self.html)
        sent = {"token": unescape(token[1]) if token else "", **fields}
        answer = self.http.form(self.portal_url + path, sent, self._headers())
        self._take(answer)
        if answer.status == SEE_OTHER:
            return answer.headers["location"]
        alert = _ALERT.search(self.html)
        if alert:
            raise TurnedAway(Refusal(unescape(alert[1]), unescape(alert[2])))
        return ""

    @property
    def is_signed_in(self) -> bool:
        """Whether the page is one of somebody who has signed in."""
        return 'data-page="catalog"' in self.html

    def catalog(self) -> Sequence[Choice]:
        """The applications of the page."""
        return [Choice(*map(unescape, found)) for found in _TILE.findall(self.html)]

    def _headers(self) -> Mapping[str, str]:
        parts = urlsplit(self.portal_url)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        origin = {"Origin": f"{parts.scheme}://{parts.netloc}"}
        return {**origin, "Cookie": cookies} if cookies else origin

    def _take(self, answer: Answer) -> None:
        given = SimpleCookie(answer.headers.get("set-cookie", ""))
        self.cookies |= {name: morsel.value for name, morsel in given.items()}
        self.html = answer.body.decode()


@dataclass
class RemotePoolUser:
    """A user in a browser that is signed in at a portal."""

    must_change: bool
    _browser: FormBrowser = field(repr=False)

    def choose_password(self, password: str) -> None:
        """The password takes the place of the temporary one; TurnedAway if it is too weak."""
        self._browser.show("/new-password")
        if 'data-page="new_password"' not in self._browser.html:
            raise TurnedAway(ENDED)
        self._browser.send("/new-password", password=password, again=password)
        self.must_change = False

    def catalog(self) -> Sequence[Choice]:
        """What the user is shown; TurnedAway if they are signed in no more."""
        self._browser.show()
        if not self._browser.is_signed_in:
            raise TurnedAway(ENDED)
        return self._browser.catalog()

    def streaming_url(self, application: str, stack: str | None) -> str:
        """Where a click on the application leads; the first of the name unless a stack is named."""
        chosen = chosen_of(self.catalog(), application, stack)
        parts = urlsplit(self._browser.portal_url)
        path = self._browser.send(
            "/launch", stack=chosen.stack, fleet=chosen.fleet, application=chosen.application
        )
        return f"{parts.scheme}://{parts.netloc}{path}"

    def sign_out(self) -> None:
        """The browser is signed in no more."""
        self._browser.show()
        if self._browser.is_signed_in:
            self._browser.send("/sign-out")


def signed_in(http: Http, portal_url: str, user_name: str, password: str) -> RemotePoolUser:
    """The user, signed in with this password; TurnedAway if it is not theirs."""
    browser = _arrived(http, portal_url)
    onward = browser.send("/sign-in", user=user_name, password=password)
    return RemotePoolUser(onward.endswith("/new-password"), browser)


def ask_for_code(http: Http, portal_url: str, user_name: str) -> None:
    """A code for another password is mailed to the user, if there is one with a password."""
    _arrived(http, portal_url).send("/forgotten", user=user_name)


def reset_password(http: Http, portal_url: str, user_name: str, code: str, password: str) -> None:
    """The user has this password from now on; TurnedAway if the code is not the mailed one."""
    browser = _arrived(http, portal_url)
    browser.send("/reset", user=user_name, code=code, password=password, again=password)


def _arrived(http: Http, portal_url: str) -> FormBrowser:
    scope_of(portal_url)
    browser = FormBrowser(http, portal_url)
    browser.show()
    return browser

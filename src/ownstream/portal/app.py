"""The portal's paths, all under one for each account and region, which mails name.

Pages are made here and have no script. What is asked of passwords is done on threads of the
portal's own: whoever floods the sign-in page holds up nobody's stream.
"""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ownstream.clock import Clock
from ownstream.domain.attributes import Unstated, UserAttributes
from ownstream.domain.portals import portal_path
from ownstream.domain.scope import Scope
from ownstream.log import Log
from ownstream.portal.catalog import Choice, Offer, launch_path, offers, theme_of
from ownstream.portal.forms import Cookies, Fields, fields_of, is_ours, token
from ownstream.portal.pages import FOLDER, HEADERS, page
from ownstream.portal.reception import Reception, SignedIn, Visitor
from ownstream.portal.refusals import ENDED, Refusal, TurnedAway
from ownstream.store import Store

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 2
MOST_WAITING = 32
ACCOUNT = re.compile(r"\d{12}", re.ASCII)
REGION = re.compile(r"[a-z0-9-]{1,32}")
STALE = Refusal("stale", "This page was too old, or was not made for this browser. Try again.")
BUSY = Refusal("busy", "The service is busy. Try again in a moment.")
UNEQUAL = Refusal("unequal", "The two passwords are not the same.")
NOTICES = {
    "changed": "Your password has been changed. Sign in with it.",
    "out": "You have signed out.",
    "ended": ENDED.text,
}


def portal_threads() -> ThreadPoolExecutor:
    """The threads that passwords are compared on."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="portal")


@dataclass(frozen=True)
class Visit:
    """One request to one portal: whose it is, and what it says."""

    request: Request
    scope: Scope
    cookies: Cookies
    fields: Fields
    visitor: Visitor | None

    @property
    def path(self) -> str:
        return portal_path(self.scope)

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return self.request.client.host if self.request.client else ""


Answer = Callable[[Visit], Awaitable[Response]]


@dataclass
class Portal:
    """The pages of all pools of one store."""

    store: Store
    clock: Clock
    form_key: bytes
    ticket_key: bytes
    secure: bool
    threads: ThreadPoolExecutor
    attributes: UserAttributes = field(default_factory=Unstated)
    _waiting: int = field(default=0, init=False)

    @property
    def reception(self) -> Reception:
        return Reception(self.store, self.clock, self.attributes)

    def routes(self) -> Sequence[BaseRoute]:
        """The paths, in order."""
        return [
            Route("/portal/style.css", _file("style.css"), methods=["GET"]),
            Route("/portal/mark.svg", _file("mark.svg"), methods=["GET"]),
            self._page("", self.home),
            self._page("/new-password", self.home),
            self._page("/forgotten", self.forgotten),
            self._page("/reset", self.reset_page),
            self._form("/sign-in", self.sign_in),
            self._form("/new-password", self.choose_password),
            self._form("/forgotten", self.ask_for_code),
            self._form("/reset", self.reset),
            self._form("/launch", self.launch),
            self._form("/sign-out", self.sign_out),
        ]

    async def home(self, visit: Visit) -> Response:
        """The catalog; who has not signed in is asked to, or to choose a password."""
        if visit.visitor is None:
            notice = NOTICES.get(visit.request.query_params.get("notice", ""), "")
            return self._shown(visit, "sign_in", notice=notice)
        if visit.visitor.must_change:
            return self._shown(visit, "new_password")
        return await self._catalog(visit, visit.visitor)

    async def forgotten(self, visit: Visit) -> Response:
        """Where a code is asked for."""
        return self._shown(visit, "forgotten")

    async def reset_page(self, visit: Visit) -> Response:
        """Where a code is typed."""
        return self._shown(visit, "reset")

    async def sign_in(self, visit: Visit) -> Response:
        """A login for who knows the password."""
        user, password = visit.fields.get("user", "").strip(), visit.fields.get("password", "")
        try:
            login = await self._done(
                self.reception.sign_in, visit.scope, user, password, visit.address
            )
        except TurnedAway as turned:
            return self._refused(visit, "sign_in", turned, user=user)
        return self._signed_in(visit, login)

    async def choose_password(self, visit: Visit) -> Response:
        """A password in place of the temporary one."""
        if visit.visitor is None or not visit.visitor.must_change:
            return _onward(visit.path, "?notice=ended" if visit.visitor is None else "")
        try:
            login = await self._done(
                self.reception.choose_password,
                visit.visitor,
                visit.cookies.login(visit.request),
                _new_password(visit.fields),
            )
        except TurnedAway as turned:
            return self._refused(visit, "new_password", turned)
        return self._signed_in(visit, login)

    async def ask_for_code(self, visit: Visit) -> Response:
        """The page for the code, whether or not one has been sent."""
        user = visit.fields.get("user", "").strip()
        try:
            await self._done(self.reception.ask_for_code, visit.scope, user, visit.address)
        except TurnedAway as turned:
            return self._refused(visit, "forgotten", turned, user=user)
        return self._shown(visit, "reset", user=user)

    async def reset(self, visit: Visit) -> Response:
        """A password in place of the forgotten one."""
        user, code = visit.fields.get("user", "").strip(), visit.fields.get("code", "").strip()
        try:
            await self._done(
                self.reception.reset,
                visit.scope,
                user,
                code,
                _new_password(visit.fields),
                visit.address,
            )
        except TurnedAway as turned:
            return self._refused(visit, "reset", turned, user=user, code=code)
        return _onward(visit.path, "?notice=changed")

    async def launch(self, visit: Visit) -> Response:
        """Onward to the session with this application."""
        if visit.visitor is None or visit.visitor.must_change:
            return _onward(visit.path, "?notice=ended")
        try:
            place = await self._done(self._launch_path, visit.visitor, visit.fields)
        except TurnedAway as turned:
            return await self._catalog(visit, visit.visitor, turned)
        return _onward(place)

    async def sign_out(self, visit: Visit) -> Response:
        """The browser is signed in no more."""
        login = visit.cookies.login(visit.request)
        await self._done(self.reception.sign_out, visit.scope, login)
        response = _onward(visit.path, "?notice=out")
        visit.cookies.end_login(response)
        return response

    def _launch_path(self, visitor: Visitor, fields: Fields) -> str:
        choice = Choice(*(fields.get(name, "") for name in ("stack", "fleet", "application")))
        now = self.clock.now()
        with self.store.snapshot() as tx:
            return launch_path(tx, visitor, choice, now=now, ticket_key=self.ticket_key)

    async def _catalog(
        self, visit: Visit, visitor: Visitor, turned: TurnedAway | None = None
    ) -> Response:
        alert = turned.refusal if turned else None
        found = await self._done(self._offers, visitor)
        status, theme = 409 if turned else 200, theme_of(found)
        return self._shown(visit, "catalog", status, offers=found, theme=theme, alert=alert)

    def _offers(self, visitor: Visitor) -> Sequence[Offer]:
        with self.store.snapshot() as tx:
            return offers(tx, visitor)

    def _signed_in(self, visit: Visit, login: SignedIn) -> Response:
        response = _onward(visit.path, "/new-password" if login.must_change else "")
        visit.cookies.set_login(response, login.cookie, login.lasts)
        return response

    def _refused(self, visit: Visit, name: str, turned: TurnedAway, **values: Any) -> Response:
        refusal = turned.refusal
        if refusal.code == "locked":  # the name is not said: somebody may have typed a password
            Log("portal").warning("too many attempts", address=visit.address)
        status = {"locked": 429, "busy": 503}.get(refusal.code, 403)
        return self._shown(visit, name, status, alert=refusal, wrong=True, **values)

    def _shown(self, visit: Visit, name: str, status: int = 200, **values: Any) -> Response:
        """The page, its forms good for this browser alone."""
        cookie = self._form_cookie(visit)
        fresh = "" if cookie else secrets.token_urlsafe(32)
        made = token(self.form_key, cookie or fresh)
        response = page(name, status, path=visit.path, token=made, visitor=visit.visitor, **values)
        if fresh:
            visit.cookies.set_visit(response, fresh)
        return response

    def _form_cookie(self, visit: Visit) -> str:
        """What this browser's forms are bound to: its login, else its visit."""
        if visit.visitor is not None:
            return visit.cookies.login(visit.request)
        return visit.cookies.visit(visit.request)

    async def _done(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What the work returns, done on a thread of the portal's; TurnedAway if many wait."""
        if self._waiting >= MOST_WAITING:
            raise TurnedAway(BUSY)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.threads, lambda: work(*args, **kwargs))
        finally:
            self._waiting -= 1

    def _page(self, path: str, answer: Answer) -> Route:
        return self._route("GET", path, answer)

    def _form(self, path: str, answer: Answer) -> Route:
        async def checked(visit: Visit) -> Response:
            if is_ours(visit.request, visit.fields, self.form_key, self._form_cookie(visit)):
                return await answer(visit)
            if visit.visitor is None and visit.cookies.login(visit.request):
                return _onward(visit.path, "?notice=ended")  # the form was of a login that is over
            return self._shown(visit, "stale", 403, alert=STALE)

        return self._route("POST", path, checked)

    def _route(self, method: str, path: str, answer: Answer) -> Route:
        async def endpoint(request: Request) -> Response:
            scope = Scope(request.path_params["account"], request.path_params["region"])
            if not (ACCOUNT.fullmatch(scope.account) and REGION.fullmatch(scope.region)):
                return Response("There is no such page.", 404)
            cookies = Cookies(scope, self.secure)
            fields = await fields_of(request) if method == "POST" else {}
            try:
                login = cookies.login(request)
                visitor = await self._done(self.reception.visitor, scope, login) if login else None
                return await answer(Visit(request, scope, cookies, fields, visitor))
            except TurnedAway as turned:
                return Response(turned.refusal.text, 503, headers=HEADERS)

        return Route(f"/portal/{{account}}/{{region}}{path}", endpoint, methods=[method])


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(_: Request) -> Response:
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
        return FileResponse(FOLDER / name, headers=headers)

    return endpoint


def _onward(path: str, more: str = "") -> Response:
    """To another of our own paths, by a GET."""
    return RedirectResponse(path + more, 303, headers=HEADERS)


def _new_password(fields: Fields) -> str:
    if fields.get("password", "") != fields.get("again", ""):
        raise TurnedAway(UNEQUAL)
    return fields.get("password", "")

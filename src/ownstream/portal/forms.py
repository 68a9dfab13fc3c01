"""What a form says, whose it is, and the proof that one of our own pages sent it."""

import asyncio
import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from ownstream.domain.scope import Scope
from ownstream.origin import is_from_our_page, is_not_from_elsewhere

MOST_BYTES = 16 * 1024
MOST_FIELDS = 16
WITHIN_S = 20
FORM = "application/x-www-form-urlencoded"
COOKIE_PATTERN = re.compile(r"[A-Za-z0-9_-]{20,100}")

Fields = Mapping[str, str]


@dataclass(frozen=True)
class Cookies:
    """A pool's two cookies: a visit's, which proves nothing, and a login's."""

    scope: Scope
    secure: bool

    def visit(self, request: Request) -> str:
        """What tells this browser's forms from those of others; empty for one that is new here."""
        return self._read(request, self._name("visit"))

    def login(self, request: Request) -> str:
        """What a user who has signed in has; empty for others."""
        return self._read(request, self._name("login"))

    def set_visit(self, response: Response, value: str) -> None:
        """The browser is known again by this until it is closed."""
        self._set(response, self._name("visit"), value, None)

    def set_login(self, response: Response, value: str, lasts: timedelta) -> None:
        """The browser is signed in."""
        self._set(response, self._name("login"), value, int(lasts.total_seconds()))

    def end_login(self, response: Response) -> None:
        """The browser is signed in no more."""
        self._set(response, self._name("login"), "", 0)

    def _name(self, what: str) -> str:
        # With the prefix no other host of the domain, and no plain connection, can set it.
        prefix = "__Host-" if self.secure else ""
        return f"{prefix}{what}-{self.scope.account}-{self.scope.region}"

    def _read(self, request: Request, name: str) -> str:
        value = request.cookies.get(name, "")
        return value if COOKIE_PATTERN.fullmatch(value) else ""

    def _set(self, response: Response, name: str, value: str, max_age: int | None) -> None:
        # Lax, since users come here by a link in their mail.
        response.set_cookie(
            name, value, max_age=max_age, httponly=True, secure=self.secure, samesite="lax"
        )


def token(key: bytes, cookie: str) -> str:
    """What a form sends to prove that it was on a page for the browser with this cookie."""
    return base64.urlsafe_b64encode(hmac.digest(key, cookie.encode(), "sha256")).decode()


def is_ours(request: Request, fields: Fields, key: bytes, cookie: str) -> bool:
    """Whether one of our pages, made for this very browser, has sent the form."""
    return (
        bool(cookie)
        and is_from_our_page(request)
        and is_not_from_elsewhere(request)
        and hmac.compare_digest(fields.get("token", "").encode(), token(key, cookie).encode())
    )


async def fields_of(request: Request) -> Fields:
    """The form's fields; none where the body is no form, or is longer than any of ours."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != FORM:
        return {}
    body = bytearray()
    try:
        async with asyncio.timeout(WITHIN_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    return {}
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (ValueError, TimeoutError):
        return {}
    return dict(pairs)

"""What a request says of its browser: which session's cookie it has, and what it is answered."""

import re
from collections.abc import Sequence

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse

from ownstream.gateway.admission import Refused
from ownstream.origin import is_from_our_page as is_from_our_page
from ownstream.origin import is_not_from_elsewhere as is_not_from_elsewhere

COOKIE = "ownstream-"  # and the session's handle: a browser may have several sessions open
COOKIE_PATTERN = re.compile(r"[A-Za-z0-9_-]{20,100}")
MOST_COOKIES = 32
SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def cookie(connection: HTTPConnection) -> str | None:
    """The cookie of the session that the request names."""
    value = connection.cookies.get(COOKIE + connection.query_params.get("session", ""), "")
    return value if COOKIE_PATTERN.fullmatch(value) else None


def cookies(connection: HTTPConnection) -> Sequence[str]:
    """The cookies of all sessions that this browser has open."""
    ours = [value for name, value in connection.cookies.items() if name.startswith(COOKIE)]
    return [value for value in ours[:MOST_COOKIES] if COOKIE_PATTERN.fullmatch(value)]


def refusal(refused: Refused) -> JSONResponse:
    """Why the browser does not get what it asked for."""
    body = {"error": refused.error, "message": refused.message}
    if refused.redirect:
        body["redirectUrl"] = refused.redirect
    if refused.portal:
        body["portalPath"] = refused.portal
    return JSONResponse(body, refused.status, headers={"Cache-Control": "no-store"})

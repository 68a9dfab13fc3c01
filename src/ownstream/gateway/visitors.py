"""What a request says of its browser: whose page it is from, and which session's cookie it has."""

import re
from collections.abc import Sequence

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse

from ownstream.gateway.admission import Refused

COOKIE = "ownstream-"  # and the session's handle: a browser may have several sessions open
COOKIE_PATTERN = re.compile(r"[A-Za-z0-9_-]{20,100}")
MOST_COOKIES = 32
SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def is_from_our_page(connection: HTTPConnection) -> bool:
    """Whether the request comes from a page of this very origin.

    Browsers name the origin of every WebSocket and of all that is no GET; SameSite does not cover
    WebSockets.
    """
    host = connection.headers.get("host")
    origin = connection.headers.get("origin")
    return bool(host) and origin in (f"http://{host}", f"https://{host}")


def is_not_from_elsewhere(connection: HTTPConnection) -> bool:
    """Whether a GET, which names no origin, is not known to be another site's."""
    return connection.headers.get("sec-fetch-site", "none") in ("same-origin", "none")


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
    return JSONResponse(body, refused.status, headers={"Cache-Control": "no-store"})

"""Where a browser's request comes from: a page of this very origin, or elsewhere."""

from starlette.requests import HTTPConnection


def is_from_our_page(connection: HTTPConnection) -> bool:
    """Whether the request comes from a page of this very origin.

    Browsers name the origin of every WebSocket and of all that is no GET; SameSite does not cover
    WebSockets.
    """
    host = connection.headers.get("host")
    origin = connection.headers.get("origin")
    return bool(host) and origin in (f"http://{host}", f"https://{host}")


def is_not_from_elsewhere(connection: HTTPConnection) -> bool:
    """Whether a request is not known to be another site's; a GET names no origin."""
    return connection.headers.get("sec-fetch-site", "none") in ("same-origin", "none")

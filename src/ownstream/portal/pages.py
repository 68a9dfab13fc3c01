"""The portal's pages as HTML: every value is escaped, and no page runs a script."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from ownstream.domain.passwords import lacks

FOLDER = Path(__file__).parent
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    # Not no-referrer: with that, browsers do not say which page a form was sent from.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
EMPTY = {"alert": None, "notice": "", "user": "", "code": "", "wrong": False, "theme": None}


def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The page of this name, with these values."""
    policy = lacks("")  # of nothing there is not too much
    text = (
        _templates()
        .get_template(f"{name}.html")
        .render(**{**EMPTY, "page": name, "policy": policy, **values})
    )
    return HTMLResponse(text, status, headers=HEADERS)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

"""The gateway's paths: what a browser asks for, and what it is answered.

`/authenticate` is the streaming URL. Fetching it answers the page and uses nothing up; the page
posts the ticket, which does.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from ownstream.clock import Clock
from ownstream.domain.scope import Scope
from ownstream.gateway.admission import Admission, Door, Refused, handle, public
from ownstream.gateway.application_icons import ApplicationIcons
from ownstream.gateway.files import Files
from ownstream.gateway.page import Look, look
from ownstream.gateway.presence import Presence
from ownstream.gateway.relay import Bells, Relay
from ownstream.gateway.time_zones import note_time_zone
from ownstream.gateway.visitors import COOKIE, SAFE, cookie, cookies, is_from_our_page, refusal
from ownstream.log import Log
from ownstream.storage.locations import Locations
from ownstream.store import IconRow, ImageRow, Store, resources, themes

STATIC = Path(__file__).parent / "static"
PAGE = STATIC / "index.html"
EMBED_KIT = STATIC / "appstream-embed.js"
MAX_BODY_BYTES = 128 * 1024
NO_PAGE = (
    "This installation has no page for browsers: it was installed before the page was built."
    " In a clone, run `make setup`, then install it again."
)
ICON_TYPES = {".png": "image/png", ".svg": "image/svg+xml"}
# An SVG is a document: opened by itself it may run nothing.
ICON_HEADERS = {
    **SAFE,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}


def has_page() -> bool:
    """Whether the browser client was built into this installation."""
    return PAGE.is_file()


@dataclass(frozen=True)
class Gateway:
    """Everything under the streaming URL's host that is not the API."""

    door: Door
    presence: Presence
    bells: Bells
    store: Store
    clock: Clock
    public_url: str
    locations: Locations

    def routes(self) -> Sequence[BaseRoute]:
        """The paths, in order."""
        return [
            Route("/authenticate", self.page, methods=["GET"]),
            Route("/authenticate", self.authenticate, methods=["POST"]),
            Route("/", self.page, methods=["GET"]),
            Route("/appstream-embed.js", self.embed_kit, methods=["GET"]),
            Route("/session", self.session, methods=["GET"]),
            Route("/session/end", self.end, methods=["POST"]),
            Route("/icons/{image}/{application}", self.icon, methods=["GET"]),
            Route("/application-icons/{icon}", self._application_icons.icon, methods=["GET"]),
            Route(f"{themes.PATH}/{{digest}}", self.theme_picture, methods=["GET"]),
            Route("/icons/{digest}", self.kept_icon, methods=["GET"]),
            WebSocketRoute("/stream", self.stream),
            *Files(self.door, self.presence).routes(),
            Mount("/assets", StaticFiles(directory=STATIC / "assets", check_dir=False)),
        ]

    async def page(self, request: Request) -> Response:
        """The page, for this ticket or this cookie or none; it asks for what it may show."""
        if not has_page():
            return Response(NO_PAGE, 503)
        look = await asyncio.to_thread(self._look, request)
        text = await asyncio.to_thread(PAGE.read_text)
        policy = {"Content-Security-Policy": look.policy, "Cache-Control": "no-store"}
        return HTMLResponse(look.dressed(text), headers={**SAFE, **policy})

    async def embed_kit(self, _: Request) -> Response:
        """The script by which pages of others embed a session; it is nobody's secret."""
        if not EMBED_KIT.is_file():
            return Response(NO_PAGE, 503)
        headers = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "max-age=300"}
        return FileResponse(EMBED_KIT, headers={**SAFE, **headers})

    async def authenticate(self, request: Request) -> Response:
        """A ticket taken: 200 with the session and its cookie, else why not."""
        if not is_from_our_page(request):
            return refusal(Refused(403, "cross_site", "Open the link itself, in this browser."))
        asked = await _asked(request)
        ticket = _ticket_in(asked)
        if ticket is None:
            return refusal(Refused(400, "invalid_url", "This link is not complete."))
        try:
            admission = await asyncio.to_thread(
                self.door.admit, *ticket, cookies(request), self.clock.now()
            )
        except Refused as refused:
            return refusal(refused)
        session, zone = admission.welcome.session, asked.get("timeZone")
        await asyncio.to_thread(note_time_zone, self.store, session, zone)
        response = JSONResponse(public(admission.welcome))
        if admission.cookie:
            self._set_cookie(response, admission)
        return response

    async def session(self, request: Request) -> Response:
        """The session that the page names."""
        try:
            found = await asyncio.to_thread(self.door.state, cookie(request))
        except Refused as refused:
            return refusal(refused)
        return JSONResponse(public(found), headers={"Cache-Control": "no-store"})

    async def end(self, request: Request) -> Response:
        """The user's session is over."""
        if not is_from_our_page(request):
            return refusal(Refused(403, "cross_site", "Only the session's own page may end it."))
        try:
            await asyncio.to_thread(self.door.end, cookie(request), self.clock.now())
        except Refused as refused:
            return refusal(refused)
        return JSONResponse({})

    async def stream(self, websocket: WebSocket) -> None:
        """The stream of this browser's session."""
        if not is_from_our_page(websocket):
            refused = Refused(403, "cross_site", "Only the session's own page may stream.")
            return await websocket.send_denial_response(refusal(refused))
        try:
            session_id = await asyncio.to_thread(self._session_id, cookie(websocket))
        except Refused as refused:
            return await websocket.send_denial_response(refusal(refused))
        await websocket.accept()
        with self.bells.event(session_id) as changed:
            await Relay(websocket, self.presence, session_id, self.clock, changed).run()

    async def icon(self, request: Request) -> Response:
        """An application's icon."""
        file = await asyncio.to_thread(self._icon_file, **request.path_params)
        if file is None or file.suffix not in ICON_TYPES or not file.is_file():
            return Response("No such icon.", 404)
        return FileResponse(file, media_type=ICON_TYPES[file.suffix], headers=ICON_HEADERS)

    async def kept_icon(self, request: Request) -> Response:
        """An icon of an image that was made here: whoever knows its digest has its address."""
        row = await asyncio.to_thread(self._kept_icon, request.path_params["digest"])
        if row is None:
            return Response("No such icon.", 404)
        return Response(row.data, media_type=row.media_type, headers=ICON_HEADERS)

    @property
    def _application_icons(self) -> ApplicationIcons:
        return ApplicationIcons(self.store, self.locations)

    async def theme_picture(self, request: Request) -> Response:
        """A picture of a theme: its address is its content's, so it never changes."""
        found = await asyncio.to_thread(self._picture, request.path_params["digest"])
        if found is None:
            return Response("No such picture.", 404)
        content, media_type = found
        policy = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
        cache = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(content, media_type=media_type, headers={**SAFE, **policy, **cache})

    def _session_id(self, cookie: str | None) -> str:
        with self.store.snapshot() as tx:
            return self.door.find(tx, cookie).id

    def _icon_file(self, image: str, application: str) -> Path | None:
        with self.store.snapshot() as tx:
            row = resources.find(tx, ImageRow, resources.SERVICE, image)
            path = row.icons.get(application) if row else None
            return Path(path) if path else None

    def _kept_icon(self, digest: str) -> IconRow | None:
        with self.store.snapshot() as tx:
            return resources.icon(tx, digest)

    def _look(self, request: Request) -> Look:
        """How the page is to look, by the stack of its ticket or of its cookie's session."""
        query = request.query_params
        ticket = self.door.ticket(query.get("parameters", ""), query.get("signature", ""))
        with self.store.snapshot() as tx:
            if ticket is not None:
                return look(tx, Scope(ticket.awsAccountId, ticket.region), ticket.stack)
            try:
                session = self.door.find(tx, cookie(request))
            except Refused:
                return Look()
            return look(tx, session.scope, session.stack)

    def _picture(self, digest: str) -> tuple[bytes, str] | None:
        with self.store.snapshot() as tx:
            return themes.picture(tx, digest)

    def _set_cookie(self, response: Response, admission: Admission) -> None:
        name, value = COOKIE + handle(admission.welcome.session), admission.cookie or ""
        secure = self.public_url.startswith("https:")
        # A page in another site's frame gets no Strict cookie back; nor any, where the browser
        # blocks those of third parties, unless it is partitioned: that site's frames' alone.
        framed = admission.embeddable and secure
        same_site = "none" if framed else "strict"
        response.set_cookie(name, value, httponly=True, secure=secure, samesite=same_site)
        if framed:
            response.headers["set-cookie"] += "; Partitioned"  # starlette knows it from 3.14 on


async def unavailable(_: Request, error: Exception) -> Response:
    """The store could not take part just now; what was asked for has not happened."""
    Log("gateway").warning("store unavailable", why=str(error))
    text = "The service is busy. Try again in a moment."
    return refusal(Refused(503, "busy", text))


def _ticket_in(asked: Mapping[str, Any]) -> tuple[str, str] | None:
    """The two parts of the ticket."""
    match asked:
        case {"parameters": str(parameters), "signature": str(signature)}:
            return parameters, signature
        case _:
            return None


async def _asked(request: Request) -> Mapping[str, Any]:
    """The request's JSON body; empty if it has none that anybody reads."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return {}
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return {}
    try:
        asked: Any = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return asked if isinstance(asked, dict) else {}

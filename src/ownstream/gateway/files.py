"""My Files: what a session's page asks of its files, put to the agent, which judges it.

Files go by requests of their own, beside the stream, and never as a whole through memory. Uploads
go on where they were cut: the page asks how much has arrived. Downloads go on by ranges.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from ownstream.gateway.admission import ENDED, Door, Refused
from ownstream.gateway.agent_files import NoAnswer, Visit, visit_agent
from ownstream.gateway.download import (
    Download,
    headers_only,
    out_of_range,
    seen_file,
    wanted_part,
)
from ownstream.gateway.presence import Presence, Standing
from ownstream.gateway.upload import Body
from ownstream.gateway.visitors import cookie, is_from_our_page, is_not_from_elsewhere, refusal

MAX_PATH = 4096  # characters, as of a path of the system
MS = 1_000_000  # nanoseconds

STATUS: Mapping[str, int] = {
    "bad_name": 400,
    "bad_request": 400,
    "not_allowed": 403,
    "denied": 403,
    "not_found": 404,
    "exists": 409,
    "wrong_offset": 409,
    "not_a_file": 409,
    "no_session": 410,
    "changed": 412,
    "busy": 429,
    "disk_full": 507,
}
PLAIN = {"Cache-Control": "no-store"}

Handler = Callable[["Files", Request], Awaitable[Response]]


def _answered(handler: Handler) -> Handler:
    """The handler, with every refusal as an answer."""

    @wraps(handler)
    async def answer(files: "Files", request: Request) -> Response:
        try:
            return await handler(files, request)
        except Refused as refused:
            return refusal(refused)
        except NoAnswer:
            text = "The session's files cannot be reached just now. Try again."
            return refusal(Refused(503, "no_answer", text))
        except ClientDisconnect:
            return refusal(Refused(408, "gone", "The upload was cut."))

    return answer


@dataclass(frozen=True)
class Files:
    """The paths of My Files."""

    door: Door
    presence: Presence

    def routes(self) -> Sequence[BaseRoute]:
        """The paths; `session` in the query names the session, `path` a file or folder."""
        return [
            Route("/files", self.listing, methods=["GET"]),
            Route("/files/content", self.download, methods=["GET"]),
            Route("/files/upload", self.arrived, methods=["GET"]),
            Route("/files/upload", self.upload, methods=["PUT"]),
            Route("/files/upload", self.cancel, methods=["DELETE"]),
            Route("/files/folder", self.make_folder, methods=["POST"]),
            Route("/files/rename", self.rename, methods=["POST"]),
            Route("/files/delete", self.delete, methods=["POST"]),
        ]

    @_answered
    async def listing(self, request: Request) -> Response:
        """What is in a folder."""
        return await self._simply(request, {"do": "list"})

    @_answered
    async def arrived(self, request: Request) -> Response:
        """How much of an upload has arrived, and under which name if it is all."""
        return await self._simply(request, {"do": "arrived", **_upload(request)})

    @_answered
    async def cancel(self, request: Request) -> Response:
        """What has arrived of an upload is dropped."""
        return await self._simply(request, {"do": "cancel", **_upload(request)})

    @_answered
    async def make_folder(self, request: Request) -> Response:
        """A new folder, or one that is there."""
        return await self._simply(request, {"do": "folder"})

    @_answered
    async def rename(self, request: Request) -> Response:
        """A file or folder with another name, in the same folder."""
        name = request.query_params.get("name", "")
        return await self._simply(request, {"do": "rename", "name": name})

    @_answered
    async def delete(self, request: Request) -> Response:
        """A file or folder is no more."""
        return await self._simply(request, {"do": "delete"})

    @_answered
    async def upload(self, request: Request) -> Response:
        """A piece of a file, from `offset` on; 409 tells the offset that is wanted instead."""
        body = Body(request)
        try:
            offset = _number(request, "offset")
            asked = {"do": "write", **_upload(request), "offset": offset, "length": body.length}
            with contextlib.closing(await self._visit(request)) as visit:
                return _plainly(await visit.ask(asked, body.pieces()))
        finally:
            await body.discard()  # a browser that still sends may not read its answer

    @_answered
    async def download(self, request: Request) -> Response:
        """A file, or the range of it that is asked for."""
        response: Response | None = None
        visit = await self._visit(request)
        try:
            response = await _content(request, visit)
            return response
        finally:
            if not isinstance(response, Download):
                visit.close()

    async def _simply(self, request: Request, asked: Mapping[str, Any]) -> Response:
        with contextlib.closing(await self._visit(request)) as visit:
            return _plainly(await visit.ask({**asked, "path": _path(request)}))

    async def _visit(self, request: Request) -> Visit:
        """A visit to the agent of the session whose page asks; Refused if it is not to have one."""
        reads = request.method in ("GET", "HEAD")
        if not (is_not_from_elsewhere(request) if reads else is_from_our_page(request)):
            raise Refused(403, "cross_site", "Only the session's own page may ask for its files.")
        standing = await asyncio.to_thread(self._standing, cookie(request))
        if standing.ended:
            text = ENDED.get(standing.ended, "Your session has ended.")
            raise Refused(410, standing.ended, text)
        if not standing.endpoint:
            raise Refused(503, "not_ready", "The session has not begun yet. Try again in a moment.")
        return await visit_agent(standing.endpoint, standing.opening)

    def _standing(self, value: str | None) -> Standing:
        with self.presence.store.snapshot() as tx:
            session_id = self.door.find(tx, value).id
        return self.presence.standing(session_id)


async def _content(request: Request, visit: Visit) -> Response:
    path = _path(request)
    seen = await visit.ask({"do": "look", "path": path})
    if "error" in seen:
        return _plainly(seen)
    file = seen_file(path[-1], seen)
    part = wanted_part(file, request.headers)
    if part is None:
        return out_of_range(file)
    if request.method == "HEAD":
        return headers_only(file, part)
    asked = {"do": "read", "path": path, "tag": file.tag, "offset": part.offset}
    answer = await visit.ask({**asked, "most": part.length})
    if answer.get("length") != part.length:
        return _plainly(answer)
    return Download(file, part, visit)


def _path(request: Request) -> list[str]:
    """The names of the path that the query has; the agent judges them."""
    text = request.query_params.get("path", "")
    if len(text) > MAX_PATH:
        raise Refused(400, "bad_name", "The names of its folders are too long together.")
    return text.split("/") if text else []


def _upload(request: Request) -> Mapping[str, Any]:
    """By what an upload is known: path, size, and date, which browsers have in milliseconds."""
    return {
        "path": _path(request),
        "size": _number(request, "size"),
        "modified": _number(request, "modified") * MS,
    }


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise Refused(400, "bad_request", f"{name} is not a number from 0 on.")
    return int(text)


def _plainly(answer: Mapping[str, Any]) -> Response:
    """The agent's answer as the page gets it."""
    status = STATUS.get(str(answer["error"]), 500) if "error" in answer else 200
    return JSONResponse(answer, status, headers=PLAIN)

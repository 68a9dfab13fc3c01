"""A file on its way to a browser: which part of it, under which headers, and piece by piece."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ownstream.gateway.agent_files import NoAnswer, Visit
from ownstream.gateway.visitors import SAFE
from ownstream.log import Log

_LATEST_MS = 253_402_300_800_000  # the end of the year 9999
_TAG = re.compile(r"[0-9a-f-]{1,80}")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True)
class File:
    """A file as the agent describes it."""

    name: str
    size: int
    modified: int  # milliseconds since 1970
    tag: str  # changes with its content


@dataclass(frozen=True)
class Part:
    """What is sent of it; `is_range` if that was asked for."""

    offset: int
    length: int
    is_range: bool = False


def seen_file(name: str, seen: Mapping[str, Any]) -> File:
    """The file that an answer describes; NoAnswer if it describes none."""
    size, modified, tag = (seen.get(member) for member in ("size", "modified", "tag"))
    if not (isinstance(size, int) and isinstance(modified, int) and isinstance(tag, str)):
        raise NoAnswer
    if size < 0 or abs(modified) > _LATEST_MS or not _TAG.fullmatch(tag):
        raise NoAnswer
    return File(name, size, modified, tag)


def wanted_part(file: File, headers: Mapping[str, str]) -> Part | None:
    """What a request wants of the file; None if that is no part of it.

    A range is the file's as it was when it was begun: after a change all of it is sent.
    """
    whole = Part(0, file.size)
    asked = _RANGE.fullmatch(headers.get("range", ""))
    if asked is None or headers.get("if-range", _etag(file)) != _etag(file):
        return whole
    first, last = asked.groups()
    if not first:
        length = min(int(last or 0), file.size)
        return Part(file.size - length, length, is_range=True) if length else None
    offset, end = int(first), min(int(last or file.size), file.size - 1)
    return Part(offset, end - offset + 1, is_range=True) if offset <= end else None


def out_of_range(file: File) -> Response:
    """The answer where the file has no such part."""
    return Response(status_code=416, headers={"Content-Range": f"bytes */{file.size}", **SAFE})


def headers_only(file: File, part: Part) -> Response:
    """What a download would begin with."""
    return Response(status_code=_status(part), headers=_headers(file, part))


class Download(Response):
    """The part of the file; it ends early, and shows so, when the file or the session does."""

    def __init__(self, file: File, part: Part, visit: Visit) -> None:
        """The agent has begun to send this part on the visit, which is closed at the end."""
        super().__init__(status_code=_status(part), headers=_headers(file, part))
        self._length = part.length
        self._visit = visit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with closing(self._visit):
            start = {"status": self.status_code, "headers": self.raw_headers}
            await send({"type": "http.response.start", **start})
            # Servers take what is sent to a browser that has gone, and drop it.
            tasks = {asyncio.create_task(_leave(receive)), asyncio.create_task(self._send(send))}
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _send(self, send: Send) -> None:
        try:
            async for piece in self._visit.pieces(self._length):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        except NoAnswer:
            # The response stays incomplete, for which the server closes the connection: so the
            # browser knows that this is not all.
            return Log("gateway").info("download cut short")
        return await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _leave(receive: Receive) -> None:
    """Returns when the browser has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _status(part: Part) -> int:
    return 206 if part.is_range else 200


def _headers(file: File, part: Part) -> dict[str, str]:
    headers: dict[str, Any] = {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(part.length),
        "Content-Disposition": _disposition(file.name),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Accept-Ranges": "bytes",
        "ETag": _etag(file),
        "Last-Modified": formatdate(file.modified / 1000, usegmt=True),
        "Cache-Control": "private, no-cache",
        **SAFE,
    }
    if part.is_range:
        last = part.offset + part.length - 1
        headers["Content-Range"] = f"bytes {part.offset}-{last}/{file.size}"
    return headers


def _disposition(name: str) -> str:
    """It is saved under this name, by browsers that know no more than ASCII under a like one."""
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _etag(file: File) -> str:
    return f'"{file.tag}"'

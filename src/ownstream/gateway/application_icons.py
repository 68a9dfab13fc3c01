"""Icons of applications, out of the S3 locations that their owners have named.

What lies there is nobody's that we know: it is shown as a picture or not at all. It is read on
threads of the icons' own: a store that does not answer holds up nobody's stream.
"""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from ownstream.domain.pictures import PNG, picture
from ownstream.gateway.visitors import SAFE
from ownstream.log import Log
from ownstream.storage.locations import (
    Location,
    LocationError,
    Locations,
    NotReachable,
    read,
)
from ownstream.store import Store, applications

THREADS = 2
MOST_WAITING = 64
MOST_BYTES = 1 << 20
MOST_PIXELS = 1024  # of each side: browsers unpack a picture whole
HEADERS = {
    **SAFE,
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=300",  # another icon has another address
}
NONE = "No such icon."
BUSY = "The icon cannot be had just now."


def icon_threads() -> ThreadPoolExecutor:
    """The threads that icons are read on."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="icons")


@dataclass
class ApplicationIcons:
    """Answers requests for icons, each known by an unguessable word."""

    store: Store
    locations: Locations
    threads: ThreadPoolExecutor = field(default_factory=icon_threads)
    _waiting: int = field(default=0, init=False)

    async def icon(self, request: Request) -> Response:
        """The icon, a PNG; 404 for anything else that lies there, 503 where too many wait."""
        if self._waiting >= MOST_WAITING:
            return Response(BUSY, 503)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            word = request.path_params["icon"]
            return await loop.run_in_executor(self.threads, self._answer, word)
        finally:
            self._waiting -= 1

    def _answer(self, word: str) -> Response:
        with self.store.snapshot() as tx:
            row = applications.by_icon(tx, word)
        if row is None:
            return Response(NONE, 404)
        location = _location(row.document["IconS3Location"])
        try:
            content = read(self.locations, location, most_bytes=MOST_BYTES)
        except LocationError as error:
            Log("gateway").warning("icon not read", application=row.name, why=str(error))
            passing = isinstance(error, NotReachable)
            return Response(BUSY, 503) if passing else Response(NONE, 404)
        if not is_icon(content):
            Log("gateway").warning("icon is no PNG", application=row.name, location=str(location))
            return Response(NONE, 404)
        return Response(content, media_type=PNG, headers=HEADERS)


def is_icon(content: bytes) -> bool:
    """Whether this is a PNG that browsers may be given: of a size that costs them little."""
    found = picture(content)
    return (
        found is not None
        and found.media_type == PNG
        and max(found.width, found.height) <= MOST_PIXELS
    )


def _location(named: Mapping[str, str]) -> Location:
    return Location(named["S3Bucket"], named["S3Key"])

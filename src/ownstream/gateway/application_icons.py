"""Icons of applications, out of the S3 locations that their owners have named.

What lies there is nobody's that we know: it is shown as a picture or not at all.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

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

MOST_BYTES = 1 << 20
MOST_PIXELS = 1024  # of each side: browsers unpack a picture whole
HEADERS = {
    **SAFE,
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=300",  # another icon has another address
}
NONE = "No such icon."


@dataclass(frozen=True)
class ApplicationIcons:
    """Answers requests for icons, each known by an unguessable word."""

    store: Store
    locations: Locations

    async def icon(self, request: Request) -> Response:
        """The icon, a PNG; 404 for anything else that lies there."""
        return await asyncio.to_thread(self._answer, request.path_params["icon"])

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
            return Response(NONE, 503 if isinstance(error, NotReachable) else 404)
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

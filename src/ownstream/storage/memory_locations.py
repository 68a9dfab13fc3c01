"""Objects that are gone with their process: a service's that keeps nothing on disk."""

import hashlib
from collections.abc import Iterator
from io import BytesIO

from ownstream.storage.base import Source
from ownstream.storage.locations import (
    Found,
    Location,
    NotThere,
    Sink,
    names_of,
    too_large,
    transferred,
)


class MemoryLocations:
    """Buckets that nobody else has."""

    def __init__(self) -> None:
        self._objects: dict[Location, bytes] = {}

    def look(self, location: Location) -> Found:
        data = self._data(location)
        return Found(len(data), hashlib.sha256(data).hexdigest())

    def fetch(self, location: Location, target: Sink, *, most_bytes: int) -> Found:
        found = self.look(location)
        if found.size > most_bytes:
            raise too_large(location, most_bytes)
        target.write(self._data(location))
        return found

    def write(self, location: Location, content: Source) -> None:
        names_of(location)
        data = BytesIO()
        transferred(location, content, data)
        self._objects[location] = data.getvalue()

    def list(self, bucket: str, prefix: str = "") -> Iterator[str]:
        keys = [each.key for each in self._objects if each.bucket == bucket]
        if not keys:
            raise NotThere(f"There is no {Location(bucket, prefix)}.")
        yield from sorted((key for key in keys if key.startswith(prefix)), key=str.encode)

    def remove(self, location: Location) -> None:
        names_of(location)
        self._objects.pop(location, None)

    def _data(self, location: Location) -> bytes:
        names_of(location)
        if location not in self._objects:
            raise NotThere(f"There is no {location}.")
        return self._objects[location]

"""Objects at S3 locations, as operations read them: never while a transaction waits for them.

An operation asks for an object in mid-transaction. The first time, that transaction is given up and
the whole call begun anew once the object has been fetched; so an operation that refuses the call
for another reason should do so before it asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ownstream.model.errors import (
    OperationNotPermittedException,
    ResourceNotFoundException,
    ServiceError,
)
from ownstream.storage import locations
from ownstream.storage.locations import Location, LocationError, Locations, NoSuchName, NotThere


@dataclass(eq=False)
class Wanted(Exception):
    """The operation goes on once this object has been fetched."""

    location: Location
    most_bytes: int


@dataclass(frozen=True)
class Objects:
    """The objects that one call has asked for."""

    _fetched: dict[Location, bytes | ServiceError] = field(
        default_factory=dict[Location, bytes | ServiceError]
    )

    def read(self, member: Mapping[str, Any], *, most_bytes: int) -> bytes:
        """The content of the object that an S3Location names; ServiceError if it is not to be had.

        Wanted, which is the dispatcher's to catch, if it has not been fetched yet.
        """
        location = Location(member["S3Bucket"], member.get("S3Key", ""))
        if location not in self._fetched:
            raise Wanted(location, most_bytes)
        found = self._fetched[location]
        if isinstance(found, ServiceError):
            raise found
        if len(found) > most_bytes:
            raise _refusal(locations.too_large(location, most_bytes))
        return found

    def fetch(self, wanted: Wanted, source: Locations) -> None:
        """The object is there to be read, or the reason why not."""
        try:
            found = locations.read(source, wanted.location, most_bytes=wanted.most_bytes)
        except LocationError as error:
            self._fetched[wanted.location] = _refusal(error)
        else:
            self._fetched[wanted.location] = found


def _refusal(error: LocationError) -> ServiceError:
    """AppStream's own errors are not known; these are declared wherever a location is a member."""
    missing = isinstance(error, NotThere | NoSuchName)
    return (ResourceNotFoundException if missing else OperationNotPermittedException)(str(error))

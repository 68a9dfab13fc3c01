"""Objects as accounts may name them: all but those in buckets of the service's own.

An account names any bucket, and the service reaches it with rights of its own: what all accounts
have in one bucket is nobody's to name.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass

from ownstream.storage.base import Source
from ownstream.storage.locations import Found, Location, Locations, NoSuchName, Sink


@dataclass(frozen=True)
class LentLocations:
    """Locations of which some buckets cannot be named."""

    everything: Locations
    own: Set[str]  # buckets

    def look(self, location: Location) -> Found:
        self._refuse_own(location.bucket)
        return self.everything.look(location)

    def fetch(self, location: Location, target: Sink, *, most_bytes: int) -> Found:
        self._refuse_own(location.bucket)
        return self.everything.fetch(location, target, most_bytes=most_bytes)

    def write(self, location: Location, content: Source) -> None:
        self._refuse_own(location.bucket)
        self.everything.write(location, content)

    def list(self, bucket: str, prefix: str = "") -> Iterator[str]:
        self._refuse_own(bucket)
        return self.everything.list(bucket, prefix)

    def remove(self, location: Location) -> None:
        self._refuse_own(location.bucket)
        self.everything.remove(location)

    def _refuse_own(self, bucket: str) -> None:
        if bucket in self.own:
            raise NoSuchName(f"The bucket {bucket} is the service's own. Take another.")

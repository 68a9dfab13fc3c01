"""The port to what S3Location names: objects by bucket and key. Owns its words and its errors.

All of it blocks, and is called on threads of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

from ownstream.storage.base import Source

CHUNK_BYTES = 1 << 20
MOST_KEY_BYTES = 1024


@dataclass(frozen=True)
class Location:
    """An S3Location: which object is meant."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class Found:
    """An object as it is now; another content has another etag."""

    size: int
    etag: str


class LocationError(Exception):
    """The object is not to be had; the text says why, for the resource's owner."""


class NotThere(LocationError):
    """There is no such bucket or object."""


class NotReachable(LocationError):
    """Nobody can tell whether it is there, now or with these rights; it may be later."""


class NotPermitted(NotReachable):
    """The service may not have it, with the rights that it has now."""


class TooLarge(LocationError):
    """It has more bytes than the reader takes."""


class NoSuchName(LocationError):
    """Nothing can ever have this bucket or key."""


class Sink(Protocol):
    """What bytes are written into."""

    def write(self, data: bytes, /) -> object:
        """These bytes follow those before."""
        ...


class Locations(Protocol):
    """Objects by their locations. Every method raises a LocationError if it cannot."""

    def look(self, location: Location) -> Found:
        """The object as it is now."""
        ...

    def fetch(self, location: Location, target: Sink, *, most_bytes: int) -> Found:
        """All bytes of the object are in the target.

        TooLarge if there are more, with at most so many written.
        """
        ...

    def write(self, location: Location, content: Source) -> None:
        """The object has this content when this returns, or what it had before.

        A bucket that is not there is made. What `content` raises comes through.
        """
        ...

    def list(self, bucket: str, prefix: str = "") -> Iterator[str]:
        """The keys of the bucket's objects that begin with this prefix, in order."""
        ...

    def remove(self, location: Location) -> None:
        """There is no such object; nothing if there was none."""
        ...


def read(locations: Locations, location: Location, *, most_bytes: int) -> bytes:
    """All bytes of the object; TooLarge if there are more than so many."""
    target = BytesIO()
    locations.fetch(location, target, most_bytes=most_bytes)
    return target.getvalue()


def names_of(location: Location) -> list[str]:
    """The bucket and the names in the key; NoSuchName for a key that leads anywhere else.

    S3 itself takes some of these keys; they are refused alike wherever the objects are.
    """
    names = [location.bucket, *location.key.split("/")]
    if len(location.key.encode(errors="replace")) > MOST_KEY_BYTES:
        raise NoSuchName(f"The key of {location} is longer than {MOST_KEY_BYTES} bytes.")
    if not location.bucket or "/" in location.bucket or not all(map(_is_name, names)):
        raise NoSuchName(f"{location!s:.200} can be no object's location.")
    return names


def transferred(
    location: Location, content: Source, target: Sink, *, most_bytes: int | None = None
) -> int:
    """How many bytes went from one to the other; TooLarge before they are more than so many."""
    count = 0
    while piece := content.read(CHUNK_BYTES):
        count += len(piece)
        if most_bytes is not None and count > most_bytes:
            raise too_large(location, most_bytes)
        target.write(piece)
    return count


def too_large(location: Location, most_bytes: int) -> TooLarge:
    """The error that says how much would have been taken."""
    return TooLarge(f"{location} has more than {most_bytes} bytes, which is the most for this.")


def _is_name(name: str) -> bool:
    printable = all(letter.isprintable() for letter in name)
    return printable and name not in ("", ".", "..")

"""Objects in the buckets of S3, or of whatever speaks its protocol."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ownstream.storage.base import Source
from ownstream.storage.locations import (
    CHUNK_BYTES,
    Found,
    Location,
    NotPermitted,
    NotReachable,
    NotThere,
    Sink,
    names_of,
    too_large,
)
from ownstream.storage.s3_client import s3_client, transfer

_MISSING = ("404", "NoSuchBucket", "NoSuchKey")
_DENIED = ("403", "AccessDenied", "AllAccessDisabled")
_THERE = ("BucketAlreadyOwnedByYou", "OperationAborted")  # or somebody makes it just now


class S3Locations:
    """The buckets that the service's own AWS credentials reach."""

    def __init__(self, *, endpoint: str = "") -> None:
        self._client = s3_client(endpoint)

    def look(self, location: Location) -> Found:
        with _told(location):
            return _found(self._client.head_object(**_named(location)))

    def fetch(self, location: Location, target: Sink, *, most_bytes: int) -> Found:
        with _told(location):
            answer = self._client.get_object(**_named(location))
        found = _found(answer)
        with answer["Body"] as body:
            if found.size > most_bytes:
                raise too_large(location, most_bytes)
            while piece := _read(location, body):
                target.write(piece)
        return found

    def write(self, location: Location, content: Source) -> None:
        named = _named(location)
        with _told(location):
            self._make_bucket(location.bucket)
            # Its size is not known before it has been read.
            self._client.upload_fileobj(content, *named.values(), Config=transfer(size=0))

    def list(self, bucket: str, prefix: str = "") -> Iterator[str]:
        with _told(Location(bucket, prefix)):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=bucket, Prefix=prefix):
                yield from (entry["Key"] for entry in page.get("Contents", ()))

    def remove(self, location: Location) -> None:
        with _told(location):
            self._client.delete_object(**_named(location))

    def _make_bucket(self, bucket: str) -> None:
        try:
            self._client.head_bucket(Bucket=bucket)
        except ClientError as error:
            if _code(error) not in _MISSING:
                raise
            self._create(bucket)

    def _create(self, bucket: str) -> None:
        region = self._client.meta.region_name
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        try:
            self._client.create_bucket(
                Bucket=bucket, **({} if region == "us-east-1" else elsewhere)
            )
        except ClientError as error:
            if _code(error) not in _THERE:
                raise


def _named(location: Location) -> dict[str, str]:
    names_of(location)
    return {"Bucket": location.bucket, "Key": location.key}


def _found(answer: Any) -> Found:
    return Found(answer["ContentLength"], answer["ETag"].strip('"'))


def _read(location: Location, body: Any) -> bytes:
    with _told(location):
        return body.read(CHUNK_BYTES)


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


@contextmanager
def _told(location: Location) -> Generator[None]:
    """The library's errors as the port's."""
    try:
        yield
    except ClientError as error:
        if _code(error) in _MISSING:
            raise NotThere(f"There is no {location}.") from error
        kind = NotPermitted if _code(error) in _DENIED else NotReachable
        raise kind(f"{location} cannot be reached: {error}") from error
    except BotoCoreError as error:
        raise NotReachable(f"{location} cannot be reached: {error}") from error

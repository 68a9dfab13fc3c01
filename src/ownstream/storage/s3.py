"""Home folders in a bucket of S3, or of whatever speaks its protocol.

A file is an object, its date in the metadata `mtime`, in seconds as rclone has it. A folder is an
empty object whose key ends in a slash, as the console makes them.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ownstream.domain.home_folders import Stored
from ownstream.storage.base import Source, StorageError, Unstorable
from ownstream.storage.s3_client import s3_client, transfer

MTIME = "mtime"
MAX_KEY_BYTES = 1024
NS = 1_000_000_000


class S3Store:
    """Home folders below a prefix of one bucket."""

    def __init__(self, bucket: str, prefix: str = "", *, endpoint: str = "") -> None:
        """Credentials and region come as those of any AWS client do."""
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._client = s3_client(endpoint)

    def list(self, folder: str) -> Mapping[str, Stored | None]:
        top = self._key(folder, "")
        found: dict[str, Stored | None] = {}
        with _told():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=top):
                for entry in page.get("Contents", ()):
                    path = entry["Key"].removeprefix(top)
                    is_folder = path.endswith("/")
                    found[path] = None if is_folder else Stored(entry["Size"], None)
        found.pop("", None)
        return found

    def look(self, folder: str, path: str) -> Stored | None:
        try:
            with _told():
                key = self._key(folder, path)
                head = self._client.head_object(Bucket=self._bucket, Key=key)
        except _Missing:
            return None
        return Stored(head["ContentLength"], _modified(head))

    @contextmanager
    def read(self, folder: str, path: str) -> Generator[tuple[Stored, Source]]:
        with _told():
            found = self._client.get_object(Bucket=self._bucket, Key=self._key(folder, path))
        with found["Body"] as body:
            yield Stored(found["ContentLength"], _modified(found)), _Read(body)

    def write(self, folder: str, path: str, content: Source, stored: Stored) -> None:
        key = self._key(folder, path)
        if len(key.encode()) > MAX_KEY_BYTES:
            raise Unstorable(f"its path is longer than S3 allows, {MAX_KEY_BYTES} bytes")
        metadata = {} if stored.modified is None else {MTIME: _seconds(stored.modified)}
        with _told():
            self._client.upload_fileobj(
                content,
                self._bucket,
                key,
                ExtraArgs={"Metadata": metadata},
                Config=transfer(stored.size),
            )

    def make_folder(self, folder: str, path: str) -> None:
        with _told():
            self._client.put_object(Bucket=self._bucket, Key=self._key(folder, path), Body=b"")

    def remove(self, folder: str, path: str) -> None:
        with _told():
            self._client.delete_object(Bucket=self._bucket, Key=self._key(folder, path))

    def _key(self, folder: str, path: str) -> str:
        return f"{self._prefix}{folder}/{path}"


class _Missing(StorageError):
    """There is no such object."""


class _Read:
    """An object's content, whose errors are the port's."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int = -1, /) -> bytes:
        with _told():
            return self._body.read(size if size >= 0 else None)


def _modified(head: Mapping[str, Any]) -> int:
    """The date that was kept with it; of what others put there, when they did."""
    try:
        return int(Decimal(head["Metadata"][MTIME]) * NS)
    except (KeyError, InvalidOperation, OverflowError):
        when: datetime = head["LastModified"]
        return int(when.timestamp()) * NS


def _seconds(modified: int) -> str:
    return f"{Decimal(modified) / NS:f}"


@contextmanager
def _told() -> Generator[None]:
    """The library's errors as the port's."""
    try:
        yield
    except ClientError as error:
        missing = error.response.get("Error", {}).get("Code") in ("404", "NoSuchKey")
        raise (_Missing if missing else StorageError)(str(error)) from error
    except BotoCoreError as error:
        raise StorageError(str(error)) from error

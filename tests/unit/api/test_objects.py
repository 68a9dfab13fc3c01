"""Objects that an operation reads: fetched while no transaction is open, each once a call."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from ownstream.model.errors import (
    OperationNotPermittedException,
    ResourceNotFoundException,
    ServiceError,
)
from ownstream.operations.context import Context
from ownstream.operations.registry import operation
from ownstream.storage.locations import Location
from ownstream.storage.memory_locations import MemoryLocations
from ownstream.store import Tx
from tests.support.services import PRINCIPAL, dispatcher_of

MEMBERS = {
    "StackName": "s",
    "TitleText": "t",
    "ThemeStyling": "RED",
    "OrganizationLogoS3Location": {"S3Bucket": "bucket", "S3Key": "a"},
    "FaviconS3Location": {"S3Bucket": "bucket", "S3Key": "b"},
}


@dataclass
class Watched:
    """Services whose objects are only to be had while no transaction is open."""

    locations: Any = None
    inner: MemoryLocations = field(default_factory=MemoryLocations)
    is_open: bool = False
    fetched: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.locations = self

    def fetch(self, location: Location, target: Any, *, most_bytes: int) -> Any:
        assert not self.is_open
        self.fetched.append(location.key)
        return self.inner.fetch(location, target, most_bytes=most_bytes)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        self.is_open = True
        try:
            yield cast("Tx", None)
        finally:
            self.is_open = False


@pytest.fixture
def services() -> Watched:
    made = Watched()
    for key in ("a", "b"):
        made.inner.write(Location("bucket", key), io.BytesIO(key.encode()))
    return made


def read_by(services: Watched, most_bytes: int = 10, **members: Any) -> list[bytes]:
    """What an operation that reads both objects, the second one twice, has read."""
    seen: list[bytes] = []

    @operation
    def create_theme_for_stack(ctx: Context, **members: Any) -> None:
        logo, favicon = members["OrganizationLogoS3Location"], members["FaviconS3Location"]
        read = [ctx.objects.read(at, most_bytes=most_bytes) for at in (logo, favicon, favicon)]
        seen.extend(read)

    operations = {"CreateThemeForStack": create_theme_for_stack}
    serving = dispatcher_of(operations, transaction=services.transaction, services=services)
    serving.call("CreateThemeForStack", {**MEMBERS, **members}, PRINCIPAL)
    return seen


def test_an_operation_reads_objects_that_were_fetched_outside_its_transaction(
    services: Watched,
) -> None:
    assert read_by(services) == [b"a", b"b", b"b"]
    assert services.fetched == ["a", "b"]


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ({"S3Bucket": "bucket", "S3Key": "none"}, ResourceNotFoundException),
        ({"S3Bucket": "nowhere", "S3Key": "a"}, ResourceNotFoundException),
        ({"S3Bucket": "bucket", "S3Key": "../bucket/a"}, ResourceNotFoundException),
        ({"S3Bucket": "bucket"}, ResourceNotFoundException),
    ],
)
def test_what_is_not_there_is_not_found(
    services: Watched, location: dict[str, str], error: type[ServiceError]
) -> None:
    with pytest.raises(error, match="s3://"):
        read_by(services, FaviconS3Location=location)


def test_what_is_larger_than_the_operation_takes_is_not_permitted(services: Watched) -> None:
    services.inner.write(Location("bucket", "a"), io.BytesIO(b"x" * 11))
    with pytest.raises(OperationNotPermittedException, match="more than 10 bytes"):
        read_by(services)

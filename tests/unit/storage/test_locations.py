"""What every place of S3 locations promises, tried on each; and that no key leaves a folder."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import Response

from ownstream.storage.folder_locations import PART, FolderLocations
from ownstream.storage.locations import (
    Location,
    Locations,
    NoSuchName,
    NotPermitted,
    NotReachable,
    NotThere,
    TooLarge,
    read,
)
from ownstream.storage.memory_locations import MemoryLocations
from ownstream.storage.s3_locations import S3Locations
from tests.support.http import served
from tests.support.s3 import S3, s3_service

HERE = Location("a-bucket", "folder/an öbject.zip")
NAMELESS = [
    "",
    "/",
    "/etc/passwd",
    "a//b",
    "a/",
    "..",
    "a/../../b",
    "./a",
    "a\0b",
    "a\nb",
    "k" * 1025,
]


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with s3_service() as service:
        yield service


@pytest.fixture(params=["folder", "memory", "s3"])
def locations(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Locations]:
    if request.param == "folder":
        yield FolderLocations(tmp_path / "s3")
    elif request.param == "memory":
        yield MemoryLocations()
    else:
        service: S3 = request.getfixturevalue("s3")
        yield S3Locations(endpoint=service.url)
        bucket = service.client.list_objects_v2
        names = [b["Name"] for b in service.client.list_buckets()["Buckets"]]
        if HERE.bucket in names:
            for entry in bucket(Bucket=HERE.bucket).get("Contents", ()):
                service.client.delete_object(Bucket=HERE.bucket, Key=entry["Key"])
            service.client.delete_bucket(Bucket=HERE.bucket)


def write(locations: Locations, data: bytes, key: str = HERE.key) -> None:
    locations.write(Location(HERE.bucket, key), io.BytesIO(data))


def test_what_was_written_is_read(locations: Locations) -> None:
    write(locations, b"content")
    assert read(locations, HERE, most_bytes=7) == b"content"
    assert locations.look(HERE).size == 7


def test_an_empty_object_is_one(locations: Locations) -> None:
    write(locations, b"")
    assert read(locations, HERE, most_bytes=0) == b""


def test_another_content_has_another_etag(locations: Locations) -> None:
    write(locations, b"content")
    before = locations.look(HERE)
    assert locations.look(HERE) == before
    write(locations, b"CONTENT")
    assert locations.look(HERE).etag != before.etag


def test_what_is_fetched_is_what_a_look_tells_of(locations: Locations) -> None:
    write(locations, b"content")
    target = io.BytesIO()
    assert locations.fetch(HERE, target, most_bytes=1000) == locations.look(HERE)
    assert target.getvalue() == b"content"


def test_more_than_is_taken_is_refused(locations: Locations) -> None:
    write(locations, b"content")
    with pytest.raises(TooLarge, match="more than 6 bytes"):
        read(locations, HERE, most_bytes=6)


@pytest.mark.parametrize("beside", [True, False], ids=["object", "bucket"])
def test_what_is_missing_is_not_there(locations: Locations, beside: bool) -> None:
    if beside:
        write(locations, b"content", key="other")
    with pytest.raises(NotThere, match=r"There is no s3://a-bucket/folder/an öbject\.zip"):
        locations.look(HERE)
    with pytest.raises(NotThere):
        read(locations, HERE, most_bytes=10)


def test_a_folder_is_no_object(locations: Locations) -> None:
    write(locations, b"content")
    with pytest.raises(NotThere):
        read(locations, Location(HERE.bucket, "folder"), most_bytes=10)


def test_objects_are_listed_by_prefix_in_order(locations: Locations) -> None:
    for key in ("a/b", "a-b", "a/a", "b/a", "ab/c/d"):
        write(locations, b"x", key=key)
    assert list(locations.list(HERE.bucket, "a")) == ["a-b", "a/a", "a/b", "ab/c/d"]
    assert list(locations.list(HERE.bucket, "a/")) == ["a/a", "a/b"]
    assert list(locations.list(HERE.bucket, "zzz")) == []


def test_a_bucket_that_is_not_there_has_no_list(locations: Locations) -> None:
    with pytest.raises(NotThere):
        list(locations.list("another-bucket"))


def test_what_is_removed_is_gone_and_may_be_removed_again(locations: Locations) -> None:
    write(locations, b"x", key="other")
    write(locations, b"content")
    for _ in range(2):
        locations.remove(HERE)
    with pytest.raises(NotThere):
        locations.look(HERE)


class Breaking:
    """Content that fails in its midst."""

    def __init__(self) -> None:
        self._pieces = [b"new"]

    def read(self, size: int = -1, /) -> bytes:
        if self._pieces:
            return self._pieces.pop()
        raise ArithmeticError("the content has failed")


def test_what_was_there_stays_when_the_content_fails(locations: Locations) -> None:
    write(locations, b"old")
    with pytest.raises(ArithmeticError):
        locations.write(HERE, Breaking())
    assert read(locations, HERE, most_bytes=10) == b"old"
    assert list(locations.list(HERE.bucket)) == [HERE.key]


@pytest.mark.parametrize("key", NAMELESS)
def test_a_key_that_leads_elsewhere_names_nothing(locations: Locations, key: str) -> None:
    for act in (locations.look, locations.remove):
        with pytest.raises(NoSuchName):
            act(Location(HERE.bucket, key))
    with pytest.raises(NoSuchName):
        locations.write(Location(HERE.bucket, key), io.BytesIO(b"x"))


@pytest.mark.parametrize("bucket", ["", ".", "..", "a/b", "/etc", "a\0b"])
def test_a_bucket_that_is_a_path_names_nothing(locations: Locations, bucket: str) -> None:
    with pytest.raises(NoSuchName):
        locations.look(Location(bucket, "passwd"))


@pytest.fixture
def folder(tmp_path: Path) -> FolderLocations:
    (tmp_path / "s3" / "a-bucket" / "folder").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_bytes(b"secret")
    return FolderLocations(tmp_path / "s3")


@pytest.mark.parametrize(
    ("link", "leads_to", "key"),
    [
        ("a-bucket/key", "../../outside/secret", "key"),
        ("a-bucket/folder/in", "../../../outside", "folder/in/secret"),
        ("b-bucket", "../outside", "secret"),
    ],
    ids=["file", "folder", "bucket"],
)
def test_no_link_is_followed(
    folder: FolderLocations, tmp_path: Path, link: str, leads_to: str, key: str
) -> None:
    (tmp_path / "s3" / link).symlink_to(leads_to)
    location = Location(link.partition("/")[0], key)
    assert (tmp_path / "s3" / link).exists()
    with pytest.raises(NotThere):
        read(folder, location, most_bytes=100)
    if link != "a-bucket/key":
        with pytest.raises(NotThere):
            folder.write(location, io.BytesIO(b"mine"))
    assert list(folder.list("a-bucket")) == []
    assert (tmp_path / "outside" / "secret").read_bytes() == b"secret"


def test_a_link_is_written_over_and_not_through(folder: FolderLocations, tmp_path: Path) -> None:
    (tmp_path / "s3" / "a-bucket" / "key").symlink_to("../../outside/secret")
    folder.write(Location("a-bucket", "key"), io.BytesIO(b"mine"))
    assert read(folder, Location("a-bucket", "key"), most_bytes=10) == b"mine"
    assert (tmp_path / "outside" / "secret").read_bytes() == b"secret"


def test_a_pipe_keeps_nobody_waiting(folder: FolderLocations, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "s3" / "a-bucket" / "key")
    with pytest.raises(NotThere):
        read(folder, Location("a-bucket", "key"), most_bytes=100)
    assert list(folder.list("a-bucket")) == []


def test_nothing_is_named_as_what_is_being_written(folder: FolderLocations) -> None:
    with pytest.raises(NoSuchName):
        folder.look(Location("a-bucket", f"{PART}1"))


def test_a_service_that_does_not_answer_is_not_reached() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        locations = S3Locations(endpoint="http://127.0.0.1:9")
        with pytest.raises(NotReachable, match="s3://a-bucket"):
            locations.look(HERE)


def test_an_object_that_others_may_have_and_the_service_may_not_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    denied = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
    with served(Response(denied, 403, media_type="application/xml")) as port:
        locations = S3Locations(endpoint=f"http://127.0.0.1:{port}")
        with pytest.raises(NotPermitted, match="s3://a-bucket"):
            locations.look(HERE)
        with pytest.raises(NotPermitted, match="Access Denied"):
            read(locations, HERE, most_bytes=10)
        with pytest.raises(NotPermitted):
            locations.write(HERE, io.BytesIO(b"mine"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_the_service_may_not_enter_is_told_as_such(
    folder: FolderLocations, tmp_path: Path
) -> None:
    (tmp_path / "s3" / "a-bucket").chmod(0)
    with pytest.raises(NotPermitted):
        folder.look(Location("a-bucket", "key"))

"""What every store of home folders promises, tried on each."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ownstream.domain.home_folders import Stored
from ownstream.storage.base import HomeFolderStore, StorageError, Unstorable
from ownstream.storage.local import LocalStore
from ownstream.storage.s3 import S3Store
from ownstream.storage.s3_client import PART_BYTES
from tests.support.s3 import BUCKET, S3, s3_service

DATE = 1_700_000_000_123_456_789
FOLDER = "appstream2-36fb080bb8-us-east-1-000000000000/user/custom/abc"
OTHER = "appstream2-36fb080bb8-us-east-1-000000000000/user/custom/abcd"


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with s3_service() as service:
        yield service


@pytest.fixture(scope="module")
def bucket(s3: S3) -> S3Store:
    return S3Store(BUCKET, "/a prefix/", endpoint=s3.url)


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HomeFolderStore]:
    if request.param == "local":
        yield LocalStore(tmp_path / "homes")
        return
    yield request.getfixturevalue("bucket")
    service: S3 = request.getfixturevalue("s3")
    service.empty()


def write(store: HomeFolderStore, path: str, data: bytes, folder: str = FOLDER) -> None:
    store.write(folder, path, io.BytesIO(data), Stored(len(data), DATE))


def read(store: HomeFolderStore, path: str) -> tuple[Stored, bytes]:
    with store.read(FOLDER, path) as (stored, content):
        return stored, content.read(1) + content.read()


def test_a_home_folder_that_nobody_had_is_empty(store: HomeFolderStore) -> None:
    assert store.list(FOLDER) == {}
    assert store.look(FOLDER, "a") is None


def test_a_file_comes_back_with_its_date(store: HomeFolderStore) -> None:
    write(store, "ünï & <b>/a file.txt", b"content")
    assert read(store, "ünï & <b>/a file.txt") == (Stored(7, DATE), b"content")
    assert store.look(FOLDER, "ünï & <b>/a file.txt") == Stored(7, DATE)


@pytest.mark.parametrize("date", [0, 1, 1_000_000_000, 2**62])
def test_any_date_is_kept_to_the_nanosecond(store: HomeFolderStore, date: int) -> None:
    store.write(FOLDER, "a", io.BytesIO(b"x"), Stored(1, date))
    assert store.look(FOLDER, "a") == Stored(1, date)


def test_everything_is_listed_with_its_size(store: HomeFolderStore) -> None:
    write(store, "a", b"1")
    write(store, "b/c/d", b"12")
    write(store, "b/empty", b"")
    store.make_folder(FOLDER, "b/")
    store.make_folder(FOLDER, "b/c/")
    store.make_folder(FOLDER, "none/")
    found = store.list(FOLDER)
    sizes = {path: stored.size for path, stored in found.items() if stored is not None}
    assert sizes == {"a": 1, "b/c/d": 2, "b/empty": 0}
    assert {path for path, stored in found.items() if stored is None} == {"b/", "b/c/", "none/"}


def test_users_are_apart_also_when_one_name_begins_like_another(store: HomeFolderStore) -> None:
    write(store, "mine", b"1")
    write(store, "theirs", b"1", folder=OTHER)
    assert list(store.list(FOLDER)) == ["mine"]
    assert list(store.list(OTHER)) == ["theirs"]


def test_a_file_that_is_written_again_has_the_new_content(store: HomeFolderStore) -> None:
    write(store, "a", b"before")
    write(store, "a", b"after!!")
    assert read(store, "a")[1] == b"after!!"


def test_what_is_removed_is_gone_and_may_be_removed_again(store: HomeFolderStore) -> None:
    write(store, "b/a", b"x")
    store.make_folder(FOLDER, "b/")
    for _ in range(2):
        store.remove(FOLDER, "b/a")
        store.remove(FOLDER, "b/")
    assert store.list(FOLDER) == {}
    with pytest.raises(StorageError), store.read(FOLDER, "b/a"):
        pass


def test_a_folder_that_still_has_something_keeps_it(store: HomeFolderStore) -> None:
    store.make_folder(FOLDER, "b/")
    write(store, "b/a", b"x")
    store.remove(FOLDER, "b/")
    assert "b/a" in store.list(FOLDER)


class Broken:
    """Content that ends with an error."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int = -1, /) -> bytes:
        if self._left <= 0:
            raise BrokenContent
        self._left -= size
        return b"x" * size


class BrokenContent(Exception):
    pass


@pytest.mark.parametrize("size", [10, PART_BYTES + 10])
def test_a_file_whose_content_breaks_off_is_as_it_was(store: HomeFolderStore, size: int) -> None:
    write(store, "a", b"before")
    with pytest.raises(BrokenContent):
        store.write(FOLDER, "a", Broken(size), Stored(size + 10, DATE))
    assert read(store, "a")[1] == b"before"
    assert list(store.list(FOLDER)) == ["a"]


def test_a_file_of_many_parts_is_whole(store: HomeFolderStore) -> None:
    data = os.urandom(1 << 16) * (2 * (PART_BYTES >> 16)) + b"end"
    write(store, "large", data)
    assert read(store, "large")[1] == data


@pytest.mark.parametrize("length", [4, 20])
def test_a_path_that_is_too_long_is_told_as_what_it_is(tmp_path: Path, s3: S3, length: int) -> None:
    path = "/".join(["x" * 250] * length)
    longer = length * 250 > 4096
    for store in (S3Store(BUCKET, endpoint=s3.url), LocalStore(tmp_path)):
        if isinstance(store, S3Store) or longer:
            with pytest.raises(Unstorable):
                write(store, path, b"x")


def test_a_file_may_come_where_a_folder_was_and_a_folder_where_a_file_was(
    store: HomeFolderStore,
) -> None:
    write(store, "a/b", b"x")
    write(store, "c", b"y")
    store.remove(FOLDER, "a/b")
    store.remove(FOLDER, "a/")
    write(store, "a", b"file")
    store.remove(FOLDER, "c")
    write(store, "c/d", b"inside")
    assert read(store, "a")[1] == b"file"
    assert read(store, "c/d")[1] == b"inside"


def test_on_a_disk_a_file_takes_a_folders_place_before_that_is_removed(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    write(store, "a/b", b"x")
    write(store, "c", b"y")
    write(store, "a", b"file")
    write(store, "c/d", b"inside")
    for path in ("a/b", "a/", "c"):  # what a session no longer has is removed after that
        store.remove(FOLDER, path)
    assert sorted(path for path in store.list(FOLDER)) == ["a", "c/", "c/d"]


def test_what_others_put_in_the_bucket_has_the_date_of_that(s3: S3) -> None:
    store = S3Store(BUCKET, "others", endpoint=s3.url)
    s3.client.put_object(Bucket=BUCKET, Key=f"others/{FOLDER}/a", Body=b"x")
    when = s3.client.head_object(Bucket=BUCKET, Key=f"others/{FOLDER}/a")["LastModified"]
    assert store.look(FOLDER, "a") == Stored(1, int(when.timestamp()) * 10**9)


def test_a_bucket_that_is_not_there_is_the_operators_matter(s3: S3) -> None:
    store = S3Store("nowhere", endpoint=s3.url)
    with pytest.raises(StorageError, match="bucket"):
        store.list(FOLDER)


def test_a_service_that_does_not_answer_is_the_operators_matter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    store = S3Store(BUCKET, endpoint="http://127.0.0.1:1")
    with pytest.raises(StorageError):
        store.list(FOLDER)


def test_a_disk_that_does_not_take_it_is_the_operators_matter(tmp_path: Path) -> None:
    (tmp_path / "homes").write_text("a file where the folder is to be")
    store = LocalStore(tmp_path / "homes")
    with pytest.raises(StorageError):
        write(store, "a", b"x")

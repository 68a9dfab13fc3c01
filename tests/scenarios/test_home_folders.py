"""Home folders as users meet them: what they save is there next time, on whichever fleet."""

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.scenarios.test_main_job import type_line
from tests.support import fleets
from tests.support.browser import await_state, new_page, open_session
from tests.support.s3 import BUCKET, S3, s3_service
from tests.support.service import Served, served

HOMES = [{"ConnectorType": "HOMEFOLDERS"}]
BUCKET_OF_APPSTREAM = "appstream2-36fb080bb8-us-east-1-000000000000"
WITHIN_S = 60


def folder_of(user: str) -> str:
    return f"{BUCKET_OF_APPSTREAM}/user/custom/{hashlib.sha256(user.encode()).hexdigest()}"


def eventually(look: Callable[[], Any]) -> Any:
    """What the look shows once it shows anything: nobody tells that a file is there."""
    deadline = time.monotonic() + WITHIN_S
    while not (seen := look()):
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.05)
    return seen


@contextmanager
def session(client: Any, browser: Browser, name: str, user: str) -> Iterator[Page]:
    """A session with a terminal; it has ended, and its instance is gone, at the end."""
    page = new_page(browser)
    open_session(page, fleets.streaming_url(client, name, user, ApplicationId="xterm"))
    yield page
    pair = {"StackName": name, "FleetName": name}
    for each in client.describe_sessions(**pair)["Sessions"]:
        client.expire_session(SessionId=each["Id"])
    await_state(page, "ended", "error")
    page.context.close()
    eventually(lambda: not client.describe_sessions(**pair)["Sessions"])


def with_homes(client: Any, name: str) -> str:
    """A running fleet whose stack has home folders."""
    fleets.running_pair(client, name)
    client.update_stack(Name=name, StorageConnectors=HOMES)
    return name


def in_home(service: Served, name: str) -> Path | None:
    """This file in the home folder of whichever instance has it."""
    found = service.instances_dir.glob(f"i-*/home/MyFiles/HomeFolder/{name}")
    return next(iter(found), None)


def test_what_is_saved_is_there_next_time_and_on_another_fleet(
    client, service: Served, browser: Browser
) -> None:
    first, second = with_homes(client, "first"), with_homes(client, "second")
    (stack,) = client.describe_stacks(Names=[first])["Stacks"]
    assert (stack["StorageConnectors"], stack["StackErrors"]) == (HOMES, [])
    store = service.data_dir / "home-folders" / folder_of("ann")
    with session(client, browser, first, "ann") as page:
        type_line(page, "cd ~/MyFiles/HomeFolder && mkdir -p in/side && echo one > in/side/a.txt")
        eventually((store / "in/side/a.txt").is_file)  # within seconds, while the session goes on
        type_line(page, "rm -r in; echo two > b.txt")
        eventually(lambda: in_home(service, "b.txt"))  # and the session is over at once
    assert (store / "b.txt").read_text() == "two\n"
    assert not (store / "in").exists()
    with session(client, browser, second, "ann") as page:
        page.get_by_role("button", name="My Files").click()
        page.get_by_role("button", name="Home Folder", exact=True).click()
        page.get_by_text("What is here is kept for your next session.").wait_for()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download b.txt").click()
        assert Path(download.value.path()).read_text() == "two\n"
        page.keyboard.press("Escape")
        type_line(page, "cd ~/MyFiles/HomeFolder; cp b.txt seen")
        eventually(lambda: in_home(service, "seen"))
    assert (store / "seen").read_text() == "two\n"
    with session(client, browser, second, "bob"):
        assert in_home(service, "b.txt") is None


def test_without_the_connector_nothing_is_kept(client, service: Served, browser: Browser) -> None:
    name = fleets.running_pair(client)
    with session(client, browser, name, "cal") as page:
        homes = list(service.instances_dir.glob("i-*/home/MyFiles/HomeFolder"))
        assert homes == []
        page.get_by_role("button", name="My Files").click()
        page.get_by_text("What is here is gone when the session ends.").wait_for()
    assert not (service.data_dir / "home-folders" / folder_of("cal")).exists()


@pytest.fixture
def s3() -> Iterator[S3]:
    with s3_service() as made:
        yield made


@pytest.fixture
def on_s3(folder: Path, s3: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A service that keeps home folders in a bucket."""
    monkeypatch.setenv("OWNSTREAM_HOME_FOLDERS", f"s3://{BUCKET}/some/where")
    monkeypatch.setenv("OWNSTREAM_S3_ENDPOINT", s3.url)
    with served(folder / "on-s3" / "data", folder / "on-s3" / "instances") as running:
        yield running
    shutil.rmtree(folder / "on-s3")


def test_a_service_that_is_killed_still_saves_to_a_bucket_what_was_saved_last(
    on_s3: Served, s3: S3, browser: Browser
) -> None:
    client = on_s3.client()
    name = with_homes(client, "desk")
    prefix = f"some/where/{folder_of('ann')}"
    with session(client, browser, name, "ann") as page:
        type_line(page, "cd ~/MyFiles/HomeFolder; echo one > a.txt; mkdir folder")
        eventually(lambda: f"{prefix}/a.txt" in s3.names())
        on_s3.kill()
        on_s3.start()
        await_state(page, "streaming")
        page.locator(".veil.lifted").wait_for(state="attached")
        page.keyboard.type("echo two > a.txt; echo three > b.txt\n")
        eventually(lambda: in_home(on_s3, "b.txt"))
        # The service that ends the session knows nothing of it but what the store does.
        on_s3.kill()
        on_s3.start()
    body = s3.client.get_object(Bucket=BUCKET, Key=f"{prefix}/a.txt")["Body"].read()
    assert body == b"two\n"
    assert sorted(s3.names()) == [f"{prefix}/a.txt", f"{prefix}/b.txt", f"{prefix}/folder/"]
    with session(client, browser, name, "ann"):
        copy = eventually(lambda: in_home(on_s3, "b.txt"))
        assert copy.read_text() == "three\n"
        assert copy.with_name("folder").is_dir()


def test_a_service_that_is_stopped_saves_first(on_s3: Served, s3: S3, browser: Browser) -> None:
    client = on_s3.client()
    name = with_homes(client, "desk")
    page = new_page(browser)
    open_session(page, fleets.streaming_url(client, name, "ann", ApplicationId="xterm"))
    type_line(page, "cd ~/MyFiles/HomeFolder; echo last > a.txt")
    eventually(lambda: in_home(on_s3, "a.txt"))
    assert on_s3.stop() == 0
    assert s3.names() == [f"some/where/{folder_of('ann')}/a.txt"]
    assert on_s3.processes() == []
    page.context.close()

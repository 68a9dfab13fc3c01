"""An Elastic fleet's users: what an archive in a folder holds runs in their browsers."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from ownstream.storage.folder_locations import FolderLocations
from ownstream.storage.locations import Location
from tests.scenarios.conftest import take_all_away
from tests.scenarios.test_home_folders import HOMES, eventually, folder_of
from tests.support import fleets
from tests.support.archives import zipped
from tests.support.browser import await_colour, await_state, new_page, open_session
from tests.support.service import Served

BUCKET = "a-bucket"
GREEN, RED = (0, 255, 0), (255, 0, 0)
AT = "/opt/appstream/AppBlocks/paints"
# The application is as green as the setup script, which is in no archive, has made it.
PAINT = """#!/bin/sh
exec /usr/bin/xterm -bg "$(cat "$HOME/colour")"
"""
SETUP = f"""#!/bin/sh
[ "$1" = "one word" ] && [ "$PWD" = {AT} ] && [ -n "$AppStream_UserName" ] || exit 9
if touch {AT}/mine 2>/dev/null; then exit 8; fi
cp green "$HOME/colour"
"""
ARCHIVE = zipped({"bin/paint": PAINT.encode(), "green": b"#00ff00"}, executable=["bin/paint"])
SCRIPTS = "/opt/appstream/SessionScripts"


def put(service: Served, key: str, data: bytes | str) -> dict[str, str]:
    """The S3Location of an object that has this content."""
    locations = FolderLocations(service.data_dir / "s3")
    content = data.encode() if isinstance(data, str) else data
    locations.write(Location(BUCKET, key), io.BytesIO(content))
    return {"S3Bucket": BUCKET, "S3Key": key}


def make_desk(client: Any, service: Served, *, setup: str = SETUP, **fleet: Any) -> str:
    """A running Elastic fleet with one application, and its stack."""
    block = client.create_app_block(
        Name="paints",
        SourceS3Location=put(service, "paints/paints.zip", ARCHIVE),
        SetupScriptDetails={
            "ScriptS3Location": put(service, "paints/setup.sh", setup),
            "ExecutablePath": f"{AT}/setup.sh",
            "ExecutableParameters": "'one word'",
            "TimeoutInSeconds": 2,
        },
    )["AppBlock"]
    return make_fleet(client, service, block["Arn"], **fleet)


def make_fleet(client: Any, service: Served, app_block_arn: str, **fleet: Any) -> str:
    """The same with the application of an app block that there is."""
    application = client.create_application(
        Name="paint",
        IconS3Location=put(service, "paints/icon.png", b"no icon"),
        LaunchPath=f"{AT}/bin/paint",
        Platforms=["UBUNTU_PRO_2404"],
        InstanceFamilies=["GENERAL_PURPOSE"],
        AppBlockArn=app_block_arn,
    )["Application"]
    client.create_fleet(
        Name="elastic",
        FleetType="ELASTIC",
        InstanceType=fleets.IMAGE_TYPE,
        Platform="UBUNTU_PRO_2404",
        VpcConfig={"SubnetIds": ["subnet-a", "subnet-b"]},
        **{"MaxConcurrentSessions": 2, **fleet},
    )
    client.associate_application_fleet(FleetName="elastic", ApplicationArn=application["Arn"])
    client.create_stack(Name="elastic")
    client.associate_fleet(FleetName="elastic", StackName="elastic")
    client.start_fleet(Name="elastic")
    client.get_waiter("fleet_started").wait(Names=["elastic"], WaiterConfig=fleets.QUICK)
    return "elastic"


@pytest.fixture
def client(service: Served) -> Iterator[Any]:
    client = service.client()
    yield client
    if client.describe_fleets()["Fleets"]:
        fleets.stop(client, "elastic")
        arn = client.describe_applications()["Applications"][0]["Arn"]
        client.disassociate_application_fleet(FleetName="elastic", ApplicationArn=arn)
    take_all_away(client)
    for application in client.describe_applications()["Applications"]:
        client.delete_application(Name=application["Name"])
    for block in client.describe_app_blocks()["AppBlocks"]:
        client.delete_app_block(Name=block["Name"])


def instances(service: Served) -> list[Path]:
    return list(service.instances_dir.glob("i-*"))


def packages(kept: Path) -> dict[str, int]:
    """What of app blocks has been fetched, and which file it is."""
    return {path.name: path.stat().st_ino for path in kept.iterdir()} if kept.exists() else {}


@contextmanager
def user(client: Any, browser: Browser, name: str) -> Iterator[Page]:
    """The page of a user who opens the application; the session is over at the end."""
    page = new_page(browser)
    open_session(page, fleets.streaming_url(client, "elastic", name, ApplicationId="paint"))
    yield page
    page.context.close()
    for session in client.describe_sessions(StackName="elastic", FleetName="elastic")["Sessions"]:
        client.expire_session(SessionId=session["Id"])


def test_what_the_archive_holds_runs_and_is_fetched_once(
    client: Any, service: Served, browser: Browser
) -> None:
    make_desk(client, service)
    assert instances(service) == []
    kept = service.instances_dir / ".app-blocks"
    before = packages(kept)  # of other tests
    with user(client, browser, "alice") as page:
        await_colour(page, GREEN)
        assert len(instances(service)) == 1
        fetched = packages(kept)
    eventually(lambda: not instances(service))
    with user(client, browser, "bob") as page:
        await_colour(page, GREEN)
        assert packages(kept) == fetched
    assert len(fetched) == len(before) + 1


def test_no_more_users_come_in_than_there_may_be_sessions(
    client: Any, service: Served, browser: Browser, page: Page
) -> None:
    make_desk(client, service, MaxConcurrentSessions=1)
    with user(client, browser, "alice"):
        page.goto(fleets.streaming_url(client, "elastic", "bob"))
        await_state(page, "error")
        assert "No streaming resources are available" in page.inner_text("body")


def test_a_changed_application_is_shown_and_started_from_the_next_connection_on(
    client: Any, service: Served, page: Page
) -> None:
    make_desk(client, service)
    tile = page.locator(".tile .name")
    page.goto(fleets.streaming_url(client, "elastic", "alice"))
    tile.filter(has_text="paint").wait_for()
    client.update_application(
        Name="paint",
        DisplayName="Another",
        LaunchPath="/usr/bin/xterm",
        LaunchParameters="-bg '#ff0000'",
    )
    page.goto(fleets.streaming_url(client, "elastic", "alice"))
    tile.filter(has_text="Another").click()
    await_colour(page, RED)
    sessions = client.describe_sessions(StackName="elastic", FleetName="elastic")["Sessions"]
    assert len(sessions) == 1


@pytest.mark.parametrize(
    ("setup", "words"),
    [
        ("#!/bin/sh\necho no licence >&2\nexit 3\n", "paints ended with code 3: no licence."),
        ("#!/bin/sh\nsleep 60\n", "The setup script of the app block paints did not end within 2"),
    ],
    ids=["fails", "takes too long"],
)
def test_a_setup_that_fails_ends_the_session_in_words(
    client: Any, service: Served, page: Page, setup: str, words: str
) -> None:
    make_desk(client, service, setup=setup)
    page.goto(fleets.streaming_url(client, "elastic", "alice", ApplicationId="paint"))
    await_state(page, "ended", "error")
    assert words in page.inner_text("body")
    eventually(lambda: not instances(service))


def test_a_missing_archive_ends_the_session_in_words(
    client: Any, service: Served, page: Page
) -> None:
    make_desk(client, service)
    (service.data_dir / "s3" / BUCKET / "paints" / "paints.zip").unlink()
    page.goto(fleets.streaming_url(client, "elastic", "alice", ApplicationId="paint"))
    await_state(page, "ended", "error")
    assert "There is no s3://a-bucket/paints/paints.zip" in page.inner_text("body")


def test_a_session_script_that_fails_is_told_and_keeps_nobody_out(
    client: Any, service: Served, browser: Browser
) -> None:
    script = {"context": "user", "filename": f"{SCRIPTS}/start.sh"}
    config = json.dumps({"SessionStart": {"executables": [script]}}).encode()
    archive = zipped(
        {"config.json": config, "start.sh": b"#!/bin/sh\necho why; exit 3\n"},
        executable=["start.sh"],
    )
    make_desk(client, service, SessionScriptS3Location=put(service, "scripts.zip", archive))
    with user(client, browser, "ann") as page:
        page.get_by_text(
            "The SessionStart script of the context user ended with code 3."
        ).wait_for()
        await_colour(page, GREEN)
    [log] = (service.data_dir / "s3").glob(
        "appstream-logs-*/*/*/custom/*/*/*/SessionStart/user.log"
    )
    assert log.read_text() == "why\n"


def test_scripts_run_before_and_after_a_session(
    client: Any, service: Served, browser: Browser
) -> None:
    config = {
        "SessionStart": {
            "executables": [
                {"context": "user", "filename": f"{SCRIPTS}/start.sh", "arguments": "hello"}
            ]
        },
        "SessionTermination": {
            "executables": [{"context": "system", "filename": f"{SCRIPTS}/end.sh"}],
            "waitingTime": 20,
        },
    }
    archive = zipped(
        {
            "config.json": json.dumps(config).encode(),
            "start.sh": b'#!/bin/sh\necho "$1" > "$HOME/said"\n',
            "end.sh": b'#!/bin/sh\nsleep 1; cp "$HOME/said" "$HOME/MyFiles/HomeFolder/"\n',
        },
        executable=["start.sh", "end.sh"],
    )
    make_desk(client, service, SessionScriptS3Location=put(service, "scripts.zip", archive))
    client.update_stack(Name="elastic", StorageConnectors=HOMES)
    with user(client, browser, "ann") as page:
        await_colour(page, GREEN)
        (home,) = service.instances_dir.glob("i-*/home")
        assert (home / "said").read_text() == "hello\n"
    kept = service.data_dir / "home-folders" / folder_of("ann") / "said"
    eventually(kept.is_file)
    assert kept.read_text() == "hello\n"
    eventually(lambda: not instances(service))

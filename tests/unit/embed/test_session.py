"""botocore's session with an AppStream of its own: what a user's test can count on."""

import asyncio
import gc
import io
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

import ownstream
from ownstream.embed.engine import Closed
from ownstream.engine import AlreadyServed
from ownstream.storage.locations import Location, read
from tests.support.pictures import picture
from tests.unit.embed.desk import Desk


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_a_fleet_starts_and_stops_by_waiters_alone(desk: Desk) -> None:
    desk.run(instances=2)
    assert desk.fleet()["ComputeCapacityStatus"]["Available"] == 2
    desk.client.stop_fleet(Name="f")
    desk.client.get_waiter("fleet_stopped").wait(Names=["f"])
    assert desk.fleet()["State"] == "STOPPED"


def test_images_have_the_names_and_platforms_of_appstreams_own(desk: Desk) -> None:
    images = {image["Name"]: image["Platform"] for image in desk.client.describe_images()["Images"]}
    assert images["AppStream-WinServer2019-06-12-2023"] == "WINDOWS_SERVER_2019"
    assert images["AppStream-AmazonLinux2-02-11-2025"] == "AMAZON_LINUX2"


def test_graphics_instances_run_from_images_for_them(desk: Desk) -> None:
    members = {
        "InstanceType": "stream.graphics.g4dn.xlarge",
        "ComputeCapacity": {"DesiredInstances": 2},
    }
    with pytest.raises(ClientError, match="combination of instance type"):
        desk.client.create_fleet(
            Name="g", ImageName="AppStream-WinServer2019-06-12-2023", **members
        )
    desk.client.create_fleet(Name="g", ImageName="AppStream-Graphics-G4dn-06-17-2024", **members)
    desk.client.start_fleet(Name="g")
    desk.client.get_waiter("fleet_started").wait(Names=["g"])


def test_nothing_is_needed_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", "/nonexistent")
    with ownstream.Session() as session:
        client = session.create_client("appstream")
        assert client.meta.region_name == "us-east-1"
        assert client.describe_fleets()["Fleets"] == []


def test_what_the_environment_says_of_aws_is_no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody's")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with ownstream.Session() as session:
        client = session.create_client("appstream")
        assert client.describe_fleets()["Fleets"] == []
        assert client.meta.region_name == "eu-west-1"


def test_a_key_that_is_unknown_is_refused(desk: Desk) -> None:
    client = desk.session.create_client(
        "appstream", aws_access_key_id="other", aws_secret_access_key="secret"
    )
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        client.describe_fleets()


def test_boto3_takes_the_session(desk: Desk) -> None:
    client = boto3.Session(botocore_session=desk.session).client("appstream")
    client.create_stack(Name="s")
    assert [stack["Name"] for stack in desk.client.describe_stacks()["Stacks"]] == ["s"]


def test_other_services_are_where_they_were(desk: Desk) -> None:
    client = desk.session.create_client(
        "sts", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    assert client.meta.endpoint_url == "https://sts.eu-west-1.amazonaws.com"
    with Stubber(client) as stubber:
        stubber.add_response("get_caller_identity", {"Account": "123456789012"})
        assert client.get_caller_identity()["Account"] == "123456789012"


def test_regions_are_apart(desk: Desk) -> None:
    desk.client.create_stack(Name="s")
    elsewhere = desk.session.create_client("appstream", "eu-west-1")
    assert elsewhere.describe_stacks()["Stacks"] == []


def test_sessions_are_apart() -> None:
    with ownstream.Session() as one, ownstream.Session() as other:
        one.create_client("appstream").create_stack(Name="s")
        assert other.create_client("appstream").describe_stacks()["Stacks"] == []


def test_threads_share_a_client(desk: Desk) -> None:
    desk.run(instances=9)
    with ThreadPoolExecutor(8) as threads:
        users = list(threads.map(desk.connect, [f"user{n}" for n in range(9)]))
    assert {session["Id"] for session in desk.sessions()} == {user.session_id for user in users}
    assert desk.fleet()["ComputeCapacityStatus"]["InUse"] == 9


def test_it_may_be_called_where_an_event_loop_runs(desk: Desk) -> None:
    async def main() -> str:
        desk.run()
        await asyncio.sleep(0)
        return desk.fleet()["State"]

    assert asyncio.run(main()) == "RUNNING"


def test_it_starts_no_thread_and_closing_leaves_nothing_open() -> None:
    ownstream.Session().close()  # what is opened once for the process is open now
    gc.collect()
    before = (threading.active_count(), descriptors())
    session = ownstream.Session()
    Desk(session).run(instances=3)
    assert threading.active_count() == before[0]
    session.close()
    assert (threading.active_count(), descriptors()) == before


def test_a_session_that_everybody_has_let_go_of_is_closed() -> None:
    ownstream.Session().close()
    gc.collect()
    before = descriptors()
    client = ownstream.Session().create_client("appstream")
    gc.collect()
    assert client.describe_fleets()["Fleets"] == []
    del client
    gc.collect()
    assert descriptors() == before


def test_a_closed_session_says_so(desk: Desk) -> None:
    desk.session.close()
    desk.session.close()
    with pytest.raises(Closed, match="make another"):
        desk.client.describe_fleets()


def test_a_folder_keeps_what_there_was(tmp_path: Path) -> None:
    with ownstream.Session(data_dir=tmp_path / "state") as session:
        first = Desk(session)
        first.run()
        user = first.connect()
    with ownstream.Session(data_dir=tmp_path / "state") as session:
        again = Desk(session)
        again.client.get_waiter("fleet_started").wait(Names=["f"])
        assert again.fleet()["ComputeCapacityStatus"]["Available"] == 1
        assert user.session_id not in {shown["Id"] for shown in again.sessions()}


def test_a_folder_is_one_sessions_at_a_time(tmp_path: Path) -> None:
    with ownstream.Session(data_dir=tmp_path), pytest.raises(AlreadyServed, match="another"):
        ownstream.Session(data_dir=tmp_path)
    ownstream.Session(data_dir=tmp_path).close()


def test_a_session_with_an_endpoint_talks_to_it() -> None:
    session = ownstream.Session(endpoint_url="http://127.0.0.1:1")
    client = session.create_client(
        "appstream", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    assert client.meta.endpoint_url == "http://127.0.0.1:1"


def test_a_child_that_was_forked_off_has_the_engine_to_itself(desk: Desk) -> None:
    desk.run()
    child = os.fork()
    if child == 0:
        try:
            desk.client.stop_fleet(Name="f")
            desk.client.get_waiter("fleet_stopped").wait(Names=["f"])
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert desk.fleet()["State"] == "RUNNING"


def test_importing_the_package_brings_in_nothing_heavy() -> None:
    heavy = ("botocore", "sqlalchemy", "asyncio")
    program = f"import ownstream, sys; print([name for name in {heavy} if name in sys.modules])"
    command = [sys.executable, "-c", program]
    out = subprocess.run(command, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_instances_that_end_slowly_hold_up_no_other_fleet(desk: Desk) -> None:
    desk.session.service.driver.stop_takes = timedelta(hours=1)
    for number in range(20):
        elsewhere = Desk(desk.session, f"region-{number}")
        elsewhere.run()
        elsewhere.client.stop_fleet(Name="f")
    desk.run()
    assert desk.fleet()["State"] == "RUNNING"


def test_limits_are_those_that_a_session_is_given() -> None:
    with ownstream.Session(limits=ownstream.Limits(stacks=1)) as session:
        client = session.create_client("appstream")
        client.create_stack(Name="s")
        with pytest.raises(ClientError, match="has 1 stacks in this region and may have 1"):
            client.create_stack(Name="t")


@pytest.mark.parametrize("option", ["data_dir", "s3_locations", ""])
def test_buckets_are_in_their_folder_or_in_memory(option: str, tmp_path: Path) -> None:
    with ownstream.Session(**({option: tmp_path} if option else {})) as session:
        locations = session.service.locations
        locations.write(Location("a-bucket", "a/key"), io.BytesIO(b"content"))
        assert read(locations, Location("a-bucket", "a/key"), most_bytes=9) == b"content"
    folder = {"data_dir": tmp_path / "s3", "s3_locations": tmp_path}.get(option)
    assert folder is None or (folder / "a-bucket" / "a" / "key").read_bytes() == b"content"


@pytest.mark.parametrize("option", ["data_dir", "clock", "limits", "s3_locations"])
def test_what_is_the_services_own_is_refused_of_one_elsewhere(option: str) -> None:
    given = {
        "data_dir": "d",
        "clock": ownstream.TurnedClock(),
        "limits": ownstream.Limits(),
        "s3_locations": "s",
    }
    with pytest.raises(ValueError, match=f"{option}.* with no endpoint"):
        ownstream.Session(endpoint_url="http://127.0.0.1:1", **{option: given[option]})


def test_a_session_without_botocores_handlers_has_none() -> None:
    def signers(**options: bool) -> list[object]:
        with ownstream.Session(**options) as session:
            emitter = session.get_component("event_emitter")
            name = "choose-signer.sts.AssumeRoleWithSAML"
            return emitter.emit(name, context={}, signing_name="sts")

    assert signers()
    assert signers(include_builtin_handlers=False) == []


def test_archives_of_images_are_no_s3_location() -> None:
    with ownstream.Session() as session:
        logo = Location("ownstream-images", "111122223333/logo.png")
        session.service.locations.write(logo, io.BytesIO(picture(10, 10)))
        client: Any = session.create_client("appstream")
        client.create_stack(Name="s")
        place = {"S3Bucket": logo.bucket, "S3Key": logo.key}
        with pytest.raises(ClientError, match="the service's own"):
            client.create_theme_for_stack(
                StackName="s",
                TitleText="Theme",
                ThemeStyling="BLUE",
                OrganizationLogoS3Location=place,
                FaviconS3Location=place,
            )

"""Entitlements on an embedded service: what each user may start."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

import ownstream
from ownstream.domain import usage_reports
from ownstream.gateway.admission import Refused
from ownstream.storage.locations import Location, read
from tests.support.service import simulated
from tests.unit.embed.test_remote import session_with

IMAGE = "AppStream-AmazonLinux2-02-11-2025"
STATED = {"ann": {"groups": "cad:office"}, "bob": {"groups": ["office"]}}


def entitled(client: Any, name: str, *applications: str) -> None:
    """Who is of the group of this name may start these applications."""
    client.create_entitlement(
        Name=name,
        StackName="s",
        AppVisibility="ASSOCIATED",
        Attributes=[{"Name": "groups", "Value": name}],
    )
    for application in applications:
        client.associate_application_to_entitlement(
            StackName="s", EntitlementName=name, ApplicationIdentifier=application
        )


def offered(session: ownstream.Session) -> Any:
    """A client of a service on which a stack offers a fleet that runs."""
    client = session.create_client("appstream")
    client.create_fleet(
        Name="f",
        ImageName=IMAGE,
        InstanceType="stream.standard.small",
        ComputeCapacity={"DesiredInstances": 3},
    )
    client.create_stack(Name="s")
    client.associate_fleet(FleetName="f", StackName="s")
    client.start_fleet(Name="f")
    client.get_waiter("fleet_started").wait(Names=["f"])
    return client


def url(client: Any, user: str, **members: str) -> str:
    asked = {"StackName": "s", "FleetName": "f", "UserId": user, **members}
    return client.create_streaming_url(**asked)["StreamingURL"]


def test_users_may_start_what_their_attributes_entitle_them_to() -> None:
    with ownstream.Session(user_attributes=STATED) as session:
        client = offered(session)
        entitled(client, "cad", "firefox")
        entitled(client, "office", "xterm")
        connect = session.service.users.connect
        assert connect(url(client, "ann")).applications == ("xterm", "firefox")
        assert connect(url(client, "bob")).applications == ("xterm",)
        assert connect(url(client, "eve")).applications == ()


def test_a_change_counts_for_a_session_that_runs() -> None:
    with ownstream.Session(user_attributes=STATED) as session:
        client = offered(session)
        entitled(client, "office", "xterm")
        user = session.service.users.connect(url(client, "bob"))
        client.delete_entitlement(StackName="s", Name="office")
        assert user.applications is None
        entitled(client, "nobody", "firefox")
        assert user.applications == ()


def test_a_link_to_an_application_that_is_not_its_users_is_refused() -> None:
    with ownstream.Session(user_attributes=STATED) as session:
        client = offered(session)
        entitled(client, "cad", "firefox")
        with pytest.raises(Refused, match="may not use the application"):
            session.service.users.connect(url(client, "bob", ApplicationId="firefox"))
        session.service.users.connect(url(client, "ann", ApplicationId="firefox"))


def test_what_a_user_may_not_start_is_in_no_report() -> None:
    clock = ownstream.TurnedClock()
    with ownstream.Session(clock=clock, user_attributes=STATED) as session:
        client = offered(session)
        entitled(client, "cad", "firefox")
        bucket = client.create_usage_report_subscription()["S3BucketName"]
        session.service.users.connect(url(client, "ann")).launch("firefox")
        with pytest.raises(Refused):
            session.service.users.connect(url(client, "bob")).launch("firefox")
        day = clock.now()
        clock.advance(days=1, minutes=5)
        key = usage_reports.applications_key(usage_reports.day_of(day))
        told = read(session.service.locations, Location(bucket, key), most_bytes=4096)
        assert told.decode().count("firefox") == 1


def test_what_a_user_may_not_start_is_not_started() -> None:
    with ownstream.Session(user_attributes=STATED) as session:
        client = offered(session)
        entitled(client, "office", "xterm")
        user = session.service.users.connect(url(client, "bob"))
        with pytest.raises(Refused, match="no application 'firefox' here"):
            user.launch("firefox")
        user.launch("xterm")


def test_a_user_of_a_running_service_is_held_to_it_too(tmp_path: Path) -> None:
    stated = tmp_path / "users.json"
    stated.write_text(json.dumps(STATED))
    prefix = ("env", f"OWNSTREAM_USER_ATTRIBUTES={stated}")
    with (
        simulated(tmp_path, "--test-mode", prefix=prefix) as service,
        session_with(service) as session,
    ):
        client = offered(session)
        entitled(client, "office", "xterm")
        user = session.service.users.connect(url(client, "bob"))
        with pytest.raises(Refused, match="no application 'firefox' here"):
            user.launch("firefox")
        user.launch("xterm")
        assert user.connected


def test_without_attributes_everybody_may_start_everything() -> None:
    with ownstream.Session() as session:
        client = offered(session)
        entitled(client, "cad", "firefox")
        assert session.service.users.connect(url(client, "bob")).applications is None


def test_bad_attributes_are_refused() -> None:
    with pytest.raises(ValueError, match="'ann' has 'group'"):
        ownstream.Session(user_attributes={"ann": {"group": "cad"}})


def test_an_entitlement_is_kept_by_name_of_its_stack() -> None:
    with ownstream.Session() as session:
        client = session.create_client("appstream")
        client.create_stack(Name="s")
        with pytest.raises(ClientError, match="EntitlementNotFound"):
            client.describe_entitlements(StackName="s", Name="nope")

"""Applications of Elastic fleets on an embedded service: what sessions see of them."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

import ownstream
from ownstream.gateway.admission import Refused

STATED = {"ann": {"department": "Design"}, "bob": {"department": "Sales"}}
SCRIPT = {"ScriptS3Location": {"S3Bucket": "bucket", "S3Key": "setup.sh"}}


class Desk:
    """A stack that offers an Elastic fleet with the applications cad and crm."""

    def __init__(self, session: ownstream.Session) -> None:
        self.users = session.service.users
        self.client: Any = session.create_client("appstream")
        client = self.client
        self.block = client.create_app_block(
            Name="block",
            SourceS3Location={"S3Bucket": "bucket", "S3Key": "block.zip"},
            SetupScriptDetails={**SCRIPT, "ExecutablePath": "/bin/sh", "TimeoutInSeconds": 30},
        )["AppBlock"]["Arn"]
        client.create_fleet(
            Name="f",
            FleetType="ELASTIC",
            InstanceType="stream.standard.small",
            MaxConcurrentSessions=5,
            Platform="AMAZON_LINUX2",
            VpcConfig={"SubnetIds": ["subnet-a", "subnet-b"]},
        )
        self.arns: Mapping[str, str] = {name: self.offer(name) for name in ("cad", "crm")}
        client.create_stack(Name="s")
        client.associate_fleet(FleetName="f", StackName="s")
        client.start_fleet(Name="f")
        client.get_waiter("fleet_started").wait(Names=["f"])

    def offer(self, name: str) -> str:
        """The ARN of a new application that the fleet offers."""
        arn = self.client.create_application(
            Name=name,
            IconS3Location={"S3Bucket": "bucket", "S3Key": f"{name}.png"},
            LaunchPath=f"/block/{name}",
            Platforms=["AMAZON_LINUX2"],
            InstanceFamilies=["GENERAL_PURPOSE"],
            AppBlockArn=self.block,
        )["Application"]["Arn"]
        self.client.associate_application_fleet(FleetName="f", ApplicationArn=arn)
        return arn

    def entitle(self, department: str, *applications: str) -> None:
        """Who is of this department may start these."""
        named = {"StackName": "s", "EntitlementName": department}
        self.client.create_entitlement(
            Name=department,
            StackName="s",
            AppVisibility="ASSOCIATED",
            Attributes=[{"Name": "department", "Value": department}],
        )
        for application in applications:
            self.client.associate_application_to_entitlement(
                **named, ApplicationIdentifier=application
            )

    def url(self, user: str, **members: str) -> str:
        asked = {"StackName": "s", "FleetName": "f", "UserId": user, **members}
        return self.client.create_streaming_url(**asked)["StreamingURL"]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with ownstream.Session(user_attributes=STATED) as session:
        yield Desk(session)


def test_a_session_sees_what_the_fleet_offers_as_it_changes(desk: Desk) -> None:
    user = desk.users.connect(desk.url("ann"))
    assert user.applications == ("cad", "crm")
    desk.offer("editor")
    desk.client.disassociate_application_fleet(FleetName="f", ApplicationArn=desk.arns["crm"])
    assert user.applications == ("cad", "editor")


def test_users_see_what_they_are_entitled_to_of_it(desk: Desk) -> None:
    desk.entitle("Design", "cad")
    desk.entitle("Sales", desk.arns["crm"])
    for user, application in (("ann", "cad"), ("bob", "crm")):
        assert desk.users.connect(desk.url(user)).applications == (application,)
    assert desk.users.connect(desk.url("eve")).applications == ()


def test_a_link_names_an_application_that_the_fleet_offers_and_its_user_may_start(
    desk: Desk,
) -> None:
    desk.entitle("Design", "cad")
    desk.users.connect(desk.url("ann", ApplicationId="cad"))
    with pytest.raises(Refused, match="may not use the application"):
        desk.users.connect(desk.url("bob", ApplicationId="cad"))
    with pytest.raises(ClientError, match="It offers cad, crm"):
        desk.url("ann", ApplicationId="xterm")

"""Elastic fleets: what CreateFleet and UpdateFleet ask of them, and how users come in."""

from typing import Any

import pytest

from ownstream.gateway.admission import Refused as NotAdmitted
from tests.rules.acts import (
    OFFERED,
    PAIR,
    called,
    connected,
    fleet,
    passed,
    session_of,
)
from tests.rules.codes import COMBINATION, VALUE
from tests.rules.resources import FLEETS, UNKNOWN
from tests.rules.subjects import Subject
from tests.rules.table import (
    ABSENT,
    Act,
    NoRow,
    Of,
    answers,
    chosen,
    documented,
    model,
    refuses,
    rules,
)
from tests.rules.tables.app_blocks import ARN as BLOCK
from tests.rules.tables.app_blocks import app_block

TYPES = ("stream.standard.small", "stream.standard.medium", "stream.standard.large")
SUBNETS = {"SubnetIds": ["subnet-a", "subnet-b"]}
OTHER_SUBNETS = {"SubnetIds": ["subnet-c", "subnet-d"]}
ELASTIC: dict[str, Any] = {
    "FleetType": "ELASTIC",
    "ImageName": None,
    "ComputeCapacity": None,
    "MaxConcurrentSessions": 2,
    "VpcConfig": SUBNETS,
    "Platform": "AMAZON_LINUX2",
}
APPLICATION = "arn:aws:appstream:{region}:{account}:application/cad"
SCRIPTS = {"S3Bucket": "a-bucket", "S3Key": "scripts.zip"}
NO_SUCH_SUBNETS = model(
    "Elastic fleets require that you specify at least two subnets in different availability zones."
)
NEEDS_VPC = model("This is required for Elastic fleets, but not required for other fleet types.")
SESSIONS = model("The maximum concurrent sessions of the Elastic fleet.")
SCRIPTS_SAID = model("The S3 location of the session scripts configuration zip file.")
PLATFORM = model(
    "WINDOWS_SERVER_2019, AMAZON_LINUX2 and UBUNTU_PRO_2404 are supported for Elastic fleets."
)
KEY_SAID = (
    model("The S3 bucket of the S3 object."),
    model("The S3 key of the S3 object."),
    model("This is required when used for the following:"),
    model("SessionScriptS3Location (Actions: CreateFleet and UpdateFleet)"),
)
RUNNING_UPDATES = model(
    "You can update the DisplayName, IdleDisconnectTimeoutInSeconds,"
    " DisconnectTimeoutInSeconds, MaxConcurrentSessions, SessionScriptS3Location and"
    " UsbDeviceFilterStrings attributes."
)
FOR_OTHERS = (
    refuses(
        "refuses concurrent sessions of a fleet that is not Elastic",
        model("This is required for Elastic fleets, and not allowed for other fleet types."),
        members={"MaxConcurrentSessions": 1},
        code=COMBINATION,
        text="Elastic",
    ),
    refuses(
        "refuses session scripts of a fleet that is not Elastic",
        model("This only applies to Elastic fleets."),
        members={"SessionScriptS3Location": SCRIPTS},
        code=COMBINATION,
        text="Elastic",
    ),
)


def elastic(**members: Any) -> Act:
    """There is an Elastic fleet, STOPPED, for two users."""
    return fleet(**{**ELASTIC, **members})


WITH_APPLICATION = (
    app_block(),
    called(
        "CreateApplication",
        Name="cad",
        IconS3Location={"S3Bucket": "a-bucket", "S3Key": "icons/cad.png"},
        LaunchPath="/opt/appstream/AppBlocks/block/cad",
        Platforms=["AMAZON_LINUX2"],
        InstanceFamilies=["GENERAL_PURPOSE"],
        AppBlockArn=BLOCK,
    ),
    called("AssociateApplicationFleet", FleetName="fleet", ApplicationArn=APPLICATION),
)


def no_room(user: str) -> Act:
    """This user opens a streaming URL and is turned away."""

    def act(subject: Subject) -> None:
        url = subject.call("CreateStreamingURL", {**PAIR, "UserId": user})["StreamingURL"]
        with pytest.raises(NotAdmitted, match="No streaming resources are available"):
            subject.service.users.connect(url)

    return act


CREATES = rules(
    "CreateFleet",
    answers(
        "makes an Elastic fleet, which has no instance before a user comes",
        SESSIONS,
        model("The fleet type."),
        PLATFORM,
        chosen("what AppStream reports as the capacity of an Elastic fleet is not known"),
        output=FLEETS.shown(FleetType="ELASTIC", MaxConcurrentSessions=2, ImageName=ABSENT),
        then=[
            *WITH_APPLICATION,
            *OFFERED,
            FLEETS.described(
                State="RUNNING",
                ComputeCapacityStatus={"Desired": 0, "Running": 0, "InUse": 0, "Available": 0},
            ),
        ],
    ),
    answers(
        "has an instance of an Elastic fleet for each user, and it ends with the session",
        SESSIONS,
        then=[
            *WITH_APPLICATION,
            *OFFERED,
            connected(),
            passed(5),
            FLEETS.described(
                ComputeCapacityStatus={"Desired": 0, "Running": 1, "InUse": 1, "Available": 0}
            ),
            called("ExpireSession", SessionId=Of(session_of())),
            passed(5),
            FLEETS.described(ComputeCapacityStatus={"Running": 0, "InUse": 0}),
        ],
    ),
    answers(
        "lets no more users in than there may be sessions at once",
        SESSIONS,
        documented("developer guide: “no streaming resources are available” is what users read"),
        then=[
            *WITH_APPLICATION,
            *OFFERED,
            connected("ann"),
            connected("bob"),
            no_room("eve"),
        ],
    ),
    answers(
        "keeps where the session scripts are",
        SCRIPTS_SAID,
        *KEY_SAID,
        members={"SessionScriptS3Location": SCRIPTS},
        output=FLEETS.shown(SessionScriptS3Location=SCRIPTS),
    ),
    answers(
        "keeps which USB devices may be redirected in an Elastic fleet",
        model("This is allowed but not required for Elastic fleets."),
        members={"UsbDeviceFilterStrings": ["Drive,8,6,80,1234,5678,1,0"]},
        output=FLEETS.shown(UsbDeviceFilterStrings=["Drive,8,6,80,1234,5678,1,0"]),
    ),
    *(
        answers(
            f"takes an Elastic fleet of {instance_type}",
            model("The following instance types are available for Elastic fleets:"),
            model(instance_type),
            members={"InstanceType": instance_type},
            output=FLEETS.shown(InstanceType=instance_type),
        )
        for instance_type in TYPES
    ),
    *(
        refuses(f"refuses an Elastic fleet {what}", source, members=members, code=code, text=text)
        for what, source, members, code, text in (
            (
                "with capacity",
                model("This is not allowed for Elastic fleets."),
                {"ComputeCapacity": {"DesiredInstances": 1}},
                COMBINATION,
                "ComputeCapacity is not allowed",
            ),
            (
                "without a number of sessions",
                model("For Elastic fleets, specify MaxConcurrentSessions instead."),
                {"MaxConcurrentSessions": None},
                COMBINATION,
                "MaxConcurrentSessions is required",
            ),
            (
                "for nobody",
                UNKNOWN,
                {"MaxConcurrentSessions": 0},
                VALUE,
                "MaxConcurrentSessions is 0",
            ),
            (
                "in a directory",
                model("This is not allowed for Elastic fleets."),
                {"DomainJoinInfo": {"DirectoryName": "corp.example.com"}},
                COMBINATION,
                "DomainJoinInfo is not allowed",
            ),
            (
                "with an image",
                chosen("its applications come from app blocks; what AppStream does is not known"),
                {"ImageName": FLEETS.needs["ImageName"]},
                COMBINATION,
                "ImageName is not allowed",
            ),
            ("without a VPC", NEEDS_VPC, {"VpcConfig": None}, COMBINATION, "two subnets"),
            (
                "in one subnet",
                NO_SUCH_SUBNETS,
                {"VpcConfig": {"SubnetIds": ["subnet-a"]}},
                COMBINATION,
                "two subnets",
            ),
            (
                "without a platform",
                chosen("no image says it; which one would be the default is not known"),
                {"Platform": None},
                COMBINATION,
                "Platform is required",
            ),
            (
                "of another platform",
                PLATFORM,
                {"Platform": "RHEL8"},
                COMBINATION,
                "WINDOWS_SERVER_2019",
            ),
            (
                "of large instances",
                model("The following instance types are available for Elastic fleets:"),
                {"InstanceType": "stream.memory.large"},
                COMBINATION,
                "stream.standard",
            ),
            (
                "with session scripts that have no key",
                KEY_SAID[2],
                {"SessionScriptS3Location": {"S3Bucket": "a-bucket"}},
                COMBINATION,
                "SessionScriptS3Location needs an S3Key",
            ),
        )
    ),
    members={**FLEETS.new, **ELASTIC},
)
RULES = (
    *FLEETS.alike(*FOR_OTHERS),
    *CREATES,
)
NO_ROWS = (
    NoRow(
        "it tells of S3 locations that other operations have",
        (
            "SessionScriptS3Location (Actions: CreateFleet and UpdateFleet)",
            "ScriptDetails (Actions: CreateAppBlock)",
            "SourceS3Location when creating an app block with CUSTOM PackagingType (Actions:"
            " CreateAppBlock)",
            "SourceS3Location when creating an app block with APPSTREAM2 PackagingType, and using"
            " an existing application package (VHD file).",
            "In this case, S3Key refers to the VHD file.",
            "If a new application package is required, then S3Key is not required. (Actions:"
            " CreateAppBlock)",
        ),
    ),
)

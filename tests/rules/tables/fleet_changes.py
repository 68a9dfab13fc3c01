"""UpdateFleet: what may change in which state, and what is taken away."""

from collections.abc import Mapping
from typing import Any

from tests.rules.acts import called, directory, fleet, image, in_state, running
from tests.rules.codes import COMBINATION, IN_USE
from tests.rules.resources import FLEETS, UNKNOWN
from tests.rules.table import (
    ABSENT,
    NoRow,
    answers,
    chosen,
    model,
    observed,
    refuses,
    rules,
)

ACTIVE = (
    "Cannot update the attribute for fleet fleet when it is ACTIVE."
    " The fleet must be stopped to complete this action."
)
STOPPED_ANY = model(
    "If the fleet is in the STOPPED state, you can update any attribute except the fleet name."
)
RUNNING_SOME = (
    model(
        "If the fleet is in the RUNNING state, you can update the following based on the fleet"
        " type:"
    ),
    model(
        "You can update the DisplayName, ComputeCapacity, ImageARN, ImageName,"
        " IdleDisconnectTimeoutInSeconds, and DisconnectTimeoutInSeconds attributes."
    ),
)
OTHER = "arn:aws:appstream:{region}:{account}:image/Other"
CORP = {"DirectoryName": "corp.example.com"}
VPC = {"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-a"]}
# Each change with what the fleet has afterwards.
CHANGES: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "ImageName": ({"ImageName": "Other"}, {"ImageArn": OTHER}),
    "ImageArn": ({"ImageArn": OTHER}, {"ImageName": "Other"}),
    "InstanceType": ({"InstanceType": "stream.standard.medium"},) * 2,
    "ComputeCapacity": (
        {"ComputeCapacity": {"DesiredInstances": 1}},
        {"ComputeCapacityStatus": {"Desired": 1}},
    ),
    "VpcConfig": (
        {"VpcConfig": {"SubnetIds": ["subnet-b"]}},
        {"VpcConfig": {"SubnetIds": ["subnet-b"], "SecurityGroupIds": ["sg-a"]}},
    ),
    "MaxUserDurationInSeconds": ({"MaxUserDurationInSeconds": 600},) * 2,
    "DisconnectTimeoutInSeconds": ({"DisconnectTimeoutInSeconds": 60},) * 2,
    "IdleDisconnectTimeoutInSeconds": ({"IdleDisconnectTimeoutInSeconds": 60},) * 2,
    "Description": ({"Description": "new"},) * 2,
    "DisplayName": ({"DisplayName": "new"},) * 2,
    "EnableDefaultInternetAccess": ({"EnableDefaultInternetAccess": True},) * 2,
    "StreamView": ({"StreamView": "DESKTOP"},) * 2,
    "DisableIMDSV1": ({"DisableIMDSV1": True},) * 2,
    "IamRoleArn": ({"IamRoleArn": "arn:aws:iam::123456789012:role/new"},) * 2,
    "RootVolumeConfig": ({"RootVolumeConfig": {"VolumeSizeInGb": 300}},) * 2,
    "DeleteVpcConfig": ({"DeleteVpcConfig": True}, {"VpcConfig": ABSENT}),
}
WHILE_RUNNING = {
    "ImageName",
    "ImageArn",
    "ComputeCapacity",
    "DisconnectTimeoutInSeconds",
    "IdleDisconnectTimeoutInSeconds",
    "DisplayName",
}
GIVEN = (
    directory(),
    image("Other"),
    fleet(
        VpcConfig=VPC,
        IamRoleArn="arn:aws:iam::123456789012:role/fleet",
        UsbDeviceFilterStrings=["a,b,c,d,1,2,0,1"],
        RootVolumeConfig={"VolumeSizeInGb": 250},
    ),
)
STATES = rules(
    "UpdateFleet",
    *(
        answers(
            f"changes {member} of a stopped fleet",
            model("Updates the specified fleet."),
            STOPPED_ANY,
            members=change,
            output=FLEETS.shown(State="STOPPED", **after),
            then=[FLEETS.described(**after)],
        )
        for member, (change, after) in CHANGES.items()
    ),
    *(
        answers(
            f"changes {member} of a running fleet",
            *RUNNING_SOME,
            members=CHANGES[member][0],
            given=[running()],
            output=FLEETS.shown(State="RUNNING", **CHANGES[member][1]),
        )
        for member in sorted(WHILE_RUNNING)
    ),
    *(
        refuses(
            f"refuses to change {member} of a running fleet",
            *RUNNING_SOME,
            observed("cloudformation-coverage-roadmap #1017, its text"),
            members=CHANGES[member][0],
            given=[running()],
            code=IN_USE,
            text=ACTIVE,
        )
        for member in sorted(CHANGES.keys() - WHILE_RUNNING)
    ),
    *(
        refuses(
            f"refuses to change a fleet that is {state}",
            model("If the fleet is in the STARTING or STOPPED state, you can't update it."),
            chosen("the sentence says STOPPED where it must mean STOPPING; see the one before it"),
            members={"DisplayName": "new"},
            given=in_state(state),
            code=IN_USE,
            text=f"when it is {state}",
        )
        for state in ("STARTING", "STOPPING")
    ),
    *(
        answers(
            f"takes present values in the state {state}",
            chosen("nothing changes; Terraform sends what it has"),
            members={"InstanceType": "stream.standard.small", "StreamView": "APP"},
            given=in_state(state),
            output=FLEETS.shown(State=state),
        )
        for state in ("STARTING", "RUNNING", "STOPPING")
    ),
    members=FLEETS.named,
    given=GIVEN,
)
TAKEN = rules(
    "UpdateFleet",
    answers(
        "deletes the VPC by its older member",
        model("Deletes the VPC association for the specified fleet."),
        members={"DeleteVpcConfig": True},
        output=FLEETS.shown(VpcConfig=ABSENT),
    ),
    *(
        answers(
            f"deletes {attribute}",
            model("The fleet attributes to delete."),
            members={"AttributesToDelete": [attribute]},
            output=FLEETS.shown(**{member: ABSENT}),
        )
        for attribute, member in (
            ("VPC_CONFIGURATION", "VpcConfig"),
            ("IAM_ROLE_ARN", "IamRoleArn"),
            ("USB_DEVICE_FILTER_STRINGS", "UsbDeviceFilterStrings"),
            ("VOLUME_CONFIGURATION", "RootVolumeConfig"),
            ("SESSION_SCRIPT_S3_LOCATION", "SessionScriptS3Location"),
            ("MAX_SESSIONS_PER_INSTANCE", "MaxSessionsPerInstance"),
        )
    ),
    answers(
        "deletes DOMAIN_JOIN_INFO",
        model("The fleet attributes to delete."),
        members={"AttributesToDelete": ["DOMAIN_JOIN_INFO"]},
        given=[called("UpdateFleet", Name="fleet", DomainJoinInfo=CORP)],
        output=FLEETS.shown(DomainJoinInfo=ABSENT),
    ),
    answers(
        "deletes the security groups and leaves the subnets",
        model("The fleet attributes to delete."),
        members={"AttributesToDelete": ["VPC_CONFIGURATION_SECURITY_GROUP_IDS"]},
        output=FLEETS.shown(VpcConfig={"SubnetIds": ["subnet-a"], "SecurityGroupIds": ABSENT}),
    ),
    *(
        refuses(
            f"refuses to set and delete a VPC at once, by {' and '.join(deletes)}",
            UNKNOWN,
            members={**deletes, "VpcConfig": {"SubnetIds": ["subnet-b"]}},
            code=COMBINATION,
            text="at once",
        )
        for deletes in ({"AttributesToDelete": ["VPC_CONFIGURATION"]}, {"DeleteVpcConfig": True})
    ),
    answers(
        "takes a member away that is set to an empty text",
        chosen("the model gives an empty text no meaning of its own"),
        members={"DisplayName": ""},
        output=FLEETS.shown(DisplayName=ABSENT),
    ),
    members=FLEETS.named,
    given=GIVEN,
)
UNNAMED = rules(
    "UpdateFleet",
    refuses(
        "refuses a call without a name",
        chosen("the model does not require it any more, but no other member says which fleet"),
        members={"DisplayName": "new"},
        code=COMBINATION,
        text="Name is required",
    ),
    FLEETS.not_there(model("A unique name for the fleet.")),
)
RULES = (*STATES, *TAKEN, *UNNAMED)
NO_ROWS = (
    NoRow(
        "it says what a member is, and no more",
        (
            "The fleet attribute.",
            "Always-On and On-Demand fleet types",
            "Elastic fleet type",
        ),
    ),
)

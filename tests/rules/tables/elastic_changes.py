"""Elastic fleets changed and started."""

from tests.rules.acts import called, in_state, running
from tests.rules.codes import COMBINATION, IN_USE, NOT_PERMITTED
from tests.rules.resources import FLEETS
from tests.rules.table import ABSENT, answers, chosen, model, refuses, rules
from tests.rules.tables.elastic_fleets import (
    KEY_SAID,
    NEEDS_VPC,
    NO_SUCH_SUBNETS,
    OTHER_SUBNETS,
    PLATFORM,
    RUNNING_UPDATES,
    SCRIPTS,
    SCRIPTS_SAID,
    WITH_APPLICATION,
    elastic,
)

UPDATES = rules(
    "UpdateFleet",
    *(
        answers(
            f"changes {member} of an Elastic fleet that runs",
            RUNNING_UPDATES,
            *sources,
            members={member: value},
            given=[*WITH_APPLICATION, *in_state("RUNNING")],
            output=FLEETS.shown(**{member: value}),
        )
        for member, value, sources in (
            ("DisplayName", "new", ()),
            ("IdleDisconnectTimeoutInSeconds", 600, ()),
            ("DisconnectTimeoutInSeconds", 600, ()),
            (
                "MaxConcurrentSessions",
                9,
                (
                    model("The maximum number of concurrent sessions for a fleet."),
                    model("The maximum number of concurrent sessions for the fleet."),
                ),
            ),
            ("SessionScriptS3Location", SCRIPTS, (SCRIPTS_SAID, *KEY_SAID)),
            (
                "UsbDeviceFilterStrings",
                ["Drive,8,6,80,1234,5678,1,0"],
                (model("This is allowed but not required for Elastic fleets."),),
            ),
        )
    ),
    *(
        refuses(
            f"refuses {member} of an Elastic fleet that runs",
            RUNNING_UPDATES,
            members={member: value},
            given=[*WITH_APPLICATION, *in_state("RUNNING")],
            code=IN_USE,
            text="Cannot update the attribute for fleet fleet when it is ACTIVE.",
        )
        for member, value in (
            ("InstanceType", "stream.standard.large"),
            ("Platform", "UBUNTU_PRO_2404"),
            ("VpcConfig", OTHER_SUBNETS),
            ("MaxUserDurationInSeconds", 600),
        )
    ),
    *(
        answers(
            f"changes {member} of an Elastic fleet that is stopped",
            *sources,
            members={member: value},
            output=FLEETS.shown(**{member: value}),
        )
        for member, value, sources in (
            ("Platform", "UBUNTU_PRO_2404", (PLATFORM,)),
            ("VpcConfig", OTHER_SUBNETS, (NEEDS_VPC, NO_SUCH_SUBNETS)),
            (
                "InstanceType",
                "stream.standard.large",
                (model("The following instance types are available for Elastic fleets:"),),
            ),
        )
    ),
    *(
        refuses(
            f"refuses {what} of an Elastic fleet",
            source,
            members=members,
            code=COMBINATION,
            text=text,
        )
        for what, source, members, text in (
            (
                "capacity",
                model("This is not allowed for Elastic fleets."),
                {"ComputeCapacity": {"DesiredInstances": 1}},
                "ComputeCapacity is not allowed",
            ),
            (
                "one subnet",
                NO_SUCH_SUBNETS,
                {"VpcConfig": {"SubnetIds": ["subnet-a"]}},
                "two subnets",
            ),
            (
                "to delete the VPC",
                NEEDS_VPC,
                {"AttributesToDelete": ["VPC_CONFIGURATION"]},
                "two subnets",
            ),
            (
                "an image",
                chosen("its applications come from app blocks; what AppStream does is not known"),
                {"ImageName": FLEETS.needs["ImageName"]},
                "ImageName is not allowed",
            ),
        )
    ),
    answers(
        "takes the session scripts of an Elastic fleet away",
        model("The fleet attributes to delete."),
        members={"AttributesToDelete": ["SESSION_SCRIPT_S3_LOCATION"]},
        given=[called("UpdateFleet", Name="fleet", SessionScriptS3Location=SCRIPTS)],
        output=FLEETS.shown(SessionScriptS3Location=ABSENT),
    ),
    members=FLEETS.named,
    given=[elastic()],
)
STARTS = rules(
    "StartFleet",
    answers(
        "starts an Elastic fleet, which is RUNNING without an instance",
        model("Starts the specified fleet."),
        given=WITH_APPLICATION,
        then=[running(), FLEETS.described(State="RUNNING")],
    ),
    refuses(
        "refuses an Elastic fleet without an application",
        chosen("nobody could start anything in it; AppStream's own answer is not known"),
        code=NOT_PERMITTED,
        text="The Elastic fleet fleet has no application.",
    ),
    members=FLEETS.named,
    given=[elastic()],
)
RULES = (*UPDATES, *STARTS)

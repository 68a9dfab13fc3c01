"""CreateApplication, DescribeApplications, UpdateApplication and DeleteApplication."""

from typing import Any

from tests.rules.acts import called, fleet, tagged
from tests.rules.codes import ALREADY_EXISTS, IN_USE, NOT_FOUND, VALIDATION, VALUE
from tests.rules.resources import UNKNOWN
from tests.rules.table import (
    ABSENT,
    PRESENT,
    Act,
    Is,
    NoRow,
    Rule,
    answers,
    chosen,
    documented,
    look,
    look_refused,
    model,
    refuses,
    rules,
    shape,
)
from tests.rules.tables.app_blocks import ARN as BLOCK
from tests.rules.tables.app_blocks import app_block
from tests.rules.tables.elastic_fleets import ELASTIC

ARN = "arn:aws:appstream:{region}:{account}:application/cad"
OTHER_BLOCK = "arn:aws:appstream:{region}:{account}:app-block/other"
ICON = {"S3Bucket": "a-bucket", "S3Key": "icons/cad.png"}
NEW: dict[str, Any] = {
    "Name": "cad",
    "IconS3Location": ICON,
    "LaunchPath": "/opt/appstream/AppBlocks/block/cad",
    "Platforms": ["AMAZON_LINUX2"],
    "InstanceFamilies": ["GENERAL_PURPOSE"],
    "AppBlockArn": BLOCK,
}
NEEDS_KEY = (
    model("The S3 key of the S3 object."),
    model("This is required when used for the following:"),
    model("IconS3Location (Actions: CreateApplication and UpdateApplication)"),
)
MISSING = documented("the model's ResourceNotFoundException")
AN_ADDRESS = Is("the service's address of an icon", lambda url: "/application-icons/" in str(url))


def application(name: str = "cad", **members: Any) -> Act:
    """There is an application of this name, of the app block `block`."""
    return called("CreateApplication", **{**NEW, "Name": name, **members})


def shown(**members: Any) -> dict[str, Any]:
    """An answer that has at least these members of it."""
    return {"Application": members}


def described(**members: Any):
    """Afterwards it is described so."""
    return look("DescribeApplications", {"Applications": [{"Name": "cad", **members}]}, Arns=[ARN])


def alike() -> tuple[Rule, ...]:
    """Rows that are the same where an application is made and where it is changed."""
    return (
        refuses(
            "refuses an app block that there is not",
            MISSING,
            members={"AppBlockArn": OTHER_BLOCK},
            code=NOT_FOUND,
            text="The app block",
        ),
        refuses(
            "refuses an icon's location without a key",
            *NEEDS_KEY,
            UNKNOWN,
            members={"IconS3Location": {"S3Bucket": "a-bucket"}},
            code=VALUE,
            text="IconS3Location needs an S3Key.",
        ),
        refuses(
            "refuses a key that leads out of its bucket",
            UNKNOWN,
            members={"IconS3Location": {"S3Bucket": "a-bucket", "S3Key": "../icon.png"}},
            code=VALUE,
            text="IconS3Location:",
        ),
        refuses(
            "refuses launch parameters with an unclosed quotation",
            chosen("they are divided into words as a shell does; it could never be started"),
            members={"LaunchParameters": "--title 'two words"},
            code=VALUE,
            text="LaunchParameters are not words as a shell has them",
        ),
        refuses(
            "refuses to be started by more than 16384 bytes",
            chosen("more does not reach an instance beside the session's variables"),
            members={"LaunchParameters": "x" * 17000},
            code=VALUE,
            text="longer than 16384 bytes together",
        ),
    )


CREATES = rules(
    "CreateApplication",
    answers(
        "makes an application of an app block, which is described as it was answered",
        model("Creates an application."),
        model("An application consists of the launch details, icon, and display name."),
        model(
            "Applications are associated with an app block that contains the application binaries"
            " and other files."
        ),
        model("The app block ARN to which the application should be associated"),
        model("The app block ARN of the application."),
        model("The ARN of the application."),
        model("The display name of the application."),
        model("The description of the application."),
        model("The location in S3 of the application icon."),
        model("The S3 location of the application icon."),
        model("The S3 bucket of the S3 object."),
        model("The launch path of the application."),
        model("The launch parameters of the application."),
        model("The working directory of the application."),
        model("The working directory for the application."),
        model("The platforms the application supports."),
        model("The platforms on which the application can run."),
        model("The instance families the application supports."),
        model("The instance families for the application."),
        model("The time at which the application was created within the app block."),
        members={
            "DisplayName": "CAD",
            "Description": "It draws",
            "LaunchParameters": "--new 'a drawing'",
            "WorkingDirectory": "/tmp",
        },
        output=shown(**NEW, DisplayName="CAD", Arn=ARN, CreatedTime=PRESENT),
        then=[
            described(
                **{**NEW, "DisplayName": "CAD", "Description": "It draws"},
                LaunchParameters="--new 'a drawing'",
                WorkingDirectory="/tmp",
            )
        ],
    ),
    answers(
        "says where browsers find the icon, an address that nobody guesses",
        model("The URL for the application icon."),
        output=shown(IconURL=AN_ADDRESS),
    ),
    answers(
        "takes every platform that Elastic fleets have",
        model(
            "WINDOWS_SERVER_2019, AMAZON_LINUX2 and UBUNTU_PRO_2404 are supported for Elastic"
            " fleets."
        ),
        members={"Platforms": ["WINDOWS_SERVER_2019", "AMAZON_LINUX2", "UBUNTU_PRO_2404"]},
    ),
    refuses(
        "refuses a platform that Elastic fleets do not have",
        model(
            "WINDOWS_SERVER_2019, AMAZON_LINUX2 and UBUNTU_PRO_2404 are supported for Elastic"
            " fleets."
        ),
        UNKNOWN,
        members={"Platforms": ["AMAZON_LINUX2", "RHEL8"]},
        code=VALUE,
        text="Platforms has AMAZON_LINUX2, RHEL8.",
    ),
    refuses(
        "refuses no platform",
        UNKNOWN,
        members={"Platforms": []},
        code=VALUE,
        text="Platforms has nothing.",
    ),
    answers(
        "takes both instance families",
        model("Valid values are GENERAL_PURPOSE and GRAPHICS_G4."),
        members={"InstanceFamilies": ["GENERAL_PURPOSE", "GRAPHICS_G4"]},
    ),
    refuses(
        "refuses another instance family",
        model("Valid values are GENERAL_PURPOSE and GRAPHICS_G4."),
        UNKNOWN,
        members={"InstanceFamilies": ["General Purpose"]},
        code=VALUE,
        text="The valid values are GENERAL_PURPOSE, GRAPHICS_G4.",
    ),
    refuses(
        "refuses an application without an app block",
        shape("CreateApplicationRequest"),
        members={"AppBlockArn": None},
        code=VALIDATION,
        text="'appBlockArn'",
    ),
    refuses(
        "refuses a name that an application has already",
        documented("the model's ResourceAlreadyExistsException"),
        given=[application()],
        code=ALREADY_EXISTS,
        text="The application cad ",
    ),
    answers(
        "tags the application",
        model("The tags assigned to the application."),
        members={"Tags": {"Environment": "Test"}},
        then=[tagged(ARN, {"Environment": "Test"})],
    ),
    *alike(),
    members=NEW,
    given=[app_block()],
)
UPDATES = rules(
    "UpdateApplication",
    answers(
        "changes what it is given and leaves the rest",
        model("Updates the specified application."),
        model("The display name of the application."),
        model("The description of the application."),
        model("The launch path of the application."),
        model("The launch parameters of the application."),
        model("The working directory of the application."),
        members={
            "DisplayName": "Draw",
            "Description": "It draws",
            "LaunchPath": "/draw",
            "LaunchParameters": "-v",
            "WorkingDirectory": "/tmp",
        },
        output=shown(DisplayName="Draw", LaunchPath="/draw", AppBlockArn=BLOCK),
        then=[
            described(
                DisplayName="Draw",
                Description="It draws",
                LaunchPath="/draw",
                LaunchParameters="-v",
                WorkingDirectory="/tmp",
                Platforms=["AMAZON_LINUX2"],
            )
        ],
    ),
    answers(
        "takes another app block",
        model("The ARN of the app block."),
        given=[app_block("other")],
        members={"AppBlockArn": OTHER_BLOCK},
        then=[described(AppBlockArn=OTHER_BLOCK)],
    ),
    answers(
        "takes another icon",
        model("The icon S3 location of the application."),
        model("The S3 bucket of the S3 object."),
        members={"IconS3Location": {"S3Bucket": "another", "S3Key": "new.png"}},
        output=shown(IconURL=AN_ADDRESS),
        then=[described(IconS3Location={"S3Bucket": "another", "S3Key": "new.png"})],
    ),
    answers(
        "deletes attributes",
        model("The attributes to delete for an application."),
        given=[
            called("UpdateApplication", Name="cad", LaunchParameters="-v", WorkingDirectory="/tmp")
        ],
        members={"AttributesToDelete": ["LAUNCH_PARAMETERS", "WORKING_DIRECTORY"]},
        then=[described(LaunchParameters=ABSENT, WorkingDirectory=ABSENT)],
    ),
    refuses(
        "refuses to set and delete one attribute",
        UNKNOWN,
        members={"AttributesToDelete": ["LAUNCH_PARAMETERS"], "LaunchParameters": "-v"},
        code=VALUE,
        text="LAUNCH_PARAMETERS is to be deleted too",
    ),
    refuses(
        "names an application that there is not",
        MISSING,
        members={"Name": "nope"},
        code=NOT_FOUND,
        text="The application nope",
    ),
    *alike(),
    members={"Name": "cad"},
    given=[app_block(), application()],
)
DELETES = (
    *rules(
        "DeleteApplication",
        answers(
            "takes the application away",
            model("Deletes an application."),
            then=[look_refused("DescribeApplications", NOT_FOUND, "cad", Arns=[ARN])],
        ),
        refuses(
            "refuses an application that a fleet offers",
            documented("the model's ResourceInUseException"),
            given=[
                fleet(**ELASTIC),
                called("AssociateApplicationFleet", FleetName="fleet", ApplicationArn=ARN),
            ],
            code=IN_USE,
            text="associated with the fleet fleet",
        ),
        refuses(
            "names an application that there is not",
            MISSING,
            members={"Name": "nope"},
            code=NOT_FOUND,
            text="The application nope",
        ),
        members={"Name": "cad"},
        given=[app_block(), application()],
    ),
    *rules(
        "DeleteAppBlock",
        refuses(
            "refuses an app block that has applications",
            documented("the model's ResourceInUseException"),
            given=[app_block(), application()],
            members={"Name": "block"},
            code=IN_USE,
            text="has the application cad",
        ),
    ),
)
DESCRIBES = rules(
    "DescribeApplications",
    answers(
        "describes all applications of the account and region, in the order of their names",
        model("Retrieves a list that describes one or more applications."),
        output={"Applications": [{"Name": "another"}, NEW], "NextToken": ABSENT},
    ),
    answers(
        "describes those whose ARNs are given",
        model("The ARNs for the applications."),
        members={"Arns": [ARN]},
        output={"Applications": [{"Name": "cad", "Arn": ARN}]},
    ),
    answers(
        "gives no more in a page than asked for",
        model("The maximum size of each page of results."),
        members={"MaxResults": 1},
        output={"Applications": [{"Name": "another"}], "NextToken": PRESENT},
    ),
    refuses(
        "refuses the whole call for one ARN that the caller has not",
        MISSING,
        members={"Arns": [ARN, "arn:aws:appstream:{region}:999999999999:application/cad"]},
        code=NOT_FOUND,
        text="999999999999",
    ),
    given=[app_block(), application(), application("another")],
)
RULES = (*CREATES, *UPDATES, *DELETES, *DESCRIBES)
NO_ROWS = (
    NoRow(
        "it says what a thing is or is for, and no more",
        (
            "Applications are a WorkSpaces Applications resource that stores the details about how"
            " to launch applications on Elastic fleet streaming instances.",
            "The name of the application.",
            "The applications in the list.",
        ),
    ),
    NoRow(
        "users see it in the session's catalog",
        (
            "This name is visible to users in the application catalog.",
            "This name is visible to users when display name is not specified.",
        ),
        tested_by="tests/unit/store/test_catalogs.py"
        "::test_an_application_is_shown_by_its_display_name_or_else_its_name",
    ),
    NoRow(
        "the applications of an Elastic fleet are a session's whole catalog",
        ("The applications assigned to an Elastic fleet are the applications users can launch.",),
        tested_by="tests/unit/store/test_catalogs.py"
        "::test_a_session_of_an_elastic_fleet_sees_the_fleets_applications_alone",
    ),
)

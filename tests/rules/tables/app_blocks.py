"""CreateAppBlock, DescribeAppBlocks and DeleteAppBlock."""

from typing import Any

from tests.rules.acts import called, tagged
from tests.rules.codes import ALREADY_EXISTS, NOT_FOUND, VALUE
from tests.rules.resources import UNKNOWN
from tests.rules.table import (
    ABSENT,
    PRESENT,
    Act,
    NoRow,
    answers,
    chosen,
    documented,
    look,
    look_refused,
    model,
    observed,
    refuses,
    rules,
)

ARN = "arn:aws:appstream:{region}:{account}:app-block/block"
SOURCE = {"S3Bucket": "a-bucket", "S3Key": "blocks/app.zip"}
SCRIPT: dict[str, Any] = {
    "ScriptS3Location": {"S3Bucket": "a-bucket", "S3Key": "blocks/setup.sh"},
    "ExecutablePath": "/bin/sh",
    "ExecutableParameters": "setup.sh",
    "TimeoutInSeconds": 30,
}
NEW: dict[str, Any] = {"Name": "block", "SourceS3Location": SOURCE, "SetupScriptDetails": SCRIPT}
BUILT = {"PackagingType": "APPSTREAM2", "SetupScriptDetails": None}
BUCKET_ALONE = {"S3Bucket": "a-bucket"}
KEY = model("The S3 key of the S3 object.")
NEEDS_KEY = (KEY, model("This is required when used for the following:"))
SCRIPT_NEEDS_KEY = (*NEEDS_KEY, model("ScriptDetails (Actions: CreateAppBlock)"))
WHERE = (
    model("The source S3 location of the app block."),
    model("The S3 bucket of the S3 object."),
    KEY,
)
SCRIPT_SAID = (
    model("The setup script details of the app block."),
    model("The S3 object location for the script."),
    model("The run path for the script."),
    model("The runtime parameters passed to the run path for the script."),
    model("The run timeout, in seconds, for the script."),
)
STATE = model("The state of the app block.")
MISSING = documented("the model's ResourceNotFoundException")


def app_block(name: str = "block", **members: Any) -> Act:
    """There is an app block of this name."""
    return called("CreateAppBlock", **{**NEW, "Name": name, **members})


def shown(**members: Any) -> dict[str, Any]:
    """An answer that has at least these members of it."""
    return {"AppBlock": members}


def listed(*names: str) -> dict[str, Any]:
    """An answer that describes these."""
    return {"AppBlocks": [{"Name": name} for name in names]}


CREATES = rules(
    "CreateAppBlock",
    answers(
        "makes an app block, which is described as it was answered",
        model("Creates an app block."),
        *WHERE,
        *SCRIPT_SAID,
        model("The display name of the app block."),
        model("The description of the app block."),
        model("The name of the app block."),
        model("The ARN of the app block."),
        model("The created time of the app block."),
        members={"DisplayName": "Block", "Description": "A block"},
        output=shown(**NEW, DisplayName="Block", Description="A block", Arn=ARN),
        then=[
            look(
                "DescribeAppBlocks",
                {"AppBlocks": [{**NEW, "DisplayName": "Block", "Description": "A block"}]},
                Arns=[ARN],
            )
        ],
    ),
    answers(
        "makes one of the packaging type CUSTOM, which is ACTIVE, unless it is told otherwise",
        model("The packaging type of the app block."),
        model(
            "Custom app blocks are always in the ACTIVE state and no action is required to use"
            " them."
        ),
        STATE,
        chosen("which packaging type is the default is not said; app blocks began with CUSTOM"),
        output=shown(PackagingType="CUSTOM", State="ACTIVE", AppBlockErrors=[]),
    ),
    answers(
        "makes an app block that is to be built INACTIVE, and needs no key for it",
        STATE,
        model(
            "An app block with WorkSpaces Applications packaging will be in the INACTIVE state if"
            " no application package (VHD) is assigned to it."
        ),
        model(
            "If a new application package is required, then S3Key is not required. (Actions:"
            " CreateAppBlock)"
        ),
        members={**BUILT, "SourceS3Location": BUCKET_ALONE},
        output=shown(PackagingType="APPSTREAM2", State="INACTIVE"),
    ),
    answers(
        "makes an app block of a package that was built before ACTIVE",
        model(
            "SourceS3Location when creating an app block with APPSTREAM2 PackagingType, and using"
            " an existing application package (VHD file)."
        ),
        model("In this case, S3Key refers to the VHD file."),
        chosen("that it is ACTIVE at once is what the words make of one that has its package"),
        members=BUILT,
        output=shown(PackagingType="APPSTREAM2", State="ACTIVE", SourceS3Location=SOURCE),
    ),
    answers(
        "takes a script that runs after the set-up of a built app block",
        model("The post setup script details of the app block."),
        model("This only applies to app blocks with PackagingType APPSTREAM2."),
        members={**BUILT, "PostSetupScriptDetails": SCRIPT},
        output=shown(PostSetupScriptDetails=SCRIPT),
    ),
    answers(
        "tags it",
        model("The tags assigned to the app block."),
        members={"Tags": {"Environment": "Test"}},
        then=[tagged(ARN, {"Environment": "Test"})],
    ),
    *(
        refuses(says, *sources, UNKNOWN, members=members, code=VALUE, text=text)
        for says, sources, members, text in (
            (
                "refuses one of the packaging type CUSTOM without a setup script",
                (model("This must be provided for the CUSTOM PackagingType."),),
                {"SetupScriptDetails": None},
                "SetupScriptDetails is required",
            ),
            (
                "refuses a setup script of one that is built",
                (model("This only applies to app blocks with PackagingType CUSTOM."),),
                {"PackagingType": "APPSTREAM2"},
                "SetupScriptDetails is not allowed",
            ),
            (
                "refuses a post-setup script of the packaging type CUSTOM",
                (model("This can only be provided for the APPSTREAM2 PackagingType."),),
                {"PostSetupScriptDetails": SCRIPT},
                "PostSetupScriptDetails is not allowed",
            ),
            (
                "refuses a bucket without a key of the packaging type CUSTOM",
                (
                    *NEEDS_KEY,
                    model(
                        "SourceS3Location when creating an app block with CUSTOM PackagingType"
                        " (Actions: CreateAppBlock)"
                    ),
                ),
                {"SourceS3Location": BUCKET_ALONE},
                "SourceS3Location needs an S3Key",
            ),
            (
                "refuses a script without a key",
                SCRIPT_NEEDS_KEY,
                {"SetupScriptDetails": {**SCRIPT, "ScriptS3Location": BUCKET_ALONE}},
                "SetupScriptDetails needs an S3Key",
            ),
        )
    ),
    *(
        refuses(
            f"refuses a script that has {timeout_s} seconds",
            UNKNOWN,
            members={"SetupScriptDetails": {**SCRIPT, "TimeoutInSeconds": timeout_s}},
            code=VALUE,
            text="between 1 and 3600",
        )
        for timeout_s in (0, 3601)
    ),
    refuses(
        "refuses a key that leads out of its bucket",
        chosen("S3 itself takes it; in a folder it would be another bucket's object"),
        members={"SourceS3Location": {"S3Bucket": "a-bucket", "S3Key": "../b-bucket/app.zip"}},
        code=VALUE,
        text="SourceS3Location: s3://a-bucket/../b-bucket/app.zip can be no object's location",
    ),
    refuses(
        "takes a name once in an account and region",
        documented("the model's ResourceAlreadyExistsException"),
        given=[app_block()],
        code=ALREADY_EXISTS,
        text="The app block block ",
    ),
    members=NEW,
)
DESCRIBES = rules(
    "DescribeAppBlocks",
    answers(
        "describes those of these ARNs in the order asked, each once",
        model("Retrieves a list that describes one or more app blocks."),
        model("The ARNs of the app blocks."),
        chosen("the order is not said; it is what a caller has asked"),
        members={"Arns": [ARN, ARN.replace("/block", "/another"), ARN]},
        output=listed("block", "another"),
    ),
    answers(
        "describes all of the account and region where none is named",
        chosen("the model does not say; it is so for every other kind of resource"),
        output={**listed("another", "block"), "NextToken": ABSENT},
    ),
    answers(
        "gives no more in a page than asked for",
        model("The maximum size of each page of results."),
        model("The pagination token used to retrieve the next page of results for this operation."),
        members={"MaxResults": 1},
        output={**listed("another"), "NextToken": PRESENT},
    ),
    *(
        refuses(
            f"refuses the whole call for an ARN {of}",
            MISSING,
            members={"Arns": [ARN, arn]},
            code=NOT_FOUND,
            text=f"The app block {arn} for account {{account}} does not exist.",
        )
        for of, arn in {
            "of an app block that there is not": ARN.replace("/block", "/nope"),
            "of another account": ARN.replace("{account}", "999999999999"),
            "of another region": ARN.replace("{region}", "eu-west-1"),
            "of another kind of resource": ARN.replace("app-block/", "fleet/"),
        }.items()
    ),
    given=[app_block(), app_block("another")],
)
DELETES = rules(
    "DeleteAppBlock",
    answers(
        "takes an app block and its tags away",
        model("Deletes an app block."),
        model("The name of the app block."),
        given=[app_block(Tags={"Environment": "Test"})],
        then=[tagged(ARN, {}), look_refused("DescribeAppBlocks", NOT_FOUND, Arns=[ARN])],
    ),
    refuses(
        "names an app block that there is not",
        observed("Terraform takes a missing resource from ResourceNotFoundException"),
        code=NOT_FOUND,
        text="The app block block for account {account} does not exist.",
    ),
    members={"Name": "block"},
)
RULES = (*CREATES, *DESCRIBES, *DELETES)
NO_ROWS = (
    NoRow(
        "it says what a thing is or is for, and no more",
        (
            "App blocks are a WorkSpaces Applications resource that stores the details about the"
            " virtual hard disk in an S3 bucket.",
            "It also stores the setup script with details about how to mount the virtual hard"
            " disk.",
            "The virtual hard disk includes the application binaries and other files necessary to"
            " launch your applications.",
            "Multiple applications can be assigned to a single app block.",
            "This is only supported for Elastic fleets.",
            "This is not displayed to the user.",
            "Describes an app block.",
            "The app block.",
            "The app blocks in the list.",
            "The errors of the app block.",
            "The error details.",
            "IconS3Location (Actions: CreateApplication and UpdateApplication)",
        ),
    ),
    NoRow(
        "there are no app block builders yet",
        (
            "After an application package (VHD) is created by an app block builder for an app"
            " block, it becomes ACTIVE.",
        ),
        missing=True,
    ),
)

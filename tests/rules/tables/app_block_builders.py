"""CreateAppBlockBuilder, DescribeAppBlockBuilders, UpdateAppBlockBuilder, DeleteAppBlockBuilder."""

from typing import Any

from tests.rules.acts import called, tagged
from tests.rules.codes import ALREADY_EXISTS, COMBINATION, IN_USE, NOT_FOUND
from tests.rules.resources import UNKNOWN, tag_rows
from tests.rules.table import (
    ABSENT,
    PRESENT,
    Act,
    Is,
    Look,
    NoRow,
    Rule,
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
from tests.rules.tables.app_blocks import ARN as BLOCK

ARN = "arn:aws:appstream:{region}:{account}:app-block-builder/builder"
TYPES = ("small", "medium", "large", "xlarge", "2xlarge")
NEW: dict[str, Any] = {
    "Name": "builder",
    "Platform": "WINDOWS_SERVER_2019",
    "InstanceType": "stream.standard.small",
    "VpcConfig": {"SubnetIds": ["subnet-a", "subnet-b"]},
}
NAMED = {"Name": "builder"}
OTHER_VPC = {"SubnetIds": ["subnet-c", "subnet-d"], "SecurityGroupIds": ["sg-1"]}
ROLE = "arn:aws:iam::123456789012:role/builder"
ENDPOINTS = [{"EndpointType": "STREAMING", "VpceId": "vpce-1"}]
BUILT = {
    "PackagingType": "APPSTREAM2",
    "SetupScriptDetails": None,
    "SourceS3Location": {"S3Bucket": "a-bucket"},
}
PAIR = {"AppBlockArn": BLOCK, "AppBlockBuilderName": "builder"}
TYPE_SAID = (
    model("The instance type to use when launching the app block builder."),
    model("The following instance types are available:"),
)
VPC_SAID = (
    model("The identifiers of the security groups for the fleet or image builder."),
    model(
        "The identifiers of the subnets to which a network interface is attached from the fleet"
        " instance or image builder instance."
    ),
    model("The VPC configuration for the app block builder."),
    model(
        "App block builders require that you specify at least two subnets in different"
        " availability zones."
    ),
)
PLATFORM_SAID = (
    model("The platform of the app block builder."),
    model("WINDOWS_SERVER_2019 is the only valid value."),
)
NAME_SAID = model("The unique name for the app block builder.")
NAMES_SAID = (
    model("The display name of the app block builder."),
    model("The description of the app block builder."),
)
INTERNET_SAID = model("Enables or disables default internet access for the app block builder.")
ROLE_SAID = model(
    "The Amazon Resource Name (ARN) of the IAM role to apply to the app block builder."
)
ENDPOINTS_SAID = (
    model("The list of interface VPC endpoint (interface endpoint) objects."),
    model(
        "Administrators can connect to the app block builder only through the specified endpoints."
    ),
    model("The type of interface endpoint."),
    model("The identifier (ID) of the VPC in which the interface endpoint is used."),
)
METADATA_SAID = (
    model(
        "Indicates whether Instance Metadata Service Version 1 (IMDSv1) is disabled for the app"
        " block builder."
    ),
    model(
        "Set to true to disable Instance Metadata Service Version 1 (IMDSv1) and enforce IMDSv2."
    ),
    model("Set to false to enable both IMDSv1 and IMDSv2."),
)
KEPT = (
    ("VpcConfig", OTHER_VPC, VPC_SAID, ""),
    ("EnableDefaultInternetAccess", True, (INTERNET_SAID,), ""),
    ("DisplayName", "Builder", NAMES_SAID, ""),
    ("Description", "A builder", NAMES_SAID, ""),
    (
        "DisableIMDSV1",
        True,
        METADATA_SAID,
        "instances here have no metadata service, of either version",
    ),
    ("IamRoleArn", ROLE, (ROLE_SAID,), "no credentials of a role are put into instances"),
    ("AccessEndpoints", ENDPOINTS, ENDPOINTS_SAID, "there are no VPC endpoints here"),
)


def builder(name: str = "builder", **members: Any) -> Act:
    """There is an app block builder of this name, STOPPED."""
    return called("CreateAppBlockBuilder", **{**NEW, "Name": name, **members})


def block(name: str = "block", **members: Any) -> Act:
    """There is an app block that is to be built."""
    built = {k: v for k, v in {**BUILT, **members}.items() if v is not None}
    return called("CreateAppBlock", Name=name, **{"PackagingType": "APPSTREAM2", **built})


ASSOCIATED = (block(), builder(), called("AssociateAppBlockBuilderAppBlock", **PAIR))


def shown(**members: Any) -> dict[str, Any]:
    """An answer that has at least these members of it."""
    return {"AppBlockBuilder": members}


def described_as(**members: Any) -> Look:
    """Afterwards it is described so."""
    found = {"AppBlockBuilders": [{**NAMED, **members}]}
    return look("DescribeAppBlockBuilders", found, Names=["builder"])


def alike() -> tuple[Rule, ...]:
    """Rows that are the same where one is made and where a stopped one is changed."""
    return (
        *(
            answers(
                f"takes the instance type stream.standard.{size}",
                *TYPE_SAID,
                model(f"stream.standard.{size}"),
                members={"InstanceType": f"stream.standard.{size}"},
                output=shown(InstanceType=f"stream.standard.{size}"),
            )
            for size in TYPES
        ),
        *(
            answers(
                f"keeps {member}",
                *sources,
                members={member: value},
                output=shown(**{member: value}),
                then=[described_as(**{member: value})],
                missing=missing,
            )
            for member, value, sources, missing in KEPT
        ),
        *(
            refuses(
                f"refuses {what}",
                *sources,
                UNKNOWN,
                members=members,
                code=COMBINATION,
                text=text,
            )
            for what, sources, members, text in (
                (
                    "another instance type",
                    TYPE_SAID,
                    {"InstanceType": "stream.memory.large"},
                    "stream.memory.large is none of them",
                ),
                (
                    "an instance type that there is not",
                    TYPE_SAID,
                    {"InstanceType": "stream.standard.tiny"},
                    "stream.standard.tiny is none of them",
                ),
                (
                    "one subnet",
                    VPC_SAID,
                    {"VpcConfig": {"SubnetIds": ["subnet-a"]}},
                    "two subnets",
                ),
            )
        ),
        answers(
            "lists what it asks for and does not get among its errors",
            model("The app block builder errors."),
            model("The ARN of the IAM role that is applied to the app block builder."),
            chosen("what is kept without effect is to be seen"),
            members={"IamRoleArn": ROLE, "AccessEndpoints": ENDPOINTS},
            output=shown(
                AppBlockBuilderErrors=Is(
                    "an error about each",
                    lambda errors: (
                        [error["ErrorMessage"].split()[0] for error in errors]
                        == ["AccessEndpoints", "IamRoleArn"]
                    ),
                )
            ),
        ),
    )


CREATES = rules(
    "CreateAppBlockBuilder",
    answers(
        "makes an app block builder, which is described as it was answered",
        model("Creates an app block builder."),
        NAME_SAID,
        *PLATFORM_SAID,
        model("The ARN of the app block builder."),
        model("The name of the app block builder."),
        model("The creation time of the app block builder."),
        model("The instance type of the app block builder."),
        model("Indicates whether default internet access is enabled for the app block builder."),
        output=shown(**NEW, Arn=ARN, CreatedTime=PRESENT, EnableDefaultInternetAccess=False),
        then=[described_as(**NEW, Arn=ARN)],
    ),
    answers(
        "makes it STOPPED",
        model("The state of the app block builder."),
        chosen("it has no app block, and could not be started"),
        output=shown(State="STOPPED", AppBlockBuilderErrors=[], StateChangeReason=ABSENT),
    ),
    *tag_rows(
        "app block builder",
        model("The tags to associate with the app block builder."),
        after=lambda tags: tagged(ARN, tags),
    ),
    refuses(
        "takes a name once in an account and region",
        documented("the model's ResourceAlreadyExistsException"),
        given=[builder()],
        code=ALREADY_EXISTS,
        text="The app block builder builder ",
    ),
    *alike(),
    members=NEW,
)
UPDATES = rules(
    "UpdateAppBlockBuilder",
    *alike(),
    answers(
        "changes what it names and leaves the rest",
        model("Updates an app block builder."),
        model(
            "If the app block builder is in the STOPPED state, you can update any attribute except"
            " the Name."
        ),
        NAME_SAID,
        *PLATFORM_SAID,
        members={"InstanceType": "stream.standard.large", "Platform": "WINDOWS_SERVER_2019"},
        output=shown(**{**NEW, "InstanceType": "stream.standard.large"}),
    ),
    refuses(
        "refuses another platform",
        *PLATFORM_SAID,
        UNKNOWN,
        members={"Platform": "AMAZON_LINUX2"},
        code=COMBINATION,
        text="Platform is WINDOWS_SERVER_2019",
    ),
    *(
        answers(
            f"deletes {attribute}",
            model("The attributes to delete from the app block builder."),
            members={"AttributesToDelete": [attribute]},
            given=[
                called(
                    "UpdateAppBlockBuilder",
                    Name="builder",
                    IamRoleArn=ROLE,
                    AccessEndpoints=ENDPOINTS,
                    VpcConfig=OTHER_VPC,
                )
            ],
            output=shown(**after),
        )
        for attribute, after in (
            ("IAM_ROLE_ARN", {"IamRoleArn": ABSENT}),
            ("ACCESS_ENDPOINTS", {"AccessEndpoints": ABSENT}),
            (
                "VPC_CONFIGURATION_SECURITY_GROUP_IDS",
                {"VpcConfig": {"SubnetIds": ["subnet-c", "subnet-d"], "SecurityGroupIds": ABSENT}},
            ),
        )
    ),
    refuses(
        "refuses to set and delete a role at once",
        UNKNOWN,
        members={"AttributesToDelete": ["IAM_ROLE_ARN"], "IamRoleArn": ROLE},
        code=COMBINATION,
        text="at once",
    ),
    members=NAMED,
    given=[builder()],
)
NOT_THERE = observed("Terraform takes a missing resource from ResourceNotFoundException")
NOPE = {"code": NOT_FOUND, "text": "The app block builder nope for account {account} does not"}
DESCRIBES = rules(
    "DescribeAppBlockBuilders",
    answers(
        "describes those named in the order asked, each once",
        model("Retrieves a list that describes one or more app block builders."),
        model("The names of the app block builders."),
        chosen("the order is not said; it is what a caller has asked"),
        members={"Names": ["builder", "another", "builder"]},
        output={"AppBlockBuilders": [NAMED, {"Name": "another"}]},
    ),
    answers(
        "describes all where none is named",
        chosen("the model does not say; it is so for every other kind of resource"),
        output={"AppBlockBuilders": [{"Name": "another"}, NAMED], "NextToken": ABSENT},
    ),
    answers(
        "gives no more in a page than asked for",
        model("The maximum size of each page of results."),
        model("The pagination token used to retrieve the next page of results for this operation."),
        members={"MaxResults": 1},
        output={"AppBlockBuilders": [{"Name": "another"}], "NextToken": PRESENT},
    ),
    answers(
        "gives 25 in a page at most",
        model("The maximum value is 25."),
        members={"MaxResults": 30},
        given=[builder(f"b-{number}") for number in range(25)],
        output={
            "AppBlockBuilders": Is("25 of them", lambda found: len(found) == 25),
            "NextToken": PRESENT,
        },
    ),
    refuses("refuses a name that there is not", NOT_THERE, members={"Names": ["nope"]}, **NOPE),
    given=[builder(), builder("another")],
)
DELETES = rules(
    "DeleteAppBlockBuilder",
    answers(
        "takes an app block builder and its tags away",
        model("Deletes an app block builder."),
        model("The name of the app block builder."),
        given=[builder(Tags={"Environment": "Test"})],
        then=[
            tagged(ARN, {}),
            look_refused("DescribeAppBlockBuilders", NOT_FOUND, Names=["builder"]),
        ],
    ),
    refuses(
        "refuses one that has an app block",
        model(
            "An app block builder can only be deleted when it has no association with an app block."
        ),
        given=ASSOCIATED,
        code=IN_USE,
        text="is associated with the app block block",
    ),
    members=NAMED,
)
MISSING = tuple(
    row
    for operation in ("UpdateAppBlockBuilder", "DeleteAppBlockBuilder")
    for row in rules(
        operation,
        refuses("refuses one that there is not", NOT_THERE, members={"Name": "nope"}, **NOPE),
    )
)
RULES = (*CREATES, *UPDATES, *DESCRIBES, *DELETES, *MISSING)
NO_ROWS = (
    NoRow(
        "it says what a thing is, and no more",
        (
            "Describes an app block builder.",
            "The list that describes one or more app block builders.",
            "The state change reason.",
        ),
    ),
    NoRow(
        "no credentials of a role are put into instances",
        (
            "To assume a role, the app block builder calls the AWS Security Token Service (STS)"
            " AssumeRole API operation and passes the ARN of the role to use.",
        ),
        missing=True,
    ),
    NoRow(
        "it tells of fleets and stacks, where several operations have the shape",
        (
            "When you specify an interface endpoint for a stack, users of the stack can connect to"
            " WorkSpaces Applications only through that endpoint.",
            "Fleet instances use one or more subnets.",
        ),
    ),
)

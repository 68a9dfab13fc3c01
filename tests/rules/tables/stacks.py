"""CreateStack, DescribeStacks, UpdateStack and DeleteStack, but for the rules of members."""

from typing import Any

from ownstream.domain.stack_rules import ATTRIBUTES, CONNECTORS, DEFAULTS
from tests.rules.acts import PAIR, associated, fleet, stack, tagged
from tests.rules.codes import COMBINATION, IN_USE, NOT_FOUND
from tests.rules.resources import STACKS
from tests.rules.sentences import asked
from tests.rules.table import (
    ABSENT,
    PRESENT,
    NoRow,
    Source,
    answers,
    chosen,
    documented,
    look_refused,
    model,
    observed,
    refuses,
    rules,
    shape,
)

CONNECTED = [
    {"ConnectorType": "HOMEFOLDERS"},
    {"ConnectorType": "GOOGLE_DRIVE", "Domains": ["example.com"]},
    {"ConnectorType": "ONE_DRIVE", "Domains": ["example.com"]},
]
FULL: dict[str, Any] = {
    "StorageConnectors": CONNECTED,
    "RedirectURL": "https://example.com/bye",
    "FeedbackURL": "http://example.com/say",
    "UserSettings": [{"Action": "FILE_UPLOAD", "Permission": "DISABLED"}],
    "EmbedHostDomains": ["example.com"],
    "AccessEndpoints": [{"EndpointType": "STREAMING", "VpceId": "vpce-1"}],
    "StreamingExperienceSettings": {"PreferredProtocol": "TCP"},
    "ContentRedirection": {"HostToClient": {"Enabled": True}},
    "StorageConnectorAuthentication": "FORCE_REAUTHENTICATION",
}


def named_in_the_model(attribute: str) -> Source:
    """Where the model names an attribute: its list has not all that its enum has."""
    return model(attribute) if attribute in asked("UpdateStack") else shape("StackAttribute")


CREATES = rules(
    "CreateStack",
    answers(
        "makes a stack with AppStream's defaults",
        model("Creates a stack to start streaming applications to users."),
        model(
            "A stack consists of an associated fleet, user access policies, and storage"
            " configurations."
        ),
        model("The time the stack was created."),
        observed("AWS's PowerShell examples, Terraform's acceptance tests"),
        output=STACKS.shown(
            **DEFAULTS,
            Name="stack",
            Arn=STACKS.arn,
            CreatedTime=PRESENT,
            StackErrors=[],
            RedirectURL=ABSENT,
            FeedbackURL=ABSENT,
        ),
    ),
    *STACKS.created_once(
        documented("the model: CreateStack declares ResourceAlreadyExistsException")
    ),
    *STACKS.tags(),
    members=STACKS.named,
)
DESCRIBES = rules("DescribeStacks", *STACKS.described_by_name(), given=[stack()])
UPDATES = rules(
    "UpdateStack",
    answers(
        "changes what it names and leaves the rest",
        model("Updates the specified fields for the specified stack."),
        members={"DisplayName": "new"},
        output=STACKS.shown(
            DisplayName="new",
            RedirectURL=FULL["RedirectURL"],
            StorageConnectors=CONNECTED,
            EmbedHostDomains=["example.com"],
        ),
    ),
    answers(
        "takes a member away that is set to an empty text",
        chosen("the model lets a URL be empty and gives an empty one no meaning of its own"),
        members={"RedirectURL": ""},
        output=STACKS.shown(RedirectURL=ABSENT),
    ),
    *(
        answers(
            f"deletes {attribute}: {member} is as in a new stack",
            model("The stack attributes to delete."),
            named_in_the_model(attribute),
            members={"AttributesToDelete": [attribute]},
            output=STACKS.shown(**{member: DEFAULTS.get(member, ABSENT)}),
        )
        for attribute, member in ATTRIBUTES.items()
    ),
    *(
        answers(
            f"deletes {attribute}: the connector of that type and no other",
            named_in_the_model(attribute),
            members={"AttributesToDelete": [attribute]},
            output=STACKS.shown(
                StorageConnectors=[each for each in CONNECTED if each["ConnectorType"] != kind]
            ),
        )
        for attribute, kind in CONNECTORS.items()
    ),
    *(
        answers(
            f"deletes {attribute} without effect",
            model(attribute),
            chosen("a stack of today's model shows no such member"),
            members={"AttributesToDelete": [attribute]},
            output=STACKS.shown(RedirectURL=FULL["RedirectURL"], StorageConnectors=CONNECTED),
        )
        for attribute in ("THEME_NAME", "IAM_ROLE_ARN")
    ),
    answers(
        "clears how users authenticate to storage by its attribute",
        model(
            "To clear this attribute, add STORAGE_CONNECTOR_AUTHENTICATION to AttributesToDelete."
        ),
        members={"AttributesToDelete": ["STORAGE_CONNECTOR_AUTHENTICATION"]},
        output=STACKS.shown(StorageConnectorAuthentication="REUSE_CREDENTIALS"),
    ),
    answers(
        "deletes all storage connectors by its older member",
        model("Deletes the storage connectors currently enabled for the stack."),
        members={"DeleteStorageConnectors": True},
        output=STACKS.shown(StorageConnectors=[]),
    ),
    refuses(
        "refuses to set and delete a member at once",
        chosen("which of the two AppStream would do is not known"),
        members={
            "RedirectURL": "https://example.com/",
            "AttributesToDelete": ["REDIRECT_URL"],
        },
        code=COMBINATION,
        text="RedirectURL cannot be set together with REDIRECT_URL",
    ),
    refuses(
        "refuses to set and delete storage connectors at once",
        chosen("which of the two AppStream would do is not known"),
        members={
            "StorageConnectors": [{"ConnectorType": "HOMEFOLDERS"}],
            "DeleteStorageConnectors": True,
        },
        code=COMBINATION,
        text="DeleteStorageConnectors",
    ),
    STACKS.not_there(),
    members=STACKS.named,
    given=[stack(**FULL)],
)
DELETES = rules(
    "DeleteStack",
    answers(
        "takes the stack and its tags away",
        model("Deletes the specified stack."),
        given=[stack(Tags={"Environment": "Test"})],
        then=[
            look_refused("DescribeStacks", NOT_FOUND, "The stack stack", Names=["stack"]),
            tagged(STACKS.arn, {}),
        ],
    ),
    refuses(
        "refuses a stack that has fleets, which keep their users",
        observed("Terraform #22625, its text"),
        given=[stack(), fleet(), associated()],
        code=IN_USE,
        text="Cannot delete stack stack. This stack has fleets associated with it."
        " Only stacks with no fleets associated with it can be deleted.",
        then=[STACKS.described()],
    ),
    STACKS.not_there(),
    answers(
        "leaves nobody a stack to stream from",
        model(
            "After the stack is deleted, the application streaming environment provided by the"
            " stack is no longer available to users."
        ),
        model(
            "Also, any reservations made for application streaming sessions for the stack are"
            " released."
        ),
        given=[stack(), fleet()],
        then=[
            look_refused(
                "CreateStreamingURL",
                NOT_FOUND,
                "The stack stack",
                **PAIR,
                UserId="ann",
            )
        ],
    ),
    members=STACKS.named,
)
RULES = (*CREATES, *DESCRIBES, *UPDATES, *DELETES)
NO_ROWS = (
    NoRow(
        "it says where to read more",
        (
            "For more information about tags, see Tagging Your Resources in the Amazon WorkSpaces"
            " Applications Administration Guide.",
        ),
    ),
)

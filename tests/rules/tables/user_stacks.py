"""Users' stacks: associated and taken away in batches, and described."""

from collections.abc import Mapping
from typing import Any

from tests.rules.acts import (
    assigned,
    associated,
    called,
    directory,
    fleet,
    joined,
    mail_lacking,
    mailed,
    offered,
    opened_by,
    stack,
    user,
)
from tests.rules.codes import COMBINATION, NOT_PERMITTED, VALIDATION, VALUE
from tests.rules.table import (
    ABSENT,
    PRESENT,
    Is,
    NoRow,
    Rule,
    answers,
    chosen,
    documented,
    look,
    model,
    refuses,
    rules,
    shape,
)

BEA = "bea@{region}.example.com"  # who has chosen a password
ANN, BOB = "ann@{region}.example.com", "bob@{region}.example.com"
ALL_SAID = (
    model("The list of UserStackAssociation objects."),
    model("The name of the stack that is associated with the user."),
    model("The email address of the user who is associated with the stack."),
    model("The authentication type for the user."),
)
PARTS = (
    model("Information about the user and associated stack."),
    model("The list of UserStackAssociationError objects."),
    model(
        "The error code for the error that is returned when a user can\u2019t be associated with or"
        " disassociated from a stack."
    ),
    model(
        "The error message for the error that is returned when a user can\u2019t be associated with"
        " or disassociated from a stack."
    ),
)
CASES = model("Users' email addresses are case-sensitive.")
SENDS = model(
    "Specifies whether a welcome email is sent to a user after the user is created in the user"
    " pool."
)
NO_MAIL = {"MessageAction": "SUPPRESS"}
POOL = (stack(), stack("second"), user(ANN, **NO_MAIL), user(BOB, **NO_MAIL))
EITHER = model("You must specify either or both of the following:")


def pair(name: str = ANN, of: str = "stack", **members: Any) -> Mapping[str, Any]:
    """An association of this user and this stack."""
    return {"UserName": name, "StackName": of, "AuthenticationType": "USERPOOL", **members}


def batch(*pairs: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a batch takes."""
    return {"UserStackAssociations": list(pairs)}


def have(*pairs: Mapping[str, Any], of: str = "stack"):
    """Afterwards these are the associations of the stack."""
    return look("DescribeUserStackAssociations", batch(*pairs), StackName=of)


def failing(code: str, text: str, item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer that has this error alone."""
    message = Is(f"about {text}", lambda said: text in said)
    error = {"UserStackAssociation": item, "ErrorCode": code, "ErrorMessage": message}
    return {"errors": [error]}


def in_both(operation: str) -> tuple[Rule, ...]:
    """Rows that are the same where users and stacks are brought together and taken apart."""
    return rules(
        operation,
        answers(
            "answers an error for a stack that there is not, and does the rest",
            *PARTS,
            members=batch(pair(of="nope"), pair(BOB)),
            output=failing("STACK_NOT_FOUND", "stack nope", pair(of="nope")),
        ),
        answers(
            "answers an error for a user that there is not, and does the rest",
            *PARTS,
            members=batch(pair("nope@example.com"), pair(BOB)),
            output=failing("USER_NAME_NOT_FOUND", "nope@example.com", pair("nope@example.com")),
        ),
        answers(
            "tells users apart by the case of their letters",
            CASES,
            members=batch(pair("ANN@{region}.example.com")),
            output={"errors": [{"ErrorCode": "USER_NAME_NOT_FOUND"}]},
        ),
        refuses(
            "has no users of another authentication type",
            ALL_SAID[3],
            chosen("as CreateUser was seen to refuse them; nothing of the batch is done"),
            members=batch(pair(BOB), pair(AuthenticationType="SAML")),
            code=VALUE,
            text="Specify USERPOOL",
        ),
        refuses(
            "takes 25 pairs at most",
            shape("UserStackAssociationList"),
            members=batch(*(pair(f"user-{number}@example.com") for number in range(26))),
            code=VALIDATION,
            text="less than or equal to 25",
        ),
        refuses(
            "takes one pair at least",
            shape("UserStackAssociationList"),
            members=batch(),
            code=VALIDATION,
            text="greater than or equal to 1",
        ),
        given=POOL,
    )


ASSOCIATES = rules(
    "BatchAssociateUserStack",
    answers(
        "associates all pairs",
        model("Associates the specified users with the specified stacks."),
        *ALL_SAID,
        members=batch(pair(), pair(BOB, "second")),
        output={"errors": []},
        then=[have(pair()), have(pair(BOB, "second"), of="second")],
    ),
    answers(
        "takes 25 pairs",
        shape("UserStackAssociationList"),
        members=batch(*(pair(of=f"stack-{number}") for number in range(25))),
        output={"errors": Is("25 errors", lambda errors: len(errors) == 25)},
    ),
    answers(
        "changes nothing of a pair that is associated already, or that the batch has twice",
        chosen("it is as asked"),
        given=[called("BatchAssociateUserStack", **batch(pair()))],
        members=batch(pair(), pair(BOB), pair(BOB)),
        output={"errors": []},
        then=[have(pair(), pair(BOB))],
    ),
    answers(
        "sends each user one mail of the new stacks, where that is asked for",
        SENDS,
        documented("the developer guide: the notification has the stacks that are newly assigned"),
        given=[stack("third", DisplayName="The Third")],
        members=batch(
            pair(SendEmailNotification=True),
            pair(of="third", SendEmailNotification=True),
            pair(BOB),
        ),
        then=[
            mailed(ANN, "/portal/{account}/{region}"),
            mailed(ANN, "  * stack\n  * The Third\n"),
            mail_lacking(BOB),
        ],
    ),
    answers(
        "sends no mail of what could not be associated",
        SENDS,
        members=batch(pair(of="nope", SendEmailNotification=True)),
        then=[mail_lacking(ANN)],
    ),
    refuses(
        "refuses a stack with a fleet that is to join a directory",
        model(
            "Users in a user pool cannot be assigned to stacks with fleets that are joined to an"
            " Active Directory domain."
        ),
        chosen("that the whole call is refused: no error of a pair is about it"),
        given=[
            directory(),
            fleet(DomainJoinInfo={"DirectoryName": "corp.example.com"}),
            associated(),
        ],
        members=batch(pair(BOB, "second"), pair()),
        code=NOT_PERMITTED,
        text="join a directory",
        then=[have(of="second")],
    ),
    given=POOL,
)
PARTS_THEM = rules(
    "BatchDisassociateUserStack",
    answers(
        "takes the pairs apart",
        model("Disassociates the specified users from the specified stacks."),
        *ALL_SAID,
        given=[stack(), called("BatchAssociateUserStack", **batch(pair(), pair(BOB)))],
        members=batch(pair()),
        output={"errors": []},
        then=[have(pair(BOB))],
    ),
    answers(
        "changes nothing of a pair that is not associated",
        chosen("it is as asked"),
        given=[stack()],
        members=batch(pair()),
        output={"errors": []},
    ),
    answers(
        "lets who streams go on, and open nothing more of the stack",
        documented("the developer guide: the user can no longer launch applications from it"),
        chosen("that a session goes on"),
        given=[*offered(), *joined(BEA), assigned(BEA), opened_by(BEA)],
        members=batch(pair(BEA)),
        then=[lambda subject: _goes_on(subject), lambda subject: _has_nothing(subject)],
    ),
    answers(
        "sends no mail",
        SENDS,
        chosen("the developer guide knows no mail of it"),
        given=[stack(), called("BatchAssociateUserStack", **batch(pair()))],
        members=batch(pair(SendEmailNotification=True)),
        then=[mail_lacking(ANN)],
    ),
    given=POOL[1:],
)
DESCRIBES = rules(
    "DescribeUserStackAssociations",
    answers(
        "describes the users of a stack",
        model("Retrieves a list that describes the UserStackAssociation objects."),
        EITHER,
        model("The stack name"),
        *ALL_SAID[1:2],
        members={"StackName": "stack"},
        output=batch(pair(SendEmailNotification=ABSENT), pair(BOB)),
    ),
    answers(
        "describes the stacks of a user",
        EITHER,
        model(
            "The user name (email address of the user associated with the stack) and the"
            " authentication type for the user"
        ),
        ALL_SAID[2],
        model("The authentication type for the user who is associated with the stack."),
        members={"UserName": ANN, "AuthenticationType": "USERPOOL"},
        output=batch(pair(of="second"), pair()),
    ),
    answers(
        "describes one pair where both are given",
        EITHER,
        members={"StackName": "second", "UserName": ANN, "AuthenticationType": "USERPOOL"},
        output=batch(pair(of="second")),
    ),
    refuses(
        "refuses to describe everything",
        EITHER,
        code=COMBINATION,
        text="Specify StackName",
    ),
    refuses(
        "refuses an authentication type alone",
        EITHER,
        members={"AuthenticationType": "USERPOOL"},
        code=COMBINATION,
        text="Specify StackName",
    ),
    refuses(
        "refuses a user without an authentication type",
        EITHER,
        members={"UserName": ANN},
        code=COMBINATION,
        text="AuthenticationType is required",
    ),
    refuses(
        "has no users of another authentication type",
        model("You must specify USERPOOL."),
        chosen("as CreateUser was seen to refuse them"),
        members={"UserName": ANN, "AuthenticationType": "API"},
        code=VALUE,
        text="Specify USERPOOL",
    ),
    answers(
        "tells users apart by the case of their letters",
        CASES,
        members={"UserName": "ANN@{region}.example.com", "AuthenticationType": "USERPOOL"},
        output=batch(),
    ),
    *(
        answers(
            f"answers an empty list for a {kind} that there is not",
            chosen("the operation declares no ResourceNotFoundException"),
            members=members,
            output={**batch(), "NextToken": ABSENT},
        )
        for kind, members in (
            ("stack", {"StackName": "nope"}),
            ("user", {"UserName": "nope@example.com", "AuthenticationType": "USERPOOL"}),
        )
    ),
    answers(
        "gives no more in a page than asked for",
        model("The maximum size of each page of results."),
        members={"StackName": "stack", "MaxResults": 1},
        output={**batch(pair()), "NextToken": PRESENT},
    ),
    answers(
        "has no association of a stack that was deleted, and of another of its name",
        chosen("nobody is to open what they were not assigned to"),
        given=[called("DeleteStack", Name="second"), stack("second")],
        members={"StackName": "second"},
        output=batch(),
    ),
    given=[
        *POOL,
        called("BatchAssociateUserStack", **batch(pair(), pair(BOB), pair(of="second"))),
    ],
)


def _goes_on(subject: Any) -> None:
    assert subject.users["ann"].connected


def _has_nothing(subject: Any) -> None:
    assert subject.users[BEA].catalog() == []


RULES = (
    *ASSOCIATES,
    *in_both("BatchAssociateUserStack"),
    *PARTS_THEM,
    *in_both("BatchDisassociateUserStack"),
    *DESCRIBES,
)
NO_ROWS = (
    NoRow(
        "it says what a member is, and no more",
        (
            "Describes a user in the user pool and the associated stack.",
            "Describes the error that is returned when a user can\u2019t be associated with or"
            " disassociated from a stack.",
            "The UserStackAssociation objects.",
        ),
    ),
)

"""CreateUser, DescribeUsers, EnableUser, DisableUser and DeleteUser."""

from typing import Any

import pytest

from ownstream.portal.refusals import TurnedAway
from tests.rules.acts import (
    PAIR,
    assigned,
    called,
    connected,
    joined,
    mail_lacking,
    mailed,
    offered,
    opened_by,
    passed,
    refused_in,
    signed_in,
    stack,
    user,
)
from tests.rules.codes import ALREADY_EXISTS, COMBINATION, LIMIT, NOT_FOUND, NOT_PERMITTED, VALUE
from tests.rules.table import (
    ABSENT,
    PRESENT,
    Is,
    Look,
    NoRow,
    Rule,
    answers,
    chosen,
    documented,
    look,
    model,
    observed,
    refuses,
    rules,
)

ANN = "ann@{region}.example.com"  # mails of a running service are everybody's
NAME = {"UserName": ANN, "AuthenticationType": "USERPOOL"}
BEA = "bea@{region}.example.com"  # who has chosen a password
NAME_OF_BEA = {"UserName": BEA, "AuthenticationType": "USERPOOL"}
NAMES = {"FirstName": "Ann", "LastName": "Lee-Smith_2"}
UNKNOWN = {"UserName": "nope@example.com"}
USERPOOL = model("You must specify USERPOOL.")
OTHERS_REFUSED = observed(
    'awsdocs/aws-cloudformation-user-guide#485: InvalidParameterValueException, "Cannot create a'
    " user with 'API' authentication type\""
)
CASES = model("Users' email addresses are case-sensitive.")
GUIDE = documented("the developer guide's page on user pool administration")
TYPE_SAID = model("The authentication type for the user.")
ADDRESS_SAID = model("The email address of the user.")
ARN = Is("the ARN of a user of the pool", lambda arn: ":user/userpool/" in arn)


def described(*users: dict[str, Any]) -> Look:
    """Afterwards these are the users of the pool."""
    return look("DescribeUsers", {"Users": list(users)}, AuthenticationType="USERPOOL")


def sessions(*found: tuple[str, str]) -> Look:
    """Afterwards the pair has these sessions of users of the pool: each one's state and user."""
    rows = [{"State": state, "UserId": user} for state, user in found]
    return look("DescribeSessions", {"Sessions": rows}, **PAIR, AuthenticationType="USERPOOL")


def of_the_pool_alone(operation: str, *said: Any, source: Any) -> tuple[Rule, ...]:
    """Rows that are the same for each operation on a user."""
    return (
        *(
            refuses(
                f"has no users of the authentication type {kind}",
                USERPOOL,
                TYPE_SAID,
                source,
                members={"AuthenticationType": kind},
                code=VALUE,
                text="Specify USERPOOL",
            )
            for kind in ("API", "SAML", "AWS_AD")
        ),
        *said,
    )


def on_a_user(operation: str) -> tuple[Rule, ...]:
    """Rows that are the same for enabling, disabling and deleting."""
    return of_the_pool_alone(
        operation,
        refuses(
            "names a user that there is not",
            documented("the model's ResourceNotFoundException"),
            ADDRESS_SAID,
            members=UNKNOWN,
            code=NOT_FOUND,
            text="The user nope@example.com",
        ),
        refuses(
            "tells users apart by the case of their letters",
            CASES,
            members={"UserName": "ANN@{region}.example.com"},
            code=NOT_FOUND,
            text="The user ANN@",
        ),
        source=chosen("as CreateUser was seen to refuse them"),
    )


CREATES = rules(
    "CreateUser",
    answers(
        "makes a user, enabled and unconfirmed",
        model("Creates a new user in the user pool."),
        model("The first name, or given name, of the user."),
        model("The last name, or surname, of the user."),
        TYPE_SAID,
        ADDRESS_SAID,
        members=NAMES,
        then=[
            described(
                {
                    **NAME,
                    **NAMES,
                    "Enabled": True,
                    "Status": "UNCONFIRMED",
                    "CreatedTime": PRESENT,
                    "Arn": ARN,
                }
            )
        ],
    ),
    answers(
        "needs no names",
        documented("the model: neither member is required"),
        then=[described({**NAME, "FirstName": ABSENT, "LastName": ABSENT})],
    ),
    answers(
        "sends a mail with the sign-in page's address and a temporary password",
        model("If the value is null, the email is sent."),
        model(
            "The action to take for the welcome email that is sent to a user after the user is"
            " created in the user pool."
        ),
        GUIDE,
        members=NAMES,
        then=[
            mailed(ANN, "Temporary password:"),
            mailed(ANN, "/portal/{account}/{region}"),
            mailed(ANN, "Hello Ann,"),
        ],
    ),
    answers(
        "sends nothing where the mail is suppressed",
        model("If you specify SUPPRESS, no email is sent."),
        members={"MessageAction": "SUPPRESS"},
        then=[mail_lacking(ANN), described({**NAME, "Status": "UNCONFIRMED"})],
    ),
    answers(
        "sends another mail, with another password, to a user who has not chosen one",
        model(
            "If users don\u2019t set their passwords within 7 days, you must send them a new"
            " welcome email."
        ),
        GUIDE,
        given=[user(ANN)],
        members={"MessageAction": "RESEND"},
        then=[mailed(ANN, "Temporary password:", times=2), described(NAME)],
    ),
    answers(
        "sends the first mail to a user for whom it was suppressed",
        chosen("they could else never sign in"),
        given=[user(ANN, MessageAction="SUPPRESS")],
        members={"MessageAction": "RESEND"},
        then=[mailed(ANN, "Temporary password:")],
    ),
    *(
        refuses(
            f"refuses {member} with RESEND",
            model("If you specify RESEND, do not specify the first name or last name of the user."),
            given=[user(ANN)],
            members={"MessageAction": "RESEND", member: "Ann"},
            code=COMBINATION,
            text="do not go with the message action RESEND",
        )
        for member in NAMES
    ),
    refuses(
        "has nobody to send another mail to where there is no such user",
        chosen("the operation declares no ResourceNotFoundException"),
        members={"MessageAction": "RESEND"},
        code=NOT_PERMITTED,
        text="There is no user",
    ),
    refuses(
        "sends no other mail to a user who is disabled",
        chosen("the password in it would let nobody in"),
        given=[user(ANN), called("DisableUser", **NAME)],
        members={"MessageAction": "RESEND"},
        code=NOT_PERMITTED,
        text="is disabled",
    ),
    refuses(
        "takes an address once in an account and region",
        documented("the model's ResourceAlreadyExistsException; the developer guide: unique"),
        given=[user(ANN)],
        code=ALREADY_EXISTS,
        text="already exists",
    ),
    answers(
        "tells addresses apart by the case of their letters",
        CASES,
        given=[user(ANN)],
        members={"UserName": "Ann@{region}.example.com"},
        then=[described({"UserName": "Ann@{region}.example.com"}, NAME)],
    ),
    *(
        refuses(
            f"refuses {what} as a user's name",
            ADDRESS_SAID,
            chosen("mail can go to addresses alone"),
            members={"UserName": address},
            code=VALUE,
            text="not an e-mail address",
        )
        for what, address in (
            ("a word", "ann"),
            ("two addresses", "a@example.com,b@example.com"),
            ("an address in angle brackets", "<a@example.com>"),
            ("a host alone", "@example.com"),
        )
    ),
    refuses(
        "makes no more users than an account may have in a region: 50 unless the operator says so",
        documented("the developer guide: user pools support a maximum of 50 users by default"),
        given=[
            user(f"user-{number}@example.com", MessageAction="SUPPRESS") for number in range(50)
        ],
        code=LIMIT,
        text="50 users",
    ),
    *of_the_pool_alone("CreateUser", source=OTHERS_REFUSED),
    members=NAME,
)
DESCRIBES = rules(
    "DescribeUsers",
    answers(
        "describes every user of the account and region, in order of name",
        model("Retrieves a list that describes one or more specified users in the user pool."),
        model("The authentication type for the users in the user pool to describe."),
        model("The date and time the user was created in the user pool."),
        chosen("the order; the real one is not known"),
        given=[user(ANN, **NAMES), user("a@example.com", MessageAction="SUPPRESS")],
        output={"Users": [{"UserName": "a@example.com"}, {**NAME, **NAMES}]},
    ),
    answers(
        "answers an empty list where there are none",
        observed("the AWS CLI after the last user was deleted, as a blog shows it"),
        output={"Users": [], "NextToken": ABSENT},
    ),
    answers(
        "names users by an id, not by their address",
        model("The ARN of the user."),
        observed("arn:aws:appstream:...:user/userpool/db4bd808-3eb6-..., as a blog shows it"),
        given=[user(ANN)],
        output={"Users": [{"Arn": ARN}]},
    ),
    answers(
        "gives no more in a page than asked for",
        model("The maximum size of each page of results."),
        given=[user(ANN), user("a@example.com", MessageAction="SUPPRESS")],
        members={"MaxResults": 1},
        output={"Users": [{"UserName": "a@example.com"}], "NextToken": PRESENT},
    ),
    answers(
        "says who is disabled",
        model("Specifies whether the user in the user pool is enabled."),
        given=[user(ANN), called("DisableUser", **NAME)],
        output={"Users": [{"Enabled": False, "Status": "UNCONFIRMED"}]},
    ),
    *of_the_pool_alone("DescribeUsers", source=chosen("as CreateUser was seen to refuse them")),
    members={"AuthenticationType": "USERPOOL"},
)
ENABLES = rules(
    "EnableUser",
    answers(
        "enables a user who was disabled",
        model("Enables a user in the user pool."),
        given=[called("DisableUser", **NAME)],
        then=[described({**NAME, "Enabled": True})],
    ),
    answers(
        "changes nothing of a user who is enabled",
        chosen("it is as asked; the model declares no error for it"),
        then=[described({**NAME, "Enabled": True})],
    ),
    answers(
        "lets the user sign in again, and open what they are associated with",
        model(
            "After being enabled, users can sign in to WorkSpaces Applications and open"
            " applications from the stacks to which they are assigned."
        ),
        given=[*offered(), *joined(BEA), assigned(BEA), called("DisableUser", **NAME_OF_BEA)],
        members=NAME_OF_BEA,
        then=[
            signed_in(BEA),
            opened_by(BEA),
            lambda subject: _is_connected(subject),
        ],
    ),
    *on_a_user("EnableUser"),
    members=NAME,
    given=[user(ANN)],
)
DISABLES = rules(
    "DisableUser",
    answers(
        "disables the user, whom it does not delete",
        model("Disables the specified user in the user pool."),
        model("This action does not delete the user."),
        then=[described({**NAME, "Enabled": False})],
    ),
    answers(
        "keeps what the user is associated with",
        GUIDE,
        given=[
            stack(),
            called(
                "BatchAssociateUserStack",
                UserStackAssociations=[{**NAME, "StackName": "stack"}],
            ),
        ],
        then=[
            look(
                "DescribeUserStackAssociations",
                {"UserStackAssociations": [{"UserName": ANN}]},
                StackName="stack",
            )
        ],
    ),
    answers(
        "changes nothing of a user who is disabled",
        chosen("it is as asked; the model declares no error for it"),
        given=[called("DisableUser", **NAME)],
        then=[described({**NAME, "Enabled": False})],
    ),
    answers(
        "signs the user out, and lets them in no more",
        model("Users can't sign in to WorkSpaces Applications until they are re-enabled."),
        given=[*joined(BEA)],
        members=NAME_OF_BEA,
        then=[lambda subject: _is_signed_out(subject), refused_in(BEA, "disabled")],
    ),
    answers(
        "leaves a user who streams an hour",
        documented(
            'the developer guide: "their session remains active until the session cookie expires'
            ' (about one hour)"'
        ),
        given=[*offered(), *joined(BEA), assigned(BEA), opened_by(BEA)],
        members=NAME_OF_BEA,
        then=[
            passed(3590),
            sessions(("ACTIVE", BEA)),
            passed(60),
            sessions(),
        ],
    ),
    *on_a_user("DisableUser"),
    members=NAME,
    given=[user(ANN)],
)
DELETES = rules(
    "DeleteUser",
    answers(
        "takes the user away, and what they are associated with",
        model("Deletes a user from the user pool."),
        given=[
            stack(),
            called(
                "BatchAssociateUserStack",
                UserStackAssociations=[{**NAME, "StackName": "stack"}],
            ),
        ],
        then=[
            described(),
            look("DescribeUserStackAssociations", {"UserStackAssociations": []}, StackName="stack"),
        ],
    ),
    answers(
        "ends the user's sessions at once",
        chosen("who is given their name next is another person, and must not find them"),
        given=[*offered(), *joined(BEA), assigned(BEA), opened_by(BEA)],
        members=NAME_OF_BEA,
        then=[lambda subject: _has_ended(subject, "user_deleted"), passed(60), sessions()],
    ),
    answers(
        "lets another of the name in by a password of their own",
        chosen("they are another person"),
        given=[*joined(BEA)],
        members=NAME_OF_BEA,
        then=[user(BEA), refused_in(BEA, "wrong")],
    ),
    *on_a_user("DeleteUser"),
    members=NAME,
    given=[user(ANN)],
)
STREAMS = rules(
    "DescribeSessions",
    answers(
        "describes the sessions of users of the pool, by their names",
        documented("the model's AuthenticationType USERPOOL"),
        output={"Sessions": [{"UserId": BEA, "AuthenticationType": "USERPOOL"}]},
    ),
    answers(
        "tells a user of the pool from a streaming URL's user of the same name",
        chosen("they are two people: anybody may be named in a URL"),
        given=[connected(BEA)],
        members={"AuthenticationType": "API"},
        output={"Sessions": [{"UserId": BEA, "AuthenticationType": "API"}]},
    ),
    members={**PAIR, "UserId": BEA, "AuthenticationType": "USERPOOL"},
    given=[*offered(), *joined(BEA), assigned(BEA), opened_by(BEA)],
)


def _is_connected(subject: Any) -> None:
    assert subject.users["ann"].connected


def _has_ended(subject: Any, why: str) -> None:
    assert subject.users["ann"].ended == why


def _is_signed_out(subject: Any) -> None:
    with pytest.raises(TurnedAway):
        subject.users[BEA].catalog()


RULES = (*STREAMS, *CREATES, *DESCRIBES, *ENABLES, *DISABLES, *DELETES)
NO_ROWS = (
    NoRow(
        "it says what a member is, and no more",
        (
            "The status of the user in the user pool.",
            "The status can be one of the following:",
            "Describes a user in the user pool.",
            "Information about users in the user pool.",
        ),
    ),
    NoRow(
        "Users are UNCONFIRMED until they have chosen a password, and CONFIRMED then; no operation"
        " brings about the other three.",
        (
            "UNCONFIRMED \u2013 The user is created but not confirmed.",
            "CONFIRMED \u2013 The user is confirmed.",
            "ARCHIVED \u2013 The user is no longer active.",
            "COMPROMISED \u2013 The user is disabled because of a potential security threat.",
            "UNKNOWN \u2013 The user status is not known.",
        ),
    ),
    NoRow(
        "it says when a password runs out",
        ("The temporary password in the welcome email is valid for only 7 days.",),
        tested_by="tests/unit/embed/test_portal.py::test_a_temporary_password_is_good_for_seven_days",
    ),
    NoRow(
        "The sign-in page says of an unknown name what it says of a wrong password, so that nobody"
        " learns from it who has an account.",
        (
            "During login, if they specify an email address that doesn't use the same"
            " capitalization as the email address specified when their user pool account was"
            ' created, a "user does not exist" error message displays.',
        ),
        missing=True,
    ),
)

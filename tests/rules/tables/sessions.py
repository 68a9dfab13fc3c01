"""DescribeSessions and ExpireSession."""

from datetime import timedelta
from typing import Any

from tests.rules.acts import (
    PAIR,
    by_user,
    called,
    connected,
    offered,
    passed,
    session,
    session_of,
)
from tests.rules.codes import COMBINATION, VALUE
from tests.rules.table import (
    ABSENT,
    PRESENT,
    Is,
    Look,
    NoRow,
    Of,
    answers,
    chosen,
    documented,
    look,
    model,
    observed,
    refuses,
    rules,
)

API = model("The user is authenticated using a streaming URL (API) or SAML 2.0 federation (SAML).")
BY_URL = (
    model("The default is to authenticate users using a streaming URL."),
    model(
        "If an authentication type is not provided, the default is to authenticate users using a"
        " streaming URL."
    ),
)
BY_TYPE = model(
    "Specify API for a user authenticated using a streaming URL or SAML for a SAML federated user."
)
PAGE = model("The default value is 20 and the maximum value is 50.")
ENDS_EARLIER = (
    model(
        "A streaming session might end earlier than the time specified in"
        " SessionMaxExpirationTime, when the DisconnectTimeOutInSeconds elapses or the user"
        " chooses to end his or her session."
    ),
    model(
        "If the DisconnectTimeOutInSeconds elapses, or the user chooses to end his or her session,"
        " the streaming instance is terminated and the streaming session ends."
    ),
)
UUID = Is("a UUID", lambda value: len(value) == 36 and value.count("-") == 4)
SAML = {"AuthenticationType": "SAML"}


def of(*users: str) -> dict[str, Any]:
    """The sessions of these users, in the order of their ids, which is any."""
    names = sorted(users)
    return {
        "Sessions": Is(
            f"of {names}", lambda rows: sorted(row["UserId"] for row in rows or ()) == names
        )
    }


def counted(number: int) -> dict[str, Any]:
    """So many sessions."""
    return {"Sessions": Is(f"{number} sessions", lambda rows: len(rows) == number)}


def described(output: dict[str, Any], **members: Any) -> Look:
    """Afterwards the sessions of the pair are described so."""
    return look("DescribeSessions", output, **PAIR, **members)


def many(number: int) -> Any:
    """So many users wait for an instance."""

    def act(subject: Any) -> None:
        for each in range(number):
            session(f"{{region}}-{each:02}", user_id=f"user-{each:02}")(subject)

    return act


DESCRIBES = rules(
    "DescribeSessions",
    answers(
        "describes the sessions of the stack and fleet",
        model(
            "Retrieves a list that describes the streaming sessions for a specified stack and"
            " fleet."
        ),
        API,
        model("The authentication method."),
        model("The identifier of the streaming session."),
        model("The name of the stack for the streaming session."),
        model("The name of the fleet for the streaming session."),
        model("The identifier of the user for whom the session was created."),
        model("The current state of the streaming session."),
        model("Specifies whether a user is connected to the streaming session."),
        model("The identifier for the instance hosting the session."),
        model("The time when a streaming instance is dedicated for the user."),
        given=[connected("ann")],
        output={
            "Sessions": [
                {
                    **PAIR,
                    "Id": UUID,
                    "UserId": "ann",
                    "State": "ACTIVE",
                    "ConnectionState": "CONNECTED",
                    "AuthenticationType": "API",
                    "InstanceId": PRESENT,
                    "StartTime": PRESENT,
                }
            ]
        },
    ),
    answers(
        "says that a session expires its fleet's longest time after it began",
        model("The time when the streaming session is set to expire."),
        model(
            "This time is based on the MaxUserDurationinSeconds value, which determines the maximum"
            " length of time that a streaming session can run."
        ),
        given=[connected("ann")],
        output={
            "Sessions": Is(
                "an hour from its start to its end",
                lambda rows: (
                    rows[0]["MaxExpirationTime"] - rows[0]["StartTime"] == timedelta(hours=1)
                ),
            )
        },
    ),
    answers(
        "says that a user who has left is not connected, and the session ACTIVE still",
        model("Specifies whether a user is connected to the streaming session."),
        given=[connected("ann"), by_user("ann", lambda user: user.disconnect())],
        output={"Sessions": [{"State": "ACTIVE", "ConnectionState": "NOT_CONNECTED"}]},
    ),
    answers(
        "has no session whose disconnect timeout has elapsed",
        *ENDS_EARLIER,
        given=[
            connected("ann"),
            by_user("ann", lambda user: user.disconnect()),
            passed(901),
        ],
        output={"Sessions": []},
    ),
    answers(
        "has no session that its user has ended",
        *ENDS_EARLIER,
        given=[connected("ann"), by_user("ann", lambda user: user.end_session()), passed(60)],
        output={"Sessions": []},
    ),
    answers(
        "has no session that its longest time has ended",
        model("The time when the streaming session is set to expire."),
        given=[connected("ann"), passed(3601)],
        output={"Sessions": []},
    ),
    answers(
        "has a session that waits for an instance as PENDING, without instance or times",
        documented("the model's SessionState"),
        chosen("that such a session is listed"),
        given=[connected("ann"), connected("bob"), session("{region}-waits", user_id="eve")],
        members={"UserId": "eve", "AuthenticationType": "API"},
        output={
            "Sessions": [
                {
                    "State": "PENDING",
                    "ConnectionState": "NOT_CONNECTED",
                    "InstanceId": ABSENT,
                    "StartTime": ABSENT,
                    "MaxExpirationTime": ABSENT,
                }
            ]
        },
    ),
    answers(
        "describes one user's sessions where the user is given",
        model(
            "If a UserId is provided for the stack and fleet, only streaming sessions for that user"
            " are described."
        ),
        model("The user identifier (ID)."),
        BY_TYPE,
        given=[connected("ann"), connected("bob")],
        members={"UserId": "bob", "AuthenticationType": "API"},
        output=of("bob"),
    ),
    refuses(
        "refuses a user without an authentication type",
        model("If you specify a user ID, you must also specify the authentication type."),
        members={"UserId": "ann"},
        code=COMBINATION,
        text="AuthenticationType",
    ),
    answers(
        "describes sessions that streaming URLs began where no type is given",
        *BY_URL,
        given=[connected("ann"), session("{region}-s", user_id="eve", authentication_type="SAML")],
        output=of("ann"),
    ),
    answers(
        "describes sessions of the type that is given",
        BY_TYPE,
        given=[connected("ann"), session("{region}-s", user_id="eve", authentication_type="SAML")],
        members=SAML,
        output=of("eve"),
    ),
    answers(
        "describes the session of one instance where it is given",
        model("The identifier for the instance hosting the session."),
        given=[connected("ann"), connected("bob")],
        members={
            "InstanceId": Of(
                lambda subject: next(
                    row["InstanceId"]
                    for row in subject.call("DescribeSessions", PAIR)["Sessions"]
                    if row["UserId"] == "bob"
                )
            )
        },
        output=of("bob"),
    ),
    answers(
        "tells stacks apart by the case of their letters",
        model("This value is case-sensitive."),
        given=[connected("ann")],
        members={"StackName": "STACK"},
        output={"Sessions": []},
    ),
    *(
        answers(
            f"answers no sessions for a {kind} that there is not",
            chosen("the operation declares no error for it"),
            given=[connected("ann")],
            members={member: "nope"},
            output={"Sessions": []},
        )
        for kind, member in (("stack", "StackName"), ("fleet", "FleetName"))
    ),
    answers(
        "leaves out the sessions of other fleets and stacks",
        model(
            "Retrieves a list that describes the streaming sessions for a specified stack and"
            " fleet."
        ),
        given=[
            connected("ann"),
            session("{region}-a", user_id="eve", stack="other"),
            session("{region}-b", user_id="eve", fleet="other"),
        ],
        output=of("ann"),
    ),
    answers(
        "gives 20 sessions in a page by default",
        PAGE,
        given=[many(60)],
        output={**counted(20), "NextToken": PRESENT},
    ),
    answers(
        "gives no more sessions in a page than asked for",
        model("The size of each page of results."),
        given=[many(60)],
        members={"Limit": 5},
        output={**counted(5), "NextToken": PRESENT},
    ),
    answers(
        "never gives more than 50 sessions in a page",
        PAGE,
        chosen("that more may be asked for; the model does not say that it is refused"),
        given=[many(60)],
        members={"Limit": 60},
        output={**counted(50), "NextToken": PRESENT},
    ),
    members=PAIR,
    given=offered(MaxUserDurationInSeconds=3600),
)
EXPIRES = rules(
    "ExpireSession",
    answers(
        "ends the session at once",
        model("Immediately stops the specified streaming session."),
        model("The identifier of the streaming session."),
        then=[passed(60), described({"Sessions": []})],
    ),
    answers(
        "ends it for its user, who may not come back to it",
        model("Immediately stops the specified streaming session."),
        then=[lambda subject: _is_over(subject, "expired_by_administrator")],
    ),
    answers(
        "changes nothing of a session that has ended already",
        chosen("it is as asked; the operation declares no error"),
        given=[called("ExpireSession", SessionId=Of(session_of()))],
        then=[lambda subject: _is_over(subject, "expired_by_administrator")],
    ),
    refuses(
        "names a session that there is not",
        chosen("the operation declares no error; a slip would else go unseen"),
        members={"SessionId": "nope"},
        code=VALUE,
        text="There is no session nope",
    ),
    refuses(
        "names another region's session as one that there is not",
        observed("every resource of the service belongs to an account and a region"),
        given=[session("{region}-far", region="elsewhere")],
        members={"SessionId": "{region}-far"},
        code=VALUE,
        text="There is no session {region}-far",
    ),
    members={"SessionId": Of(session_of())},
    given=[*offered(), connected("ann")],
)


def _is_over(subject: Any, reason: str) -> None:
    user = subject.users["ann"]
    assert (user.connected, user.ended) == (False, reason)


RULES = (*DESCRIBES, *EXPIRES)
NO_ROWS = (
    NoRow(
        "it says what a member is, and no more",
        ("Describes a streaming session.", "Information about the streaming sessions."),
    ),
    NoRow(
        "Instances have no network interface of a VPC: NetworkAccessConfiguration is absent.",
        (
            "The network details for the streaming session.",
            "The private IP address of the elastic network interface that is attached to instances"
            " in your VPC.",
            "The IPv6 addresses assigned to the elastic network interface.",
            "This field supports IPv6 connectivity for WorkSpaces Applications instances.",
            "The resource identifier of the elastic network interface that is attached to instances"
            " in your VPC.",
            "All network interfaces have the eni-xxxxxxxx resource identifier.",
        ),
        missing=True,
    ),
)

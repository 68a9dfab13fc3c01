"""Multi-session fleets: their capacity, the numbers of their sessions, and DrainSessionInstance."""

from typing import Any

from tests.rules.acts import (
    PAIR,
    by_user,
    called,
    connected,
    fleet,
    offered,
    passed,
    running,
    session,
    session_of,
)
from tests.rules.codes import COMBINATION, IN_USE, NOT_FOUND, NOT_PERMITTED, VALUE
from tests.rules.resources import FLEETS
from tests.rules.table import (
    ABSENT,
    Act,
    Is,
    Look,
    Of,
    answers,
    chosen,
    documented,
    look,
    model,
    observed,
    refuses,
    rules,
    shape,
)

ONLY_MULTI = model("This only applies to multi-session fleets.")
SEATS = model("The maximum number of user sessions on an instance.")
SESSIONS = model("The desired number of user sessions for a multi-session fleet.")
NOT_SINGLE = model("This is not allowed for single-session fleets.")
EITHER = model(
    "When you create a fleet, you must set either the DesiredSessions or DesiredInstances"
    " attribute, based on the type of fleet you create."
)
DESIRED = (
    model("The total number of sessions slots that are either running or pending."),
    model(
        "This represents the total number of concurrent streaming sessions your fleet can support"
        " in a steady state."
    ),
    model("DesiredUserSessionCapacity = ActualUserSessionCapacity + PendingUserSessionCapacity"),
)
COUNTED = (
    *DESIRED,
    model("The number of idle session slots currently available for user sessions."),
    model("AvailableUserSessionCapacity = ActualUserSessionCapacity - ActiveUserSessions"),
    model("The number of user sessions currently being used for streaming sessions."),
    model(
        "The total number of session slots that are available for streaming or are currently"
        " streaming."
    ),
    model("ActualUserSessionCapacity = AvailableUserSessionCapacity + ActiveUserSessions"),
)
DRAINS = (
    model("Drains the instance hosting the specified streaming session."),
    model(
        "The instance stops accepting new sessions while existing sessions continue uninterrupted."
    ),
    model("Once all sessions end, the instance is reclaimed and replaced."),
)
PACKED = chosen("which instance AppStream takes is not known; so others become empty")


def shared(**members: Any) -> dict[str, Any]:
    """Members of a multi-session fleet: two instances with room for two sessions each."""
    capacity = {"DesiredSessions": 4}
    return {"MaxSessionsPerInstance": 2, "ComputeCapacity": capacity, **members}


def users(*names: str) -> tuple[Act, ...]:
    """These users stream, one after another; each has come before the next does."""
    return tuple(act for name in names for act in (connected(name), passed(10)))


def left(name: str) -> tuple[Act, ...]:
    """This user's session has ended, and what it was on has been made anew."""
    return (by_user(name, lambda user: user.end_session()), passed(60))


def counts(**numbers: int) -> Look:
    """Afterwards the fleet's capacity is so."""
    return FLEETS.described(ComputeCapacityStatus=numbers)


def on(*groups: str) -> Act:
    """Afterwards the users of each group, named with spaces, are on one instance of their own."""

    def act(subject: Any) -> None:
        sessions = subject.call("DescribeSessions", PAIR)["Sessions"]
        found: dict[str, set[str]] = {}
        for each in sessions:
            found.setdefault(each["InstanceId"], set()).add(each["UserId"])
        expected = [set(group.split()) for group in groups]
        assert sorted(found.values(), key=sorted) == sorted(expected, key=sorted)

    return act


def drains(name: str, status: str) -> Look:
    """Afterwards the instance of this user's session is described so."""
    asked = {**PAIR, "UserId": name, "AuthenticationType": "API"}
    return look("DescribeSessions", {"Sessions": [{"InstanceDrainStatus": status}]}, **asked)


CREATES = rules(
    "CreateFleet",
    answers(
        "takes a number of sessions, and has as many instances as they need",
        SEATS,
        ONLY_MULTI,
        SESSIONS,
        EITHER,
        chosen("how AppStream rounds is not known; the last instance is given what is left"),
        members=shared(ComputeCapacity={"DesiredSessions": 5}),
        output=FLEETS.shown(
            MaxSessionsPerInstance=2,
            ComputeCapacityStatus={"Desired": 3, "DesiredUserSessions": 5, "Running": 0},
        ),
    ),
    answers(
        "has multi-session fleets of Linux instances",
        observed("eG Innovations on multi-session fleets: theirs have Windows Server"),
        chosen("instances of this service are Linux's, and their seats are apart there"),
        members=shared(),
        output=FLEETS.shown(Platform="AMAZON_LINUX2", MaxSessionsPerInstance=2),
    ),
    refuses(
        "refuses a number of sessions of a single-session fleet",
        SESSIONS,
        NOT_SINGLE,
        members={"ComputeCapacity": {"DesiredSessions": 4}},
        code=COMBINATION,
        text="DesiredSessions is not allowed for single-session fleets",
    ),
    refuses(
        "refuses a number of instances of a multi-session fleet",
        EITHER,
        members=shared(ComputeCapacity={"DesiredInstances": 4}),
        code=COMBINATION,
        text="Give DesiredSessions",
    ),
    refuses(
        "refuses a multi-session fleet without a number of sessions",
        EITHER,
        members=shared(ComputeCapacity=None),
        code=COMBINATION,
        text="ComputeCapacity with DesiredSessions is required",
    ),
    refuses(
        "refuses a number of sessions below nothing",
        chosen("AppStream's own answer is not known; this names what is wrong"),
        members=shared(ComputeCapacity={"DesiredSessions": -1}),
        code=VALUE,
        text="DesiredSessions is -1",
    ),
    *(
        refuses(
            f"refuses {number} sessions on an instance",
            chosen("no source for AppStream's own bounds was found; one session is no sharing"),
            members=shared(MaxSessionsPerInstance=number),
            code=VALUE,
            text=f"MaxSessionsPerInstance is {number}. Specify a value between 2 and 50",
        )
        for number in (-1, 0, 1, 51)
    ),
    refuses(
        "refuses several sessions on an instance of an Elastic fleet",
        ONLY_MULTI,
        chosen("an Elastic fleet has no capacity in sessions; AppStream's answer is not known"),
        members={
            **shared(FleetType="ELASTIC", ComputeCapacity=None, MaxConcurrentSessions=5),
            "VpcConfig": {"SubnetIds": ["subnet-a", "subnet-b"]},
            "ImageName": None,
            "Platform": "AMAZON_LINUX2",
        },
        code=COMBINATION,
        text="MaxSessionsPerInstance is not allowed for Elastic fleets",
    ),
    members=FLEETS.new,
)
UPDATES = rules(
    "UpdateFleet",
    answers(
        "changes the number of sessions of a running fleet, and instances follow",
        SESSIONS,
        members={"ComputeCapacity": {"DesiredSessions": 6}},
        given=[running()],
        output=FLEETS.shown(
            State="RUNNING", ComputeCapacityStatus={"Desired": 3, "DesiredUserSessions": 6}
        ),
        then=[passed(10), counts(Running=3, AvailableUserSessions=6)],
    ),
    answers(
        "changes how many sessions an instance takes, and with it how many instances there are",
        SEATS,
        ONLY_MULTI,
        members={"MaxSessionsPerInstance": 4},
        output=FLEETS.shown(ComputeCapacityStatus={"Desired": 1, "DesiredUserSessions": 4}),
    ),
    refuses(
        "refuses to change how many sessions an instance of a running fleet takes",
        SEATS,
        members={"MaxSessionsPerInstance": 4},
        given=[running()],
        code=IN_USE,
        text="when it is ACTIVE",
    ),
    answers(
        "makes a single-session fleet of a stopped one",
        chosen("MAX_SESSIONS_PER_INSTANCE can be deleted, so a fleet's kind can change"),
        members={
            "AttributesToDelete": ["MAX_SESSIONS_PER_INSTANCE"],
            "ComputeCapacity": {"DesiredInstances": 3},
        },
        output=FLEETS.shown(
            MaxSessionsPerInstance=ABSENT,
            ComputeCapacityStatus={"Desired": 3, "DesiredUserSessions": ABSENT},
        ),
    ),
    refuses(
        "refuses to make one of it without a number of instances",
        NOT_SINGLE,
        members={"AttributesToDelete": ["MAX_SESSIONS_PER_INSTANCE"]},
        code=COMBINATION,
        text="Give DesiredInstances",
    ),
    refuses(
        "refuses a number of instances of a multi-session fleet",
        EITHER,
        members={"ComputeCapacity": {"DesiredInstances": 1}},
        code=COMBINATION,
        text="Give DesiredSessions",
    ),
    refuses(
        "refuses a number of sessions of a single-session fleet",
        SESSIONS,
        NOT_SINGLE,
        members={"Name": "single", "ComputeCapacity": {"DesiredSessions": 4}},
        given=[fleet("single")],
        code=COMBINATION,
        text="DesiredSessions is not allowed for single-session fleets",
    ),
    members=FLEETS.named,
    given=[fleet(**shared())],
)
SCALES = rules(
    "UpdateFleet",
    answers(
        "ends nobody's session by fewer sessions: the instance that is too many drains",
        SESSIONS,
        chosen("what AppStream does with instances in use is not known; nobody is to lose work"),
        members={"ComputeCapacity": {"DesiredSessions": 2}},
        given=[*users("ann", "bob", "cid"), passed(10)],
        then=[
            passed(10),
            on("ann bob", "cid"),
            drains("ann", "ACTIVE"),
            drains("cid", "DRAINING"),
            counts(Draining=1, ActiveUserSessions=3, AvailableUserSessions=0),
            *left("cid"),
            counts(Running=1, Draining=0, ActiveUserSessions=2),
        ],
    ),
    answers(
        "takes an instance again that drained because there were too many",
        chosen("it is what the fleet has; to wait for it to end would leave users without"),
        members={"ComputeCapacity": {"DesiredSessions": 4}},
        given=[
            *users("ann", "bob", "cid"),
            called("UpdateFleet", Name="fleet", ComputeCapacity={"DesiredSessions": 2}),
            passed(10),
        ],
        then=[passed(10), drains("cid", "ACTIVE"), counts(Draining=0, AvailableUserSessions=1)],
    ),
    members=FLEETS.named,
    given=offered(**shared()),
)
DESCRIBES = rules(
    "DescribeFleets",
    answers(
        "counts sessions and their slots",
        *COUNTED,
        ONLY_MULTI,
        given=users("ann", "bob", "cid"),
        output={
            "Fleets": [
                {
                    "ComputeCapacityStatus": {
                        "Desired": 2,
                        "Running": 2,
                        "InUse": 2,
                        "Available": 1,
                        "DesiredUserSessions": 4,
                        "ActualUserSessions": 4,
                        "ActiveUserSessions": 3,
                        "AvailableUserSessions": 1,
                        "Draining": 0,
                        "DrainModeActiveUserSessions": 0,
                        "DrainModeUnusedUserSessions": 0,
                    }
                }
            ]
        },
    ),
    answers(
        "counts what drains, and takes its unused slots from those that there are",
        model("The number of instances in drain mode."),
        model("The number of active user sessions on instances in drain mode."),
        model(
            "The number of unused session slots on instances in drain mode that cannot be used for"
            " user session provisioning."
        ),
        ONLY_MULTI,
        chosen("ActiveUserSessions has the sessions of instances in drain mode, too"),
        given=[*users("ann"), called("DrainSessionInstance", SessionId=Of(session_of()))],
        output={
            "Fleets": [
                {
                    "ComputeCapacityStatus": {
                        "DesiredUserSessions": 4,
                        "ActualUserSessions": 3,
                        "ActiveUserSessions": 1,
                        "AvailableUserSessions": 2,
                        "Draining": 1,
                        "DrainModeActiveUserSessions": 1,
                        "DrainModeUnusedUserSessions": 1,
                    }
                }
            ]
        },
    ),
    members={"Names": ["fleet"]},
    given=offered(**shared()),
)
PLACES = rules(
    "DescribeSessions",
    answers(
        "shows two users on one instance",
        model("The identifier for the instance hosting the session."),
        PACKED,
        given=users("ann", "bob", "cid"),
        output={"Sessions": Is("three sessions", lambda rows: len(rows) == 3)},
        then=[on("ann bob", "cid")],
    ),
    answers(
        "describes the sessions of one instance where it is given",
        model("The identifier for the instance hosting the session."),
        given=users("ann", "bob", "cid"),
        members={
            "InstanceId": Of(
                lambda subject: next(
                    row["InstanceId"]
                    for row in subject.call("DescribeSessions", PAIR)["Sessions"]
                    if row["UserId"] == "bob"
                )
            )
        },
        output={
            "Sessions": Is(
                "those of ann and bob",
                lambda rows: sorted(row["UserId"] for row in rows) == ["ann", "bob"],
            )
        },
    ),
    answers(
        "says that an instance takes sessions, or that it drains",
        model("The drain status of the instance hosting the streaming session."),
        ONLY_MULTI,
        shape("InstanceDrainStatus"),
        given=[
            *users("ann", "bob", "cid"),
            called("DrainSessionInstance", SessionId=Of(session_of())),
        ],
        output={"Sessions": Is("three sessions", lambda rows: len(rows) == 3)},
        then=[drains("ann", "DRAINING"), drains("bob", "DRAINING"), drains("cid", "ACTIVE")],
    ),
    answers(
        "says nothing of an instance before there is one",
        chosen("that the drain status is absent then"),
        given=[session("{region}-waits", user_id="eve")],
        output={"Sessions": [{"InstanceId": ABSENT, "InstanceDrainStatus": ABSENT}]},
    ),
    members=PAIR,
    given=offered(**shared()),
)
APPLIES = rules(
    "DescribeSessions",
    answers(
        "says that draining does not apply to an instance of one session",
        model("The drain status of the instance hosting the streaming session."),
        ONLY_MULTI,
        given=[connected("ann")],
        output={"Sessions": [{"InstanceDrainStatus": "NOT_APPLICABLE"}]},
    ),
    members=PAIR,
    given=offered(),
)
DRAINED = rules(
    "DrainSessionInstance",
    answers(
        "lets sessions go on, and sends the next user to another instance",
        *DRAINS,
        model("The identifier of the streaming session."),
        ONLY_MULTI,
        then=[*users("bob", "cid"), on("ann", "bob cid")],
    ),
    answers(
        "ends the instance when its last session has ended, and another takes its place",
        *DRAINS,
        then=[
            drains("ann", "DRAINING"),
            *left("ann"),
            counts(Running=2, Draining=0, AvailableUserSessions=4, ActiveUserSessions=0),
        ],
    ),
    answers(
        "changes nothing of an instance that drains already",
        chosen("it is as asked"),
        given=[called("DrainSessionInstance", SessionId=Of(session_of()))],
        then=[drains("ann", "DRAINING")],
    ),
    refuses(
        "names a session that there is not",
        documented("the operation declares ResourceNotFoundException"),
        members={"SessionId": "nope"},
        code=NOT_FOUND,
        text="The session nope for account {account} does not exist",
    ),
    refuses(
        "names another region's session as one that there is not",
        documented("every resource of the service belongs to an account and a region"),
        given=[session("{region}-far", region="elsewhere")],
        members={"SessionId": "{region}-far"},
        code=NOT_FOUND,
        text="The session {region}-far",
    ),
    refuses(
        "refuses a session that has ended",
        chosen("AppStream's own answer is not known; this names what is wrong"),
        given=[session("{region}-over", user_id="eve", state="EXPIRED")],
        members={"SessionId": "{region}-over"},
        code=NOT_PERMITTED,
        text="has ended",
    ),
    refuses(
        "refuses a session that waits for an instance",
        chosen("AppStream's own answer is not known; this names what is wrong"),
        given=[session("{region}-waits", user_id="eve")],
        members={"SessionId": "{region}-waits"},
        code=NOT_PERMITTED,
        text="waits for an instance",
    ),
    members={"SessionId": Of(session_of())},
    given=[*offered(**shared()), *users("ann")],
)
SINGLE = rules(
    "DrainSessionInstance",
    refuses(
        "refuses a session of a single-session fleet",
        ONLY_MULTI,
        members={"SessionId": Of(session_of())},
        given=[*offered(), connected("ann")],
        code=NOT_PERMITTED,
        text="is a single-session fleet",
    ),
)
RULES = (
    *CREATES,
    *UPDATES,
    *SCALES,
    *DESCRIBES,
    *PLACES,
    *APPLIES,
    *DRAINED,
    *SINGLE,
)

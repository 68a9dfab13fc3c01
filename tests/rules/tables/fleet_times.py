"""How long sessions of a fleet last, at CreateFleet and UpdateFleet."""

from typing import Any

from tests.rules.acts import OFFERED, PAIR, by_user, connected, passed
from tests.rules.codes import VALUE
from tests.rules.resources import FLEETS
from tests.rules.table import Is, Look, NoRow, Rule, answers, look, model, observed, refuses

IDLE = by_user("ann", lambda user: user.go_idle())
GONE = by_user("ann", lambda user: user.disconnect())
BACK = by_user("ann", lambda user: user.reconnect())
LONGEST = model("Specify a value between 600 and 432000.")
LEFT = model("Specify a value between 60 and 36000.")
RESTING = model("Otherwise, specify a value between 60 and 36000.")
ROUNDED = model("If you don't do this, the value is rounded to the nearest minute.")
BOUNDS = (
    ("MaxUserDurationInSeconds", LONGEST, 600, 432000),
    ("DisconnectTimeoutInSeconds", LEFT, 60, 36000),
    ("IdleDisconnectTimeoutInSeconds", RESTING, 60, 36000),
)
STREAMED = (*OFFERED, connected())
WHOLE = FLEETS.described(ComputeCapacityStatus={"Running": 2, "Available": 2, "InUse": 0})


def sessions(*states: str) -> Look:
    """Afterwards the pair's sessions are in these connection states."""
    return look(
        "DescribeSessions",
        {
            "Sessions": Is(
                f"{states}", lambda rows: tuple(row["ConnectionState"] for row in rows) == states
            )
        },
        **PAIR,
    )


def idle(seconds: int, minutes: int, *sources: Any) -> Rule:
    """A row about how long users may be idle."""
    return answers(
        f"disconnects users after {minutes} min where {seconds} s are set, and answers {seconds}",
        model(
            "The amount of time that users can be idle (inactive) before they are disconnected from"
            " their streaming session and the DisconnectTimeoutInSeconds time interval begins."
        ),
        model(
            "Users are considered idle when they stop providing keyboard or mouse input during"
            " their streaming session."
        ),
        model(
            "If users continue to be idle after the time interval in IdleDisconnectTimeoutInSeconds"
            " elapses, they are disconnected."
        ),
        ROUNDED,
        *sources,
        members={"IdleDisconnectTimeoutInSeconds": seconds},
        output=FLEETS.shown(IdleDisconnectTimeoutInSeconds=seconds),
        then=[
            *STREAMED,
            IDLE,
            passed(minutes * 60 - 5),
            sessions("CONNECTED"),
            passed(10),
            sessions("NOT_CONNECTED"),
        ],
    )


RULES = FLEETS.alike(
    *(
        FLEETS.kept(f"takes {value} s as {member}", source, **{member: value})
        for member, source, *bounds in BOUNDS
        for value in bounds
    ),
    *(
        refuses(
            f"refuses {value} s as {member}",
            source,
            members={member: value},
            code=VALUE,
            text=f"{member} is {value}. Specify a value between {least} and {most}",
        )
        for member, source, least, most in BOUNDS
        for value in (least - 1, most + 1)
    ),
    answers(
        "ends a session after its longest time, and replaces its instance",
        model("The maximum amount of time that a streaming session can remain active, in seconds."),
        model(
            "After this time elapses, the instance is terminated and replaced by a new instance."
        ),
        members={"MaxUserDurationInSeconds": 600},
        then=[*STREAMED, passed(595), sessions("CONNECTED"), passed(10), sessions(), WHOLE],
    ),
    answers(
        "leaves a session to a user who is back in time",
        model("The amount of time that a streaming session remains active after users disconnect."),
        model(
            "If users try to reconnect to the streaming session after a disconnection or network"
            " interruption within this time interval, they are connected to their previous session."
        ),
        model(
            "If they try to reconnect to the streaming session after a disconnection or network"
            " interruption within this time interval, they are connected to their previous session."
        ),
        members={"DisconnectTimeoutInSeconds": 60},
        then=[*STREAMED, GONE, passed(50), BACK, sessions("CONNECTED")],
    ),
    answers(
        "gives a user who is back too late another session",
        model("Otherwise, they are connected to a new session with a new streaming instance."),
        members={"DisconnectTimeoutInSeconds": 60},
        then=[*STREAMED, GONE, passed(70), sessions(), connected(), sessions("CONNECTED")],
    ),
    idle(
        70,
        1,
        model(
            "For example, if you specify a value of 70, users are disconnected after 1 minute of"
            " inactivity."
        ),
        observed("Terraform's acceptance test reads 70 back"),
    ),
    idle(
        90,
        2,
        model(
            "If you specify a value that is at the midpoint between two different minutes, the"
            " value is rounded up."
        ),
        model(
            "For example, if you specify a value of 90, users are disconnected after 2 minutes of"
            " inactivity."
        ),
    ),
    idle(
        180,
        3,
        model(
            "If you enable this feature, we recommend that you specify a value that corresponds"
            " exactly to a whole number of minutes (for example, 60, 120, and 180)."
        ),
    ),
    answers(
        "lets a user who was disconnected for being idle back to the same session",
        model(
            "If they try to reconnect to the streaming session before the time interval specified"
            " in DisconnectTimeoutInSeconds elapses, they are connected to their previous session."
        ),
        model(
            "If users try to reconnect to the streaming session before the time interval specified"
            " in DisconnectTimeoutInSeconds elapses, they are connected to their previous session."
        ),
        members={"IdleDisconnectTimeoutInSeconds": 60},
        then=[*STREAMED, IDLE, passed(70), sessions("NOT_CONNECTED"), BACK, sessions("CONNECTED")],
    ),
    answers(
        "disconnects nobody for being idle unless it is told to",
        model("To prevent users from being disconnected due to inactivity, specify a value of 0."),
        model("The default value is 0."),
        output=FLEETS.shown(IdleDisconnectTimeoutInSeconds=0),
        then=[*STREAMED, IDLE, passed(4000), sessions("CONNECTED")],
    ),
    FLEETS.kept(
        "takes 0 as never to disconnect idle users",
        model("To prevent users from being disconnected due to inactivity, specify a value of 0."),
        IdleDisconnectTimeoutInSeconds=0,
    ),
)
NO_ROWS = (
    NoRow(
        "the shape Fleet has an older bound than the requests have; theirs is kept",
        ("Specify a value between 600 and 360000.",),
    ),
    NoRow(
        "users hear of it in their browser",
        (
            "If users are still connected to a streaming instance five minutes before this limit is"
            " reached, they are prompted to save any open documents before being disconnected.",
        ),
        tested_by="tests/unit/domain/test_sessions.py::test_five_minutes_before_its_end_the_user_is_warned",
    ),
    NoRow(
        "users hear of it in their browser",
        ("Users are notified before they are disconnected due to inactivity.",),
        tested_by="tests/unit/domain/test_sessions.py::test_an_idle_user_is_warned_and_then_disconnected",
    ),
    NoRow(
        "input is all that is noted of a user; a session has no files or sound yet",
        (
            "File uploads and downloads, audio in, audio out, and pixels changing do not qualify as"
            " user activity.",
        ),
    ),
)

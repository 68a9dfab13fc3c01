"""StartAppBlockBuilder, StopAppBlockBuilder and CreateAppBlockBuilderStreamingURL."""

from ownstream.faults import NoCapacity
from tests.rules.acts import called, passed
from tests.rules.codes import IN_USE, NOT_PERMITTED, VALUE
from tests.rules.resources import UNKNOWN
from tests.rules.subjects import Subject
from tests.rules.table import (
    Act,
    Is,
    NoRow,
    answers,
    chosen,
    documented,
    model,
    refuses,
    rules,
)
from tests.rules.tables.app_block_builders import (
    ASSOCIATED,
    NAMED,
    NOPE,
    NOT_THERE,
    PAIR,
    builder,
    shown,
)
from tests.rules.tables.streaming_urls import expires_in

GUIDE = documented("developer guide, app block builder actions")
OPENS = {"AppBlockBuilderName": "builder"}
START, STOP = (called(f"{act}AppBlockBuilder", **NAMED) for act in ("Start", "Stop"))


def in_state(state: str) -> Act:
    """The app block builder has come to this state."""

    def act(subject: Subject) -> None:
        for _ in range(600):
            (found,) = subject.call("DescribeAppBlockBuilders", {"Names": ["builder"]})[
                "AppBlockBuilders"
            ]
            if found["State"] == state:
                return
            passed(0.1)(subject)
        raise AssertionError(f"it is {found['State']} and not {state}")

    return act


def held_up(subject: Subject) -> None:
    """Its instance does not come to be."""
    subject.service.faults.add(NoCapacity(fleet="app-block-builder/builder"))


def one_of(*states: str) -> Is:
    """One of these states: it may have arrived by now."""
    return Is(" or ".join(states), lambda state: state in states)


RUNNING = (*ASSOCIATED, START, in_state("RUNNING"))
STARTING = (*ASSOCIATED, held_up, START)
END = (STOP, in_state("STOPPED"))


def let_go(subject: Subject) -> None:
    """What was held up goes on, and is ended."""
    subject.service.faults.clear()
    for act in (in_state("RUNNING"), *END):
        act(subject)


STARTS = rules(
    "StartAppBlockBuilder",
    answers(
        "makes a stopped one STARTING, and RUNNING when its instance is there",
        model("Starts an app block builder."),
        model(
            "Starting an app block builder starts a new instance, which is equivalent to an elastic"
            " fleet instance with application builder assistance functionality."
        ),
        model("The name of the app block builder."),
        given=ASSOCIATED,
        output=shown(State=one_of("STARTING", "RUNNING")),
        then=[in_state("RUNNING"), *END],
    ),
    refuses(
        "refuses one without an app block",
        model("An app block builder can only be started when it's associated with an app block."),
        given=[builder()],
        code=NOT_PERMITTED,
        text="is associated with no app block",
    ),
    refuses(
        "refuses one that runs",
        GUIDE,
        UNKNOWN,
        given=RUNNING,
        code=NOT_PERMITTED,
        text="is RUNNING, and only one that is STOPPED can be started",
        then=[*END],
    ),
    refuses(
        "refuses one that starts",
        GUIDE,
        UNKNOWN,
        given=STARTING,
        code=NOT_PERMITTED,
        text="is STARTING, and only one that is STOPPED can be started",
        then=[let_go],
    ),
    refuses("refuses one that there is not", NOT_THERE, members={"Name": "nope"}, **NOPE),
    members=NAMED,
)
STOPS = rules(
    "StopAppBlockBuilder",
    answers(
        "makes a running one STOPPING, and STOPPED when its instance is gone",
        model("Stops an app block builder."),
        model("The name of the app block builder."),
        given=RUNNING,
        output=shown(State=one_of("STOPPING", "STOPPED")),
        then=[in_state("STOPPED")],
    ),
    refuses(
        "refuses one that is stopped",
        GUIDE,
        UNKNOWN,
        given=ASSOCIATED,
        code=NOT_PERMITTED,
        text="is STOPPED, and only one that is RUNNING can be stopped",
    ),
    refuses("refuses one that there is not", NOT_THERE, members={"Name": "nope"}, **NOPE),
    members=NAMED,
)
OPENINGS = rules(
    "CreateAppBlockBuilderStreamingURL",
    answers(
        "answers a URL that opens its desktop",
        model("Creates a URL to start a create app block builder streaming session."),
        model("The name of the app block builder."),
        model("The URL to start the streaming session."),
        model("The elapsed time, in seconds after the Unix epoch, when this URL expires."),
        output={"StreamingURL": Is("a streaming URL", lambda url: "/authenticate?" in url)},
        then=[*END],
    ),
    answers(
        "makes a URL that is good for an hour by default",
        model("The default is 3600 seconds."),
        output={"Expires": expires_in(3600)},
        then=[*END],
    ),
    answers(
        "makes a URL that is good for as long as it is told",
        model("Specify a value between 1 and 604800 seconds."),
        members={"Validity": 604800},
        output={"Expires": expires_in(604800)},
        then=[*END],
    ),
    *(
        refuses(
            f"refuses a validity of {seconds} seconds",
            model("The time that the streaming URL will be valid, in seconds."),
            model("Specify a value between 1 and 604800 seconds."),
            members={"Validity": seconds},
            code=VALUE,
            text="between 1 and 604800",
            then=[*END],
        )
        for seconds in (0, 604801)
    ),
    members=OPENS,
    given=RUNNING,
)
CLOSED = rules(
    "CreateAppBlockBuilderStreamingURL",
    refuses(
        "refuses one that does not run",
        GUIDE,
        UNKNOWN,
        given=ASSOCIATED,
        members=OPENS,
        code=NOT_PERMITTED,
        text="is STOPPED, and only one that is RUNNING can be connected to",
    ),
    refuses(
        "refuses one that there is not",
        NOT_THERE,
        members={"AppBlockBuilderName": "nope"},
        **NOPE,
    ),
)
UPDATES = rules(
    "UpdateAppBlockBuilder",
    *(
        answers(
            f"changes {member} of one that runs",
            model(
                "If the app block builder is in the RUNNING state, you can only update the"
                " DisplayName and Description."
            ),
            members={member: "new"},
            given=RUNNING,
            output=shown(**{member: "new"}),
            then=[*END],
        )
        for member in ("DisplayName", "Description")
    ),
    refuses(
        "refuses to change another member of one that runs",
        model(
            "If the app block builder is in the RUNNING state, you can only update the DisplayName"
            " and Description."
        ),
        members={"InstanceType": "stream.standard.large"},
        given=RUNNING,
        code=IN_USE,
        text="is RUNNING: only its DisplayName and Description can be updated",
        then=[*END],
    ),
    refuses(
        "refuses to change one that starts",
        model(
            "If the app block builder is in the STARTING or STOPPING state, you can't update it."
        ),
        members={"DisplayName": "new"},
        given=STARTING,
        code=IN_USE,
        text="when it is STARTING",
        then=[let_go],
    ),
    members=NAMED,
)
REFUSED_WHILE_RUNNING = (
    *rules(
        "DisassociateAppBlockBuilderAppBlock",
        refuses(
            "refuses one that runs",
            chosen("its administrator is at work; what AppStream does is not known"),
            members=PAIR,
            given=RUNNING,
            code=NOT_PERMITTED,
            text="is RUNNING, and only one that is STOPPED can be disassociated",
            then=[*END],
        ),
    ),
)
RULES = (*STARTS, *STOPS, *OPENINGS, *CLOSED, *UPDATES, *REFUSED_WHILE_RUNNING)
NO_ROWS: tuple[NoRow, ...] = (
    NoRow(
        "another test proves it",
        (
            "Stopping an app block builder terminates the instance, and the instance state is not"
            " persisted.",
        ),
        tested_by="tests/scenarios/test_app_block_builders.py"
        "::test_a_stopped_builder_forgets_what_was_in_its_instance",
    ),
)

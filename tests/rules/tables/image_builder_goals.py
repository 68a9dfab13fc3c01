"""StartImageBuilder, StopImageBuilder, DeleteImageBuilder and CreateImageBuilderStreamingURL."""

from tests.rules.acts import called, opened, passed, turned_away
from tests.rules.builders import NAMED, builder_in, comes_to, is_gone
from tests.rules.codes import NOT_AVAILABLE, NOT_PERMITTED, VALUE
from tests.rules.resources import BUILDERS
from tests.rules.table import (
    ABSENT,
    Is,
    answers,
    chosen,
    documented,
    look_refused,
    model,
    observed,
    refuses,
    rules,
)

GUIDE = documented("developer guide: nothing can be done to one in an intermediate state")
POWERSHELL = observed("AWS's own PowerShell examples, which show the answers")
STARTS = rules(
    "StartImageBuilder",
    answers(
        "makes a stopped one PENDING, and RUNNING when its instance is ready",
        model("Starts the specified image builder."),
        POWERSHELL,
        given=builder_in("STOPPED"),
        output=BUILDERS.shown(State="PENDING"),
        then=[comes_to("RUNNING")],
    ),
    answers(
        "takes the latest agent",
        model("The version of the WorkSpaces Applications agent to use for this image builder."),
        model("To use the latest version of the WorkSpaces Applications agent, specify [LATEST]."),
        given=builder_in("STOPPED"),
        members={"AppstreamAgentVersion": "LATEST"},
        output=BUILDERS.shown(LatestAppstreamAgentVersion="TRUE"),
    ),
    answers(
        "starts one that has FAILED",
        chosen("what was written in it is kept, and may be wanted"),
        given=builder_in("FAILED"),
        output=BUILDERS.shown(State="PENDING", StateChangeReason=ABSENT),
    ),
    *(
        refuses(
            f"refuses one that is {state}",
            GUIDE,
            chosen("the code: the model has no OperationNotPermittedException for it"),
            given=builder_in(state),
            code=NOT_AVAILABLE,
            text=f"is {state}",
        )
        for state in ("PENDING", "RUNNING", "STOPPING", "SNAPSHOTTING")
    ),
    BUILDERS.not_there(),
    members=NAMED,
)
STOPS = rules(
    "StopImageBuilder",
    answers(
        "makes a running one STOPPING, and STOPPED when its instance has ended",
        model("Stops the specified image builder."),
        POWERSHELL,
        given=builder_in("RUNNING"),
        output=BUILDERS.shown(State="STOPPING"),
        then=[comes_to("STOPPED")],
    ),
    *(
        refuses(
            f"refuses one that is {state}",
            GUIDE,
            given=builder_in(state),
            code=NOT_PERMITTED,
            text=f"is {state}, and only one that is RUNNING can be stopped",
        )
        for state in ("PENDING", "STOPPING", "STOPPED", "SNAPSHOTTING", "FAILED")
    ),
    BUILDERS.not_there(),
    members=NAMED,
)
DELETES = rules(
    "DeleteImageBuilder",
    *(
        answers(
            f"takes one that is {state} away",
            model("Deletes the specified image builder and releases the capacity."),
            POWERSHELL,
            given=builder_in(state),
            output=BUILDERS.shown(State="DELETING"),
            then=[
                is_gone(),
                look_refused("StartImageBuilder", "ResourceNotFoundException", **NAMED),
            ],
        )
        for state in ("STOPPED", "FAILED")
    ),
    *(
        refuses(
            f"refuses one that is {state}",
            GUIDE,
            given=builder_in(state),
            code=NOT_PERMITTED,
            text=f"is {state}",
        )
        for state in ("PENDING", "RUNNING", "STOPPING", "SNAPSHOTTING")
    ),
    BUILDERS.not_there(),
    members=NAMED,
)
URLS = rules(
    "CreateImageBuilderStreamingURL",
    answers(
        "gives a URL that opens the image builder",
        model("Creates a URL to start an image builder streaming session."),
        output={"StreamingURL": Is("a URL", lambda url: "/authenticate?parameters=" in url)},
        then=[opened("admin")],
    ),
    answers(
        "gives a URL that is good for an hour unless told otherwise",
        model("The default is 3600 seconds."),
        then=[passed(3500), opened("admin")],
    ),
    answers(
        "gives a URL that is not good for longer",
        model("The time that the streaming URL will be valid, in seconds."),
        members={"Validity": 60},
        then=[passed(61), turned_away()],
    ),
    *(
        answers(
            f"takes a validity of {seconds} seconds",
            model("Specify a value between 1 and 604800 seconds."),
            members={"Validity": seconds},
        )
        for seconds in (1, 604800)
    ),
    *(
        refuses(
            f"refuses a validity of {seconds} seconds",
            model("Specify a value between 1 and 604800 seconds."),
            chosen("the error's code; AWS's common errors have it"),
            members={"Validity": seconds},
            code=VALUE,
            text="between 1 and 604800",
        )
        for seconds in (0, 604801)
    ),
    answers(
        "gives a URL that opens nothing once the image builder has stopped",
        chosen("a stopped one has nothing to show"),
        then=[called("StopImageBuilder", **NAMED), turned_away()],
    ),
    BUILDERS.not_there(),
    members=NAMED,
    given=builder_in("RUNNING"),
)
UNCONNECTED = rules(
    "CreateImageBuilderStreamingURL",
    *(
        refuses(
            f"refuses one that is {state}",
            GUIDE,
            given=builder_in(state),
            code=NOT_PERMITTED,
            text=f"is {state}, and only one that is RUNNING can be connected to",
        )
        for state in ("PENDING", "STOPPING", "STOPPED", "SNAPSHOTTING", "FAILED")
    ),
    members=NAMED,
)
RULES = (*STARTS, *STOPS, *DELETES, *URLS, *UNCONNECTED)

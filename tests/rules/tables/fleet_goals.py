"""StartFleet, StopFleet, DeleteFleet and DescribeFleets."""

from tests.rules.acts import (
    OFFERED,
    associated,
    called,
    connected,
    directory,
    fleet,
    in_state,
    running,
    stack,
    starting,
)
from tests.rules.codes import IN_USE, NOT_FOUND, NOT_PERMITTED
from tests.rules.resources import FLEETS
from tests.rules.table import (
    PRESENT,
    Is,
    Look,
    NoRow,
    answers,
    chosen,
    documented,
    look_refused,
    model,
    observed,
    refuses,
    rules,
)

CORP = {"DirectoryName": "corp.example.com"}
STARTED_WAITER = documented("the model's waiter FleetStarted, which fails on STOPPED")
STOPPED_WAITER = documented("the model's waiter FleetStopped, which fails on RUNNING")


def now_or_soon(*states: str) -> Look:
    """Afterwards the fleet is in one of these states: it may have arrived by now."""
    return FLEETS.described(State=Is(" or ".join(states), lambda state: state in states))


STARTS = rules(
    "StartFleet",
    answers(
        "makes a stopped fleet STARTING, and RUNNING when its instances are ready",
        model("Starts the specified fleet."),
        STARTED_WAITER,
        then=[now_or_soon("STARTING", "RUNNING")],
    ),
    answers(
        "leaves a fleet STARTING that has no instance yet",
        STARTED_WAITER,
        given=[starting()],
        then=[FLEETS.described(State="STARTING")],
    ),
    answers(
        "leaves a running fleet RUNNING",
        chosen("it is as asked; a caller that starts again wants no error"),
        given=[running()],
        then=[FLEETS.described(State="RUNNING")],
    ),
    refuses(
        "refuses a fleet that is STOPPING",
        chosen("its instances are still ending; fleet_stopped can be waited for"),
        given=in_state("STOPPING"),
        code=NOT_PERMITTED,
        text="is STOPPING",
    ),
    refuses(
        "refuses a fleet that is to join a directory",
        chosen("it would run unjoined"),
        given=[directory(), called("UpdateFleet", Name="fleet", DomainJoinInfo=CORP)],
        code=NOT_PERMITTED,
        text="DOMAIN_JOIN_INFO",
        missing="no domain is joined",
    ),
    FLEETS.not_there(),
    members=FLEETS.named,
    given=[fleet()],
)
STOPS = rules(
    "StopFleet",
    answers(
        "makes a running fleet STOPPING, and STOPPED when its instances have ended",
        model("Stops the specified fleet."),
        STOPPED_WAITER,
        given=[running()],
        then=[now_or_soon("STOPPING", "STOPPED")],
    ),
    answers(
        "takes back the start of a fleet that is STARTING",
        chosen("what has begun to start must be stoppable"),
        given=[starting()],
        then=[now_or_soon("STOPPING", "STOPPED")],
    ),
    answers(
        "leaves a fleet STOPPING that has instances still",
        observed("Terraform stops a fleet whatever state it is in"),
        given=in_state("STOPPING"),
        then=[FLEETS.described(State="STOPPING")],
    ),
    answers(
        "leaves a stopped fleet STOPPED",
        observed("Terraform stops a fleet before it deletes it, stopped or not"),
        then=[FLEETS.described(State="STOPPED")],
    ),
    answers(
        "ends the sessions of the fleet",
        chosen("their instances end; the model does not say that a session would hold it up"),
        given=[*OFFERED, connected()],
        then=[now_or_soon("STOPPING", "STOPPED")],
    ),
    FLEETS.not_there(),
    members=FLEETS.named,
    given=[fleet()],
)
DELETES = rules(
    "DeleteFleet",
    answers(
        "takes the fleet away",
        model("Deletes the specified fleet."),
        then=[look_refused("DescribeFleets", NOT_FOUND, "The fleet fleet", Names=["fleet"])],
    ),
    *(
        refuses(
            f"refuses a fleet that is {state}",
            documented("developer guide, fleets: stop a fleet before you delete it"),
            given=in_state(state),
            code=IN_USE,
            text=f"is {state}",
        )
        for state in ("STARTING", "RUNNING", "STOPPING")
    ),
    refuses(
        "refuses a fleet that is associated with a stack",
        observed("Terraform #22625, its text"),
        given=[stack(), associated()],
        code=IN_USE,
        text="The fleet fleet is associated with a stack."
        " To delete the fleet, you must dissociate it from the stack.",
    ),
    FLEETS.not_there(),
    members=FLEETS.named,
    given=[fleet()],
)
DESCRIBES = rules(
    "DescribeFleets",
    *FLEETS.described_by_name(),
    answers(
        "counts the instances that run, are in use and are free",
        model("The total number of simultaneous streaming instances that are running."),
        model("The number of instances in use for streaming."),
        model("The number of currently available instances that can be used to stream sessions."),
        given=[*OFFERED, connected()],
        output={
            "Fleets": [
                {
                    "ComputeCapacityStatus": {
                        "Desired": 2,
                        "Running": 2,
                        "InUse": 1,
                        "Available": 1,
                    }
                }
            ]
        },
    ),
    answers(
        "says when a fleet was made and what its ARN is",
        model("The time the fleet was created."),
        model("The Amazon Resource Name (ARN) for the fleet."),
        output={"Fleets": [{"Arn": FLEETS.arn, "CreatedTime": PRESENT}]},
    ),
    given=[fleet()],
)
RULES = (*STARTS, *STOPS, *DELETES, *DESCRIBES)
NO_ROWS = (
    NoRow(
        "it says what a member is, and no more",
        (
            "The current state for the fleet.",
            "The fleet errors.",
            "The capacity status for the fleet.",
        ),
    ),
)

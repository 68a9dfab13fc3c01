"""StartFleet, StopFleet, DeleteFleet and DescribeFleets."""

from tests.rules.acts import (
    FLEET,
    associated,
    called,
    connected,
    directory,
    fleet,
    in_state,
    offered,
    running,
    stack,
    starting,
)
from tests.rules.table import (
    ABSENT,
    PRESENT,
    Is,
    Look,
    NoRow,
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

NOT_FOUND = "ResourceNotFoundException"
NOT_PERMITTED = "OperationNotPermittedException"
IN_USE = "ResourceInUseException"
NAMED = {"Name": "fleet"}
CORP = {"DirectoryName": "corp.example.com"}
STARTED_WAITER = documented("the model's waiter FleetStarted, which fails on STOPPED")
STOPPED_WAITER = documented("the model's waiter FleetStopped, which fails on RUNNING")
MISSING_FLEET = observed("Terraform takes a missing fleet from ResourceNotFoundException")


def described(**members: object) -> Look:
    """Afterwards the fleet is described so."""
    return look("DescribeFleets", {"Fleets": [members]}, Names=["fleet"])


def now_or_soon(*states: str) -> Look:
    """Afterwards the fleet is in one of these states: it may have arrived by now."""
    return described(State=Is(" or ".join(states), lambda state: state in states))


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
        then=[described(State="STARTING")],
    ),
    answers(
        "leaves a running fleet RUNNING",
        chosen("it is as asked; a caller that starts again wants no error"),
        given=[running()],
        then=[described(State="RUNNING")],
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
    refuses(
        "names a fleet that there is not",
        MISSING_FLEET,
        members={"Name": "nope"},
        code=NOT_FOUND,
        text="The fleet nope",
    ),
    members=NAMED,
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
        then=[described(State="STOPPING")],
    ),
    answers(
        "leaves a stopped fleet STOPPED",
        observed("Terraform stops a fleet before it deletes it, stopped or not"),
        then=[described(State="STOPPED")],
    ),
    answers(
        "ends the sessions of the fleet",
        chosen("their instances end; the model does not say that a session would hold it up"),
        given=[stack(), associated(), running(), connected()],
        then=[now_or_soon("STOPPING", "STOPPED")],
    ),
    refuses(
        "names a fleet that there is not",
        MISSING_FLEET,
        members={"Name": "nope"},
        code=NOT_FOUND,
        text="The fleet nope",
    ),
    members=NAMED,
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
    refuses(
        "names a fleet that there is not",
        MISSING_FLEET,
        members={"Name": "nope"},
        code=NOT_FOUND,
        text="The fleet nope",
    ),
    members=NAMED,
    given=[fleet()],
)
DESCRIBES = rules(
    "DescribeFleets",
    answers(
        "describes the fleets named",
        model(
            "Retrieves a list that describes one or more specified fleets,"
            " if the fleet names are provided."
        ),
        model("The names of the fleets to describe."),
        members={"Names": ["fleet"]},
        given=[fleet("c")],
        output={"Fleets": [{"Name": "fleet"}]},
    ),
    answers(
        "keeps the order of the names and describes each once",
        chosen("the model leaves it open; it is what a caller has asked"),
        members={"Names": ["fleet", "c", "fleet"]},
        given=[fleet("c")],
        output={"Fleets": [{"Name": "fleet"}, {"Name": "c"}]},
    ),
    answers(
        "describes all fleets of the account and region where none is named",
        model("Otherwise, all fleets in the account are described."),
        given=[fleet("c")],
        output={"Fleets": [{"Name": "c"}, {"Name": "fleet"}], "NextToken": ABSENT},
    ),
    refuses(
        "refuses the whole call for one name that there is not",
        MISSING_FLEET,
        members={"Names": ["fleet", "nope"]},
        code=NOT_FOUND,
        text="The fleet nope",
    ),
    answers(
        "counts the instances that run, are in use and are free",
        model("The total number of simultaneous streaming instances that are running."),
        model("The number of instances in use for streaming."),
        model("The number of currently available instances that can be used to stream sessions."),
        given=[*offered(**FLEET)[1:], connected()],
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
        output={
            "Fleets": [
                {"Arn": "arn:aws:appstream:{region}:{account}:fleet/fleet", "CreatedTime": PRESENT}
            ]
        },
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

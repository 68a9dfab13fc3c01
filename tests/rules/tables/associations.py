"""AssociateFleet, DisassociateFleet and the two lists of associations."""

from tests.rules.acts import PAIR, associated, by_user, connected, fleet, offered, stack
from tests.rules.codes import IN_USE, NOT_FOUND
from tests.rules.table import (
    ABSENT,
    Rule,
    answers,
    chosen,
    documented,
    look,
    model,
    refuses,
    rules,
)

DECLARED = documented("the model: both operations declare ResourceNotFoundException")
NONE = {"Names": [], "NextToken": ABSENT}
BOTH = (fleet(), stack())
MANY = (*BOTH, fleet("another"), stack("another"))


def missing(operation: str) -> tuple[Rule, ...]:
    """Rows that are the same where a pair is made and where it is parted."""
    return rules(
        operation,
        *(
            refuses(
                f"names a {kind} that there is not",
                DECLARED,
                members={member: "nope"},
                code=NOT_FOUND,
                text=f"The {kind} nope for account",
            )
            for kind, member in (("fleet", "FleetName"), ("stack", "StackName"))
        ),
        members=PAIR,
        given=BOTH,
    )


ASSOCIATES = rules(
    "AssociateFleet",
    answers(
        "is seen from both sides",
        model("Associates the specified fleet with the specified stack."),
        given=BOTH,
        then=[
            look("ListAssociatedFleets", {"Names": ["fleet"]}, StackName="stack"),
            look("ListAssociatedStacks", {"Names": ["stack"]}, FleetName="fleet"),
        ],
    ),
    answers(
        "changes nothing when it is repeated",
        chosen("it is as asked, and the model declares no error for it"),
        given=[*BOTH, associated()],
        then=[look("ListAssociatedFleets", {"Names": ["fleet"]}, StackName="stack")],
    ),
    members=PAIR,
)
DISASSOCIATES = rules(
    "DisassociateFleet",
    answers(
        "is seen from both sides",
        model("Disassociates the specified fleet from the specified stack."),
        given=[*BOTH, associated()],
        then=[
            look("ListAssociatedFleets", NONE, StackName="stack"),
            look("ListAssociatedStacks", NONE, FleetName="fleet"),
        ],
    ),
    refuses(
        "refuses a fleet that is not the stack's",
        chosen("nothing is there to part; the code is one that the model declares"),
        given=BOTH,
        code=NOT_FOUND,
        text="is not associated with the stack stack",
    ),
    refuses(
        "refuses a pair that users stream from",
        documented("the model: DisassociateFleet declares ResourceInUseException"),
        given=[*offered(), connected()],
        code=IN_USE,
        text="has 1 streaming sessions",
    ),
    answers(
        "parts a pair whose sessions have ended",
        documented("the model: DisassociateFleet declares ResourceInUseException"),
        given=[*offered(), connected(), by_user("ann", lambda user: user.end_session())],
        then=[look("ListAssociatedFleets", NONE, StackName="stack")],
    ),
    members=PAIR,
)
LISTS = (
    *rules(
        "ListAssociatedFleets",
        answers(
            "names the stack's fleets",
            model("Retrieves the name of the fleet that is associated with the specified stack."),
            chosen("in the order of their names; a stack may offer several"),
            given=[*MANY, associated(), associated("another")],
            output={"Names": ["another", "fleet"], "NextToken": ABSENT},
        ),
        answers(
            "names none for a stack that there is not",
            documented("the model declares no error for it"),
            members={"StackName": "nope"},
            output=NONE,
        ),
        members={"StackName": "stack"},
    ),
    *rules(
        "ListAssociatedStacks",
        answers(
            "names the fleet's stacks",
            model("Retrieves the name of the stack with which the specified fleet is associated."),
            chosen("in the order of their names; a fleet may be in several stacks"),
            given=[*MANY, associated(), associated(stack="another")],
            output={"Names": ["another", "stack"], "NextToken": ABSENT},
        ),
        answers(
            "names none for a fleet that there is not",
            documented("the model declares no error for it"),
            members={"FleetName": "nope"},
            output=NONE,
        ),
        members={"FleetName": "fleet"},
    ),
)
RULES = (
    *ASSOCIATES,
    *missing("AssociateFleet"),
    *DISASSOCIATES,
    *missing("DisassociateFleet"),
    *LISTS,
)

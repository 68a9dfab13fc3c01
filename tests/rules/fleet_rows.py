"""What rows about fleets share: many rules are the same at creation and at an update."""

from collections.abc import Mapping
from typing import Any

from tests.rules.acts import FLEET, associated, connected, fleet, running, stack
from tests.rules.table import Act, Is, Rule, answers, chosen, look, rules

COMBINATION = "InvalidParameterCombinationException"
VALUE = "InvalidParameterValueException"
NOT_FOUND = "ResourceNotFoundException"
NOT_PERMITTED = "OperationNotPermittedException"
LIMIT = "LimitExceededException"
NEW = {"Name": "fleet", **FLEET}
NAMED = {"Name": "fleet"}
UNKNOWN = chosen("AppStream's own answer is not known; this names what is wrong")
STREAMED: tuple[Act, ...] = (stack(), associated(), running(), connected())


def fleet_is(**members: Any) -> Mapping[str, Any]:
    """An answer that has at least these members of the fleet."""
    return {"Fleet": members}


def kept(says: str, *sources: Any, missing: str = "", **members: Any) -> Rule:
    """A row whose members the fleet has afterwards, as they were given."""
    return answers(
        says,
        *sources,
        members=members,
        output=fleet_is(**members),
        then=[look("DescribeFleets", {"Fleets": [members]}, Names=["fleet"])],
        missing=missing,
    )


def sessions(*states: str) -> Any:
    """Afterwards the pair's sessions are in these connection states."""
    return look(
        "DescribeSessions",
        {
            "Sessions": Is(
                f"{states}", lambda rows: tuple(row["ConnectionState"] for row in rows) == states
            )
        },
        FleetName="fleet",
        StackName="stack",
    )


def alike(*rows: Rule, given: tuple[Act, ...] = ()) -> tuple[Rule, ...]:
    """These rows for CreateFleet, and for UpdateFleet of a fleet that is STOPPED."""
    return (
        *rules("CreateFleet", *rows, members=NEW, given=given),
        *rules("UpdateFleet", *rows, members=NAMED, given=(*given, fleet())),
    )

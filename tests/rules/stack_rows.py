"""What rows about stacks share: most rules are the same at creation and at an update."""

from collections.abc import Mapping
from typing import Any

from tests.rules.acts import stack
from tests.rules.table import Is, Rule, answers, chosen, look, rules

COMBINATION = "InvalidParameterCombinationException"
VALUE = "InvalidParameterValueException"
NAMED = {"Name": "stack"}
GIVEN = {"CreateStack": (), "UpdateStack": (stack(),)}
UNKNOWN = chosen("AppStream's own answer is not known; this names what is wrong")


def stack_is(**members: Any) -> Mapping[str, Any]:
    """An answer that has at least these members of the stack."""
    return {"Stack": members}


def without_effect(member: str, code: str) -> Is:
    """Errors of a stack of which one says that this member does nothing."""
    return Is(
        f"an error about {member}",
        lambda errors: any(
            error["ErrorCode"] == code and error["ErrorMessage"].startswith(f"{member} is kept")
            for error in errors
        ),
    )


def kept(
    says: str, *sources: Any, missing: str = "", output: Mapping[str, Any] = {}, **members: Any
) -> Rule:
    """A row whose members the stack has afterwards, as they were given."""
    return answers(
        says,
        *sources,
        members=members,
        output=stack_is(**{**members, **output}),
        then=[look("DescribeStacks", {"Stacks": [{**members, **output}]}, Names=["stack"])],
        missing=missing,
    )


def alike(*rows: Rule) -> tuple[Rule, ...]:
    """These rows for CreateStack and for UpdateStack."""
    return tuple(
        row
        for operation, given in GIVEN.items()
        for row in rules(operation, *rows, members=NAMED, given=given)
    )

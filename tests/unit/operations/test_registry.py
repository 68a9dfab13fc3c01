"""An operation's function is held to the service model when it is imported."""

import re
from types import ModuleType
from typing import Any, cast

import pytest

from ownstream.operations.context import Context
from ownstream.operations.registry import AuthoringError, Operation, collect, operation

CTX = cast("Context", None)


def author(definition: str) -> Operation[..., Any]:
    """The operation of this definition, its function returning what it was given."""
    scope: dict[str, Any] = {}
    source = f"def {definition}: return {{k: v for k, v in locals().items() if k != 'ctx'}}"
    exec(source, scope)
    return operation(scope[re.split(r"\W", definition)[0]])


@pytest.mark.parametrize(
    ("definition", "told"),
    [
        ("describe_stackz(ctx, names=())", "no operation describe_stackz: describe_stacks"),
        ("describe_stacks(ctx, namez=())", r"no members \['namez'\]"),
        ("describe_stacks(ctx)", r"must take \['Names'\]"),
        ("describe_stacks(ctx, names)", r"\['Names'\] may be absent and need a default"),
    ],
)
def test_what_does_not_fit_the_model_fails_at_import(definition: str, told: str) -> None:
    with pytest.raises(AuthoringError, match=told):
        author(definition)


def test_members_are_passed_in_snake_case_and_absent_ones_left_to_defaults() -> None:
    associate = author(
        "describe_sessions(ctx, stack_name, fleet_name, user_id='u', "
        "authentication_type='API', instance_id=None)"
    )
    assert associate.answer(CTX, {"StackName": "s", "FleetName": "f"}) == {
        "stack_name": "s",
        "fleet_name": "f",
        "user_id": "u",
        "authentication_type": "API",
        "instance_id": None,
    }


def test_the_rest_is_passed_by_the_models_names() -> None:
    create = author("create_fleet(ctx, name, **members)")
    members = {"Name": "f", "ImageName": "i", "Tags": {"a": "b"}}
    assert create.answer(CTX, members) == {
        "name": "f",
        "members": {"ImageName": "i", "Tags": {"a": "b"}},
    }


def test_what_pages_a_list_is_the_frameworks() -> None:
    describe = author("describe_images(ctx, **members)")
    members = {"Names": ["a"], "NextToken": "t", "MaxResults": 3}
    assert describe.answer(CTX, members) == {"members": {"Names": ["a"]}}


def test_an_operation_is_called_as_its_function() -> None:
    assert author("delete_stack(ctx, name)")(CTX, name="s") == {"name": "s"}


def test_operations_are_found_by_the_models_names_and_once_each() -> None:
    one, other = ModuleType("one"), ModuleType("other")
    vars(one)["delete_stack"] = vars(other)["imported"] = author("delete_stack(ctx, name)")
    assert list(collect([one, other])) == ["DeleteStack"]
    vars(other)["delete_stack"] = author("delete_stack(ctx, name)")
    with pytest.raises(AuthoringError, match="DeleteStack is written twice"):
        collect([one, other])

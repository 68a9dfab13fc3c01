"""Every constraint of the service model, broken alone, is refused by name."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ownstream.model.catalog import appstream, python_name
from tests.support.samples import Breach, breaches, sample

OPERATIONS = list(appstream().operations)


@pytest.mark.parametrize("name", OPERATIONS)
def test_members_that_keep_every_constraint_are_taken(probing_client: Any, name: str) -> None:
    shape = appstream().operations[name].input_shape
    expected = sample(appstream().operations[name].output_shape, whole=True)
    for whole in (False, True):
        output = getattr(probing_client, python_name(name))(**sample(shape, whole=whole))
        output.pop("ResponseMetadata")
        assert output == expected


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_broken_constraint_is_refused(probing_client: Any, name: str) -> None:
    wrong: list[str] = []
    for breach in breaches(appstream().operations[name].input_shape):
        problem = _problem(getattr(probing_client, python_name(name)), breach)
        if problem:
            wrong.append(f"{breach}: {problem}")
    assert wrong == []


def _problem(method: Any, breach: Breach) -> str | None:
    try:
        method(**breach.members)
    except ClientError as error:
        told = error.response["Error"]
        path = breach.member[:1].lower() + breach.member[1:]
        as_it_should = (
            told["Code"] == "ValidationException"
            and told["Message"].startswith("1 validation error detected: Value ")
            and f"at '{path}" in told["Message"]
            and breach.constraint in told["Message"]
        )
        return None if as_it_should else f"refused with {told}"
    return "taken"

"""A fleet's document through changes."""

from copy import deepcopy
from typing import Any

import pytest

from ownstream.domain.fleet_changes import (
    OUTSIDE_INSTANCES,
    WHILE_RUNNING,
    changes,
    new_document,
    reaches_instances,
    updated,
)
from ownstream.model.catalog import appstream

CAPACITY = {"ComputeCapacity": {"DesiredInstances": 2}}


def test_a_document_has_members_of_the_models_fleet_alone() -> None:
    document = new_document({"ImageName": "a", "InstanceType": "b", **CAPACITY})
    assert set(document) <= set(appstream().shape("Fleet").members)


@pytest.mark.parametrize("names", [OUTSIDE_INSTANCES, WHILE_RUNNING])
def test_tables_name_members_of_the_models_fleet(names: set[str]) -> None:
    assert names <= set(appstream().shape("Fleet").members)


def test_capacity_is_kept_as_what_is_desired() -> None:
    assert new_document(CAPACITY)["ComputeCapacityStatus"] == {"Desired": 2}


def test_an_empty_capacity_changes_nothing() -> None:
    document = new_document(CAPACITY)
    assert updated(document, {"ComputeCapacity": {}}, ()) == document


def test_a_repeated_update_changes_nothing() -> None:
    members: dict[str, Any] = {"VpcConfig": {"SubnetIds": ["a"]}, "StreamView": "DESKTOP"}
    once = updated(new_document(CAPACITY), members, ["IAM_ROLE_ARN"])
    assert changes(once, updated(once, members, ["IAM_ROLE_ARN"])) == set()


def test_an_update_leaves_the_document_before_it_alone() -> None:
    before = new_document({**CAPACITY, "VpcConfig": {"SecurityGroupIds": ["sg"]}})
    copy = deepcopy(before)
    updated(before, {"VpcConfig": {"SubnetIds": ["a"]}}, ["VPC_CONFIGURATION_SECURITY_GROUP_IDS"])
    assert before == copy


def test_a_member_taken_away_is_a_change() -> None:
    assert changes({"A": 1, "B": 2}, {"B": 2, "C": 3}) == {"A", "C"}


def test_a_member_of_a_newer_model_is_taken_to_reach_into_instances() -> None:
    assert reaches_instances({"SomethingNew"})

"""Stacks: what the table of cases cannot say."""

import pytest

from ownstream.domain.stack_rules import AGENT_KEY, ATTRIBUTES, CONNECTORS
from ownstream.domain.user_settings import DEFAULT_PERMISSIONS
from ownstream.model.catalog import appstream
from ownstream.model.errors import ServiceError
from tests.unit.operations.world import OTHERS, World


def test_every_action_of_the_model_has_a_default() -> None:
    assert set(DEFAULT_PERMISSIONS) == set(appstream().shape("Action").enum)


def test_every_attribute_of_the_model_is_known() -> None:
    known = {*ATTRIBUTES, *CONNECTORS, AGENT_KEY, "THEME_NAME", "IAM_ROLE_ARN"}
    assert known == set(appstream().shape("StackAttribute").enum)


def test_a_refused_update_changes_nothing(world: World) -> None:
    before = world.stack()
    with pytest.raises(ServiceError, match="RedirectURL"):
        world.call("UpdateStack", {"Name": "stack", "RedirectURL": "https://"})
    assert world.call("DescribeStacks", {})["Stacks"] == [before]


def test_another_account_sees_no_association(world: World) -> None:
    world.fleet()
    world.stack()
    world.call("AssociateFleet", {"FleetName": "fleet", "StackName": "stack"})
    listed = world.call("ListAssociatedFleets", {"StackName": "stack"}, by=OTHERS)
    assert listed["Names"] == []

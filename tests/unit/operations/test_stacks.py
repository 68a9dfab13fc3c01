"""Stacks: what the table of cases cannot say."""

import pytest

from ownstream.domain.stack_rules import AGENT_KEY, ATTRIBUTES, CONNECTORS
from ownstream.domain.user_settings import DEFAULT_PERMISSIONS
from ownstream.model.catalog import appstream
from ownstream.model.errors import ServiceError
from ownstream.store import troubles
from tests.support.services import NOON, PRINCIPAL
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


def test_what_is_in_the_way_of_its_storage_is_an_error_of_the_stack(world: World) -> None:
    homes = [{"ConnectorType": "HOMEFOLDERS"}]
    world.stack(StorageConnectors=homes)
    world.stack("other", StorageConnectors=homes)
    with world.store.transaction() as tx:
        troubles.note(tx, PRINCIPAL.scope, "stack", "no bucket answers", NOON)

    def errors(name: str) -> list[dict[str, str]]:
        return world.call("DescribeStacks", {"Names": [name]})["Stacks"][0]["StackErrors"]

    (error,) = errors("stack")
    assert error["ErrorCode"] == "STORAGE_CONNECTOR_ERROR"
    assert "no bucket answers" in error["ErrorMessage"]
    assert errors("other") == []
    world.call("UpdateStack", {"Name": "stack", "AttributesToDelete": ["STORAGE_CONNECTORS"]})
    assert errors("stack") == []


def test_a_new_stack_of_the_same_name_has_none_of_the_old_ones_troubles(world: World) -> None:
    for _ in range(2):
        world.stack(ApplicationSettings={"Enabled": True})
        with world.store.transaction() as tx:
            assert troubles.why(tx, PRINCIPAL.scope, "stack") == ""
            troubles.note(tx, PRINCIPAL.scope, "stack", "no bucket answers", NOON)
        world.call("DeleteStack", {"Name": "stack"})

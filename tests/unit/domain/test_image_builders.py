"""The states of image builders, and the names of what they are made of."""

import pytest

from ownstream.domain import image_builders, layers, owners
from ownstream.domain.keys import builder_key, fleet_key, owner_key
from ownstream.domain.scope import Scope
from ownstream.model.catalog import appstream

SCOPE = Scope("000000000000", "us-east-1")


@pytest.mark.parametrize(
    ("goal", "met", "failed", "state"),
    [
        ("RUNNING", False, False, "PENDING"),
        ("RUNNING", True, False, "RUNNING"),
        ("RUNNING", False, True, "FAILED"),
        ("STOPPED", False, False, "STOPPING"),
        ("STOPPED", True, False, "STOPPED"),
        ("SNAPSHOT", False, False, "SNAPSHOTTING"),
        ("DELETED", False, True, "DELETING"),
    ],
)
def test_a_state_is_derived(goal: str, met: bool, failed: bool, state: str) -> None:
    assert image_builders.state(goal, met, failed=failed) == state
    assert state in appstream().shape("ImageBuilderState").enum


def test_an_owner_is_a_fleet_or_an_image_builder() -> None:
    owner = owners.image_builder("b")
    assert (owners.kind(owner), owners.name_of(owner)) == (owners.IMAGE_BUILDER, "b")
    assert (owners.kind("b"), owners.name_of("b")) == (owners.FLEET, "b")
    assert owner_key(SCOPE, owner) == builder_key(SCOPE, "b")
    assert owner_key(SCOPE, "b") == fleet_key(SCOPE, "b")


def test_names_of_layers_and_volumes_are_names() -> None:
    made = [layers.new_layer_id(), layers.new_volume_id(), layers.base_layer_id("a" * 64)]
    assert all(map(layers.is_id, made))
    assert [layers.is_base(name) for name in made] == [False, False, True]


@pytest.mark.parametrize(
    "name", ["", "l-", "..", "l-0123456789abcdef/", "l-0123456789abcdef\n", "/l-0123456789abcdef"]
)
def test_a_path_is_no_name(name: str) -> None:
    assert not layers.is_id(name)

"""UpdateStack: what it changes, what it leaves, what it takes away."""

from typing import Any

import pytest

from ownstream.domain.stack_rules import AGENT_KEY, ATTRIBUTES, CONNECTORS
from ownstream.model.catalog import appstream
from tests.unit.operations.world import Refused, World, cases, expect

COMBINATION = "InvalidParameterCombinationException"
KMS_KEY = "arn:aws:kms:us-east-1:123456789012:key/abc"
AGENT = {
    "Settings": [{"AgentAction": "COMPUTER_VISION", "Permission": "ENABLED"}],
    "ScreenResolution": "W_1280xH_720",
    "ScreenImageFormat": "PNG",
}
RECORDED = {
    **AGENT,
    "ReplaySessionEnabled": True,
    "S3BucketArn": "arn:aws:s3:::bucket",
    "KmsKeyArn": KMS_KEY,
}


def update(world: World, **members: Any) -> dict[str, Any]:
    return world.call("UpdateStack", {"Name": "stack", **members})["Stack"]


def permissions(stack: dict[str, Any]) -> dict[str, str]:
    return {setting["Action"]: setting["Permission"] for setting in stack["UserSettings"]}


def test_an_update_leaves_what_it_does_not_name(world: World) -> None:
    before = world.stack(
        Description="old",
        UserSettings=[_setting("FILE_UPLOAD", "DISABLED")],
        EmbedHostDomains=["example.com"],
    )
    after = update(world, DisplayName="new", UserSettings=[_setting("FILE_DOWNLOAD", "DISABLED")])
    assert permissions(after)["FILE_UPLOAD"] == permissions(after)["FILE_DOWNLOAD"] == "DISABLED"
    unchanged = set(before) - {"UserSettings"}
    assert {member: after[member] for member in unchanged} == {m: before[m] for m in unchanged}


def test_an_empty_text_takes_the_member_away(world: World) -> None:
    world.stack(RedirectURL="https://example.com/bye")
    assert "RedirectURL" not in update(world, RedirectURL="")


CONNECTED = [
    {"ConnectorType": "HOMEFOLDERS"},
    {"ConnectorType": "GOOGLE_DRIVE", "Domains": ["example.com"]},
    {"ConnectorType": "ONE_DRIVE", "Domains": ["example.com"]},
]
FULL: dict[str, Any] = {
    "StorageConnectors": CONNECTED,
    "RedirectURL": "https://example.com/bye",
    "FeedbackURL": "http://example.com/say",
    "UserSettings": [{"Action": "FILE_UPLOAD", "Permission": "DISABLED"}],
    "EmbedHostDomains": ["example.com"],
    "AccessEndpoints": [{"EndpointType": "STREAMING", "VpceId": "vpce-1"}],
    "StreamingExperienceSettings": {"PreferredProtocol": "TCP"},
    "ContentRedirection": {"HostToClient": {"Enabled": True}},
    "AgentAccessConfig": RECORDED,
    "StorageConnectorAuthentication": "FORCE_REAUTHENTICATION",
}


@pytest.mark.parametrize("attribute", sorted(ATTRIBUTES))
def test_a_deleted_attribute_is_what_it_was_in_a_new_stack(world: World, attribute: str) -> None:
    member = ATTRIBUTES[attribute]
    fresh = world.stack("fresh")
    world.stack(**FULL)
    assert update(world, AttributesToDelete=[attribute]).get(member) == fresh.get(member)


@pytest.mark.parametrize("attribute", sorted(CONNECTORS))
def test_one_storage_connector_is_deleted(world: World, attribute: str) -> None:
    world.stack(**FULL)
    left = update(world, AttributesToDelete=[attribute])["StorageConnectors"]
    assert left == [c for c in CONNECTED if c["ConnectorType"] != CONNECTORS[attribute]]


@pytest.mark.parametrize("attribute", ["THEME_NAME", "IAM_ROLE_ARN"])
def test_an_attribute_that_stacks_no_longer_show_is_deleted_without_effect(
    world: World, attribute: str
) -> None:
    before = world.stack(**FULL)
    assert update(world, AttributesToDelete=[attribute]) == before


def test_every_attribute_of_the_model_is_known() -> None:
    known = {*ATTRIBUTES, *CONNECTORS, AGENT_KEY, "THEME_NAME", "IAM_ROLE_ARN"}
    assert known == set(appstream().shape("StackAttribute").enum)


def test_all_storage_connectors_are_deleted(world: World) -> None:
    world.stack(**FULL)
    assert update(world, DeleteStorageConnectors=True)["StorageConnectors"] == []


def test_agent_settings_are_merged_by_action(world: World) -> None:
    world.stack(AgentAccessConfig=AGENT)
    added = {"AgentAction": "COMPUTER_INPUT", "Permission": "ENABLED"}
    config = update(world, AgentAccessConfig={"Settings": [added]})["AgentAccessConfig"]
    assert config == {**AGENT, "Settings": [*AGENT["Settings"], added]}


def test_an_agent_config_cannot_be_made_in_part(world: World) -> None:
    world.stack()
    case = Refused("in part", "model", {}, COMBINATION, "ScreenResolution, ScreenImageFormat")
    part = {"Settings": AGENT["Settings"]}
    expect(case, world, "UpdateStack", {"Name": "stack", "AgentAccessConfig": part})


@pytest.mark.parametrize(
    "members",
    [
        {"AgentAccessConfig": {"ReplaySessionEnabled": False}},
        {"AttributesToDelete": [AGENT_KEY]},
    ],
    ids=["with the replay", "by name"],
)
def test_the_agents_key_goes(world: World, members: dict[str, Any]) -> None:
    world.stack(AgentAccessConfig=RECORDED)
    config = update(world, **members)["AgentAccessConfig"]
    assert "KmsKeyArn" not in config
    assert config["S3BucketArn"] == RECORDED["S3BucketArn"]


@cases(
    (
        "set and deleted at once",
        "ours",
        {"RedirectURL": "https://example.com/", "AttributesToDelete": ["REDIRECT_URL"]},
        COMBINATION,
        "RedirectURL cannot be set together with REDIRECT_URL",
    ),
    (
        "connectors set and deleted at once",
        "ours",
        {"StorageConnectors": [{"ConnectorType": "HOMEFOLDERS"}], "DeleteStorageConnectors": True},
        COMBINATION,
        "DeleteStorageConnectors",
    ),
    ("unknown", "model", {"Name": "nope"}, "ResourceNotFoundException", "The stack nope"),
)
def test_an_update_refused(case: Refused, world: World) -> None:
    world.stack()
    expect(case, world, "UpdateStack", {"Name": "stack", **case.members})


def _setting(action: str, permission: str = "ENABLED") -> dict[str, Any]:
    return {"Action": action, "Permission": permission}

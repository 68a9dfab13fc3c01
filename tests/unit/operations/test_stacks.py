"""Stacks: defaults, rules of members, updates and deletion."""

from typing import Any

import pytest

from ownstream.domain.user_settings import DEFAULT_PERMISSIONS
from ownstream.model.catalog import appstream
from tests.support.services import NOON
from tests.unit.operations.world import MY_ACCOUNT, Refused, World, cases, expect

COMBINATION = "InvalidParameterCombinationException"
VALUE = "InvalidParameterValueException"
COPY_IN, COPY_OUT = "CLIPBOARD_COPY_FROM_LOCAL_DEVICE", "CLIPBOARD_COPY_TO_LOCAL_DEVICE"
MOST = 20_971_520
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


def permissions(stack: dict[str, Any]) -> dict[str, str]:
    return {setting["Action"]: setting["Permission"] for setting in stack["UserSettings"]}


def test_a_new_stack_has_the_services_defaults(world: World) -> None:
    """Source: AWS's PowerShell examples, Terraform's acceptance tests, the model."""
    assert world.stack("s") == {
        "Arn": f"arn:aws:appstream:us-east-1:{MY_ACCOUNT}:stack/s",
        "Name": "s",
        "CreatedTime": NOON,
        "StorageConnectors": [],
        "StackErrors": [],
        "AccessEndpoints": [],
        "EmbedHostDomains": [],
        "ApplicationSettings": {"Enabled": False},
        "StreamingExperienceSettings": {"PreferredProtocol": "TCP"},
        "StorageConnectorAuthentication": "REUSE_CREDENTIALS",
        "UserSettings": [
            {"Action": COPY_IN, "Permission": "ENABLED", "MaximumLength": MOST},
            {"Action": COPY_OUT, "Permission": "ENABLED", "MaximumLength": MOST},
            {"Action": "FILE_UPLOAD", "Permission": "ENABLED"},
            {"Action": "FILE_DOWNLOAD", "Permission": "ENABLED"},
            {"Action": "PRINTING_TO_LOCAL_DEVICE", "Permission": "ENABLED"},
            {"Action": "DOMAIN_PASSWORD_SIGNIN", "Permission": "ENABLED"},
            {"Action": "DOMAIN_SMART_CARD_SIGNIN", "Permission": "DISABLED"},
            {"Action": "AUTO_TIME_ZONE_REDIRECTION", "Permission": "DISABLED"},
            {"Action": "SMART_CARD_REDIRECTION", "Permission": "DISABLED"},
        ],
    }


def test_every_action_of_the_model_has_a_default() -> None:
    assert set(DEFAULT_PERMISSIONS) == set(appstream().shape("Action").enum)


def test_a_stack_is_described_as_it_was_answered(world: World) -> None:
    stack = world.stack(Description="what for", UserSettings=[_setting(COPY_IN, "DISABLED")])
    assert world.call("DescribeStacks", {"Names": ["stack"]})["Stacks"] == [stack]


def test_settings_that_are_not_named_have_their_defaults(world: World) -> None:
    stack = world.stack(UserSettings=[_setting("FILE_UPLOAD", "DISABLED")])
    assert permissions(stack) == {**DEFAULT_PERMISSIONS, "FILE_UPLOAD": "DISABLED"}


def test_a_disabled_clipboard_has_no_length(world: World) -> None:
    stack = world.stack(UserSettings=[_setting(COPY_IN, "DISABLED")])
    assert stack["UserSettings"][0] == _setting(COPY_IN, "DISABLED")


def test_a_clipboard_has_the_length_that_it_was_given(world: World) -> None:
    stack = world.stack(UserSettings=[{**_setting(COPY_IN), "MaximumLength": 10}])
    assert stack["UserSettings"][0]["MaximumLength"] == 10


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({"Enabled": True}, {"Enabled": True, "SettingsGroup": "stack"}),
        (
            {"Enabled": True, "SettingsGroup": "group"},
            {"Enabled": True, "SettingsGroup": "group"},
        ),
        ({"Enabled": False, "SettingsGroup": "group"}, {"Enabled": False}),
    ],
    ids=["named for the stack", "named by the caller", "none while disabled"],
)
def test_the_settings_group(world: World, settings: dict[str, Any], kept: dict[str, Any]) -> None:
    """Source: developer guide; Terraform reads an empty group after disabling."""
    assert world.stack(ApplicationSettings=settings)["ApplicationSettings"] == kept


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"StorageConnectors": [{"ConnectorType": "HOMEFOLDERS"}]}, "STORAGE_CONNECTOR_ERROR"),
        ({"ApplicationSettings": {"Enabled": True}}, "INTERNAL_SERVICE_ERROR"),
        ({"AccessEndpoints": [{"EndpointType": "STREAMING"}]}, "INTERNAL_SERVICE_ERROR"),
        ({"ContentRedirection": {"HostToClient": {"Enabled": True}}}, "INTERNAL_SERVICE_ERROR"),
        ({"AgentAccessConfig": AGENT}, "INTERNAL_SERVICE_ERROR"),
    ],
)
def test_what_is_kept_and_not_done_shows_as_an_error_of_the_stack(
    world: World, members: dict[str, Any], code: str
) -> None:
    [member] = members
    stack = world.stack(**members)
    [error] = stack["StackErrors"]
    assert error["ErrorCode"] == code
    assert error["ErrorMessage"].startswith(f"{member} is kept, but ")
    assert stack[member]


def test_a_stack_belongs_to_one_name(world: World) -> None:
    world.stack("s")
    case = Refused("taken", "model", {}, "ResourceAlreadyExistsException", "The stack s ")
    expect(case, world, "CreateStack", {"Name": "s"})


def test_the_number_of_stacks_is_limited(world: World) -> None:
    world.limit(stacks=1)
    world.stack("s")
    case = Refused("too many", "developer guide", {}, "LimitExceededException", "may have 1")
    expect(case, world, "CreateStack", {"Name": "t"})


BAD_MEMBERS = cases(
    (
        "an action twice",
        "ours",
        {"UserSettings": [{"Action": "FILE_UPLOAD", "Permission": "ENABLED"}] * 2},
        COMBINATION,
        "FILE_UPLOAD twice",
    ),
    (
        "a length of something else than the clipboard",
        "model",
        {"UserSettings": [{"Action": "FILE_UPLOAD", "Permission": "ENABLED", "MaximumLength": 1}]},
        COMBINATION,
        "not for FILE_UPLOAD",
    ),
    (
        "a length of a disabled clipboard",
        "model",
        {"UserSettings": [{"Action": COPY_IN, "Permission": "DISABLED", "MaximumLength": 1}]},
        COMBINATION,
        "DISABLED",
    ),
    (
        "a length of nothing",
        "model",
        {"UserSettings": [{"Action": COPY_IN, "Permission": "ENABLED", "MaximumLength": 0}]},
        VALUE,
        "20971520",
    ),
    (
        "a length beyond the most",
        "model",
        {
            "UserSettings": [
                {"Action": COPY_OUT, "Permission": "ENABLED", "MaximumLength": MOST + 1}
            ]
        },
        VALUE,
        "20971520",
    ),
    (
        "a connector twice",
        "ours",
        {"StorageConnectors": [{"ConnectorType": "HOMEFOLDERS"}] * 2},
        COMBINATION,
        "HOMEFOLDERS twice",
    ),
    (
        "a Google Drive of no domain",
        "developer guide",
        {"StorageConnectors": [{"ConnectorType": "GOOGLE_DRIVE"}]},
        COMBINATION,
        "needs Domains",
    ),
    (
        "admin consent for something else than OneDrive",
        "model",
        {
            "StorageConnectors": [
                {"ConnectorType": "HOMEFOLDERS", "DomainsRequireAdminConsent": ["example.com"]}
            ]
        },
        COMBINATION,
        "ONE_DRIVE",
    ),
    ("a script for a page", "ours", {"RedirectURL": "javascript:alert(1)"}, VALUE, "RedirectURL"),
    ("a page of no host", "ours", {"FeedbackURL": "https://"}, VALUE, "FeedbackURL"),
    ("a page with a space", "ours", {"FeedbackURL": "https://a b/"}, VALUE, "FeedbackURL"),
    ("a page of a broken host", "ours", {"RedirectURL": "https://[a/"}, VALUE, "RedirectURL"),
    (
        "UDP through an endpoint",
        "Terraform's documentation",
        {
            "AccessEndpoints": [{"EndpointType": "STREAMING"}],
            "StreamingExperienceSettings": {"PreferredProtocol": "UDP"},
        },
        COMBINATION,
        "UDP",
    ),
    (
        "agents that may do nothing",
        "model",
        {
            "AgentAccessConfig": {
                **AGENT,
                "Settings": [{"AgentAction": "COMPUTER_VISION", "Permission": "DISABLED"}],
            }
        },
        COMBINATION,
        "At least one",
    ),
    (
        "agents that type and do not see",
        "model",
        {
            "AgentAccessConfig": {
                **AGENT,
                "Settings": [{"AgentAction": "COMPUTER_INPUT", "Permission": "ENABLED"}],
            }
        },
        COMBINATION,
        "COMPUTER_VISION",
    ),
    (
        "screenshots to nowhere",
        "model",
        {"AgentAccessConfig": {**AGENT, "ScreenshotsUploadEnabled": True}},
        COMBINATION,
        "S3BucketArn",
    ),
    (
        "a recording by agents that do not see",
        "model",
        {
            "AgentAccessConfig": {
                **RECORDED,
                "Settings": [{"AgentAction": "FORWARD_MCP_TOOLS", "Permission": "ENABLED"}],
            }
        },
        COMBINATION,
        "ReplaySessionEnabled needs COMPUTER_VISION",
    ),
    (
        "a key for nothing",
        "model",
        {"AgentAccessConfig": {**AGENT, "KmsKeyArn": KMS_KEY}},
        COMBINATION,
        "ReplaySessionEnabled",
    ),
    (
        "a key of another region",
        "model",
        {"AgentAccessConfig": {**RECORDED, "KmsKeyArn": KMS_KEY.replace("us-east", "eu-west")}},
        COMBINATION,
        "us-east-1",
    ),
)


@BAD_MEMBERS
def test_refused_at_creation(case: Refused, world: World) -> None:
    expect(case, world, "CreateStack", {"Name": "stack", **case.members})
    assert world.call("DescribeStacks", {})["Stacks"] == []


@BAD_MEMBERS
def test_refused_at_update(case: Refused, world: World) -> None:
    before = world.stack()
    expect(case, world, "UpdateStack", {"Name": "stack", **case.members})
    assert world.call("DescribeStacks", {})["Stacks"] == [before]


def test_a_deleted_stack_is_gone(world: World) -> None:
    world.stack()
    assert world.call("DeleteStack", {"Name": "stack"}) == {}
    case = Refused("gone", "Terraform", {}, "ResourceNotFoundException", "The stack stack")
    expect(case, world, "DescribeStacks", {"Names": ["stack"]})


def test_a_stack_with_a_fleet_is_not_deleted(world: World) -> None:
    """Source of the text: Terraform #22625."""
    world.fleet()
    world.stack()
    world.call("AssociateFleet", {"FleetName": "fleet", "StackName": "stack"})
    text = (
        "Cannot delete stack stack. This stack has fleets associated with it."
        " Only stacks with no fleets associated with it can be deleted."
    )
    case = Refused("associated", "Terraform", {}, "ResourceInUseException", text)
    expect(case, world, "DeleteStack", {"Name": "stack"})


def _setting(action: str, permission: str = "ENABLED") -> dict[str, Any]:
    return {"Action": action, "Permission": permission}

"""Constraints of the model, and the words in which a breach is told."""

from datetime import datetime
from typing import Any

import pytest

from ownstream.model.catalog import appstream
from ownstream.model.errors import ValidationException
from ownstream.model.validate import output_breaches, validate_input

FLEET = {"Name": "fleet", "InstanceType": "stream.standard.small"}


def refusal(operation: str, members: dict[str, Any]) -> str:
    with pytest.raises(ValidationException) as told:
        validate_input(members, appstream().operations[operation].input_shape)
    return told.value.message


def test_a_breach_is_told_in_the_words_of_aws() -> None:
    assert refusal("CreateFleet", {**FLEET, "Name": "no spaces"}) == (
        "1 validation error detected: Value 'no spaces' at 'name' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$"
    )


def test_all_breaches_are_told_at_once() -> None:
    message = refusal("CreateFleet", {"FleetType": "FAST"})
    assert message.startswith("3 validation errors detected: Value null at 'name' failed")
    assert "enum value set: [ALWAYS_ON, ON_DEMAND, ELASTIC]" in message


def test_a_place_in_a_list_or_map_is_told_as_aws_tells_it() -> None:
    members = {**FLEET, "VpcConfig": {"SubnetIds": ["subnet-1", ""]}, "Tags": {"Team": "a\tb"}}
    message = refusal("CreateFleet", members)
    assert "at 'vpcConfig.subnetIds.2.member'" in message
    assert "at 'tags.Team.member'" in message


def test_a_pattern_binds_the_whole_text_though_it_has_no_anchors() -> None:
    message = refusal(
        "CreateStreamingURL", {"StackName": "s", "FleetName": "f", "UserId": "two words"}
    )
    assert "at 'userId'" in message


def test_a_line_end_does_not_slip_past_an_anchor() -> None:
    assert "at 'name'" in refusal("CreateFleet", {**FLEET, "Name": "fleet\n"})


def test_a_character_class_is_ascii_but_a_unicode_property_is_not() -> None:
    refusal("CreateStreamingURL", {"StackName": "s", "FleetName": "f", "UserId": "zoë"})
    tagged = {**FLEET, "Tags": {"größe": "大 3"}}
    validate_input(tagged, appstream().operations["CreateFleet"].input_shape)


def test_a_sensitive_value_is_not_repeated() -> None:
    secret = {"AccountName": "admin", "AccountPassword": "x" * 200}
    message = refusal(
        "CreateDirectoryConfig",
        {
            "DirectoryName": "d",
            "OrganizationalUnitDistinguishedNames": [],
            "ServiceAccountCredentials": secret,
        },
    )
    assert "Value at 'serviceAccountCredentials.accountPassword'" in message
    assert "xxx" not in message


def test_a_long_value_is_repeated_in_part() -> None:
    assert len(refusal("CreateFleet", {**FLEET, "Name": "x" * 100_000})) < 1000


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("Name", 5),
        ("ComputeCapacity", 5),
        ("EnableDefaultInternetAccess", "true"),
        ("MaxUserDurationInSeconds", True),
        ("MaxUserDurationInSeconds", 2**31),
        ("Colour", "red"),
    ],
)
def test_a_value_of_another_kind_is_refused(member: str, value: Any) -> None:
    assert "at '" in refusal("CreateFleet", {**FLEET, member: value})


def test_text_that_a_store_cannot_hold_is_refused() -> None:
    assert "NUL" in refusal("CreateFleet", {**FLEET, "DisplayName": "a\0"})
    assert "surrogates" in refusal("CreateFleet", {**FLEET, "DisplayName": "a\ud800"})


def test_an_output_may_hold_what_an_input_may_not() -> None:
    shape = appstream().operations["CreateStack"].output_shape
    assert output_breaches({"Stack": {"Name": "s", "EmbedHostDomains": []}}, shape) == []


@pytest.mark.parametrize(
    "stack",
    [{}, {"Name": "s", "Colour": "red"}, {"Name": 3}, {"Name": "s", "CreatedTime": datetime.min}],
    ids=["lacks a member", "has another", "of another kind", "an instant without a zone"],
)
def test_an_output_that_does_not_fit_is_told(stack: dict[str, Any]) -> None:
    shape = appstream().operations["CreateStack"].output_shape
    assert len(output_breaches({"Stack": stack}, shape)) == 1

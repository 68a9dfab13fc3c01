"""Directory configurations: above all, that passwords go in and never out."""

import json
from pathlib import Path
from typing import Any

import pytest
import structlog

from ownstream.store import DirectoryConfigRow, open_store, resources, sqlite_url
from tests.support.services import NOON, PRINCIPAL
from tests.unit.operations.world import Refused, World, cases, expect

PASSWORD = "correct-horse-battery-staple"
CREDENTIALS = {"AccountName": "CORP\\joiner", "AccountPassword": PASSWORD}
CONFIG = {"DirectoryName": "corp.example.com", "OrganizationalUnitDistinguishedNames": ["OU=a"]}
AUTHORITY = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/a"


def create(world: World, **members: Any) -> dict[str, Any]:
    return world.call("CreateDirectoryConfig", {**CONFIG, **members})["DirectoryConfig"]


def update(world: World, **members: Any) -> dict[str, Any]:
    asked = {"DirectoryName": CONFIG["DirectoryName"], **members}
    return world.call("UpdateDirectoryConfig", asked)["DirectoryConfig"]


def described(world: World) -> list[dict[str, Any]]:
    return world.call("DescribeDirectoryConfigs", {})["DirectoryConfigs"]


def sealed(world: World) -> Any:
    """What the service itself can open of the credentials."""
    with world.store.snapshot() as tx:
        row = resources.find(tx, DirectoryConfigRow, PRINCIPAL.scope, str(CONFIG["DirectoryName"]))
    assert row is not None
    assert row.sealed_credentials is not None
    return json.loads(world.services.unseal(row.sealed_credentials))


def test_a_configuration_is_described_as_it_was_answered(world: World) -> None:
    config = create(world)
    assert config == {**CONFIG, "CreatedTime": NOON}
    assert described(world) == [config]


def test_the_account_is_shown_and_its_password_is_not(world: World) -> None:
    """Source: the model's documentation; Terraform reads the account's name back."""
    config = create(world, ServiceAccountCredentials=CREDENTIALS)
    assert config["ServiceAccountCredentials"] == {"AccountName": "CORP\\joiner"}
    assert described(world) == [config]


def test_the_service_itself_can_open_the_credentials(world: World) -> None:
    create(world, ServiceAccountCredentials=CREDENTIALS)
    assert sealed(world) == CREDENTIALS


def test_credentials_change_as_a_whole(world: World) -> None:
    create(world, ServiceAccountCredentials=CREDENTIALS)
    new = {"AccountName": "other", "AccountPassword": "new"}
    config = update(world, ServiceAccountCredentials=new)
    assert (config["ServiceAccountCredentials"], sealed(world)) == ({"AccountName": "other"}, new)


def test_an_update_leaves_what_it_does_not_name(world: World) -> None:
    create(world, ServiceAccountCredentials=CREDENTIALS)
    config = update(world, OrganizationalUnitDistinguishedNames=["OU=b"])
    assert config["OrganizationalUnitDistinguishedNames"] == ["OU=b"]
    assert (config["ServiceAccountCredentials"], sealed(world)) == (
        {"AccountName": "CORP\\joiner"},
        CREDENTIALS,
    )


def test_no_file_log_or_answer_has_the_password(tmp_path: Path) -> None:
    store = open_store(sqlite_url(tmp_path / "store.db"))
    world = World(store)
    with structlog.testing.capture_logs() as logs:
        answers = [
            create(world, ServiceAccountCredentials=CREDENTIALS),
            update(world, ServiceAccountCredentials=CREDENTIALS),
            *described(world),
        ]
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    store.close()
    assert any(b"corp.example.com" in content for content in files)
    assert not any(PASSWORD.encode() in content for content in files)
    assert PASSWORD not in repr((answers, logs))


def test_certificates_are_kept(world: World) -> None:
    properties = {"Status": "ENABLED", "CertificateAuthorityArn": AUTHORITY}
    assert (
        create(world, CertificateBasedAuthProperties=properties)["CertificateBasedAuthProperties"]
        == properties
    )
    assert update(world, CertificateBasedAuthProperties={"Status": "DISABLED"})[
        "CertificateBasedAuthProperties"
    ] == {"Status": "DISABLED", "CertificateAuthorityArn": AUTHORITY}


@cases(
    (
        "certificates of no authority",
        "ours",
        {"CertificateBasedAuthProperties": {"Status": "ENABLED"}},
        "InvalidParameterValueException",
        "CertificateAuthorityArn",
    )
)
def test_refused(case: Refused, world: World) -> None:
    expect(case, world, "CreateDirectoryConfig", {**CONFIG, **case.members})
    assert described(world) == []


@cases(("taken", "model", {}, "ResourceAlreadyExistsException", "corp.example.com"))
def test_a_name_is_taken_once(case: Refused, world: World) -> None:
    create(world)
    expect(case, world, "CreateDirectoryConfig", CONFIG)


@pytest.mark.parametrize("operation", ["UpdateDirectoryConfig", "DeleteDirectoryConfig"])
def test_an_unknown_configuration_is_named(world: World, operation: str) -> None:
    case = Refused("unknown", "model", {}, "ResourceNotFoundException", "configuration nope")
    expect(case, world, operation, {"DirectoryName": "nope"})


def test_an_unknown_name_among_others_is_an_error(world: World) -> None:
    create(world)
    case = Refused("unknown", "model", {}, "ResourceNotFoundException", "configuration nope")
    names = {"DirectoryNames": [CONFIG["DirectoryName"], "nope"]}
    expect(case, world, "DescribeDirectoryConfigs", names)


def test_a_configuration_that_a_fleet_names_is_not_deleted(world: World) -> None:
    create(world)
    world.fleet(DomainJoinInfo={"DirectoryName": CONFIG["DirectoryName"]})
    case = Refused("in use", "model", {}, "ResourceInUseException", "The fleet fleet")
    expect(case, world, "DeleteDirectoryConfig", {"DirectoryName": CONFIG["DirectoryName"]})
    world.call("UpdateFleet", {"Name": "fleet", "AttributesToDelete": ["DOMAIN_JOIN_INFO"]})
    world.call("DeleteDirectoryConfig", {"DirectoryName": CONFIG["DirectoryName"]})
    assert described(world) == []

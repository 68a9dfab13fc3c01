"""Directory configurations: above all, that passwords go in and never out."""

import json
from pathlib import Path
from typing import Any

import pytest

from ownstream.store import DirectoryConfigRow, open_store, resources, sqlite_url
from tests.support.services import PRINCIPAL
from tests.unit.operations.world import World

PASSWORD = "correct-horse-battery-staple"
CREDENTIALS = {"AccountName": "CORP\\joiner", "AccountPassword": PASSWORD}
CONFIG = {"DirectoryName": "corp.example.com", "OrganizationalUnitDistinguishedNames": ["OU=a"]}


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


def test_no_file_log_or_answer_has_the_password(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(sqlite_url(tmp_path / "store.db"))
    world = World(store)
    with caplog.at_level("DEBUG"):
        answers = [
            create(world, ServiceAccountCredentials=CREDENTIALS),
            update(world, ServiceAccountCredentials=CREDENTIALS),
            *described(world),
        ]
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    store.close()
    assert any(b"corp.example.com" in content for content in files)
    assert not any(PASSWORD.encode() in content for content in files)
    assert PASSWORD not in repr((answers, caplog.records, caplog.text))

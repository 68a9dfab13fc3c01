"""Images without a window: made from a file, taken elsewhere, shared, taken back, updated."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from playwright.sync_api import Page

from ownstream.keyring import open_keyring
from ownstream.store import CredentialRow, open_store, sqlite_url
from tests.support import fleets
from tests.support.browser import await_colour, open_session
from tests.support.image_files import GREETING, written_example
from tests.support.service import Served, served

GREEN = (0, 255, 0)
TYPE = "stream.standard.small"
RED = (255, 0, 0)
NEW_PACKAGE = """
Package: own-newcomer
Status: install ok installed
Architecture: all
Maintainer: Tests <tests@example.com>
Version: 1.0
Description: a package of a test
"""
GREEN_IF_NEW = """#!/bin/sh
colour=ff0000
dpkg-query -s own-newcomer && colour=00ff00
exec xterm -e sh -c "printf '\\033]11;#$colour\\007'; exec sleep 1000"
"""
WITHIN_S = 120
ROLE = "arn:aws:iam::000000000000:role/unused"
OTHERS = "210987654321"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="layers need a service that root runs")


@pytest.fixture(scope="module")
def buckets(folder: Path) -> Path:
    """The S3 locations of all services here."""
    return folder / "buckets"


@pytest.fixture(scope="module")
def foundry(folder: Path, buckets: Path) -> Iterator[Served]:
    """A service that has the image of the page's example."""
    prefix = ("env", f"OWNSTREAM_S3_LOCATIONS={buckets}")
    with served(folder / "foundry", folder / "foundry-i", prefix=prefix) as service:
        made = build(service, written_example(folder / "example"))
        assert made.returncode == 0, made.stderr
        yield service


@pytest.fixture
def mill(folder: Path, buckets: Path) -> Iterator[Served]:
    """Another service, which shares nothing with the first but the buckets."""
    prefix = ("env", f"OWNSTREAM_S3_LOCATIONS={buckets}")
    with served(folder / "mill", folder / "mill-i", prefix=prefix) as service:
        yield service


def build(service: Served, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`ownstream image build` has ended."""
    command = [sys.executable, "-m", "ownstream", "image", "build", str(file), *options]
    return subprocess.run(
        [*command, "--data-dir", str(service.data_dir)],
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )


def eventually(look: Callable[[], Any]) -> Any:
    """What the look shows once it shows anything."""
    deadline = time.monotonic() + WITHIN_S
    while not (seen := look()):
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.1)
    return seen


def started(client: Any, name: str, **image: str) -> None:
    """A fleet on the image runs, and a stack offers it."""
    client.create_fleet(
        Name=name, InstanceType=TYPE, ComputeCapacity={"DesiredInstances": 1}, **image
    )
    client.create_stack(Name=name)
    client.associate_fleet(FleetName=name, StackName=name)
    client.start_fleet(Name=name)
    client.get_waiter("fleet_started").wait(Names=[name], WaiterConfig=fleets.QUICK)


def ended(client: Any, name: str) -> None:
    """Neither fleet nor stack is there."""
    fleets.stop(client, name)
    client.disassociate_fleet(FleetName=name, StackName=name)
    client.delete_fleet(Name=name)
    client.delete_stack(Name=name)


def greeted(service: Served) -> list[str]:
    """What the default profile has put into the homes of instances."""
    return [file.read_text() for file in service.instances_dir.glob(f"i-*/home/{GREETING}")]


def painted(page: Page, client: Any, name: str) -> None:
    """A user sees what the image's application paints."""
    open_session(page, fleets.streaming_url(client, name, ApplicationId="paint"))
    await_colour(page, GREEN)


def test_an_image_made_from_a_file_streams_on_a_fleet(foundry: Served, page: Page) -> None:
    client = foundry.client()
    started(client, "desk", ImageName="painting")
    assert greeted(foundry) == ["welcome\n"]
    painted(page, client, "desk")
    ended(client, "desk")
    assert client.describe_image_builders()["ImageBuilders"] == []


def test_an_image_made_of_the_same_is_left_and_of_anything_else_refused(
    foundry: Served, folder: Path
) -> None:
    file = folder / "example" / "image.toml"
    again = build(foundry, file)
    assert (again.returncode, "says already" in again.stdout) == (0, True)
    script = folder / "example" / "paint"
    before = script.read_text()
    script.write_text(before + "# changed\n")
    other = build(foundry, file)
    script.write_text(before)
    assert (other.returncode, "was not made of this" in other.stderr) == (1, True)
    assert foundry.client().describe_image_builders()["ImageBuilders"] == []


def test_what_fails_in_the_builder_names_its_entry_and_leaves_nothing(
    foundry: Served, folder: Path
) -> None:
    file = folder / "failing.toml"
    file.write_text(
        'name = "failing"\ninternet = false\n[[run]]\ncommand = "true"\n'
        '[[run]]\ncommand = "echo out of paint; exit 3"\n'
        '[[applications]]\nname = "sh"\npath = "/bin/sh"\n'
    )
    failed = build(foundry, file)
    assert failed.returncode == 1
    assert f"{file}: run[1]: /bin/sh ended with the status 3" in failed.stderr
    assert "out of paint" in failed.stdout
    client = foundry.client()
    names = [image["Name"] for image in client.describe_images(Type="PRIVATE")["Images"]]
    assert "failing" not in names
    assert eventually(lambda: not client.describe_image_builders()["ImageBuilders"])


def test_an_application_that_is_not_there_is_refused_by_the_image_assistant(
    foundry: Served, folder: Path
) -> None:
    file = folder / "missing.toml"
    file.write_text(
        'name = "missing"\ninternet = false\n'
        '[[applications]]\nname = "nope"\npath = "/usr/bin/nope"\n'
    )
    failed = build(foundry, file)
    assert f"{file}: applications[0]: File not found (absolute-app-path)" in failed.stderr


def test_an_exported_image_streams_on_another_service(
    foundry: Served, mill: Served, page: Page
) -> None:
    source, target = foundry.client(), mill.client()
    task = source.create_export_image_task(
        ImageName="painting", AmiName="painting-1", IamRoleArn=ROLE
    )["ExportImageTask"]

    def exported() -> Any:
        seen = source.get_export_image_task(TaskId=task["TaskId"])["ExportImageTask"]
        return seen if seen["State"] != "EXPORTING" else None

    ami = eventually(exported)["AmiId"]
    target.create_imported_image(Name="painting", SourceAmiId=ami)

    def imported() -> Any:
        [seen] = target.describe_images(Names=["painting"])["Images"]
        return seen if seen["State"] != "IMPORTING" else None

    image = eventually(imported)
    assert image["State"] == "AVAILABLE", image
    assert [each["Name"] for each in image["Applications"]] == ["paint"]
    started(target, "desk", ImageName="painting")
    assert greeted(mill) == ["welcome\n"]
    painted(page, target, "desk")


def test_a_shared_image_launches_until_it_is_taken_back(foundry: Served) -> None:
    owner, other = foundry.client(), client_of(foundry, OTHERS)
    [image] = owner.describe_images(Names=["painting"])["Images"]
    shared = {"Name": "painting", "SharedAccountId": OTHERS}
    permissions = {"allowFleet": True, "allowImageBuilder": False}
    owner.update_image_permissions(**shared, ImagePermissions=permissions)
    [seen] = other.describe_images(Type="SHARED")["Images"]
    assert seen["Arn"] == image["Arn"]
    started(other, "theirs", ImageArn=image["Arn"])
    assert greeted(foundry) == ["welcome\n"]

    owner.delete_image_permissions(**shared)
    assert eventually(lambda: not greeted(foundry))
    [fleet] = other.describe_fleets(Names=["theirs"])["Fleets"]
    assert [error["ErrorCode"] for error in fleet["FleetErrors"]] == ["IMAGE_NOT_FOUND"]
    fleets.stop(other, "theirs")
    with pytest.raises(other.exceptions.ResourceNotFoundException):
        other.start_fleet(Name="theirs")
    assert greeted(foundry) == []


def test_a_layer_stays_as_long_as_an_image_has_it(foundry: Served) -> None:
    client = foundry.client()
    client.copy_image(
        SourceImageName="painting", DestinationImageName="copy", DestinationRegion="us-east-1"
    )
    eventually(lambda: client.describe_images(Names=["copy"])["Images"][0]["State"] == "AVAILABLE")
    client.delete_image(Name="copy")
    started(client, "after", ImageName="painting")
    assert greeted(foundry) == ["welcome\n"]
    ended(client, "after")


def test_an_updated_image_lies_over_what_the_host_has_by_now(
    foundry: Served, folder: Path, page: Page
) -> None:
    file = written_example(folder / "looking")
    (folder / "looking" / "paint").write_text(GREEN_IF_NEW)
    assert build(foundry, file, "--name", "looking").returncode == 0
    restart_with_a_new_package(foundry, folder)
    client = foundry.client()
    names = {"existingImageName": "looking", "newImageName": "updated"}
    assert client.create_updated_image(**names, dryRun=True)["canUpdateImage"]
    made = [image["Name"] for image in client.describe_images(Type="PRIVATE")["Images"]]
    assert "updated" not in made
    client.create_updated_image(**names)
    eventually(
        lambda: client.describe_images(Names=["updated"])["Images"][0]["State"] == "AVAILABLE"
    )
    started(client, "before", ImageName="looking")
    open_session(page, fleets.streaming_url(client, "before", ApplicationId="paint"))
    await_colour(page, RED)
    ended(client, "before")
    started(client, "after", ImageName="updated")
    painted(page, client, "after")
    assert greeted(foundry) == ["welcome\n"]
    ended(client, "after")


def restart_with_a_new_package(service: Served, folder: Path) -> None:
    """The service is there again, and sees one more package on its host than anybody else."""
    packages = Path("/var/lib/dpkg/status")
    status = folder / "status"
    status.write_text(packages.read_text() + NEW_PACKAGE)
    mounted = f'mount --bind {status} {packages} && exec "$@"'
    service.stop()
    service.prefix = ("unshare", "--mount", "sh", "-c", mounted, "sh", *service.prefix)
    service.start()


def client_of(service: Served, account: str) -> Any:
    """boto3's client of another account of the service."""
    pair = (f"OWN{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30))
    keyring = open_keyring(service.data_dir / "secret.key")
    store = open_store(sqlite_url(service.data_dir / "ownstream.db"))
    with store.transaction() as tx:
        sealed = keyring.seal(pair[1].encode())
        tx.add(CredentialRow(access_key=pair[0], account=account, sealed_secret=sealed))
    store.close()
    return boto3.client(
        "appstream",
        endpoint_url=service.url,
        region_name="us-east-1",
        aws_access_key_id=pair[0],
        aws_secret_access_key=pair[1],
    )

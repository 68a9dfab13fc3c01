"""Software put into an image builder by name: apt installs it there, or says why it cannot."""

import asyncio
import hashlib
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ownstream.control import inside
from ownstream.domain import owners
from ownstream.domain.scope import Scope
from ownstream.store import open_store, sqlite_url, streaming
from tests.support.debian import package
from tests.support.service import Served, served

BUILDER = "forge"
NAMED = {"ImageBuilderName": BUILDER}
REPOSITORY = "/opt/packages"
SOURCE = f"deb [trusted=yes] file:{REPOSITORY} ./\n"
WITHIN_S = 180
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="layers need a service that root runs")


@pytest.fixture
def service(folder: Path) -> Iterator[Served]:
    """A service for image builders."""
    with served(folder / "software", folder / "software-i") as running:
        yield running


def endpoint(service: Served) -> str:
    """Where the agent of the image builder listens."""
    store = open_store(sqlite_url(service.data_dir / "ownstream.db"))
    scope = Scope("000000000000", "us-east-1")
    with store.snapshot() as tx:
        [row] = streaming.fleet_instances(tx, scope, owners.image_builder(BUILDER))
    store.close()
    return row.endpoint


def run(service: Served, command: str, given: bytes = b"") -> tuple[int, str]:
    """How the command ended in the image builder, and what it printed."""
    said = bytearray()
    argv = ["/bin/sh", "-c", command]
    running = inside.run(endpoint(service), argv, given=given, on_output=said.extend, within_s=60)
    # Another test's browser has left a loop in this thread.
    with ThreadPoolExecutor(1) as thread:
        status = thread.submit(asyncio.run, running).result()
    return status, said.decode()


def await_builder(client: Any, state: str) -> None:
    deadline = time.monotonic() + WITHIN_S
    while client.describe_image_builders(Names=[BUILDER])["ImageBuilders"][0]["State"] != state:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def make_builder(client: Any, image: str, **members: Any) -> None:
    """There is the image builder, RUNNING."""
    asked = {"ImageName": image, "InstanceType": "stream.standard.small", **members}
    client.create_image_builder(Name=BUILDER, **asked)
    await_builder(client, "RUNNING")


def await_image(client: Any, name: str) -> None:
    deadline = time.monotonic() + WITHIN_S
    while client.describe_images(Names=[name])["Images"][0]["State"] != "AVAILABLE":
        assert time.monotonic() < deadline
        time.sleep(0.2)


def await_no_builder(client: Any) -> None:
    deadline = time.monotonic() + WITHIN_S
    while client.describe_image_builders()["ImageBuilders"]:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def deployed(client: Any) -> dict[str, dict[str, Any]]:
    """The builder's software, once nothing of it is to be deployed any more."""
    arn = client.describe_image_builders(Names=[BUILDER])["ImageBuilders"][0]["Arn"]
    deadline = time.monotonic() + WITHIN_S
    while True:
        rows = client.describe_software_associations(AssociatedResource=arn)["SoftwareAssociations"]
        if not any(row["Status"].startswith("PENDING_") for row in rows):
            return {row["SoftwareName"]: row for row in rows}
        assert time.monotonic() < deadline
        time.sleep(0.2)


def keep_packages(service: Served, *names: str) -> None:
    """The image builder has a source of these packages."""
    entries: list[str] = []
    for name in names:
        content = package(name, files={f"/usr/bin/{name}": "#!/bin/sh\necho painted\n"})
        put = f"mkdir -p {REPOSITORY} && cat > {REPOSITORY}/{name}.deb"
        assert run(service, put, content)[0] == 0
        digest = hashlib.sha256(content).hexdigest()
        entries.append(
            f"Package: {name}\nVersion: 1.0\nArchitecture: all\n"
            "Maintainer: Tests <tests@example.com>\nDescription: a package of a test\n"
            f"Filename: ./{name}.deb\nSize: {len(content)}\nSHA256: {digest}\n"
        )
    assert run(service, f"cat > {REPOSITORY}/Packages", "\n".join(entries).encode())[0] == 0
    command = "rm -rf /etc/apt/sources.list.d/* && cat > /etc/apt/sources.list"
    assert run(service, command, SOURCE.encode())[0] == 0


def test_packages_are_installed_by_name_and_taken_away_again(service: Served) -> None:
    client = service.client()
    image = client.describe_images(Type="PUBLIC")["Images"][0]["Name"]
    make_builder(client, image)
    keep_packages(service, "own-painter", "own-easel")

    wanted = ["own-painter", "own-easel", "own-nothing"]
    client.associate_software_to_image_builder(**NAMED, SoftwareNames=wanted)
    client.start_software_deployment_to_image_builder(**NAMED)
    found = deployed(client)
    assert {name: row["Status"] for name, row in found.items()} == {
        "own-painter": "INSTALLED",
        "own-easel": "INSTALLED",
        "own-nothing": "FAILED_TO_INSTALL",
    }
    [error] = found["own-nothing"]["DeploymentError"]
    assert "Unable to locate package own-nothing" in error["ErrorMessage"]
    assert run(service, "own-painter") == (0, "painted\n")

    gone = ["own-easel", "own-nothing"]
    client.disassociate_software_from_image_builder(**NAMED, SoftwareNames=gone)
    client.start_software_deployment_to_image_builder(**NAMED)
    assert set(deployed(client)) == {"own-painter"}
    assert run(service, "command -v own-easel")[0] != 0

    client.stop_image_builder(Name=BUILDER)
    await_builder(client, "STOPPED")
    client.delete_image_builder(Name=BUILDER)


def test_a_new_image_builder_has_its_images_software_and_what_is_named(service: Served) -> None:
    client = service.client()
    public = client.describe_images(Type="PUBLIC")["Images"][0]["Name"]
    make_builder(client, public)
    keep_packages(service, "own-painter", "own-easel")
    client.associate_software_to_image_builder(**NAMED, SoftwareNames=["own-painter"])
    client.start_software_deployment_to_image_builder(**NAMED)
    assert deployed(client)["own-painter"]["Status"] == "INSTALLED"
    add = "image-assistant add-application --name painter --absolute-app-path /usr/bin/own-painter"
    assert run(service, f"{add} && image-assistant create-image --name Painting")[0] == 0
    await_image(client, "Painting")
    await_builder(client, "STOPPED")
    client.delete_image_builder(Name=BUILDER)
    await_no_builder(client)

    software = {"SoftwaresToInstall": ["own-easel"], "SoftwaresToUninstall": ["own-painter"]}
    make_builder(client, "Painting", **software)
    found = deployed(client)
    assert {name: row["Status"] for name, row in found.items()} == {"own-easel": "INSTALLED"}
    assert run(service, "own-easel") == (0, "painted\n")
    assert run(service, "command -v own-painter")[0] != 0

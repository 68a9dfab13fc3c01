"""An app block made by hand in a streamed builder, and what a fleet streams of it."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from ownstream.control import inside
from ownstream.domain.capacity import GIB
from ownstream.drivers.process import cgroups
from tests.scenarios.test_elastic import GREEN, instances, make_fleet, user
from tests.scenarios.test_elastic import client as client
from tests.scenarios.test_home_folders import eventually
from tests.support import fleets
from tests.support.browser import await_colour, await_frame, await_state
from tests.support.service import Served

AT = "/opt/appstream/AppBlocks/paints"
INSTALL = f"""
set -e
[ "$(id -u)" = 0 ]
mkdir {AT}/bin
printf '#!/bin/sh\\nexec /usr/bin/xterm -bg "#00ff00"\\n' > {AT}/bin/paint
chmod +x {AT}/bin/paint
"""
PAIR = {"AppBlockBuilderName": "builder"}
GROUPS = [Path(place).parent for place in cgroups.places(cgroups.KERNEL, "probe")]


def state(client: Any) -> str:
    return client.describe_app_block_builders(Names=["builder"])["AppBlockBuilders"][0]["State"]


def memory_limits(service: Served) -> set[int]:
    """What the applications of the builder may use, as the kernel has it."""
    (instance,) = instances(service)
    return {
        int(file.read_text())
        for place in GROUPS
        for name in ("memory.limit_in_bytes", "memory.max")
        for file in place.glob(f"*-{instance.name}/apps/{name}")
    }


def inside_builder(service: Served, *argv: str) -> tuple[int, str]:
    """How a command of the administrator's ended, and what it printed."""
    (instance,) = instances(service)
    printed: list[bytes] = []
    endpoint = f"unix:{instance}/run/agent.sock"
    run = inside.run(endpoint, argv, on_output=printed.append, within_s=60)
    with ThreadPoolExecutor(1) as apart:  # the browser has a loop in this thread
        status = apart.submit(asyncio.run, run).result()
    return status, b"".join(printed).decode()


@pytest.fixture
def builder(client: Any, service: Served) -> Iterator[str]:
    """The ARN of an app block that is INACTIVE, whose builder runs."""
    block = client.create_app_block(
        Name="paints", PackagingType="APPSTREAM2", SourceS3Location={"S3Bucket": "a-bucket"}
    )["AppBlock"]
    assert block["State"] == "INACTIVE"
    client.create_app_block_builder(
        Name="builder",
        Platform="WINDOWS_SERVER_2019",
        InstanceType=fleets.IMAGE_TYPE,
        VpcConfig={"SubnetIds": ["subnet-a", "subnet-b"]},
    )
    client.associate_app_block_builder_app_block(**PAIR, AppBlockArn=block["Arn"])
    started = client.start_app_block_builder(Name="builder")["AppBlockBuilder"]
    assert started["State"] == "STARTING"
    eventually(lambda: state(client) == "RUNNING")
    yield block["Arn"]
    if state(client) == "RUNNING":
        client.stop_app_block_builder(Name="builder")
    eventually(lambda: state(client) == "STOPPED")
    client.disassociate_app_block_builder_app_block(**PAIR, AppBlockArn=block["Arn"])
    client.delete_app_block_builder(Name="builder")


def test_what_was_put_into_the_folder_streams_from_an_elastic_fleet(
    client: Any, service: Served, builder: str, browser: Browser, page: Page
) -> None:
    page.goto(client.create_app_block_builder_streaming_url(**PAIR)["StreamingURL"])
    await_state(page, "streaming")
    await_frame(page)
    assert inside_builder(service, "/bin/sh", "-c", INSTALL) == (0, "")
    status, said = inside_builder(service, "/run/ownstream/bin/app-block-assistant")
    assert (status, "The app block is ACTIVE" in said) == (0, True), said
    (block,) = client.describe_app_blocks(Arns=[builder])["AppBlocks"]
    assert block["State"] == "ACTIVE"
    assert block["SourceS3Location"] == {"S3Bucket": "a-bucket", "S3Key": "paints.tar.gz"}
    assert (service.data_dir / "s3" / "a-bucket" / "paints.tar.gz").is_file()
    assert inside_builder(service, "/run/ownstream/bin/app-block-assistant")[0] == 1
    client.stop_app_block_builder(Name="builder")
    await_state(page, "ended")
    eventually(lambda: state(client) == "STOPPED")
    assert instances(service) == []
    make_fleet(client, service, builder)
    with user(client, browser, "alice") as users:
        await_colour(users, GREEN)


def test_an_empty_folder_makes_no_app_block(client: Any, service: Served, builder: str) -> None:
    status, said = inside_builder(service, "/run/ownstream/bin/app-block-assistant")
    assert (status, f"There is nothing in {AT}" in said) == (1, True), said
    (block,) = client.describe_app_blocks(Arns=[builder])["AppBlocks"]
    assert block["State"] == "INACTIVE"


def test_a_stopped_builder_forgets_what_was_in_its_instance(
    client: Any, service: Served, builder: str
) -> None:
    assert inside_builder(service, "/bin/touch", f"{AT}/mine", "/etc/mine")[0] == 0
    client.stop_app_block_builder(Name="builder")
    eventually(lambda: state(client) == "STOPPED")
    client.start_app_block_builder(Name="builder")
    eventually(lambda: state(client) == "RUNNING")
    gone = eventually(lambda: inside_builder(service, "/bin/ls", AT))
    assert gone == (0, "")
    assert inside_builder(service, "/bin/ls", "/etc/mine")[0] != 0


def test_an_updated_builder_has_another_size_and_another_name_in_its_page(
    client: Any, service: Served, builder: str, page: Page
) -> None:
    assert memory_limits(service) == ({2 * GIB} if GROUPS else set())
    client.stop_app_block_builder(Name="builder")
    eventually(lambda: state(client) == "STOPPED")
    client.update_app_block_builder(
        Name="builder", InstanceType="stream.standard.medium", DisplayName="The Packing Room"
    )
    client.start_app_block_builder(Name="builder")
    eventually(lambda: state(client) == "RUNNING")
    assert memory_limits(service) == ({4 * GIB} if GROUPS else set())
    page.goto(client.create_app_block_builder_streaming_url(**PAIR)["StreamingURL"])
    await_state(page, "streaming")
    assert page.locator(".toolbar .title").inner_text() == "The Packing Room"

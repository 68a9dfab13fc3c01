"""Images made in an image builder of the embedded service, with all the time they take."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

import ownstream
from ownstream.domain.image_requests import BadRequest
from ownstream.drivers.base import Terminal
from ownstream.faults import LaunchFailure
from ownstream.store import ImageRow, resources, streaming

IMAGE = "AppStream-AmazonLinux2-02-11-2025"
TYPE = "stream.standard.small"


class Workshop:
    """An embedded service with the image builder `b`."""

    def __init__(self, session: ownstream.Session) -> None:
        self.session = session
        self.client: Any = session.create_client("appstream")
        self.service: Any = session.service

    def open(self) -> Any:
        """The administrator of the image builder, once that runs."""
        self.client.create_image_builder(Name="b", ImageName=IMAGE, InstanceType=TYPE)
        self.pass_time()
        url = self.client.create_image_builder_streaming_url(Name="b")["StreamingURL"]
        return self.service.users.connect(url)

    def pass_time(self, seconds: float = 1) -> None:
        self.service.clock.advance(seconds=seconds)

    @property
    def builder(self) -> dict[str, Any]:
        return self.client.describe_image_builders(Names=["b"])["ImageBuilders"][0]

    def image(self, name: str = "i") -> dict[str, Any]:
        return self.client.describe_images(Names=[name])["Images"][0]

    def instances(self) -> list[Any]:
        with self.service.engine.store.snapshot() as tx:
            return list(streaming.all_instances(tx))


@pytest.fixture
def workshop() -> Any:
    with ownstream.Session(clock=ownstream.TurnedClock()) as session:
        yield Workshop(session)


def test_an_image_is_made_and_a_fleet_runs_on_it(workshop: Workshop) -> None:
    admin = workshop.open()
    admin.create_image("i", applications={"tool": "/usr/bin/tool"}, tags={"a": "b"})
    workshop.pass_time()
    assert (workshop.builder["State"], admin.ended) == ("STOPPED", "builder_stopped")
    image = workshop.image()
    assert (image["State"], image["ImageBuilderName"]) == ("AVAILABLE", "b")
    assert [app["LaunchPath"] for app in image["Applications"]] == ["/usr/bin/tool"]
    assert workshop.client.list_tags_for_resource(ResourceArn=image["Arn"])["Tags"] == {"a": "b"}

    workshop.client.create_fleet(
        Name="f", ImageName="i", InstanceType=TYPE, ComputeCapacity={"DesiredInstances": 1}
    )
    workshop.client.start_fleet(Name="f")
    workshop.client.get_waiter("fleet_started").wait(Names=["f"])
    (instance,) = workshop.instances()
    with workshop.service.engine.store.snapshot() as tx:
        builder = streaming.all_builders(tx)[0]
        assert instance.spec["layers"] == builder.layers
        assert len(builder.layers) == 2


def test_while_it_is_made_the_image_is_pending(workshop: Workshop) -> None:
    admin = workshop.open()
    workshop.service.driver.stop_takes = timedelta(minutes=2)
    admin.create_image("i", applications={"tool": "/usr/bin/tool"})
    workshop.pass_time(60)
    assert (workshop.builder["State"], workshop.image()["State"]) == ("SNAPSHOTTING", "PENDING")
    workshop.pass_time(120)
    assert (workshop.builder["State"], workshop.image()["State"]) == ("STOPPED", "AVAILABLE")


def test_an_image_that_cannot_be_made_has_failed_and_its_builder_has_not(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = workshop.open()

    async def full(volume: str, layer: str) -> None:
        raise Terminal("the disk is full")

    monkeypatch.setattr(workshop.service.driver.disks, "freeze", full)
    admin.create_image("i", applications={"tool": "/usr/bin/tool"})
    workshop.pass_time()
    image = workshop.image()
    assert (image["State"], workshop.builder["State"]) == ("FAILED", "STOPPED")
    assert image["StateChangeReason"] == {"Code": "INTERNAL_ERROR", "Message": "the disk is full"}
    workshop.client.start_image_builder(Name="b")
    workshop.pass_time()
    assert workshop.builder["State"] == "RUNNING"


def test_a_dry_run_makes_nothing(workshop: Workshop) -> None:
    admin = workshop.open()
    admin.create_image("i", applications={"tool": "/usr/bin/tool"}, dry_run=True)
    workshop.pass_time()
    assert workshop.builder["State"] == "RUNNING"
    names = [image["Name"] for image in workshop.client.describe_images()["Images"]]
    assert "i" not in names


def test_a_name_is_given_to_one_image(workshop: Workshop) -> None:
    admin = workshop.open()
    admin.create_image("i", applications={"tool": "/usr/bin/tool"})
    workshop.pass_time()
    workshop.client.start_image_builder(Name="b")
    workshop.pass_time()
    url = workshop.client.create_image_builder_streaming_url(Name="b")["StreamingURL"]
    again = workshop.service.users.connect(url)
    with pytest.raises(BadRequest, match="already exists"):
        again.create_image("i", applications={"tool": "/usr/bin/tool"})


def test_who_administers_nothing_makes_no_image(workshop: Workshop) -> None:
    client = workshop.client
    client.create_fleet(
        Name="f", ImageName=IMAGE, InstanceType=TYPE, ComputeCapacity={"DesiredInstances": 1}
    )
    client.create_stack(Name="s")
    client.associate_fleet(FleetName="f", StackName="s")
    client.start_fleet(Name="f")
    client.get_waiter("fleet_started").wait(Names=["f"])
    url = client.create_streaming_url(FleetName="f", StackName="s", UserId="ann")["StreamingURL"]
    user = workshop.service.users.connect(url)
    with pytest.raises(BadRequest, match="administers no image builder"):
        user.create_image("i", applications={"tool": "/usr/bin/tool"})


def test_an_instance_that_dies_is_launched_anew_with_the_same_volume(workshop: Workshop) -> None:
    admin = workshop.open()
    (before,) = workshop.instances()
    workshop.service.lose_instance(before.id)
    workshop.pass_time()
    (after,) = workshop.instances()
    assert before.id != after.id
    assert (admin.ended, workshop.builder["State"]) == ("instance_lost", "RUNNING")


def test_a_launch_that_fails_for_good_fails_the_builder(workshop: Workshop) -> None:
    code = "IAM_SERVICE_ROLE_IS_MISSING"
    workshop.service.faults.add(LaunchFailure(code, fleet="image-builder/b"))
    workshop.client.create_image_builder(Name="b", ImageName=IMAGE, InstanceType=TYPE)
    workshop.pass_time(1000)
    builder = workshop.builder
    assert builder["State"] == "FAILED"
    assert builder["ImageBuilderErrors"][0]["ErrorCode"] == code
    workshop.client.delete_image_builder(Name="b")
    workshop.pass_time()
    assert workshop.client.describe_image_builders()["ImageBuilders"] == []


def test_layers_and_volumes_of_nobody_are_swept(workshop: Workshop) -> None:
    admin = workshop.open()
    admin.create_image("i", applications={"tool": "/usr/bin/tool"})
    workshop.pass_time()
    disks, store = workshop.service.driver.disks, workshop.service.engine.store
    disks.written("v-0000000000000000")
    with store.snapshot() as tx:
        builder = streaming.all_builders(tx)[0]
    workshop.pass_time(4000)
    assert asyncio.run(disks.layers()) == sorted(builder.layers)
    assert asyncio.run(disks.volumes()) == [builder.volume]

    workshop.client.delete_image_builder(Name="b")
    workshop.pass_time(4000)
    assert asyncio.run(disks.volumes()) == []
    assert asyncio.run(disks.layers()) == sorted(builder.layers), "the image is made of them"
    with store.transaction() as tx:
        tx.delete(resources.find(tx, ImageRow, builder.scope, "i"))
    workshop.pass_time(4000)
    assert asyncio.run(disks.layers()) == []


def test_who_ends_the_session_leaves_the_builder_running(workshop: Workshop) -> None:
    admin = workshop.open()
    admin.end_session()
    workshop.pass_time()
    assert workshop.builder["State"] == "RUNNING"
    url = workshop.client.create_image_builder_streaming_url(Name="b")["StreamingURL"]
    assert workshop.service.users.connect(url).connected

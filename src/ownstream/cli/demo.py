"""The demonstration: a fleet and a stack made and started through the API, as any client would."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

NAME = "demo"
INSTANCE_TYPE = "stream.standard.small"
INSTANCES = 2
URL_VALID_S = 3600
POLL_S = 0.3
WITHIN_S = 120
FAVOURITES = ("mousepad", "xterm")


class DemoFailed(Exception):
    """The demonstration could not be made; the text says why."""


def make_demo(client: Any, say: Callable[[str], None]) -> str:
    """A streaming URL of the demonstration, which is made and started as far as it is not."""
    image = client.describe_images(Type="PUBLIC")["Images"][0]
    _ensure(client, image["Name"])
    client.start_fleet(Name=NAME)
    say(f"Starting fleet {NAME}")
    _await_running(client)
    offered = {application["Name"] for application in image["Applications"]}
    favourite = next((name for name in FAVOURITES if name in offered), None)
    answer = client.create_streaming_url(
        StackName=NAME,
        FleetName=NAME,
        UserId="demo-user",
        Validity=URL_VALID_S,
        **({"ApplicationId": favourite} if favourite else {}),
    )
    return answer["StreamingURL"]


def _ensure(client: Any, image: str) -> None:
    exists = client.exceptions.ResourceAlreadyExistsException
    capacity = {"DesiredInstances": INSTANCES}
    with suppress(exists):
        client.create_fleet(
            Name=NAME, ImageName=image, InstanceType=INSTANCE_TYPE, ComputeCapacity=capacity
        )
    with suppress(exists):
        client.create_stack(Name=NAME, DisplayName="Demonstration")
    if NAME not in client.list_associated_fleets(StackName=NAME)["Names"]:
        client.associate_fleet(FleetName=NAME, StackName=NAME)


def _await_running(client: Any) -> None:
    """Returns once an instance is ready for a user."""
    give_up_at = time.monotonic() + WITHIN_S
    while True:
        fleet = client.describe_fleets(Names=[NAME])["Fleets"][0]
        if fleet["State"] == "RUNNING" and fleet["ComputeCapacityStatus"]["Available"] > 0:
            return
        errors = "; ".join(error["ErrorMessage"] for error in fleet.get("FleetErrors", []))
        if errors or time.monotonic() > give_up_at:
            raise DemoFailed(errors or "the fleet did not start in time")
        time.sleep(POLL_S)

"""Fleets and stacks made through the API, as a user's script would."""

from typing import Any

IMAGE_TYPE = "stream.standard.small"
QUICK = {"Delay": 1, "MaxAttempts": 60}


def image_name(client: Any) -> str:
    """The public image's name."""
    return client.describe_images(Type="PUBLIC")["Images"][0]["Name"]


def running_pair(client: Any, name: str = "desk", *, instances: int = 1, **fleet: Any) -> str:
    """The name of a fleet that runs, and of the stack that offers it."""
    client.create_fleet(
        Name=name,
        ImageName=image_name(client),
        InstanceType=IMAGE_TYPE,
        **{"ComputeCapacity": {"DesiredInstances": instances}, **fleet},
    )
    client.create_stack(Name=name)
    client.associate_fleet(FleetName=name, StackName=name)
    client.start_fleet(Name=name)
    client.get_waiter("fleet_started").wait(Names=[name], WaiterConfig=QUICK)
    return name


def streaming_url(client: Any, name: str, user: str = "alice", **members: Any) -> str:
    """A URL for this user."""
    answer = client.create_streaming_url(StackName=name, FleetName=name, UserId=user, **members)
    return answer["StreamingURL"]


def stop(client: Any, name: str) -> None:
    """The fleet has stopped."""
    client.stop_fleet(Name=name)
    client.get_waiter("fleet_stopped").wait(Names=[name], WaiterConfig=QUICK)

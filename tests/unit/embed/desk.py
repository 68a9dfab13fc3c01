"""A fleet and a stack on an embedded session, as a test of somebody's program would have them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import ownstream
from ownstream.embed.users import User

PAIR = {"FleetName": "f", "StackName": "s"}
START = datetime(2026, 5, 4, 9, tzinfo=UTC)


@dataclass
class Desk:
    """A session, its client, and the fleet `f` behind the stack `s`."""

    session: ownstream.Session
    region: str | None = None
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.session.create_client("appstream", region_name=self.region)

    @property
    def clock(self) -> ownstream.TurnedClock:
        return self.session.service.clock

    def create(self, *, instances: int = 1, **members: Any) -> None:
        """The pair is there, the fleet stopped."""
        image = self.client.describe_images(Type="PUBLIC")["Images"][0]["Name"]
        self.client.create_fleet(
            Name="f",
            ImageName=image,
            InstanceType="stream.standard.medium",
            **{"ComputeCapacity": {"DesiredInstances": instances}, **members},
        )
        self.client.create_stack(Name="s")
        self.client.associate_fleet(**PAIR)

    def run(self, **members: Any) -> None:
        """The pair is there, the fleet running."""
        self.create(**members)
        self.client.start_fleet(Name="f")
        self.client.get_waiter("fleet_started").wait(Names=["f"])

    def connect(self, user: str = "ann") -> User:
        """The user, by a URL of this moment."""
        return self.session.service.users.connect(self.url(user))

    def url(self, user: str = "ann") -> str:
        return self.client.create_streaming_url(**PAIR, UserId=user)["StreamingURL"]

    def fleet(self) -> dict[str, Any]:
        return self.client.describe_fleets(Names=["f"])["Fleets"][0]

    def sessions(self) -> list[dict[str, Any]]:
        return self.client.describe_sessions(**PAIR)["Sessions"]

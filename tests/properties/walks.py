"""Walks through a list page by page, while the list changes."""

from dataclasses import dataclass, field
from typing import Any

from tests.properties.desk import Desk

Pair = tuple[str, str]


@dataclass
class Walk:
    """One walk through the sessions of a fleet and stack, a page at a time."""

    pair: Pair
    limit: int
    stayed: set[str]  # ids that were there at the start, and ever since
    seen: list[str] = field(default_factory=list[str])
    token: str | None = None
    ended: bool = False

    def step(self, desk: Desk) -> None:
        """The next page; after the last, nothing that stayed has been left out."""
        fleet, stack = self.pair
        asked: dict[str, Any] = {"FleetName": fleet, "StackName": stack, "Limit": self.limit}
        if self.token is not None:
            asked["NextToken"] = self.token
        answer = desk.ask("DescribeSessions", **asked)
        assert len(answer["Sessions"]) <= self.limit
        self.seen += [one["Id"] for one in answer["Sessions"]]
        assert len(set(self.seen)) == len(self.seen)
        self.token = answer.get("NextToken")
        self.ended = self.token is None
        if self.ended:
            assert self.stayed <= set(self.seen)

    def stay(self, present: set[str]) -> None:
        """Only these are there still."""
        self.stayed &= present

"""A fresh embedded service, called and looked at: what each call must be like, whoever calls.

Requests are sent as they are: botocore's own checks are off, and the body is written here, so that
what botocore could not even serialize reaches the service.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

import ownstream
from tests.properties.answers import may_answer, misfits, says_something
from tests.properties.shapes import FLEETS, STACKS

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
PAIRS = [(fleet, stack) for fleet in FLEETS for stack in STACKS]
NEVER = ("InternalFailure", "NotImplementedException", "UnknownOperationException")
LATEST_S = 24 * 3600  # slow answers are waited for, however late they come
CONFIG = Config(
    parameter_validation=False, retries={"total_max_attempts": 1}, read_timeout=LATEST_S
)


@dataclass(frozen=True)
class Refusal:
    """What a call was answered that was not carried out."""

    code: str
    message: str


@dataclass(frozen=True)
class View:
    """Everything that can be described at one moment."""

    fleets: Mapping[str, Any]
    stacks: Mapping[str, Any]
    directories: Mapping[str, Any]
    pairs: frozenset[tuple[str, str]]  # by ListAssociatedStacks
    pairs_of_stacks: frozenset[tuple[str, str]]  # by ListAssociatedFleets
    sessions: Mapping[str, Any]

    def sessions_of(self, fleet: str, *states: str) -> list[Any]:
        """The fleet's sessions in these states."""
        shown = self.sessions.values()
        return [one for one in shown if one["FleetName"] == fleet and one["State"] in states]


class Desk:
    """A session, its client, and a check of every answer."""

    def __init__(self) -> None:
        self.session = ownstream.Session(clock=ownstream.TurnedClock(start=START))
        self.service: Any = self.session.service
        self.client: Any = self.session.create_client("appstream", config=CONFIG)
        self.client.meta.events.register("before-call.appstream", self._write)
        self.client.meta.events.register("after-call.appstream", self._keep)
        self._body = self._answer = b""
        self.asked_for: set[str] = set()  # codes that faults may answer, and nothing else may

    @property
    def now(self) -> datetime:
        return self.service.clock.now()

    def close(self) -> None:
        self.session.close()

    def call(self, operation: str, members: Mapping[str, Any]) -> dict[str, Any] | Refusal:
        """The answer, which fits the model, or an error that the operation may answer."""
        self._body = json.dumps(members).encode()
        try:
            answer = getattr(self.client, xform_name(operation))()
        except ClientError as error:
            return self._refusal(operation, error.response["Error"])
        assert misfits(operation, json.loads(self._answer or b"{}")) == []
        del answer["ResponseMetadata"]
        return answer

    def ask(self, operation: str, **members: Any) -> dict[str, Any]:
        """The answer to a call that nothing speaks against."""
        answer = self.call(operation, members)
        assert not isinstance(answer, Refusal), (operation, members, answer)
        return answer

    def look(self) -> View:
        """Everything as it is described now."""
        directories = self.ask("DescribeDirectoryConfigs")["DirectoryConfigs"]
        sessions = [one for pair in PAIRS for one in self.sessions(pair)]
        assert len({one["Id"] for one in sessions}) == len(sessions)
        return View(
            fleets={one["Name"]: one for one in self.ask("DescribeFleets")["Fleets"]},
            stacks={one["Name"]: one for one in self.ask("DescribeStacks")["Stacks"]},
            directories={one["DirectoryName"]: one for one in directories},
            pairs=frozenset(
                (fleet, stack)
                for fleet in FLEETS
                for stack in self.ask("ListAssociatedStacks", FleetName=fleet)["Names"]
            ),
            pairs_of_stacks=frozenset(
                (fleet, stack)
                for stack in STACKS
                for fleet in self.ask("ListAssociatedFleets", StackName=stack)["Names"]
            ),
            sessions={one["Id"]: one for one in sessions},
        )

    def sessions(self, pair: tuple[str, str]) -> list[dict[str, Any]]:
        """All sessions of the fleet and stack, which are on one page."""
        answer = self.ask("DescribeSessions", FleetName=pair[0], StackName=pair[1], Limit=50)
        assert "NextToken" not in answer
        return answer["Sessions"]

    def _refusal(self, operation: str, error: Mapping[str, str]) -> Refusal:
        refusal = Refusal(error["Code"], error["Message"])
        assert may_answer(operation, refusal.code), (operation, refusal)
        assert refusal.code not in {*NEVER} - self.asked_for, (operation, refusal)
        assert says_something(refusal.message), (operation, refusal)
        return refusal

    def _write(self, params: dict[str, Any], **_: Any) -> None:
        params["body"] = self._body

    def _keep(self, http_response: Any, **_: Any) -> None:
        self._answer = http_response.content

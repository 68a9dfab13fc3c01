"""Who the rows are tried on: the embedded client, and a running service.

Each row has a region of its own, so that it finds nothing and leaves nothing to others.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

import ownstream
from ownstream.storage.locations import Locations
from ownstream.store import ImageRow, Store
from tests.rules.matching import differences
from tests.rules.table import Answered, Look, Of, Refused, Rule

CONFIG = Config(parameter_validation=False, retries={"total_max_attempts": 1})
QUICK = {"Delay": 0.02, "MaxAttempts": 3000}  # a running service takes real time
_numbers = itertools.count(1)


@dataclass
class Subject:
    """A service as one row sees it."""

    session: ownstream.Session
    store: Store  # the service's own, for what no call of the API can bring about
    account: str
    locations: Locations  # the objects that an S3Location names
    region: str = field(default_factory=lambda: f"rule-{next(_numbers)}")
    users: dict[str, Any] = field(default_factory=dict[str, Any])
    answer: Mapping[str, Any] = field(default_factory=dict[str, Any])  # to the row's own call
    images: list[Any] = field(default_factory=list[Any])  # keys of those that the store was given
    kept: dict[str, Any] = field(default_factory=dict[str, Any])  # what acts have for later

    def __post_init__(self) -> None:
        self.client: Any = self.session.create_client(
            "appstream", region_name=self.region, config=CONFIG
        )

    @property
    def service(self) -> Any:
        """The inside: clock, users, faults, driver."""
        return self.session.service

    def call(self, operation: str, members: Mapping[str, Any]) -> dict[str, Any]:
        """The answer; botocore's ClientError if the call is refused."""
        answer = getattr(self.client, xform_name(operation))(**self.filled(members))
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def wait(self, waiter: str, name: str) -> None:
        """The fleet is what botocore's waiter waits for."""
        self.client.get_waiter(waiter).wait(Names=[name], WaiterConfig=QUICK)

    def filled(self, value: Any) -> Any:
        """The value with everything in it that only this subject knows."""
        if isinstance(value, Of):
            return self.filled(value.value(self))
        if isinstance(value, str):
            return value.replace("{region}", self.region).replace("{account}", self.account)
        if isinstance(value, Mapping):
            return {name: self.filled(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.filled(item) for item in value]
        return value

    def check(self, rule: Rule) -> None:
        """The rule holds here."""
        for act in rule.given:
            act(self)
        self.answer = self._expect(rule.operation, rule.members, rule.expect)
        for later in rule.then:
            if isinstance(later, Look):
                self._expect(later.operation, later.members, later.expect)
            else:
                later(self)

    def remove_images(self) -> None:
        """The images that the row has put into the store are there no more."""
        with self.store.transaction() as tx:
            for key in self.images:
                row = tx.get(ImageRow, key)
                if row is not None:  # the row's call may have deleted it
                    tx.delete(row)

    def _expect(
        self, operation: str, members: Mapping[str, Any], expect: Refused | Answered
    ) -> Mapping[str, Any]:
        try:
            answer = self.call(operation, members)
        except ClientError as error:
            self._expect_refusal(operation, error, expect)
            return {}
        assert isinstance(expect, Answered), f"{operation} was not refused: {answer}"
        assert differences(self.filled(expect.output), answer, operation) == []
        return answer

    def _expect_refusal(
        self, operation: str, error: ClientError, expect: Refused | Answered
    ) -> None:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        assert isinstance(expect, Refused), f"{operation} was refused: {code}: {message}"
        assert (code, self.filled(expect.text) in message) == (expect.code, True), (
            f"{operation}: {code}: {message}"
        )

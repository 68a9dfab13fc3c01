"""Waiters that let the engine's time pass in place of sleeping."""

from collections.abc import Callable
from typing import Any

from botocore import xform_name
from botocore.client import BaseClient
from botocore.waiter import NormalizedOperationMethod, Waiter

PassTime = Callable[[float], None]


class PassingWaiter(Waiter):
    """botocore's waiter, but that between its polls so many seconds are passed, not slept."""

    def __init__(self, waiter: Any, client: Any, pass_time: PassTime) -> None:
        operation = getattr(client, xform_name(waiter.config.operation))
        self._poll = NormalizedOperationMethod(operation)
        self._pass_time = pass_time
        super().__init__(waiter.name, waiter.config, self._poll)

    def wait(self, **members: Any) -> None:
        """Nothing, once it is so; botocore's WaiterError as ever."""
        config = members.pop("WaiterConfig", {})
        delay_s = config.get("Delay", self.config.delay)
        polls = 0

        def poll(**asked: Any) -> Any:
            nonlocal polls
            if polls:
                self._pass_time(delay_s)
            polls += 1
            return self._poll(**asked)

        Waiter(self.name, self.config, poll).wait(**members, WaiterConfig={**config, "Delay": 0})


def with_passing_waiters(pass_time: PassTime) -> Callable[..., None]:
    """A hook for botocore's creating-client-class: the class's waiters let time pass."""

    def get_waiter(client: Any, waiter_name: str) -> PassingWaiter:
        return PassingWaiter(BaseClient.get_waiter(client, waiter_name), client, pass_time)

    def hook(class_attributes: dict[str, Any], **_: Any) -> None:
        class_attributes["get_waiter"] = get_waiter

    return hook

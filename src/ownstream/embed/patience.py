"""Clients that wait by the engine's time where botocore waits by the system's.

For an answer that is late, as long as the client's read timeout allows; and before they try again.
"""

from collections.abc import Callable
from typing import Any

from botocore.client import BaseClient

from ownstream.embed.transport import Transport

LONGEST_RETRY_S = 20.0  # of botocore's modes "standard" and "adaptive"

Wait = Callable[[float], None]


def with_patience(transport: Transport, wait: Wait) -> Callable[..., None]:
    """A hook for botocore's creating-client-class: the class's clients talk to this transport."""

    class Patient(BaseClient):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            events = self.meta.events
            events.register(f"before-send.{_service(self)}", transport.until(_timeout_s(self)))
            self.meta.events = _PassingEvents(events, wait)

    def hook(base_classes: list[type], **_: Any) -> None:
        base_classes.insert(0, Patient)

    return hook


class _PassingEvents:
    """A client's own events, but that handlers of needs-retry let the time before a try pass."""

    def __init__(self, events: Any, wait: Wait) -> None:
        self._events = events
        self._wait = wait

    def __getattr__(self, name: str) -> Any:
        return getattr(self._events, name)

    def register(self, event_name: str, handler: Any, *args: Any, **kwargs: Any) -> None:
        if event_name.startswith("needs-retry."):
            handler = _passing(handler, self._wait)
        self._events.register(event_name, handler, *args, **kwargs)


def _passing(handler: Callable[..., Any], wait: Wait) -> Callable[..., Any]:
    def passed(*, attempts: int, **kwargs: Any) -> Any:
        delay_s = handler(attempts=attempts, **kwargs)
        if delay_s is None or delay_s is False:
            return delay_s
        # botocore throws dice for it, and the same calls are to have the same history: so it is
        # always the longest that it can come to.
        wait(min(LONGEST_RETRY_S, 2.0 ** (attempts - 1)))
        return 0

    return passed


def _service(client: Any) -> str:
    return client.meta.service_model.service_id.hyphenize()


def _timeout_s(client: Any) -> float | None:
    return client.meta.config.read_timeout

"""botocore's Session whose AppStream is in this process."""

import weakref
from dataclasses import dataclass, field
from inspect import signature
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import botocore.session

from ownstream.clock import TurnedClock
from ownstream.drivers.simulated import SimulatedDriver
from ownstream.embed.engine import ENDPOINT, KEY, Engine
from ownstream.embed.patience import with_patience
from ownstream.embed.transport import Transport
from ownstream.embed.users import Users
from ownstream.embed.waiting import with_passing_waiters
from ownstream.faults import Faults

SERVICE = "appstream"
DEFAULT_REGION = "us-east-1"


class NotEmbedded(Exception):
    """This session talks to a service elsewhere, whose inside is not at hand."""


@dataclass(frozen=True)
class Service:
    """The inside of the service behind a session."""

    engine: Engine = field(repr=False)
    _transport: Transport = field(repr=False)  # whoever holds this keeps the engine open

    @property
    def clock(self) -> TurnedClock:
        """The clock that all timers go by."""
        return self.engine.clock

    @property
    def users(self) -> Users:
        """Who can be made to connect."""
        return self.engine.users

    @property
    def driver(self) -> SimulatedDriver:
        """Where instances would be; it can be told how long they take."""
        return self.engine.driver

    @property
    def faults(self) -> Faults:
        """The faults that strike, to which others can be added."""
        return self.engine.faults

    def lose_instance(self, instance_id: str, reason: str = "its agent has ended") -> None:
        """The instance dies in mid-session; LookupError if there is none of this id."""
        self.engine.lose(instance_id, reason)


class Session(botocore.session.Session):
    """A botocore Session with an AppStream of its own; other services are where they were.

    Its clients need no configuration: they have a key pair, and a region if none is configured.
    `data_dir` keeps state on disk between sessions. `clock` is turned by its owner, else it is
    the system's. With `endpoint_url` or `profile` the session talks to that service instead.
    Threads may share it. A session that is not closed is when nobody has it or a client of it.
    """

    def __init__(
        self,
        *,
        data_dir: str | Path | None = None,
        clock: TurnedClock | None = None,
        endpoint_url: str | None = None,
        profile: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(profile=profile, **options)
        self._endpoint_url = endpoint_url
        self._service: Service | None = None
        if endpoint_url is not None or profile is not None:
            if data_dir is not None or clock is not None:
                raise ValueError("data_dir and clock are for a session with no endpoint or profile")
            return
        engine = Engine(clock, Path(data_dir) if data_dir is not None else None)
        transport = Transport(engine.answer, engine.wait)
        weakref.finalize(transport, engine.close)
        self._service = Service(engine, transport)
        self.register(f"creating-client-class.{SERVICE}", with_patience(transport, engine.wait))
        self.register(f"creating-client-class.{SERVICE}", with_passing_waiters(engine.pass_time))

    @property
    def service(self) -> Service:
        """The service behind this session; NotEmbedded where that is another process."""
        if self._service is None:
            raise NotEmbedded("a session with an endpoint_url or a profile has no service inside")
        return self._service

    def create_client(self, *args: Any, **options: Any) -> Any:
        """botocore's own client of the service; the arguments are botocore's."""
        asked = signature(super().create_client).bind(*args, **options).arguments
        if asked["service_name"] != SERVICE:
            return super().create_client(**asked)
        return super().create_client(**self._defaulted(asked))

    def close(self) -> None:
        """Everything is let go of; a client of this session answers no more."""
        if self._service is not None:
            self._service.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _defaulted(self, options: dict[str, Any]) -> dict[str, Any]:
        if self._service is None:
            return {**options, "endpoint_url": options.get("endpoint_url") or self._endpoint_url}
        given = {name: value for name, value in options.items() if value is not None}
        region = self.get_config_variable("region") or DEFAULT_REGION
        defaults: dict[str, Any] = {"endpoint_url": ENDPOINT, "region_name": region}
        if "aws_access_key_id" not in given:
            defaults |= {"aws_access_key_id": KEY[0], "aws_secret_access_key": KEY[1]}
        return {**defaults, **given}

"""botocore's Session whose AppStream is in this process."""

import time
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import botocore.session
from botocore.exceptions import NoCredentialsError

from ownstream.clock import TurnedClock
from ownstream.domain.attributes import Stated, read_directory
from ownstream.domain.limits import Limits
from ownstream.drivers.simulated import SimulatedDriver
from ownstream.embed.engine import ENDPOINT, KEY, Engine
from ownstream.embed.handlers import builtin_handlers
from ownstream.embed.patience import with_patience
from ownstream.embed.transport import Transport
from ownstream.embed.users import Users
from ownstream.embed.waiting import with_passing_waiters
from ownstream.faults import Faults
from ownstream.model.loader import shared_loader
from ownstream.post.base import Mail
from ownstream.storage.locations import Locations

if TYPE_CHECKING:
    from ownstream.embed.remote import RemoteService

SERVICE = "appstream"
DEFAULT_REGION = "us-east-1"
BOTOCORES_OWN = signature(botocore.session.Session.create_client)


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

    @property
    def locations(self) -> Locations:
        """The objects that S3Location names."""
        return self.engine.locations

    @property
    def mails(self) -> Sequence[Mail]:
        """What has been written to users of the user pool, oldest first."""
        with self.engine.at_present():
            return self.engine.post.mails

    def close(self) -> None:
        """Everything is let go of."""
        self.engine.close()

    def lose_instance(self, instance_id: str, reason: str = "its agent has ended") -> None:
        """The instance dies in mid-session; LookupError if there is none of this id."""
        self.engine.lose(instance_id, reason)


class Session(botocore.session.Session):
    """A botocore Session with an AppStream of its own; other services are where they were.

    Its clients need no configuration: they have a key pair, and a region if none is configured.
    `data_dir` keeps state on disk between sessions. `clock` is turned by its owner, else it is
    the system's. `limits` are how many fleets and stacks there may be. `s3_locations` is the folder
    that has a folder for each bucket that an S3Location may name. `user_attributes` are users'
    attributes by their names, for entitlements to match. With `endpoint_url` or `profile` the
    session talks to that service instead. Threads may share it. A session that is not closed is
    when nobody has it or a client of it.
    """

    def __init__(
        self,
        *,
        data_dir: str | Path | None = None,
        clock: TurnedClock | None = None,
        endpoint_url: str | None = None,
        profile: str | None = None,
        limits: Limits | None = None,
        s3_locations: str | Path | None = None,
        user_attributes: Mapping[str, Mapping[str, str | list[str]]] | None = None,
        **options: Any,
    ) -> None:
        if options.keys().isdisjoint({"event_hooks", "include_builtin_handlers"}):
            options |= {"event_hooks": builtin_handlers(), "include_builtin_handlers": False}
        super().__init__(profile=profile, **options)
        self.lazy_register_component(
            "data_loader", lambda: shared_loader(self.get_config_variable("data_path"))
        )
        self._endpoint_url = endpoint_url
        self._service: Service | RemoteService | None = None
        if endpoint_url is not None or profile is not None:
            ours = (data_dir, clock, limits, s3_locations, user_attributes)
            if any(each is not None for each in ours):
                raise ValueError(
                    "data_dir, clock, limits, s3_locations and user_attributes are for a session"
                    " with no endpoint or profile"
                )
            hook = with_passing_waiters(self._pass_time_there)
            self.register(f"creating-client-class.{SERVICE}", hook)
            return
        folder = Path(data_dir) if data_dir is not None else None
        buckets = Path(s3_locations) if s3_locations is not None else None
        stated = None if user_attributes is None else Stated(read_directory(user_attributes))
        engine = Engine(clock, folder, limits or Limits(), s3_locations=buckets, attributes=stated)
        transport = Transport(engine.answer, engine.wait)
        weakref.finalize(transport, engine.close)
        self._service = Service(engine, transport)
        self.register(f"creating-client-class.{SERVICE}", with_patience(transport, engine.wait))
        self.register(f"creating-client-class.{SERVICE}", with_passing_waiters(engine.pass_time))

    @property
    def service(self) -> "Service | RemoteService":
        """The service behind this session.

        One that runs elsewhere has to be in test mode: else NotInTestMode when it is made use of.
        """
        if self._service is None:
            self._service = self._remote()
        return self._service

    def create_client(self, *args: Any, **options: Any) -> Any:
        """botocore's own client of the service; the arguments are botocore's."""
        asked = BOTOCORES_OWN.bind(self, *args, **options).arguments
        del asked["self"]
        if asked["service_name"] != SERVICE:
            return super().create_client(**asked)
        return super().create_client(**self._defaulted(asked))

    def close(self) -> None:
        """Everything is let go of; a client of this session answers no more."""
        if self._service is not None:
            self._service.close()

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
        if not isinstance(self._service, Service):
            return {**options, "endpoint_url": options.get("endpoint_url") or self._endpoint_url}
        given = {name: value for name, value in options.items() if value is not None}
        region = self.get_config_variable("region") or DEFAULT_REGION
        defaults: dict[str, Any] = {"endpoint_url": ENDPOINT, "region_name": region}
        if "aws_access_key_id" not in given:
            defaults |= {"aws_access_key_id": KEY[0], "aws_secret_access_key": KEY[1]}
        return {**defaults, **given}

    def _remote(self) -> "RemoteService":
        # Imported where it is used: an embedded service needs none of it.
        from ownstream.embed.http import Http
        from ownstream.embed.remote import RemoteService

        client = self.create_client(SERVICE)
        credentials = self.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        url = client.meta.endpoint_url
        verify = self.get_config_variable("ca_bundle") or True
        http = Http(credentials, client.meta.region_name, verify, url)
        return RemoteService(http, url)

    def _pass_time_there(self, delay_s: float) -> None:
        from ownstream.embed.remote import NotInTestMode

        try:
            self.service.clock.advance(seconds=delay_s)
        except NotInTestMode:
            time.sleep(delay_s)

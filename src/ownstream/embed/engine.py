"""One engine in this process: store, control and users, which move when somebody looks.

Nothing runs by itself. The clock is either turned by its owner or follows the system's: then each
look first does all that has fallen due since the last one, each thing at its own instant.
"""

import asyncio
import random
import secrets
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ownstream.api.chain import Api, Exchange
from ownstream.api.dispatch import Dispatcher
from ownstream.api.messages import HttpRequest, HttpResponse
from ownstream.api.sigv4 import Credential, Verifier
from ownstream.clock import SystemClock, TurnedClock
from ownstream.control.controller import Controller, retire_all
from ownstream.control.image_archives import ImageArchives
from ownstream.control.launching import random_instance_id
from ownstream.control.mails import Mailer
from ownstream.control.pace import UNWATCHED, at_once
from ownstream.control.usage_reports import UsageReports
from ownstream.domain.attributes import Unstated, UserAttributes
from ownstream.domain.keys import owner_key
from ownstream.domain.limits import Limits
from ownstream.drivers.simulated import SimulatedDriver
from ownstream.embed.loop import StillLoop
from ownstream.embed.pool_users import Desk
from ownstream.embed.users import Entrance, Users
from ownstream.engine import dispatcher, locked, remember_images
from ownstream.faults import Faults
from ownstream.gateway.admission import Door, random_session_id
from ownstream.gateway.presence import Presence
from ownstream.keyring import SECRET_BYTES, Keyring, open_keyring
from ownstream.model.catalog import appstream
from ownstream.portal.reception import Reception
from ownstream.post.memory import RememberedPost
from ownstream.storage.folder_locations import FolderLocations
from ownstream.storage.lent_locations import LentLocations
from ownstream.storage.locations import Locations
from ownstream.storage.memory_locations import MemoryLocations
from ownstream.store import Store, memory_store, open_store, sqlite_url, streaming

ARCHIVES = "ownstream-images"  # the bucket that images are exported to
MOST_ARCHIVE_BYTES = 1 << 30
ENDPOINT = "https://ownstream.invalid"
ACCOUNT = "000000000000"
KEY = ("OWNSTREAMEMBEDDED", "ownstream")


class Closed(Exception):
    """The session that had this engine has been closed."""


@dataclass(frozen=True)
class Ids:
    """Where ids come from."""

    session: Callable[[], str]
    instance: Callable[[], str]


def seeded_ids(seed: int = 0) -> Ids:
    """The same ids in the same order each time: nothing outlives the engine to clash with."""
    source = random.Random(seed)  # noqa: S311 - names, not secrets
    return Ids(
        session=lambda: str(uuid.UUID(int=source.getrandbits(128), version=4)),
        instance=lambda: f"i-{source.getrandbits(64):016x}",
    )


class Engine:
    """Answers requests, and lets users in."""

    def __init__(
        self,
        clock: TurnedClock | None,
        data_dir: Path | None,
        limits: Limits,
        *,
        s3_locations: Path | None = None,
        attributes: UserAttributes | None = None,
    ) -> None:
        """None as clock follows the system's; None as folder keeps nothing on disk.

        S3 locations are in the data folder where they have none of their own. None as attributes:
        nobody states any.
        """
        self._system = SystemClock()
        self._follows = clock is None
        self._lasts = data_dir is not None
        self._closed = False
        self._held = ExitStack()
        self.clock = clock or TurnedClock(self._system.now())
        self.store, keyring, ids = _kept(data_dir, self._held)
        self.locations = _locations(s3_locations or (data_dir / "s3" if data_dir else None))
        self.driver = SimulatedDriver(self.clock)
        self.faults = Faults()
        self.post = RememberedPost()
        self._loop = StillLoop()
        stated = attributes or Unstated()
        presence = Presence(self.store, self.clock, stated)
        door = Door(self.store, keyring.key("tickets"), new_id=ids.session, attributes=stated)
        desk = Desk(self.store, Reception(self.store, self.clock, stated), keyring.key("tickets"))
        entrance = Entrance(door, presence, self.clock, self._loop, self.at_present, desk, limits)
        self.users = Users(entrance)
        operations = dispatcher(
            self.store,
            self.clock,
            keyring,
            ENDPOINT,
            self.faults,
            limits,
            locations=LentLocations(self.locations, {ARCHIVES}),
        )
        self._api = _api(operations, self._system.now, self.faults)
        with self.clock.turn:
            self._held.enter_context(self.clock.driving(self._settle))
            remember_images(self.store, self.driver, self.clock)
            presence.forget_connections()
            self._control = self._loop.create_task(self._controller(ids).run())
            self._settle()
            # After control, which has begun to listen by now: what it hears is done here.
            self._held.enter_context(self.faults.listened(self._look))

    @contextmanager
    def at_present(self) -> Generator[None]:
        """Meanwhile it is now and no time passes; what it sets off is done at its end."""
        with self.clock.turn:
            if self._closed:
                raise Closed("this session has been closed; make another ownstream.Session")
            self.clock.advance_to(self._system.now() if self._follows else self.clock.now())
            yield
            self._settle()

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The API's answer; what it sets off has been done, as far as no time need pass."""
        with self.at_present():
            return self._api.answer(request)

    def wait(self, delay_s: float) -> None:
        """So many seconds have passed: a turned clock is turned, the system's is waited for.

        Other threads are answered meanwhile.
        """
        if not self._follows:
            return self.clock.advance(seconds=delay_s)
        time.sleep(delay_s)
        self._look()

    def pass_time(self, delay_s: float) -> None:
        """So many seconds have passed; less where the clock is the system's and something is due.

        A turned clock is turned. The system's is waited for.
        """
        if not self._follows:
            return self.clock.advance(seconds=delay_s)
        with self.clock.turn:  # no look: what it would do may be what is waited for
            due = self.clock.next_due()
            until_due_s = (due - self._system.now()).total_seconds() if due else delay_s
        time.sleep(min(delay_s, max(0.0, until_due_s)))

    def lose(self, instance_id: str, reason: str) -> None:
        """The instance has died for this reason, and its fleet has noticed.

        LookupError if there is no such instance.
        """
        with self.at_present(), self.store.transaction() as tx:
            rows = [row for row in streaming.all_instances(tx) if row.instance == instance_id]
            if not rows:
                raise LookupError(
                    f"there is no instance {instance_id}; DescribeSessions names some"
                )
            for row in rows:
                self.driver.lose(row.id, reason)
                tx.touch(owner_key(row.scope, row.fleet))

    def close(self) -> None:
        """Everything is let go of; what is kept on disk is as after a service's clean stop."""
        with self.clock.turn:
            if self._closed:
                return
            self._closed = True
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.settle()
            if self._lasts:
                self._retire_all()
            self.store.close()
            self._loop.close()
            self._held.close()

    def _look(self) -> None:
        """What is due has been done."""
        with self.at_present():
            pass

    def _settle(self) -> None:
        self._loop.settle()
        while self.users.let_arrive():
            self._loop.settle()
        if self._control.done():
            self._control.result()

    def _retire_all(self) -> None:
        stopping = self._loop.create_task(
            retire_all(self.store, self.driver, self.clock, offload=at_once)
        )
        self._loop.settle()
        while not stopping.done():
            self.clock.wake_next(self.clock.next_due() or self.clock.now())
            self._loop.settle()
        stopping.result()

    def _controller(self, ids: Ids) -> Controller:
        usage_reports = UsageReports(self.store, self.clock, self.locations, offload=at_once)
        mailer = Mailer(self.store, self.clock, self.post, ENDPOINT, offload=at_once)
        return Controller(
            self.store,
            self.driver,
            self.clock,
            offload=at_once,
            pace=UNWATCHED,
            new_id=ids.instance,
            faults=self.faults,
            usage_reports=usage_reports,
            mailer=mailer,
            archives=self._archives(),
        )

    def _archives(self) -> ImageArchives:
        return ImageArchives(
            self.store,
            self.driver,
            self.clock,
            self.locations,
            bucket=ARCHIVES,
            most_bytes=MOST_ARCHIVE_BYTES,
            offload=at_once,
        )


def _kept(data_dir: Path | None, held: ExitStack) -> tuple[Store, Keyring, Ids]:
    if data_dir is None:
        return memory_store(), Keyring(secrets.token_bytes(SECRET_BYTES)), seeded_ids()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    held.enter_context(locked(data_dir / "lock"))
    store = open_store(sqlite_url(data_dir / "ownstream.db"))
    ids = Ids(random_session_id, random_instance_id)
    return store, open_keyring(data_dir / "secret.key"), ids


def _locations(folder: Path | None) -> Locations:
    return MemoryLocations() if folder is None else FolderLocations(folder)


def _api(operations: Dispatcher, signed_at: Callable[[], datetime], faults: Faults) -> Api:
    def find_credential(access_key: str) -> Credential | None:
        return Credential(ACCOUNT, KEY[1]) if access_key == KEY[0] else None

    # botocore signs by the system's clock, whatever ours says.
    verifier = Verifier(find_credential, signed_at, service=appstream().signing_name)
    return Api(operations, verifier, note=_unnoted, faults=faults)


def _unnoted(_exchange: Exchange, _response: HttpResponse, _elapsed_s: float) -> None:
    """A test's output is not ours to write in."""

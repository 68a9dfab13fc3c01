"""The only place that constructs the service and starts its tasks."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ownstream.api import sts, tagging
from ownstream.api.app import api_routes
from ownstream.api.chain import Api
from ownstream.api.front import Front
from ownstream.api.sigv4 import Credential, Verifier
from ownstream.api.sts import Identity
from ownstream.attribute_file import attributes_of
from ownstream.clock import AdvancedClock, Clock, SystemClock
from ownstream.control import inside
from ownstream.control.assistants import Assistants
from ownstream.control.controller import Controller, end_all_sessions, retire_all
from ownstream.control.home_folders import HomeFolders
from ownstream.control.mails import Mailer
from ownstream.control.pace import UNWATCHED, Pace
from ownstream.control.packaging import Packaging
from ownstream.control.setups import Setups
from ownstream.control.software import nowhere
from ownstream.control.usage_reports import UsageReports
from ownstream.domain.attributes import Unstated, UserAttributes
from ownstream.domain.limits import Limits
from ownstream.drivers.base import InstanceDriver
from ownstream.drivers.simulated import SimulatedDriver
from ownstream.engine import AlreadyServed as AlreadyServed
from ownstream.engine import dispatcher, locked, remember_images
from ownstream.faults import Faults
from ownstream.gateway.admission import Door
from ownstream.gateway.app import Gateway, unavailable
from ownstream.gateway.presence import Presence
from ownstream.gateway.relay import Bells
from ownstream.keyring import Keyring, open_keyring
from ownstream.log import Log
from ownstream.model.catalog import appstream, catalog
from ownstream.portal.app import Portal, portal_threads
from ownstream.post.base import Post
from ownstream.post.memory import RememberedPost
from ownstream.provisions import (
    archives_of,
    driver_of,
    home_folders_of,
    lent_locations,
    post_of,
    provide_profile,
    public_url,
    setups_of,
)
from ownstream.settings import Settings
from ownstream.storage.locations import Locations
from ownstream.store import Conflict, CredentialRow, Store, Unwritable, open_store, sqlite_url
from ownstream.testmode.app import Controls, instances_move
from ownstream.testmode.rest import AnswersAtRest, CountedThreads, rest

API_THREADS = 8
FAREWELL_S = 1.0


@dataclass(frozen=True)
class Service:
    """One service, made but not yet running."""

    settings: Settings
    clock: Clock
    keyring: Keyring
    store: Store
    driver: InstanceDriver
    public_url: str
    locations: Locations  # where the objects are that S3Location names
    post: Post
    home_folders: HomeFolders | None = None
    attributes: UserAttributes = field(default_factory=Unstated)
    setups: Setups | None = None
    bells: Bells = field(default_factory=Bells)
    faults: Faults = field(default_factory=Faults)
    # Set: at its end it leaves instances and sessions as they are, to the next one that starts.
    hands_over: threading.Event = field(default_factory=threading.Event)

    @property
    def pace(self) -> Pace:
        """How often control looks at what runs without having been told of anything."""
        if isinstance(self.driver, SimulatedDriver):
            return UNWATCHED
        # Turned over an hour, it would look at every process 1800 times.
        return Pace(later_s=30.0, sweep_s=3600.0) if self.settings.test_mode else Pace()

    @property
    def limits(self) -> Limits:
        """What an account may have."""
        return Limits(
            fleets=self.settings.max_fleets,
            image_builders=self.settings.max_image_builders,
            images=self.settings.max_images,
            stacks=self.settings.max_stacks,
            users=self.settings.max_users,
        )

    def _assistants(self) -> Assistants | None:
        """Who hears Image Assistants; nobody where instances run nothing."""
        if isinstance(self.driver, SimulatedDriver):
            return None
        return Assistants(self.store, self.clock, self.limits)

    def _packaging(self) -> Packaging | None:
        """Who packages app blocks; nobody where instances run nothing."""
        if isinstance(self.driver, SimulatedDriver):
            return None
        return Packaging(self.store, self.locations, self.settings.instances.resolve())

    async def say_farewell(self) -> None:
        """Every session is over, and browsers have been told so as far as they listen.

        Not so when it hands over: they find the next one by themselves.
        """
        if self.hands_over.is_set():
            return
        await asyncio.to_thread(end_all_sessions, self.store, self.clock)
        await self.bells.silence(within_s=FAREWELL_S)

    async def run_tasks(self, failed: Callable[[], None]) -> None:
        """Reconciles until cancelled; calls `failed` when it cannot go on."""
        presence = Presence(self.store, self.clock)
        await asyncio.to_thread(presence.forget_connections)
        controller = Controller(
            self.store,
            self.driver,
            self.clock,
            self.settings.reserved_memory_bytes,
            pace=self.pace,
            faults=self.faults,
            home_folders=self.home_folders,
            usage_reports=UsageReports(self.store, self.clock, self.locations),
            mailer=Mailer(self.store, self.clock, self.post, self.public_url),
            setups=self.setups,
            assistants=self._assistants(),
            inside=nowhere if isinstance(self.driver, SimulatedDriver) else inside.run,
            archives=archives_of(self.settings, self.store, self.clock, self.driver),
            packaging=self._packaging(),
        )
        try:
            await controller.run()
        except Exception:  # the task's outermost frame: a service that does nothing must end
            Log("service").exception("control has failed")
            failed()


@dataclass(frozen=True)
class _TestMode:
    """What a service in test mode has beyond another."""

    threads: CountedThreads
    controls: Controls

    async def settled(self) -> None:
        """Nothing goes on in this process but what waits for time to pass."""
        await rest(self.threads)


class _Signed(BaseRoute):
    """A route of the API, which shares its root with the page: a browser's GET is not for it."""

    def __init__(self, route: BaseRoute) -> None:
        self._route = route

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        presigned = b"X-Amz-Signature=" in scope.get("query_string", b"")
        if scope.get("method") == "GET" and not presigned:
            return Match.NONE, {}
        return self._route.matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._route.handle(scope, receive, send)


@contextlib.contextmanager
def made(settings: Settings) -> Generator[Service]:
    """The service of these settings; AlreadyServed while another one has its folders."""
    folder = settings.data_dir.resolve()
    instances = settings.instances.resolve()
    for own in (folder, instances):
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A service ends the instances in its folder that it does not know: two would end each other's.
    with locked(folder / "lock"), locked(instances / ".lock"):
        keyring = open_keyring(folder / "secret.key")
        store = open_store(settings.store_url or sqlite_url(folder / "ownstream.db"))
        clock = AdvancedClock() if settings.test_mode else SystemClock()
        driver = driver_of(settings, clock)
        try:
            remember_images(store, driver, clock)
            locations = lent_locations(settings)
            service = Service(
                settings,
                clock,
                keyring,
                store,
                driver,
                public_url(settings),
                locations,
                _post(settings),
                home_folders=home_folders_of(settings, store, clock, driver),
                attributes=attributes_of(settings.user_attributes),
                setups=setups_of(settings, store, clock, driver, locations),
            )
            provide_profile(settings, store, keyring)
            yield service
        finally:
            store.close()


def _post(settings: Settings) -> Post:
    post = post_of(settings)
    return RememberedPost(post) if settings.test_mode else post


def application(service: Service, failed: Callable[[], None]) -> ASGIApp:
    """The service as an ASGI application; its lifespan is the service's."""
    bells = service.bells
    door = Door(
        service.store,
        service.keyring.key("tickets"),
        service.settings.url_reuse,
        home_folders=service.home_folders is not None,
        attributes=service.attributes,
        app_blocks=service.setups is not None,
    )
    gateway = Gateway(
        door=door,
        presence=Presence(service.store, service.clock, service.attributes),
        bells=bells,
        store=service.store,
        clock=service.clock,
        public_url=service.public_url,
        locations=service.locations,
    )

    portal = Portal(
        store=service.store,
        clock=service.clock,
        form_key=service.keyring.key("portal forms"),
        ticket_key=service.keyring.key("tickets"),
        secure=service.public_url.startswith("https:"),
        threads=portal_threads(),
        attributes=service.attributes,
    )
    executor = ThreadPoolExecutor(API_THREADS, thread_name_prefix="api")
    test_mode = _test_mode(service)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        loop = asyncio.get_running_loop()
        if test_mode is not None:
            loop.set_default_executor(test_mode.threads)

        def hear(key: Any) -> None:
            loop.call_soon_threadsafe(bells.ring, key)

        with service.store.listened(hear):
            tasks = asyncio.create_task(service.run_tasks(failed))
            try:
                yield
            finally:
                tasks.cancel()
                await asyncio.gather(tasks, return_exceptions=True)
                if isinstance(service.driver, SimulatedDriver):
                    service.driver.stop_takes = timedelta(0)  # nobody waits for what is nowhere
                await _end_all(service)
                executor.shutdown()
                portal.threads.shutdown()

    api = [*map(_Signed, api_routes(_api(service), executor, service.clock.sleep))]
    routes = [Route("/healthz", _healthy), *api, *portal.routes(), *gateway.routes()]
    handlers = {Conflict: unavailable, Unwritable: unavailable}
    if test_mode is None:
        return Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)
    routes = [*routes, *test_mode.controls.routes()]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)
    return AnswersAtRest(app, test_mode.settled)


async def _end_all(service: Service) -> None:
    """Instances are gone, home folders saved, and nothing is held open any more.

    A service that hands over leaves instances as they are.
    """
    if not service.hands_over.is_set():
        await retire_all(
            service.store,
            service.driver,
            service.clock,
            home_folders=service.home_folders,
            setups=service.setups,
        )
    for keeper in (service.home_folders, service.setups):
        if keeper is not None:
            await keeper.close()
    await service.driver.close()


async def _healthy(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _api(service: Service) -> Front:
    operations = dispatcher(
        service.store,
        service.clock,
        service.keyring,
        service.public_url,
        service.faults,
        service.limits,
        locations=service.locations,
    )
    api = Api(operations, _verifier(service), faults=service.faults)
    identity = Identity(_verifier(service, sts.SIGNING_NAME))
    signing_name = catalog(tagging.SERVICE).signing_name
    tags = tagging.tagging_api(
        _verifier(service, signing_name),
        service.store.snapshot,
        operations.page_tokens,
        operations,
    )
    return Front(api, [identity, tags])


def _test_mode(service: Service) -> _TestMode | None:
    if not isinstance(service.clock, AdvancedClock):
        return None
    Log("service").warning(
        "TEST MODE: whoever has a key can turn the clock, lose instances and make calls fail"
    )
    threads = CountedThreads()
    simulated = isinstance(service.driver, SimulatedDriver)
    moving = None if simulated else partial(instances_move, service.store)

    controls = Controls(
        verifier=_verifier(service),
        clock=service.clock,
        store=service.store,
        driver=service.driver,
        settled=partial(rest, threads, moving),
        faults=service.faults,
        post=service.post if isinstance(service.post, RememberedPost) else RememberedPost(),
    )
    return _TestMode(threads, controls)


def _verifier(service: Service, signing_name: str | None = None) -> Verifier:
    """Of requests signed for the service of this name, or for AppStream."""

    def find_credential(access_key: str) -> Credential | None:
        with service.store.snapshot() as tx:
            row = tx.get(CredentialRow, access_key)
            if row is None:
                return None
            return Credential(row.account, service.keyring.unseal(row.sealed_secret).decode())

    # Clients sign by the system's time, wherever ours has been turned to.
    name = signing_name or appstream().signing_name
    return Verifier(find_credential, SystemClock().now, service=name)

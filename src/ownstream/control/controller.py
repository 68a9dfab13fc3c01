"""The control runtime: hears what was touched, and works on it key by key."""

import asyncio
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from typing import cast

from ownstream.clock import Clock
from ownstream.control.app_block_builders import AppBlockBuilderReconciler
from ownstream.control.assistants import Assistants
from ownstream.control.builders import BuilderReconciler
from ownstream.control.deaths import Deaths
from ownstream.control.fleets import FleetReconciler
from ownstream.control.home_folders import HomeFolders
from ownstream.control.image_archives import ImageArchives
from ownstream.control.image_jobs import image_jobs
from ownstream.control.images import ImageReconciler
from ownstream.control.launching import InstanceSetup, random_instance_id
from ownstream.control.mails import Mailer
from ownstream.control.pace import Offload, Pace
from ownstream.control.packaging import Packaging
from ownstream.control.sessions import SessionReconciler
from ownstream.control.setups import Setups
from ownstream.control.software import Inside, SoftwareReconciler, nowhere
from ownstream.control.sweeper import Sweeper
from ownstream.control.usage_reports import UsageReports
from ownstream.control.workqueue import Work, WorkQueue, backoff_s
from ownstream.domain.faults import Faults
from ownstream.domain.keys import (
    BuilderKey,
    FleetKey,
    ImageExportKey,
    ImageKey,
    SessionKey,
    SoftwareKey,
    UsageReportsKey,
    builder_key,
    fleet_key,
    home_folder_key,
    setup_key,
)
from ownstream.drivers.base import InstanceDriver, Terminal, Transient
from ownstream.drivers.faulty import FaultyDriver
from ownstream.log import Log
from ownstream.store import Store, streaming

# Work that waits for an instance to end holds its worker: few would let slow ends hold up others.
WORKERS = 256
RETIRE_TRIES = 4
FAULTS_KEY = ("faults",)  # worked on when faults were added or removed


@dataclass
class Controller:
    """Runs the reconcilers and the sweeper over one store and one driver."""

    store: Store
    driver: InstanceDriver
    clock: Clock
    reserved_memory_bytes: int = 0
    offload: Offload = asyncio.to_thread
    pace: Pace = field(default_factory=Pace)
    new_id: Callable[[], str] = random_instance_id
    faults: Faults = field(default_factory=Faults)
    home_folders: HomeFolders | None = None
    usage_reports: UsageReports | None = None
    mailer: Mailer | None = None
    setups: Setups | None = None
    assistants: Assistants | None = None
    archives: ImageArchives | None = None
    inside: Inside = nowhere
    packaging: Packaging | None = None

    async def run(self) -> None:
        """Works until cancelled; running instances are left as they are."""
        loop = asyncio.get_running_loop()
        queue = WorkQueue(self.clock)
        sweeper = Sweeper(
            self.store,
            self.driver,
            self.clock,
            self.reserved_memory_bytes,
            offload=self.offload,
            pace=self.pace,
        )
        workers = self._workers()

        async def work(key: Hashable) -> float | None:
            match key:
                case (str(kind), *_) if kind in workers:
                    return await workers[kind](key)
                case _:
                    raise ValueError(f"nobody works on keys like {key!r}")

        def hear(key: Hashable) -> None:
            for each in (key, *self._also(key)):
                loop.call_soon_threadsafe(queue.add, each)

        with (
            self.store.listened(hear),
            closing(self.assistants) if self.assistants else nullcontext(),
            closing(self.packaging) if self.packaging else nullcontext(),
            self.faults.listened(lambda: hear(FAULTS_KEY)),
        ):
            await sweeper.sweep()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(queue.run(work, workers=WORKERS))
                tasks.create_task(sweeper.run())

    def _workers(self) -> Mapping[str, Work]:
        """Who works on a key, by its first word."""
        workers: dict[str, Work] = {
            "fleet": lambda key: fleets.reconcile(cast(FleetKey, key)),
            "image builder": lambda key: builders.reconcile(cast(BuilderKey, key)),
            "app block builder": lambda key: app_block_builders.reconcile(cast(BuilderKey, key)),
            "image": lambda key: images.reconcile(cast(ImageKey, key)),
            "session": lambda key: sessions.reconcile(cast(SessionKey, key)),
            "software": lambda key: software.reconcile(cast(SoftwareKey, key)),
            "faults": lambda _: self.offload(self._touch_fleets),
        }
        setup = InstanceSetup(
            self.store, self._driver, self.clock, offload=self.offload, new_id=self.new_id
        )
        fleets = self._fleets(setup)
        builders, app_block_builders = self._builders(setup), self._app_block_builders(setup)
        images = self._images()
        sessions = SessionReconciler(self.store, self.clock, offload=self.offload)
        software = SoftwareReconciler(self.store, self.inside, self.offload)
        if (home_folders := self.home_folders) is not None:
            workers["home folder"] = lambda key: home_folders.reconcile(_name(key))
        if (usage_reports := self.usage_reports) is not None:
            workers["usage reports"] = lambda key: usage_reports.reconcile(
                cast(UsageReportsKey, key)
            )
        if (mailer := self.mailer) is not None:
            workers["mail"] = lambda key: mailer.reconcile(_name(key))
        if (setups := self.setups) is not None:
            workers["setup"] = lambda key: setups.reconcile(_name(key))
        if (archives := self.archives) is not None:
            workers["image export"] = lambda key: archives.reconcile(cast(ImageExportKey, key))
        return workers

    @property
    def _driver(self) -> InstanceDriver:
        return FaultyDriver(self.driver, self.faults)

    def _also(self, key: Hashable) -> Iterator[Hashable]:
        """The keys of what is at work whenever this key is."""
        match key:
            case ("session", str(session_id)):
                if self.home_folders is not None:
                    yield home_folder_key(session_id)
                if self.setups is not None:
                    yield setup_key(session_id)
            case _:
                pass

    def _fleets(self, setup: InstanceSetup) -> FleetReconciler:
        return FleetReconciler(
            self.store,
            self._driver,
            self.clock,
            setup,
            offload=self.offload,
            pace=self.pace,
            deaths=Deaths(self.faults),
        )

    def _builders(self, setup: InstanceSetup) -> BuilderReconciler:
        return BuilderReconciler(
            self.store,
            self._driver,
            self.clock,
            setup,
            offload=self.offload,
            pace=self.pace,
            assistants=self.assistants,
        )

    def _app_block_builders(self, setup: InstanceSetup) -> AppBlockBuilderReconciler:
        return AppBlockBuilderReconciler(
            self.store,
            self._driver,
            self.clock,
            setup,
            offload=self.offload,
            pace=self.pace,
            packaging=self.packaging,
        )

    def _images(self) -> ImageReconciler:
        jobs = image_jobs(self.archives)
        return ImageReconciler(self.store, self.driver, self.clock, self.offload, jobs)

    def _touch_fleets(self) -> None:
        """Every fleet is looked at, since a fault may mean a session that it has already."""
        with self.store.transaction() as tx:
            for fleet in streaming.all_fleets(tx):
                tx.touch(fleet_key(fleet.scope, fleet.name))
            for builder in streaming.all_builders(tx):
                tx.touch(builder_key(builder.scope, builder.name))


def _name(key: Hashable) -> str:
    return cast(tuple[str, str], key)[1]


async def retire_all(
    store: Store,
    driver: InstanceDriver,
    clock: Clock,
    *,
    offload: Offload = asyncio.to_thread,
    home_folders: HomeFolders | None = None,
    setups: Setups | None = None,
) -> None:
    """Every instance is gone and every session over; running fleets start anew next time.

    An instance whose home folder cannot be saved stays, for the next start to save it.
    """

    def instances() -> dict[str, str]:
        with store.transaction() as tx:
            for owner in (*streaming.all_fleets(tx), *streaming.all_builders(tx)):
                owner.goal_met = owner.goal_met and owner.goal != "RUNNING"
            rows = streaming.all_instances(tx)
            return {row.id: row.session_id or "" if row.goal == "save" else "" for row in rows}

    async def end(instance_id: str, unsaved_session: str) -> None:
        if unsaved_session and setups:
            await setups.reconcile(unsaved_session)
        if unsaved_session and home_folders and not await home_folders.finish(unsaved_session):
            log = Log("control").bind(instance=instance_id, session=unsaved_session)
            return log.error("instance left behind; the next start saves its home folder")
        await _retire(setup, instance_id)

    setup = InstanceSetup(store, driver, clock, offload=offload)
    await offload(end_all_sessions, store, clock)
    known = await offload(instances)
    orphans = {id_: "" for id_ in await driver.inventory() if id_ not in known}
    await asyncio.gather(*(end(*each) for each in {**known, **orphans}.items()))


def end_all_sessions(store: Store, clock: Clock) -> None:
    """Every session is over: the service stops."""
    with store.transaction() as tx:
        for session in streaming.live_sessions(tx):
            streaming.end_session(tx, session, reason="service_stopped", now=clock.now())


async def _retire(setup: InstanceSetup, instance_id: str) -> None:
    log = Log("control")
    for failures in range(1, RETIRE_TRIES + 1):
        try:
            return await setup.retire(instance_id)
        except Transient as error:
            log.warning("instance not retired", instance=instance_id, why=str(error))
            await setup.clock.sleep(backoff_s(failures))
        except Terminal as error:
            log.error("instance cannot be retired", instance=instance_id, why=str(error))
            return None
    log.error("instance left behind; the next start ends it", instance=instance_id)

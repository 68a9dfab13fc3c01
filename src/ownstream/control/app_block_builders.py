"""Makes each app block builder what it is to be: one instance with a fresh volume, or none.

What was written in the instance is gone with it; what its administrator has packaged is an object.
Level-triggered, as fleets are: each look starts from the store and the driver.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ownstream.clock import Clock
from ownstream.control.launching import InstanceSetup, Why, image_name, room
from ownstream.control.pace import Offload, Pace
from ownstream.control.packaging import ASSISTANT, Packaging
from ownstream.control.workqueue import backoff_s
from ownstream.domain import capacity, owners
from ownstream.domain.elastic import ELASTIC
from ownstream.domain.fleets import ALIVE
from ownstream.domain.keys import BuilderKey
from ownstream.domain.layers import new_volume_id
from ownstream.domain.scope import Scope
from ownstream.drivers.base import (
    Image,
    InstanceDriver,
    InstanceSpec,
    Observation,
    Seen,
    Terminal,
    Transient,
)
from ownstream.store import AppBlockBuilderRow, InstanceRow, Store, Tx, resources, streaming

PREPARED_S = 0.2  # how soon its folder may be there
READY_WITHIN = timedelta(seconds=60)
# The model has no other platform than Windows; what there is here, and in sessions, is Linux.
_LIKE = {"FleetType": ELASTIC, "Platform": "UBUNTU_PRO_2404"}
GIVEN_UP_AFTER = timedelta(minutes=15)  # only what is STOPPED can be changed or deleted


@dataclass
class Trouble:
    """Launches that have failed in a row: how many, since when, and until when the next waits."""

    since: datetime
    wait_until: datetime
    count: int = 0


@dataclass(frozen=True)
class Step:
    """What is to be done now."""

    retire: Sequence[str] = ()
    launch: bool = False
    endpoint: str = ""  # of the agent that runs; empty: none does
    again_s: float | None = None


@dataclass
class AppBlockBuilderReconciler:
    """Works on one app block builder at a time, as its key comes up."""

    store: Store
    driver: InstanceDriver
    clock: Clock
    setup: InstanceSetup
    offload: Offload = asyncio.to_thread
    pace: Pace = field(default_factory=Pace)
    packaging: Packaging | None = None  # None where no agent is
    _troubles: dict[BuilderKey, Trouble] = field(default_factory=dict[BuilderKey, Trouble])
    _stuck: dict[BuilderKey, int] = field(default_factory=dict[BuilderKey, int])

    async def reconcile(self, key: BuilderKey) -> float | None:
        """After how many seconds to look again; None when there is nothing to wait for."""
        handles = await self.offload(self._handles, key)
        observed = await self.driver.observe(handles)
        step = await self.offload(self._look, key, observed)
        if self.packaging is not None:
            self.packaging.attend(key, step.endpoint)
        gone = [await self._retire(key, instance_id) for instance_id in step.retire]
        if not all(gone):
            self._stuck[key] = self._stuck.get(key, 0) + 1
            return backoff_s(self._stuck[key])
        self._stuck.pop(key, None)
        if step.launch:
            await self._launch(key)
        return step.again_s

    def _handles(self, key: BuilderKey) -> dict[str, Mapping[str, object]]:
        with self.store.snapshot() as tx:
            rows = _instances(tx, key)
            return {row.id: row.handle for row in rows if row.handle and row.seen != "new"}

    def _look(self, key: BuilderKey, observed: Mapping[str, Observation]) -> Step:
        _, scope, name = key
        with self.store.transaction() as tx:
            builder = resources.find(tx, AppBlockBuilderRow, scope, name)
            rows = _instances(tx, key)
            for row in rows:
                self._record(key, row, observed.get(row.id))
            if builder is not None and builder.goal == "RUNNING":
                return self._towards_running(tx, key, builder, rows)
            return self._towards_none(tx, key, builder, rows)

    def _record(self, key: BuilderKey, row: InstanceRow, seen: Observation | None) -> None:
        was_ready = row.seen == "ready"
        if seen is None:
            row.seen, row.reason = "lost", "its launch was interrupted"
            return
        row.seen, row.reason = seen.seen.value, seen.reason
        row.endpoint = seen.endpoint or row.endpoint
        late = self.clock.now() - row.created_at > READY_WITHIN
        if row.seen == Seen.STARTING and late and not seen.due_s:
            row.seen, row.reason = "lost", "it was not ready within a minute"
        if row.seen not in ALIVE and row.goal == "run" and not was_ready:
            self._note(key)

    def _towards_running(
        self, tx: Tx, key: BuilderKey, builder: AppBlockBuilderRow, rows: Sequence[InstanceRow]
    ) -> Step:
        lost = [row for row in rows if row.seen not in ALIVE or row.goal == "retire"]
        for row in lost:
            _end_sessions(tx, key, "instance_lost", self.clock.now())
            row.goal, builder.goal_met = "retire", False
        if lost:
            return Step(retire=[row.id for row in lost], again_s=self.pace.soon_s)
        if ready := [row.endpoint for row in rows if row.seen == "ready"]:
            self._troubles.pop(key, None)
            if self.packaging and not self.packaging.is_prepared(key, ready[0]):
                return Step(endpoint=ready[0], again_s=PREPARED_S)
            builder.goal_met, builder.errors = True, []
            return Step(endpoint=ready[0], again_s=self.pace.later_s)
        builder.goal_met = False  # it may have been, before the service was started anew
        if rows:
            return Step(again_s=self.pace.soon_s)
        trouble = self._troubles.get(key)
        if trouble and self.clock.now() < trouble.wait_until:
            left_s = (trouble.wait_until - self.clock.now()).total_seconds()
            return Step(again_s=max(self.pace.soon_s, left_s))
        return Step(launch=True, again_s=self.pace.soon_s)

    def _towards_none(
        self,
        tx: Tx,
        key: BuilderKey,
        builder: AppBlockBuilderRow | None,
        rows: Sequence[InstanceRow],
    ) -> Step:
        self._troubles.pop(key, None)
        _end_sessions(tx, key, "builder_stopped", self.clock.now())
        for row in rows:
            row.goal = "retire"
        if rows:
            return Step(retire=[row.id for row in rows], again_s=self.pace.soon_s)
        if builder is not None:
            builder.goal_met = True
        return Step()

    async def _retire(self, key: BuilderKey, instance_id: str) -> bool:
        """Whether it is gone; if not, the builder says why."""
        try:
            volume = await self.offload(self._volume, instance_id)
            await self.setup.retire(instance_id)
            # Should this fail, the sweeper finds a volume that nobody has.
            await self.driver.disks.discard(volume)
        except (Transient, Terminal) as error:
            why = Why(f"Instance {instance_id} does not end: {error}", error.code)
            await self.offload(self._say, key, why)
            return False
        return True

    def _volume(self, instance_id: str) -> str:
        with self.store.snapshot() as tx:
            row = tx.get(InstanceRow, instance_id)
            return str(row.spec.get("volume", "")) if row else ""

    async def _launch(self, key: BuilderKey) -> None:
        try:
            base = await self.driver.disks.base()
            images = {image.name: image for image in await self.offload(self.driver.images)}
            spec = await self.offload(self._admit, key, base, images)
            why = await self.setup.start(spec) if spec else None
        except Transient as error:
            why = Why(str(error), error.code)
        except Terminal as error:
            return await self.offload(self._fail, key, Why(str(error), error.code))
        if why is not None:
            self._note(key)
            await self.offload(self._say, key, why)

    def _admit(
        self, key: BuilderKey, base: str, images: Mapping[str, Image]
    ) -> InstanceSpec | None:
        """What to launch, its row made; Transient while there is no room for it."""
        _, scope, name = key
        with self.store.transaction() as tx:
            builder = resources.find(tx, AppBlockBuilderRow, scope, name)
            if builder is None or builder.goal != "RUNNING" or _instances(tx, key):
                return None
            instance_type = str(builder.document["InstanceType"])
            size = capacity.instance_size(instance_type)
            image = images.get(
                image_name({"FleetType": "ELASTIC", "Platform": "AMAZON_LINUX2"}, images)
            )
            if size is None or image is None:
                raise Terminal(f"This machine cannot launch an instance of {instance_type}.")
            if room(tx, size) < 1:
                raise Transient(f"There is no room for an instance of the type {instance_type}.")
            spec = _spec(self.setup.new_id(), builder, size, image, base)
            tx.add(self._row(scope, spec, gpus=int(size.gpu)))
            return spec

    def _row(self, scope: Scope, spec: InstanceSpec, *, gpus: int) -> InstanceRow:
        return InstanceRow(
            id=spec.id,
            account=scope.account,
            region=scope.region,
            fleet=spec.fleet,
            generation=0,
            spec={
                "memory_bytes": spec.memory_bytes,
                "gpus": gpus,
                "layers": list(spec.image.layers),
                "volume": spec.volume,
            },
            created_at=self.clock.now(),
        )

    def _note(self, key: BuilderKey) -> None:
        now = self.clock.now()
        trouble = self._troubles.setdefault(key, Trouble(since=now, wait_until=now))
        trouble.count += 1
        trouble.wait_until = now + timedelta(seconds=backoff_s(trouble.count))

    def _say(self, key: BuilderKey, why: Why) -> None:
        """The app block builder says so; it is stopped if it has been in trouble for long."""
        trouble = self._troubles.get(key)
        if trouble and self.clock.now() - trouble.since >= GIVEN_UP_AFTER:
            return self._fail(key, why)
        with self.store.transaction() as tx:
            builder = resources.find(tx, AppBlockBuilderRow, key[1], key[2])
            if builder is not None:
                builder.errors = _errors(why)

    def _fail(self, key: BuilderKey, why: Why) -> None:
        with self.store.transaction() as tx:
            builder = resources.find(tx, AppBlockBuilderRow, key[1], key[2])
            if builder is not None and builder.goal == "RUNNING":
                builder.goal, builder.goal_met, builder.errors = "STOPPED", False, _errors(why)
                tx.touch(key)


def _instances(tx: Tx, key: BuilderKey) -> Sequence[InstanceRow]:
    return streaming.fleet_instances(tx, key[1], owners.app_block_builder(key[2]))


def _spec(
    id_: str, builder: AppBlockBuilderRow, size: capacity.InstanceSize, image: Image, base: str
) -> InstanceSpec:
    return InstanceSpec(
        id=id_,
        image=Image(
            name=image.name,
            display_name=image.display_name,
            description=image.description,
            platform=image.platform,
            applications=(ASSISTANT, *image.applications),
            layers=(base,),
        ),
        view="DESKTOP",
        memory_bytes=size.memory_bytes,
        cpus=size.cpus,
        internet=bool(builder.document.get("EnableDefaultInternetAccess", False)),
        fleet=owners.app_block_builder(builder.name),
        volume=new_volume_id(),
    )


def _end_sessions(tx: Tx, key: BuilderKey, reason: str, now: datetime) -> None:
    for session in streaming.live_sessions(tx, key[1], owners.app_block_builder(key[2])):
        streaming.end_session(tx, session, reason=reason, now=now)


def _errors(why: Why) -> list[dict[str, str]]:
    return [{"ErrorCode": why.code, "ErrorMessage": why.text}]

"""Makes each image builder what it is to be: one instance over its volume, or none.

Level-triggered, as fleets are: each look starts from the store and the driver.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ownstream.clock import Clock
from ownstream.control.assistants import Assistants
from ownstream.control.launchable import applications
from ownstream.control.launching import InstanceSetup, Why, room
from ownstream.control.pace import Offload, Pace
from ownstream.control.workqueue import backoff_s
from ownstream.domain import capacity, image_builders, owners
from ownstream.domain.keys import BuilderKey
from ownstream.domain.scope import Scope
from ownstream.drivers.base import (
    Application,
    Image,
    InstanceDriver,
    InstanceSpec,
    Observation,
    Seen,
    Terminal,
    Transient,
)
from ownstream.log import Log
from ownstream.store import (
    ImageBuilderRow,
    ImageRow,
    InstanceRow,
    Store,
    Tx,
    resources,
    software,
    streaming,
)

READY_WITHIN = timedelta(seconds=60)
# It is not kept waiting for room or luck for ever: only what is STOPPED or FAILED can be deleted.
GIVEN_UP_AFTER = timedelta(minutes=15)
ALIVE = ("new", "starting", "ready")
WORDS_BYTES = 1024
ASSISTANT = Application(
    name="image-assistant",
    display_name="Image Assistant",
    command=("/run/ownstream/bin/image-assistant-window",),
    description="Choose the applications of an image, and make it",
)
TERMINAL = Application(
    name="terminal", display_name="Terminal", command=("xterm", "-T", "Terminal")
)


@dataclass
class Trouble:
    """Launches that have failed in a row: how many, since when, and until when the next waits."""

    since: datetime
    count: int = 0
    wait_until: datetime | None = None


@dataclass(frozen=True)
class Step:
    """What is to be done now: at most one of these."""

    retire: Sequence[str] = ()
    launch: bool = False
    snapshot: Mapping[str, object] | None = None
    delete: bool = False
    endpoint: str = ""  # of the agent that runs; empty: none does
    again_s: float | None = None


@dataclass
class BuilderReconciler:
    """Works on one image builder at a time, as its key comes up."""

    store: Store
    driver: InstanceDriver
    clock: Clock
    setup: InstanceSetup
    offload: Offload = asyncio.to_thread
    pace: Pace = field(default_factory=Pace)
    assistants: Assistants | None = None  # None where no agent is
    _troubles: dict[BuilderKey, Trouble] = field(default_factory=dict[BuilderKey, Trouble])
    _stuck: dict[BuilderKey, int] = field(default_factory=dict[BuilderKey, int])

    async def reconcile(self, key: BuilderKey) -> float | None:
        """After how many seconds to look again; None when there is nothing to wait for."""
        _, scope, name = key
        handles = await self.offload(self._handles, scope, name)
        observed = await self.driver.observe(handles)
        step = await self.offload(self._look, key, observed)
        if self.assistants is not None:
            if step.endpoint:
                self.assistants.attend(key, step.endpoint)
            else:
                self.assistants.leave(key)
        gone = [await self._retire(key, instance_id) for instance_id in step.retire]
        if not all(gone):
            self._stuck[key] = self._stuck.get(key, 0) + 1
            return backoff_s(self._stuck[key])
        self._stuck.pop(key, None)
        if step.launch:
            await self._launch(key)
        elif step.snapshot is not None:
            await self._snapshot(key, step.snapshot)
        elif step.delete:
            await self._delete(key)
        return step.again_s

    def _handles(self, scope: Scope, name: str) -> dict[str, Mapping[str, object]]:
        with self.store.snapshot() as tx:
            rows = streaming.fleet_instances(tx, scope, owners.image_builder(name))
            return {row.id: row.handle for row in rows if row.handle and row.seen != "new"}

    def _look(self, key: BuilderKey, observed: Mapping[str, Observation]) -> Step:
        _, scope, name = key
        with self.store.transaction() as tx:
            builder = resources.find(tx, ImageBuilderRow, scope, name)
            rows = streaming.fleet_instances(tx, scope, owners.image_builder(name))
            if builder is None:
                self._troubles.pop(key, None)
                return Step(retire=[row.id for row in rows])
            for row in rows:
                self._record(key, row, observed.get(row.id))
            if builder.goal == image_builders.RUNNING and not builder.failed:
                return self._towards_running(tx, key, builder, rows, observed)
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
        self,
        tx: Tx,
        key: BuilderKey,
        builder: ImageBuilderRow,
        rows: Sequence[InstanceRow],
        observed: Mapping[str, Observation],
    ) -> Step:
        lost = [row for row in rows if row.seen not in ALIVE or row.goal == "retire"]
        for row in lost:
            builder.goal_met = False
            _end_sessions(tx, builder, "instance_lost", self.clock.now())
            row.goal = "retire"
        if lost:
            return Step(retire=[row.id for row in lost], again_s=self.pace.soon_s)
        if ready := [row for row in rows if row.seen == "ready"]:
            builder.goal_met, builder.errors = True, []
            self._troubles.pop(key, None)
            return Step(endpoint=ready[0].endpoint, again_s=self.pace.later_s)
        if rows:
            due_s = min((look.due_s for look in observed.values()), default=0.0)
            return Step(again_s=max(self.pace.soon_s, due_s))
        return self._wait_or_launch(key)

    def _wait_or_launch(self, key: BuilderKey) -> Step:
        trouble = self._troubles.get(key)
        if trouble and trouble.wait_until and self.clock.now() < trouble.wait_until:
            left_s = (trouble.wait_until - self.clock.now()).total_seconds()
            return Step(again_s=max(self.pace.soon_s, left_s))
        return Step(launch=True, again_s=self.pace.soon_s)

    def _towards_none(
        self, tx: Tx, key: BuilderKey, builder: ImageBuilderRow, rows: Sequence[InstanceRow]
    ) -> Step:
        self._troubles.pop(key, None)
        _end_sessions(tx, builder, "builder_stopped", self.clock.now())
        for row in rows:
            row.goal = "retire"
        if rows:
            return Step(retire=[row.id for row in rows], again_s=self.pace.soon_s)
        if builder.goal == image_builders.SNAPSHOT:
            return Step(snapshot=builder.snapshot or {}, again_s=self.pace.soon_s)
        if builder.goal == image_builders.DELETED:
            return Step(delete=True)
        builder.goal_met = builder.goal == image_builders.STOPPED
        return Step()

    async def _retire(self, key: BuilderKey, instance_id: str) -> bool:
        """Whether it is gone; if not, the builder says why."""
        try:
            await self.setup.retire(instance_id)
        except (Transient, Terminal) as error:
            why = Why(f"Instance {instance_id} does not end: {error}", error.code)
            await self.offload(self._say, key, why)
            return False
        return True

    async def _launch(self, key: BuilderKey) -> None:
        try:
            whole = await self.offload(self._has_layers, key)
            base = "" if whole else await self.driver.disks.base()
            public = {image.name: image for image in await self.offload(self.driver.images)}
            spec = await self.offload(self._admit, key, base, public)
            why = await self.setup.start(spec) if spec else None
        except Transient as error:
            why = Why(str(error), error.code)
        except Terminal as error:
            return await self.offload(self._fail, key, Why(str(error), error.code))
        if why is None:
            return
        self._note(key)
        await self.offload(self._say, key, why)

    def _has_layers(self, key: BuilderKey) -> bool:
        with self.store.snapshot() as tx:
            builder = resources.find(tx, ImageBuilderRow, key[1], key[2])
            return builder is None or bool(builder.layers)

    def _admit(
        self, key: BuilderKey, base: str, public: Mapping[str, Image]
    ) -> InstanceSpec | None:
        """What to launch, its row made; Transient while there is no room for it."""
        _, scope, name = key
        with self.store.transaction() as tx:
            builder = resources.find(tx, ImageBuilderRow, scope, name)
            if builder is None or builder.goal != image_builders.RUNNING:
                return None
            instance_type = str(builder.document["InstanceType"])
            size = capacity.instance_size(instance_type)
            if size is None:
                raise Terminal(f"There is no instance type {instance_type}.")
            if room(tx, size) < 1:
                raise Transient(f"There is no room for an instance of the type {instance_type}.")
            if not builder.layers and base:
                builder.layers = [base]
            spec = _spec(self.setup.new_id(), builder, size, public)
            tx.add(
                InstanceRow(
                    id=spec.id,
                    account=scope.account,
                    region=scope.region,
                    fleet=owners.image_builder(name),
                    generation=0,
                    spec={
                        "memory_bytes": size.memory_bytes,
                        "gpus": int(size.gpu),
                        "layers": list(builder.layers),
                    },
                    created_at=self.clock.now(),
                )
            )
            return spec

    async def _snapshot(self, key: BuilderKey, task: Mapping[str, object]) -> None:
        """What was written in it is a layer, and the image that it makes is of that."""
        _, scope, name = key
        with_builder = Log("control").bind(builder=name, image=task.get("image"))
        volume = await self.offload(self._volume, scope, name)
        try:
            await self.driver.disks.freeze(volume, str(task["layer"]))
        except (Transient, Terminal) as error:
            with_builder.error("image not made", why=str(error))
            return await self.offload(self._end_snapshot, key, str(error))
        await self.offload(self._end_snapshot, key, "")
        with_builder.info("image made")

    def _volume(self, scope: Scope, name: str) -> str:
        with self.store.snapshot() as tx:
            builder = resources.find(tx, ImageBuilderRow, scope, name)
            return builder.volume if builder else ""

    def _end_snapshot(self, key: BuilderKey, why: str) -> None:
        """The image builder is STOPPED, the image AVAILABLE, or FAILED for this reason."""
        _, scope, name = key
        with self.store.transaction() as tx:
            builder = resources.find(tx, ImageBuilderRow, scope, name)
            if builder is None or builder.snapshot is None:
                return
            task = builder.snapshot
            image = resources.find(tx, ImageRow, scope, str(task["image"]))
            if not why:
                builder.layers = [*builder.layers, str(task["layer"])]
                builder.image = {**builder.image, "Applications": task["applications"]}
            if image is not None and image.document.get("State") == "PENDING":
                image.document = {**image.document, **_outcome(why)}
                image.layers = [] if why else list(builder.layers)
                software.carry(tx, builder, image)
            builder.snapshot = None
            builder.goal, builder.goal_met = image_builders.STOPPED, True

    async def _delete(self, key: BuilderKey) -> None:
        _, scope, name = key
        try:
            await self.driver.disks.discard(await self.offload(self._volume, scope, name))
        except (Transient, Terminal) as error:
            # The row goes all the same: the sweeper finds a volume that nobody has.
            Log("control").warning("volume not discarded", builder=name, why=str(error))
        await self.offload(self._forget, scope, name)

    def _forget(self, scope: Scope, name: str) -> None:
        with self.store.transaction() as tx:
            builder = resources.find(tx, ImageBuilderRow, scope, name)
            if builder is not None and builder.goal == image_builders.DELETED:
                arn = scope.arn("image-builder", name)
                resources.forget_tags(tx, arn)
                software.forget(tx, arn)
                tx.delete(builder)

    def _note(self, key: BuilderKey) -> None:
        now = self.clock.now()
        trouble = self._troubles.setdefault(key, Trouble(since=now))
        trouble.count += 1
        trouble.wait_until = now + timedelta(seconds=backoff_s(trouble.count))

    def _say(self, key: BuilderKey, why: Why) -> None:
        """The image builder says so; it has failed if it has been in trouble for long."""
        trouble = self._troubles.get(key)
        if trouble and self.clock.now() - trouble.since >= GIVEN_UP_AFTER:
            return self._fail(key, why)
        with self.store.transaction() as tx:
            builder = resources.find(tx, ImageBuilderRow, key[1], key[2])
            if builder is not None:
                builder.errors = _errors(why)

    def _fail(self, key: BuilderKey, why: Why) -> None:
        with self.store.transaction() as tx:
            builder = resources.find(tx, ImageBuilderRow, key[1], key[2])
            if builder is not None and builder.goal == image_builders.RUNNING:
                builder.failed, builder.errors = why.text[:WORDS_BYTES], _errors(why)
                tx.touch(key)


def _spec(
    id_: str,
    builder: ImageBuilderRow,
    size: capacity.InstanceSize,
    public: Mapping[str, Image],
) -> InstanceSpec:
    return InstanceSpec(
        id=id_,
        image=_image(builder, public),
        view="DESKTOP",
        memory_bytes=size.memory_bytes,
        cpus=size.cpus,
        internet=bool(builder.document.get("EnableDefaultInternetAccess", False)),
        fleet=owners.image_builder(builder.name),
        volume=builder.volume,
    )


def _image(builder: ImageBuilderRow, public: Mapping[str, Image]) -> Image:
    """What its instance is launched from: its layers, and the catalog that it began with."""
    image = builder.image
    name = str(image["Name"])
    of_driver = None if image.get("account") else public.get(name)
    own = of_driver.applications if of_driver else applications(image)
    return Image(
        name=name,
        display_name=str(image.get("DisplayName", name)),
        description="",
        platform=str(image.get("Platform", "")),
        applications=(ASSISTANT, TERMINAL, *own),
        layers=tuple(builder.layers),
    )


def _end_sessions(tx: Tx, builder: ImageBuilderRow, reason: str, now: datetime) -> None:
    owner = owners.image_builder(builder.name)
    for session in streaming.live_sessions(tx, builder.scope, owner):
        streaming.end_session(tx, session, reason=reason, now=now)


def _outcome(why: str) -> Mapping[str, object]:
    if not why:
        return {"State": "AVAILABLE"}
    return {"State": "FAILED", "StateChangeReason": {"Code": "INTERNAL_ERROR", "Message": why}}


def _errors(why: Why) -> list[dict[str, str]]:
    return [{"ErrorCode": why.code, "ErrorMessage": why.text}]

"""Instances as processes of this machine: the driver's port, step by step on threads."""

import asyncio
import os
import socket
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

from ownstream.drivers.base import (
    Handle,
    Image,
    InstanceSpec,
    Node,
    Observation,
    Terminal,
    Transient,
)
from ownstream.drivers.process import (
    cgroups,
    ending,
    image,
    machine,
    observing,
    processes,
    record,
    showing,
)
from ownstream.drivers.process.disks import Disks
from ownstream.drivers.process.layout import Layout, ids, layout, possible, scope
from ownstream.drivers.process.record import Record
from ownstream.drivers.process.starting import Ground, Launch
from ownstream.drivers.process.tools import Tools

T = TypeVar("T")
_THREADS = 8
_NOTHING = Record(launch="", boot="").as_handle()


class ProcessDriver:
    """Runs instances in sandboxes of this machine, as root or as an ordinary user."""

    def __init__(
        self,
        instances_dir: Path,
        *,
        tools: Tools = Tools(),
        python: str = sys.executable,
        tree: cgroups.Tree = cgroups.KERNEL,
        disks_dir: Path | None = None,
    ) -> None:
        """None as folder of disks is one beside that of instances."""
        instances_dir = instances_dir.absolute()
        self.disks = Disks(disks_dir.absolute() if disks_dir else instances_dir.parent / "disks")
        self._ground = Ground(instances_dir, tools, python, tree, self.disks)
        # Steps take their time; they must not hold up the threads that others work on.
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="instances")
        self._launching: set[str] = set()
        self._locks: WeakValueDictionary[str, _Lock] = WeakValueDictionary()

    def images(self) -> Sequence[Image]:
        """The host itself."""
        return [image.host_image()]

    async def launch(self, spec: InstanceSpec) -> AsyncGenerator[Handle]:
        """See the port. One id is launched by one caller at a time; another gets Transient."""
        place = self._place(spec.id)
        if spec.id in self._launching:
            raise Transient(f"instance {spec.id} is being launched already")
        self._launching.add(spec.id)
        try:
            standing = await self._run(self._adopt, place)
            if standing:
                yield standing.as_handle()
                return
            async with aclosing(self._launch_anew(spec, place)) as handles:
                async for handle in handles:
                    yield handle
        finally:
            self._launching.discard(spec.id)

    async def show(self, instance_id: str, path: str, folder: Path) -> None:
        """See the port."""
        await self._run(self._show, self._place(instance_id), path, folder)

    async def retire(self, instance_id: str, handle: Handle | None) -> None:
        """See the port."""
        place = self._place(instance_id)
        await self._run(self._end, place, Record.from_handle(handle) if handle else None)

    async def observe(self, handles: Mapping[str, Handle]) -> Mapping[str, Observation]:
        """See the port."""
        return await asyncio.to_thread(self._look_at_all, handles)

    async def inventory(self) -> Sequence[str]:
        """See the port."""
        return await asyncio.to_thread(self._all_left)

    async def nodes(self) -> Sequence[Node]:
        """This machine, or the part of it that this process may use."""
        return [await asyncio.to_thread(machine.node, self._ground.tree)]

    async def close(self) -> None:
        """See the port."""
        await asyncio.to_thread(self._pool.shutdown)

    async def _launch_anew(self, spec: InstanceSpec, place: Layout) -> AsyncGenerator[Handle]:
        with _control() as control:
            launch = Launch(self._ground, spec, place, control)
            now = await self._run(self._begin, launch)
            yield now.as_handle()
            for step in launch.steps():
                now = await self._run(self._take, launch, step, now)
                yield now.as_handle()
            now = await self._run(self._take, launch, _complete, now)
            yield now.as_handle()

    async def _run(self, work: Callable[..., T], place: Layout | Launch, *more: object) -> T:
        """The work done on a thread, with nothing else done to the instance meanwhile.

        The thread holds the lock, so it is held to the work's end even if the caller is cancelled.
        """
        id_ = place.id if isinstance(place, Layout) else place.spec.id
        lock = self._locks.setdefault(id_, _Lock())

        def locked() -> T:
            with lock.held, _said_plainly(id_):
                return work(place, *more)

        return await asyncio.get_running_loop().run_in_executor(self._pool, locked)

    def _place(self, instance_id: str) -> Layout:
        return layout(self._ground.instances_dir, instance_id)

    def _adopt(self, place: Layout) -> Record | None:
        """What stands of this id, if all of it was started; what was begun only is ended."""
        standing = record.load(place.record)
        if standing and standing.complete:
            return standing
        self._end(place, standing)
        return None

    def _begin(self, launch: Launch) -> Record:
        _open_folder(self._ground.instances_dir)
        return launch.begin()

    def _take(self, launch: Launch, step: Callable[[Record], Record], now: Record) -> Record:
        """The record after this step, written down; Transient if the instance was retired."""
        standing = record.load(launch.layout.record)
        if standing is None or standing.launch != now.launch:
            raise Transient(f"instance {launch.spec.id} was retired while it was launched")
        after = step(now)
        record.save(after, launch.layout.record)
        return after

    def _show(self, place: Layout, path: str, folder: Path) -> None:
        if record.load(place.record) is None:
            raise Terminal(f"there is no instance {place.id}")
        showing.show(place, path, folder)

    def _end(self, place: Layout, known: Record | None) -> None:
        name = self._ground.group_name(place.id)
        stored = record.load(place.record)
        groups = cgroups.places(self._ground.tree, name) + self._seats().get(place.id, ())
        groups += (*known.groups, *known.shared) if known else ()
        ending.end(place, stored or known, groups)

    def _look_at_all(self, handles: Mapping[str, Handle]) -> Mapping[str, Observation]:
        return {id_: self._look_at(id_, handle) for id_, handle in handles.items()}

    def _look_at(self, instance_id: str, handle: Handle) -> Observation:
        place = self._place(instance_id)
        # What is written beside the instance is never older than what the caller remembers.
        now = record.load(place.record) or Record.from_handle(handle or _NOTHING)
        return observing.look(place, now, launching=instance_id in self._launching)

    def _all_left(self) -> Sequence[str]:
        folder = self._ground.instances_dir
        prefix = f"{scope(folder)}/"
        marks = processes.marks().values()
        running = {mark.removeprefix(prefix) for mark in marks if mark.startswith(prefix)}
        grouped = cgroups.names(self._ground.tree, self._ground.group_name(""))
        grouped |= self._seats().keys()
        # A mark is what a process says of itself: an application may have changed its own.
        return sorted(ids(folder) | possible(running | grouped))

    def _seats(self) -> Mapping[str, tuple[str, ...]]:
        """Groups in which seats have a part with others, by seat."""
        ground = self._ground
        return cgroups.seats(ground.tree, ground.shared_name(""), ground.group_name(""))


class _Lock:
    """A lock that is forgotten when nobody uses it: a bare one cannot be referred to weakly."""

    def __init__(self) -> None:
        self.held = threading.Lock()


def _complete(now: Record) -> Record:
    return replace(now, complete=True)


def _open_folder(folder: Path) -> None:
    """The folder of instances; root's may be passed through, by the users of sandboxes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        folder.chmod(0o711)


@contextmanager
def _control():
    """The two ends by which agent and sandbox init speak; the service keeps neither."""
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        yield ends
    finally:
        for end in ends:
            end.close()


@contextmanager
def _said_plainly(instance_id: str):
    """The system's errors as the port's."""
    try:
        yield
    except (PermissionError, FileNotFoundError) as error:
        raise Terminal(f"instance {instance_id} cannot be worked on: {error}") from error
    except OSError as error:
        raise Transient(f"instance {instance_id} cannot be worked on now: {error}") from error

"""The steps that make an instance, each telling in the record what it is about to leave behind."""

import json
import os
import secrets
import shutil
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import ownstream
from ownstream.drivers.base import SHOWN, Application, InstanceSpec, Terminal, icon_path
from ownstream.drivers.process import (
    bubblewrap,
    cgroups,
    network,
    processes,
    slots,
    system,
    waiting,
    xauthority,
)
from ownstream.drivers.process.disks import Disks
from ownstream.drivers.process.layout import Layout, scope
from ownstream.drivers.process.processes import MARK, Process
from ownstream.drivers.process.record import Record, boot_id, save
from ownstream.drivers.process.tools import PATH, Tools, require

AGENT = Path(ownstream.__file__).parent / "agent"
SYSTEM = Path(system.__file__)
_WITHIN_S = 10.0


@dataclass(frozen=True)
class Ground:
    """What all instances of one driver have in common."""

    instances_dir: Path
    tools: Tools
    python: str  # runs the agent
    tree: cgroups.Tree
    disks: Disks

    def group_name(self, instance_id: str) -> str:
        """What this instance's control groups are called."""
        return f"ownstream-{scope(self.instances_dir)}-{instance_id}"

    def shared_name(self, instance_id: str) -> str:
        """What the groups are called in which the seats of this instance have a part."""
        return f"ownstream-{scope(self.instances_dir)}{cgroups.SHARED}{instance_id}"


@dataclass(frozen=True)
class Launch:
    """One launch under way; each method is a step from one record to the next."""

    ground: Ground
    spec: InstanceSpec
    layout: Layout
    control: tuple[socket.socket, socket.socket]  # the agent's end, the sandbox init's end

    def steps(self) -> Sequence[Callable[[Record], Record]]:
        """All steps after `begin`, in their order."""
        network_too = [self.start_network] if self.spec.internet else []
        return [self.make_groups, self.start_display, self.start_sandbox, *network_too]

    def begin(self) -> Record:
        """A folder with all that the instance will read, and user ids if we may give them."""
        require(self.ground.tools.bwrap, self.ground.tools.python, self.ground.tools.xvnc)
        if self.spec.internet:
            require(self.ground.tools.slirp4netns, self.ground.tools.nsenter, self.ground.tools.ip)
        if self._is_layered:
            self.ground.disks.check(self.spec.image.layers)
        self.layout.top.mkdir(mode=0o700)
        name = self.ground.group_name(self.spec.id)
        record = Record(
            launch=secrets.token_hex(8),
            boot=boot_id(),
            groups=cgroups.places(self.ground.tree, name),
            shared=self._shared(name),
        )
        if os.geteuid() != 0:
            save(record, self.layout.record)
        else:
            require(self.ground.tools.setpriv)
            record = self._with_slot(record)
        self._furnish(record)
        return record

    def make_groups(self, record: Record) -> Record:
        """The limits stand; where there can be none, nothing is done."""
        limits = cgroups.Limits(memory_bytes=self.spec.memory_bytes, cpus=self.spec.cpus)
        if self.spec.part_of:
            cgroups.create_seat(self.ground.tree, record.groups, record.shared, limits)
        else:
            cgroups.create(self.ground.tree, record.groups, limits)
        return record

    def start_display(self, record: Record) -> Record:
        """The agent's sandbox runs the agent."""
        mine, _ = self.control

        def command(info_fd: int) -> list[str]:
            argv = bubblewrap.display(
                self.layout,
                self.ground.tools,
                info_fd=info_fd,
                python=self.ground.python,
                command=self._agent(record, mine.fileno()),
            )
            return waiting.entering(
                cgroups.entrances(record.groups, "agent"), argv, self.ground.tools
            )

        environment = bubblewrap.agent_environment(self.layout, MARK)
        outer, inner = self._start("display", command, environment, mine)
        return record.having(display=outer, agent=inner)

    def start_sandbox(self, record: Record) -> Record:
        """The applications' sandbox runs its init."""
        _, theirs = self.control

        def command(info_fd: int) -> list[str]:
            argv = bubblewrap.applications(
                self.layout,
                self.ground.tools,
                self._system(),
                info_fd=info_fd,
                shared_bytes=self.spec.memory_bytes // 2,
                command=[
                    *(self.ground.tools.python, "-I", "-S", f"{bubblewrap.RUN}/init.py"),
                    *("--control-fd", str(theirs.fileno())),
                ],
            )
            return waiting.entering(
                cgroups.entrances(record.shared or record.groups, "apps"),
                [*self._mounting(record), *_becoming(record, self.ground.tools), *argv],
                self.ground.tools,
            )

        environment = bubblewrap.user_environment(
            self.layout, MARK, self.spec.environment, administers=bool(self.spec.volume)
        )
        outer, inner = self._start("sandbox", command, environment, theirs)
        return record.having(sandbox=outer, init=inner)

    def start_network(self, record: Record) -> Record:
        """The sandbox reaches the internet."""
        process = network.attach(
            record.all_processes()["init"],
            self.ground.tools,
            entrances=cgroups.entrances(record.groups, "agent"),
            environment={"PATH": PATH, MARK: self.layout.mark},
            log=self.layout.log("network"),
        )
        return record.having(network=process)

    def _shared(self, name: str) -> tuple[str, ...]:
        if not self.spec.part_of:
            return ()
        shared = self.ground.shared_name(self.spec.part_of)
        return cgroups.seat_places(self.ground.tree, shared, name)

    @property
    def _is_layered(self) -> bool:
        return bool(self.spec.image.layers or self.spec.volume)

    def _system(self) -> bubblewrap.System:
        return bubblewrap.System(
            folders=self._optional_folders(),
            layered=self._is_layered,
            writable=bool(self.spec.volume),
        )

    def _optional_folders(self) -> tuple[str, ...]:
        """Folders of the host's /opt that the catalog needs, and that no layer has its own of."""
        own = [self.ground.disks.layer(name) for name in self.spec.image.layers]
        return tuple(
            folder
            for folder in _optional_folders(self.spec.image.applications)
            if not any(os.path.lexists(layer / folder[1:]) for layer in own)
        )

    def _mounting(self, record: Record) -> list[str]:
        """What mounts the instance's system before the sandbox is made of it."""
        if not self._is_layered:
            return []
        volume = self.spec.volume and str(self.ground.disks.open_volume(self.spec.volume))
        plan = {
            "stage": str(self.layout.stage),
            "host": ["usr"],
            "layers": str(self.ground.disks.layers_folder),
            "names": list(self.spec.image.layers),
            "top": str(self.layout.sandbox),
            "volume": volume or None,
            "first": record.user.sandbox if volume and record.user else None,
        }
        return [self.ground.tools.python, "-I", "-S", str(SYSTEM), json.dumps(plan)]

    def _with_slot(self, record: Record) -> Record:
        def save_slot(number: int) -> None:
            save(replace(record, slot=number), self.layout.record)

        record = replace(record, slot=slots.claim(self.ground.instances_dir, save_slot))
        if not self.spec.volume:
            return record

        def save_wide(number: int) -> None:
            save(replace(record, wide=number), self.layout.record)

        return replace(record, wide=slots.claim_wide(self.ground.instances_dir, save_wide))

    def _furnish(self, record: Record) -> None:
        """Every file and folder that the two sandboxes are given."""
        slot = record.user
        agent, user = (slot.agent, slot.sandbox) if slot else (os.geteuid(), os.geteuid())
        layout = self.layout
        for folder in (layout.run, layout.x11, layout.home, layout.sandbox, layout.stage):
            folder.mkdir(mode=0o700)
        for folder in self.layout.temporary.values():
            folder.mkdir()
            folder.chmod(0o1777)
        etc = self.layout.sandbox / "etc"
        for folder in (etc, self.layout.shown):
            folder.mkdir()
            folder.chmod(0o755)
        for name, text in bubblewrap.etc(self.layout, internet=self.spec.internet).items():
            _write(etc / name, text.encode(), mode=0o644)
        if self._is_layered:
            self._make_mount_points()
        shutil.copyfile(AGENT / "sandbox_init.py", self.layout.sandbox / "init.py")
        _copy_code(AGENT / "inside", self.layout.sandbox / "inside")
        if self.spec.volume:
            _copy_code(AGENT / "assistant", self.layout.sandbox / "assistant")
            _write_programs(self.layout.sandbox / "bin")
        authority = xauthority.contents(hostname=self.spec.id, cookie=secrets.token_bytes(16))
        _write(self.layout.sandbox / "xauthority", authority, owner=user)
        _write(self.layout.run / "xauthority", authority, owner=agent)
        _write(self.layout.run / "catalog.json", self._catalog(), owner=agent)
        for folder, owner in ((self.layout.run, agent), (self.layout.x11, agent)):
            os.chown(folder, owner, owner if slot else -1)
        for folder in (self.layout.home, *self.layout.temporary.values()):
            os.chown(folder, user, user if slot else -1)
        if slot:
            self._open_to(user)

    def _make_mount_points(self) -> None:
        """What is mounted in a system that nobody writes needs a place there."""
        for folder in ("/var/tmp", SHOWN, *self._optional_folders()):  # noqa: S108 - its own
            at = self.layout.sandbox / folder[1:]
            at.mkdir(parents=True, exist_ok=True)
            for made in (at, *at.parents):
                if made == self.layout.sandbox:
                    break
                made.chmod(0o755)

    def _open_to(self, user: int) -> None:
        """The applications' user, and nobody else, may enter what its sandbox is made of."""
        for folder in (self.layout.top, self.layout.sandbox):
            os.chown(folder, 0, user)
            folder.chmod(0o710)
        (self.layout.sandbox / "init.py").chmod(0o644)
        self.layout.x11.chmod(0o711)
        for parent in self.layout.top.resolve().parents:
            if not parent.stat().st_mode & 0o001:
                raise Terminal(
                    f"the users that applications run as cannot enter {parent}: "
                    f"chmod o+x {parent}, or keep instances elsewhere"
                )

    def _catalog(self) -> bytes:
        entries = [
            {
                "name": application.name,
                "displayName": application.display_name,
                "description": application.description,
                "command": list(application.command),
                "terminal": application.terminal,
                "directory": application.directory,
                "icon": icon_path(self.spec.image.name, application),
            }
            for application in self.spec.image.applications
        ]
        return json.dumps({"applications": entries}).encode()

    def _agent(self, record: Record, control_fd: int) -> list[str]:
        argv = [
            *(self.ground.python, "-m", "ownstream.agent"),
            *("--socket", f"{bubblewrap.RUN}/agent.sock", "--control-fd", str(control_fd)),
            *("--xauthority", f"{bubblewrap.RUN}/xauthority"),
            *("--view", self.spec.view, "--catalog", f"{bubblewrap.RUN}/catalog.json"),
        ]
        if self.spec.volume:
            argv.append("--administrator")
        if record.user is None:
            return argv
        uid = str(record.user.agent)
        return [*argv, "--uid", uid, "--gid", uid]

    def _start(
        self,
        role: str,
        command: Callable[[int], list[str]],
        environment: dict[str, str],
        control: socket.socket,
    ) -> tuple[Process, Process]:
        """bubblewrap's own process and the one in its sandbox, which runs its command."""
        log = self.layout.log(role)
        told, info_fd = os.pipe()
        try:
            outer = processes.spawn(
                command(info_fd),
                environment=environment,
                log=log,
                keep=(info_fd, control.fileno()),
            )
        finally:
            os.close(info_fd)
        try:
            info = waiting.read_until(told, b"}", within_s=_WITHIN_S)
        finally:
            os.close(told)
        control.close()
        inner = processes.identify(json.loads(info)["child-pid"]) if info else None
        bwrap = Path(self.ground.tools.bwrap).name[:15]  # as long as the kernel keeps a name
        if not inner or not waiting.until_it_runs_another(inner, bwrap, within_s=_WITHIN_S):
            raise Terminal(waiting.blame(f"the {role} cannot be made", log))
        return outer, inner


def _becoming(record: Record, tools: Tools) -> list[str]:
    if record.user is None or record.wide is not None:
        return []  # who is to be root of a system has become so when that was mounted
    uid = str(record.user.sandbox)
    return [tools.setpriv, "--reuid", uid, "--regid", uid, "--clear-groups", "--"]


def _optional_folders(applications: Iterable[Application]) -> list[str]:
    """Folders of /opt that the catalog's programs are in; the rest of it is not shown."""
    found: set[str] = set()
    for application in applications:
        program = shutil.which(application.command[0], path=PATH)
        parts = Path(program).resolve().parts if program else ()
        if parts[:2] == ("/", "opt") and len(parts) > 3:
            found.add(str(Path(*parts[:3])))
    return sorted(found)


def _copy_code(source: Path, target: Path) -> None:
    """The modules in this folder, for everybody who can come so far to read."""
    target.mkdir()
    target.chmod(0o755)
    for module in source.glob("*.py"):
        _write(target / module.name, module.read_bytes(), mode=0o644)


def _write_programs(folder: Path) -> None:
    """The commands that an image builder has of us, for its user to run."""
    folder.mkdir()
    folder.chmod(0o755)
    for name, text in bubblewrap.programs().items():
        _write(folder / name, text.encode(), mode=0o755)


def _write(path: Path, data: bytes, *, mode: int = 0o600, owner: int | None = None) -> None:
    path.write_bytes(data)
    path.chmod(mode)
    if owner is not None and os.geteuid() == 0:
        os.chown(path, owner, owner)

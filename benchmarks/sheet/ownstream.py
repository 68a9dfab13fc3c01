"""ownstream itself: a real `ownstream serve`, a fleet of warm instances, its own URLs.

The probe is in its catalog by a .desktop file in /usr/local/share, as the service sees it: a mount
namespace puts a folder of the sheet's there, and the machine's own stays as it is.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.support import fleets
from tests.support.service import Served

from benchmarks.sheet import bundle
from benchmarks.sheet.peers import CannotRun, Place, is_probe, tail
from benchmarks.sheet.processes import Pids, named, tree

_SHARE = "/usr/local/share"
_PREFIX = (
    *("unshare", "--mount", "--propagation", "private"),
    *("sh", "-c", f'mount --bind "$0" {_SHARE} && exec "$@"'),
)
_NAME = "Benchmark probe"
_ENTRY = f"""[Desktop Entry]
Type=Application
Name={_NAME}
Exec=/usr/bin/python3 {_SHARE}/{bundle.NAME}
"""
# So that twenty idle instances fit, whatever memory their type promises.
_OVERCOMMIT = f"OWNSTREAM_RESERVED_MEMORY_BYTES={-(1 << 38)}"
_FLEET = "bench"
_READY_WITHIN_S = 60.0


@dataclass
class OwnstreamSessions:
    """The instances of a running fleet; each URL is for a user of its own."""

    served: Served
    made_in_s: float
    application: str
    users: int = 0

    def url(self) -> str:
        """A streaming URL for one more user."""
        self.users += 1
        return self.again()

    def again(self) -> str:
        """One more URL for the last user."""
        client, user = self.served.client(), f"user{self.users}"
        return fleets.streaming_url(client, _FLEET, user, ApplicationId=self.application)

    def more(self) -> bool:
        """The fleet has one more instance, which is ready."""
        client = self.served.client()
        desired = {"DesiredInstances": self.users + 1}
        client.update_fleet(Name=_FLEET, ComputeCapacity=desired)
        _await_fleet(client)
        return True

    def processes(self) -> Pids:
        """The instances': agent, X server, sandbox and what runs in it but for the probe."""
        return frozenset(pid for pid in self.instances() if not is_probe(pid))

    def service(self) -> Pids:
        """The service: API, reconcilers and gateway in one process."""
        assert self.served.process is not None
        return tree([self.served.process.pid]) - self.instances()

    def instances(self) -> Pids:
        """All that runs for instances, the probe too."""
        folder = str(self.served.instances_dir)
        return tree(named(lambda line: folder in line))


@dataclass(frozen=True)
class Ownstream:
    """ownstream, with one warm instance to begin with."""

    name: str = "ownstream"

    def version(self) -> str:
        """Its version."""
        if os.geteuid() != 0:
            raise CannotRun("only root can put the probe into its catalog")
        return f"ownstream {version('ownstream')}"

    @contextmanager
    def start(self, place: Place) -> Iterator[OwnstreamSessions]:
        """A service with a fleet that runs."""
        share = _share(place)
        served = Served(
            place.folder / "data",
            place.folder / "instances",
            place.link.target,
            arguments=("--public-url", place.link.url),
            prefix=(*_PREFIX, str(share), "env", _OVERCOMMIT),
            python=str(Path(sys.prefix).resolve() / "bin" / "python"),
        )
        try:
            served.start()
        except AssertionError as error:
            raise CannotRun(f"{error}\n{tail(served.log)}") from error
        try:
            yield self._with_fleet(served)
        finally:
            served.stop()

    def _with_fleet(self, served: Served) -> OwnstreamSessions:
        client = served.client()
        image = client.describe_images(Type="PUBLIC")["Images"][0]
        found = [app["Name"] for app in image["Applications"] if app["DisplayName"] == _NAME]
        if not found:
            raise CannotRun("the probe is not in the catalog")
        _create(client, image["Name"])
        began = time.monotonic()
        client.start_fleet(Name=_FLEET)
        _await_fleet(client)
        return OwnstreamSessions(served, time.monotonic() - began, found[0])


def _share(place: Place) -> Path:
    """The folder that the service finds at /usr/local/share."""
    share = place.folder / "share"
    (share / "applications").mkdir(parents=True)
    (share / "applications" / "probe.desktop").write_text(_ENTRY)
    _link_tree(place.probe, share / bundle.NAME)
    return share


def _link_tree(source: Path, target: Path) -> None:
    """The same files by other names: pictures are large."""
    for folder, _, files in os.walk(source):
        inside = target / Path(folder).relative_to(source)
        inside.mkdir()
        for name in files:
            os.link(Path(folder, name), inside / name)


def _create(client: Any, image: str) -> None:
    client.create_fleet(
        Name=_FLEET,
        ImageName=image,
        InstanceType=fleets.IMAGE_TYPE,
        ComputeCapacity={"DesiredInstances": 1},
    )
    client.create_stack(Name=_FLEET)
    client.associate_fleet(FleetName=_FLEET, StackName=_FLEET)


def _await_fleet(client: Any) -> None:
    """An instance is ready for a user; CannotRun if none is in time."""
    deadline = time.monotonic() + _READY_WITHIN_S
    while not (fleet := _fleet(client))["ComputeCapacityStatus"]["Available"]:
        if time.monotonic() > deadline:
            raise CannotRun(f"its fleet did not come up: {fleet.get('FleetErrors')}")
        time.sleep(0.02)


def _fleet(client: Any) -> Any:
    return client.describe_fleets(Names=[_FLEET])["Fleets"][0]

"""A service in memory: the operations over a real store, a clock set by hand, things to find."""

from collections.abc import Hashable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from ownstream.api.dispatch import Dispatcher
from ownstream.api.sigv4 import Principal
from ownstream.domain.limits import Limits
from ownstream.faults import Faults
from ownstream.keyring import Keyring
from ownstream.model.errors import ServiceError
from ownstream.operations.registry import written_operations
from ownstream.storage.memory_locations import MemoryLocations
from ownstream.store import FleetRow, ImageRow, InstanceRow, NodeRow, SessionRow, Store, resources
from tests.support.services import NOON, PRINCIPAL, dispatcher_of

GIB = 1024**3
MY_ACCOUNT = PRINCIPAL.account
OTHERS = Principal("210987654321", "AKIDOTHER", "us-east-1")

HOST_IMAGE: Mapping[str, Any] = {
    "State": "AVAILABLE",
    "Visibility": "PUBLIC",
    "Platform": "AMAZON_LINUX2",
    "Applications": [
        {"Name": "xterm", "LaunchPath": "/usr/bin/xterm", "IconURL": "/icons/Host/xterm"},
        {"Name": "editor", "LaunchPath": "/usr/bin/editor", "Enabled": True},
        {"Name": "broken", "LaunchPath": "/usr/bin/broken", "Enabled": False},
    ],
}
FLEET: Mapping[str, Any] = {
    "ImageName": "Host",
    "InstanceType": "stream.standard.small",
    "ComputeCapacity": {"DesiredInstances": 2},
}


@dataclass(frozen=True)
class WiredServices:
    """What wiring would give the operations."""

    limits: Limits = field(default_factory=Limits)
    faults: Faults = field(default_factory=Faults)
    public_url: str = "https://apps.example.com"
    ticket_key: bytes = b"a key for tickets"
    keyring: Keyring = field(default_factory=lambda: Keyring(b"s" * 32))
    locations: MemoryLocations = field(default_factory=MemoryLocations)

    def seal(self, secret: bytes) -> bytes:
        return self.keyring.seal(secret)

    def unseal(self, sealed: bytes) -> bytes:
        return self.keyring.unseal(sealed)


class World:
    """The service as one caller sees it, and the hand that does what control would do."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOON
        self.services = WiredServices()
        self.touched: list[Hashable] = []

    @property
    def dispatcher(self) -> Dispatcher:
        return dispatcher_of(
            written_operations(),
            transaction=self.store.transaction,
            now=lambda: self.now,
            services=self.services,
        )

    def call(self, name: str, members: Mapping[str, Any], by: Principal = PRINCIPAL) -> Any:
        """What the service answers."""
        return self.dispatcher.call(name, members, by)

    def fleet(self, name: str = "fleet", **members: Any) -> dict[str, Any]:
        """A new fleet."""
        given = {"Name": name, **FLEET, **members}
        return self.call("CreateFleet", without_none(given))["Fleet"]

    def stack(self, name: str = "stack", **members: Any) -> dict[str, Any]:
        """A new stack."""
        return self.call("CreateStack", {"Name": name, **members})["Stack"]

    def described(self, name: str = "fleet") -> dict[str, Any]:
        """The fleet as DescribeFleets has it."""
        [fleet] = self.call("DescribeFleets", {"Names": [name]})["Fleets"]
        return fleet

    def bring_to(self, state: str, name: str = "fleet") -> None:
        """Control has brought the fleet to this state."""
        goal = "RUNNING" if state in ("STARTING", "RUNNING") else "STOPPED"
        with self.row(name) as row:
            row.goal, row.goal_met = goal, state in ("RUNNING", "STOPPED")

    @contextmanager
    def row(self, name: str = "fleet", by: Principal = PRINCIPAL):
        """The fleet's row, to be looked at or changed."""
        with self.store.transaction() as tx:
            row = resources.find(tx, FleetRow, by.scope, name)
            assert row is not None
            yield row

    def image(self, name: str, *, owner: str = "", **members: Any) -> None:
        """An image, public unless it is somebody's."""
        region = PRINCIPAL.region if owner else ""
        document = {**HOST_IMAGE, **members}
        if owner:
            document["Visibility"] = "PRIVATE"
        self.add(
            ImageRow(account=owner, region=region, name=name, document=document, created_at=NOON)
        )

    def node(self, memory_bytes: int) -> None:
        """A machine of this size."""
        self.add(NodeRow(name="here", cpus=2, memory_bytes=memory_bytes))

    def instance(self, id_: str, *, fleet: str = "fleet", **columns: Any) -> None:
        """A streaming instance that control has launched."""
        scope = {"account": MY_ACCOUNT, "region": PRINCIPAL.region}
        self.add(
            InstanceRow(id=id_, fleet=fleet, generation=0, created_at=NOON, **scope, **columns)
        )

    def session(self, id_: str, *, by: Principal = PRINCIPAL, **columns: Any) -> None:
        """A session that the gateway has made."""
        made: dict[str, Any] = {
            "account": by.account,
            "region": by.region,
            "stack": "stack",
            "fleet": "fleet",
            "user_id": "ann",
            "created_at": NOON,
            **columns,
        }
        self.add(SessionRow(id=id_, **made))

    def find_session(self, id_: str) -> SessionRow:
        """The session as the store has it."""
        with self.store.snapshot() as tx:
            row = tx.get(SessionRow, id_)
        assert row is not None
        return row

    def set_time(self, now: datetime) -> None:
        """It is now that moment."""
        self.now = now

    def add(self, row: Any) -> None:
        """The store has this row."""
        with self.store.transaction() as tx:
            tx.add(row)


def without_none(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that are given: None takes a default of the tests away."""
    return {member: value for member, value in members.items() if value is not None}


@dataclass(frozen=True)
class Refused:
    """One case of a table: what is asked, and the error that answers it."""

    why: str  # the case as a sentence, its id
    source: str  # model, docs, Terraform, observed text, or ours where the real one is unknown
    members: Mapping[str, Any]
    code: str
    text: str

    def __str__(self) -> str:
        return self.why


def expect(case: Refused, world: World, operation: str, members: Mapping[str, Any]) -> None:
    """The service refuses these members as the case says."""
    with pytest.raises(ServiceError) as refused:
        world.call(operation, members)
    assert (refused.value.code, case.text in refused.value.message) == (case.code, True), (
        refused.value.message
    )


def cases(*rows: tuple[Any, ...]) -> Any:
    """The rows as a parametrized `case`, each with its sentence as id."""
    return pytest.mark.parametrize("case", [Refused(*row) for row in rows], ids=str)

"""A store with a fleet, a stack and what a test wants of instances."""

from datetime import datetime
from typing import Any

from ownstream.domain.scope import Scope
from ownstream.domain.tickets import Ticket, streaming_url
from ownstream.store import (
    AssociationRow,
    FleetRow,
    InstanceRow,
    NodeRow,
    StackRow,
    Store,
    Tx,
    open_store,
)
from tests.support.clock import START

SCOPE = Scope("123456789012", "us-east-1")
KEY = b"k" * 32
GIB = 1024**3


def store_with_fleet(
    *, desired: int = 1, goal: str = "RUNNING", store_url: str = "sqlite://", **document: Any
) -> Store:
    """An empty store but for fleet `f`, stack `s`, their association and one node."""
    store = open_store(store_url)
    members = {
        "Name": "f",
        "InstanceType": "stream.standard.small",
        "ImageName": "image",
        "ComputeCapacityStatus": {"Desired": desired},
        **document,
    }
    key = {"account": SCOPE.account, "region": SCOPE.region}
    with store.transaction() as tx:
        tx.add(
            FleetRow(**key, name="f", document=members, goal=goal, goal_met=False, created_at=START)
        )
        tx.add(StackRow(**key, name="s", document={"Name": "s"}, created_at=START))
        tx.add(AssociationRow(**key, fleet="f", stack="s"))
        tx.add(NodeRow(name="here", cpus=2, memory_bytes=16 * GIB))
    return store


def add_ready_instance(tx: Tx, id_: str = "i-1") -> InstanceRow:
    """An instance of fleet `f` that takes a user."""
    row = InstanceRow(
        id=id_,
        account=SCOPE.account,
        region=SCOPE.region,
        fleet="f",
        generation=0,
        seen="ready",
        endpoint="unix:/nowhere",
        handle={},
        spec={"memory_bytes": 2 * GIB},
        created_at=START,
    )
    tx.add(row)
    return row


def ticket(user: str = "ann", *, expires: datetime, nonce: str = "1", **fields: str) -> Ticket:
    """A ticket for this user of fleet `f` and stack `s`."""
    values = {
        "type": "END_USER",
        "expires": str(int(expires.timestamp())),
        "awsAccountId": SCOPE.account,
        "userId": user,
        "catalogSource": "stack/s",
        "fleetRef": "fleet/f",
        "applicationId": "",
        "userContext": "",
        "maxUserDurationInSecs": "57600",
        "region": SCOPE.region,
        "nonce": nonce,
    }
    return Ticket(**{**values, **fields})


def url(user: str = "ann", *, expires: datetime, nonce: str = "1", **fields: str) -> str:
    """A streaming URL with that ticket."""
    return streaming_url("http://host", ticket(user, expires=expires, nonce=nonce, **fields), KEY)

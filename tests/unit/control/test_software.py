"""Software deployed by control: what is run in the image builder, and how each thing can fail."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from ownstream.control.inside import NotRun
from ownstream.control.pace import at_once
from ownstream.control.software import SoftwareReconciler
from ownstream.domain import owners
from ownstream.domain.keys import software_key
from ownstream.store import (
    ImageBuilderRow,
    InstanceRow,
    SoftwareRow,
    Store,
    memory_store,
    software,
)
from tests.support.clock import START
from tests.support.world import SCOPE

NAME = "forge"
ARN = SCOPE.arn("image-builder", NAME)
INSTALL = "apt-get install --yes --no-install-recommends --"
REMOVE = "apt-get remove --yes --no-install-recommends --"


@dataclass
class Apt:
    """An image builder in which commands end as they are told to."""

    statuses: Mapping[str, int] = field(default_factory=dict[str, int])
    says: bytes = b""
    gone: bool = False
    ran: list[str] = field(default_factory=list[str])

    async def __call__(
        self,
        endpoint: str,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        on_output: Callable[[bytes], None] = lambda _: None,
        within_s: float = 0.0,
    ) -> int:
        assert endpoint == "unix:/forge"
        assert environment is not None
        assert environment["DEBIAN_FRONTEND"] == "noninteractive"
        self.ran.append(" ".join(argv))
        if self.gone:
            raise NotRun("the image builder has ended")
        on_output(self.says)
        return self.statuses.get(argv[-1], 0)


@pytest.fixture
def store() -> Store:
    """An image builder that runs, its instance ready."""
    store = memory_store()
    scope = {"account": SCOPE.account, "region": SCOPE.region}
    with store.transaction() as tx:
        tx.add(
            ImageBuilderRow(
                name=NAME, goal="RUNNING", goal_met=True, volume="v-1", created_at=START, **scope
            )
        )
        tx.add(
            InstanceRow(
                id="i-1",
                fleet=owners.image_builder(NAME),
                generation=0,
                seen="ready",
                endpoint="unix:/forge",
                created_at=START,
                **scope,
            )
        )
    return store


def given(store: Store, **statuses: str) -> None:
    with store.transaction() as tx:
        for name, status in statuses.items():
            tx.add(SoftwareRow(arn=ARN, name=name, status=status, errors=[]))


def work(store: Store, apt: Apt) -> float | None:
    software = SoftwareReconciler(store, apt, at_once)
    return asyncio.run(software.reconcile(software_key(SCOPE, NAME)))


def seen(store: Store) -> dict[str, str]:
    with store.snapshot() as tx:
        return {row.name: row.status for row in software.of_resource(tx, ARN)}


def errors(store: Store, name: str) -> list[str]:
    with store.snapshot() as tx:
        row = tx.get(SoftwareRow, {"arn": ARN, "name": name})
        assert row
        return [error["ErrorMessage"] for error in row.errors]


def test_packages_are_installed_and_taken_away_one_by_one(store: Store) -> None:
    given(store, gimp="PENDING_INSTALLATION", vlc="PENDING_UNINSTALLATION", xterm="INSTALLED")
    apt = Apt()
    assert work(store, apt) is None
    assert apt.ran == ["apt-get update", f"{INSTALL} gimp", f"{REMOVE} vlc"]
    assert seen(store) == {"gimp": "INSTALLED", "xterm": "INSTALLED"}


def test_a_package_that_cannot_be_installed_says_why_and_hinders_no_other(store: Store) -> None:
    given(store, gimp="PENDING_INSTALLATION", nope="PENDING_INSTALLATION")
    said = b"Reading package lists...\nE: Unable to locate package nope\n"
    work(store, Apt({"nope": 100}, said))
    assert seen(store) == {"gimp": "INSTALLED", "nope": "FAILED_TO_INSTALL"}
    assert errors(store, "nope") == [
        "It ended with the status 100. E: Unable to locate package nope"
    ]


def test_a_list_of_packages_that_cannot_be_renewed_hinders_nothing(store: Store) -> None:
    given(store, gimp="PENDING_INSTALLATION")
    work(store, Apt({"update": 100}))
    assert seen(store) == {"gimp": "INSTALLED"}


def test_a_package_that_does_not_go_is_said_to_be_there(store: Store) -> None:
    given(store, vlc="PENDING_UNINSTALLATION")
    work(store, Apt({"vlc": 1}))
    assert seen(store) == {"vlc": "FAILED_TO_UNINSTALL"}
    assert errors(store, "vlc") == ["It ended with the status 1. It said nothing."]


def test_an_image_builder_that_ends_meanwhile_fails_what_was_to_be_done(store: Store) -> None:
    given(store, gimp="PENDING_INSTALLATION")
    work(store, Apt(gone=True))
    assert seen(store) == {"gimp": "FAILED_TO_INSTALL"}
    assert errors(store, "gimp") == ["the image builder has ended"]


def test_an_image_builder_that_was_stopped_fails_what_was_to_be_done(store: Store) -> None:
    given(store, gimp="PENDING_INSTALLATION")
    with store.transaction() as tx:
        builder = tx.get(
            ImageBuilderRow, {"account": SCOPE.account, "region": SCOPE.region, "name": NAME}
        )
        assert builder
        builder.goal = "STOPPED"
    apt = Apt()
    assert (work(store, apt), apt.ran, seen(store)) == (None, [], {"gimp": "FAILED_TO_INSTALL"})


def test_an_instance_that_is_not_ready_is_waited_for(store: Store) -> None:
    given(store, gimp="PENDING_INSTALLATION")
    with store.transaction() as tx:
        instance = tx.get(InstanceRow, "i-1")
        assert instance
        instance.seen = "starting"
    apt = Apt()
    assert work(store, apt) is not None
    assert (apt.ran, seen(store)) == ([], {"gimp": "PENDING_INSTALLATION"})


def test_software_of_an_image_builder_that_is_gone_is_forgotten(store: Store) -> None:
    given(store, gimp="INSTALLED")
    with store.transaction() as tx:
        assert software.builders_to_look_at(tx) == [(SCOPE, NAME)]
        for row in tx.query(ImageBuilderRow):
            tx.delete(row)
    work(store, Apt())
    assert seen(store) == {}


def test_nothing_is_run_where_nothing_is_to_be_done(store: Store) -> None:
    given(store, gimp="INSTALLED", vlc="STAGED_FOR_INSTALLATION")
    apt = Apt()
    assert (work(store, apt), apt.ran) == (None, [])

"""Fleet `f` in a store, a driver, and the reconcilers over them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from ownstream.control.deaths import Deaths
from ownstream.control.fleets import FleetReconciler
from ownstream.control.launching import InstanceSetup
from ownstream.control.sessions import SessionReconciler
from ownstream.domain import capacity, fleets
from ownstream.domain.keys import fleet_key
from ownstream.drivers.fake import IMAGE, ImmediateDriver
from ownstream.drivers.faulty import FaultyDriver
from ownstream.faults import Faults
from ownstream.store import FleetRow, InstanceRow, SessionRow, Store, resources, streaming
from tests.support.clock import TurnedClock
from tests.support.world import SCOPE, store_with_fleet

KEY = fleet_key(SCOPE, "f")


@dataclass
class World:
    """A store with fleet `f`, a driver, and the reconcilers over them."""

    store: Store
    driver: ImmediateDriver
    clock: TurnedClock
    fleets: FleetReconciler
    sessions: SessionReconciler

    def look(self, times: int = 1) -> float | None:
        """The fleet has been looked at so many times; when to look again."""
        delay: float | None = None
        for _ in range(times):
            delay = asyncio.run(self.fleets.reconcile(KEY))
        return delay

    def fleet(self) -> FleetRow:
        with self.store.snapshot() as tx:
            row = resources.find(tx, FleetRow, SCOPE, "f")
        assert row
        return row

    def change(self, change: Callable[[FleetRow], None]) -> None:
        with self.store.transaction() as tx:
            row = resources.find(tx, FleetRow, SCOPE, "f")
            assert row
            change(row)

    def stop(self) -> None:
        def stopped(row: FleetRow) -> None:
            row.goal, row.goal_met = "STOPPED", False

        self.change(stopped)

    def state(self) -> str:
        row = self.fleet()
        return fleets.state(row.goal, row.goal_met)

    def instances(self) -> list[InstanceRow]:
        with self.store.snapshot() as tx:
            return list(streaming.fleet_instances(tx, SCOPE, "f"))

    def capacity(self) -> dict[str, int]:
        views = [row.view for row in self.instances()]
        return capacity.capacity_status(self.fleet().document, views, running=True)

    def begin_session(self, session_id: str = "s") -> None:
        """A user has come and has been given an instance if one was free."""
        with self.store.transaction() as tx:
            row = SessionRow(
                id=session_id,
                account=SCOPE.account,
                region=SCOPE.region,
                stack="s",
                fleet="f",
                user_id="ann",
                state="PENDING",
                created_at=self.clock.now(),
                wish={},
            )
            tx.add(row)
            fleet = resources.find(tx, FleetRow, SCOPE, "f")
            assert fleet
            streaming.assign(tx, row, fleet)

    def session(self, session_id: str = "s") -> SessionRow:
        with self.store.snapshot() as tx:
            row = tx.get(SessionRow, session_id)
        assert row
        return row

    def errors(self) -> list[str]:
        return [error["ErrorMessage"] for error in self.fleet().errors]


def world(
    driver: ImmediateDriver | None = None,
    *,
    desired: int = 2,
    faults: Faults | None = None,
    **document: object,
) -> World:
    document = {"ImageName": IMAGE.name, **document}
    store = store_with_fleet(desired=desired, **document)
    driver = driver or ImmediateDriver()
    clock = TurnedClock()
    faults = faults or Faults()
    faulty = FaultyDriver(driver, faults)
    setup = InstanceSetup(store, faulty, clock)
    reconciler = FleetReconciler(store, faulty, clock, setup, deaths=Deaths(faults))
    return World(store, driver, clock, reconciler, SessionReconciler(store, clock))

"""Makes the usage reports: of each day that is over, once, whenever that was."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO

from ownstream.clock import Clock
from ownstream.control.pace import Offload
from ownstream.domain import usage_reports
from ownstream.domain.keys import UsageReportsKey
from ownstream.domain.scope import Scope
from ownstream.domain.usage_reports import DAY, EndedSession
from ownstream.log import Log
from ownstream.storage.locations import Location, LocationError, Locations, NotPermitted, NotThere
from ownstream.store import SessionRow, Store, Tx, UsageReportsRow, usage

AGAIN_S = 600.0  # after a report that could not be kept

Files = dict[Location, bytes]


@dataclass
class UsageReports:
    """Works on the reports of one account and region at a time, as their key comes up."""

    store: Store
    clock: Clock
    locations: Locations
    offload: Offload = asyncio.to_thread

    async def reconcile(self, key: UsageReportsKey) -> float | None:
        """After how many seconds to look again; None where nobody is subscribed."""
        scope = key[1]
        while (day := await self.offload(self._next_day, scope)) is not None:
            left_s = (usage_reports.due_at(day) - self.clock.now()).total_seconds()
            if left_s > 0:
                return left_s
            try:
                generated = await self.offload(self._keep, scope, day)
            except LocationError as error:
                log = Log("control").bind(account=scope.account, region=scope.region)
                log.warning("usage report not kept", why=str(error), again_in_s=AGAIN_S)
                await self.offload(self._change, scope, day, partial(_failed, error=error))
                return AGAIN_S
            done = partial(_done, generated_at=self.clock.now() if generated else None)
            await self.offload(self._change, scope, day, done)
        return None

    def _next_day(self, scope: Scope) -> datetime | None:
        """The day that the next report is of; None where nobody is subscribed."""
        with self.store.snapshot() as tx:
            row = usage.subscription(tx, scope)
            return row.reported_until if row else None

    def _keep(self, scope: Scope, day: datetime) -> bool:
        """Whether there was anything to tell of the day; it is kept now.

        What was kept of the day already is replaced, by the same.
        """
        with self.store.snapshot() as tx:
            files = _files(tx, scope, day)
        for location, content in files.items():
            self.locations.write(location, BytesIO(content))
        return bool(files)

    def _change(
        self, scope: Scope, day: datetime, change: Callable[[UsageReportsRow], None]
    ) -> None:
        """The reports are changed so, if it is still that day's turn."""
        with self.store.transaction() as tx:
            row = usage.subscription(tx, scope)
            if row is not None and row.reported_until == day:
                change(row)


def _files(tx: Tx, scope: Scope, day: datetime) -> Files:
    """What is to be kept of the day: nothing of what there was none of."""
    row = usage.subscription(tx, scope)
    if row is None:
        return {}
    sessions = usage.ended_sessions(tx, scope, day, day + DAY)
    launches = usage.launches(tx, scope, day, day + DAY)
    told = [usage_reports.session_record(_ended(session)) for session in sessions]
    started = [
        usage_reports.application_record(each.session_id, each.application) for each in launches
    ]
    return {
        Location(row.bucket, key): usage_reports.document(fields, records)
        for key, fields, records in (
            (usage_reports.sessions_key(day), usage_reports.SESSION_FIELDS, told),
            (usage_reports.applications_key(day), usage_reports.APPLICATION_FIELDS, started),
        )
        if records
    }


def _ended(session: SessionRow) -> EndedSession:
    began_at = session.started_at or session.created_at
    return EndedSession(
        id=session.id,
        scope=session.scope,
        user_id=session.user_id,
        authentication_type=session.authentication_type,
        fleet=session.fleet,
        stack=session.stack,
        began_at=began_at,
        ended_at=session.ended_at or began_at,
        connected=session.started_at is not None,
        instance_id=session.usage.get("instance") or session.instance_id or "",
        has_home_folder=bool(session.home_folder),
        addresses=session.usage.get("addresses", ()),
        user_arn=session.usage.get("user_arn", ""),
        facts=session.usage.get("facts", {}),
    )


def _done(row: UsageReportsRow, *, generated_at: datetime | None) -> None:
    row.reported_until += DAY
    row.errors = []
    row.last_generated_at = generated_at or row.last_generated_at


def _failed(row: UsageReportsRow, *, error: LocationError) -> None:
    row.errors = [{"ErrorCode": _code(error), "ErrorMessage": str(error)}]


def _code(error: LocationError) -> str:
    """As the service model names what may go wrong with a report."""
    if isinstance(error, NotThere):
        return "RESOURCE_NOT_FOUND"
    return "ACCESS_DENIED" if isinstance(error, NotPermitted) else "INTERNAL_SERVICE_ERROR"

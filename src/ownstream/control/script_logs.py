"""Keeps what scripts of sessions have printed, in the bucket for the account's logs."""

import asyncio
import io
from dataclasses import dataclass

from ownstream.clock import Clock
from ownstream.control.pace import Offload
from ownstream.domain.scope import Scope
from ownstream.log import Log
from ownstream.storage.locations import Location, LocationError, Locations
from ownstream.store import Store, usage


@dataclass(frozen=True)
class ScriptLogs:
    """Where output goes."""

    store: Store
    clock: Clock
    locations: Locations
    offload: Offload = asyncio.to_thread

    async def keep(self, scope: Scope, key: str, output: str) -> None:
        """The output is there, if there is any and it can be: no session waits for more."""
        if key and output:
            await self.offload(self._write, scope, key, output)

    def _write(self, scope: Scope, key: str, output: str) -> None:
        with self.store.transaction() as tx:
            bucket = usage.logs_bucket_of(tx, scope, self.clock.now())
        try:
            self.locations.write(Location(bucket, key), io.BytesIO(output.encode()))
        except LocationError as error:
            Log("control").warning("output of a script not kept", key=key, why=str(error))

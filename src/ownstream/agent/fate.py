"""What ends the agent: the first reason that any of its parts gives."""

import asyncio


class AgentEnded(Exception):
    """The instance is of no use any more; the text says why."""


class Fate:
    """Open until a part calls `end`."""

    def __init__(self) -> None:
        self._reason: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def end(self, reason: str) -> None:
        """The agent ends for this reason, unless it has one already; an empty one is no fault."""
        if not self._reason.done():
            self._reason.set_result(reason)

    async def await_end(self) -> None:
        """Returns when the agent is to end; AgentEnded with the reason if it is a fault."""
        reason = await asyncio.shield(self._reason)
        if reason:
            raise AgentEnded(reason)

    async def await_event(self, event: asyncio.Event, what: str, *, within_s: float) -> None:
        """Returns when the event is set; AgentEnded if the agent ends first or it takes longer."""
        waiting = asyncio.create_task(event.wait())
        try:
            await asyncio.wait(
                {waiting, self._reason}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waiting.cancel()
        if event.is_set():
            return
        raise AgentEnded(
            self._reason.result()
            if self._reason.done()
            else f"{what} was not up within {within_s:.0f} s"
        )

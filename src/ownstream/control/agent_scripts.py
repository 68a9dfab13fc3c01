"""Scripts in a session's sandbox as control has them run: it asks the agent, and hears the end."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ownstream.channel.endpoint import connect
from ownstream.channel.framing import FramingError, framed, json_body, json_message, read_message
from ownstream.channel.tags import MAX_ANSWER_BYTES, FromGateway, ToService
from ownstream.control.agent_files import AgentGone

_LONGER_S = 15.0  # than the script's own time, until its agent counts as gone
_WORDS = 200


@dataclass(frozen=True)
class Order:
    """What is to be run, where, with what in its environment, and for how long at most."""

    argv: Sequence[str]
    folder: str
    environment: Mapping[str, str]
    within_s: float


@dataclass(frozen=True)
class Outcome:
    """How it ended: `trouble` is empty for a script that did what it was to do."""

    trouble: str = ""
    output: str = ""

    @property
    def last_words(self) -> str:
        """The last line that it printed, fit to be shown."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        printable = [letter for letter in (lines or [""])[-1] if letter.isprintable()]
        return "".join(printable)[:_WORDS]


async def run(endpoint: str, session: str, order: Order) -> Outcome:
    """The order has been carried out; AgentGone if nobody can tell."""
    try:
        async with asyncio.timeout(order.within_s + _LONGER_S):
            return await _ask(endpoint, session, order)
    except TimeoutError as error:
        raise AgentGone("the agent does not say how a script has ended") from error
    except (OSError, FramingError) as error:
        raise AgentGone(f"the agent cannot be asked to run a script: {error}") from error


async def _ask(endpoint: str, session: str, order: Order) -> Outcome:
    reader, writer = await connect(endpoint)
    with contextlib.closing(writer):
        body = {
            "session": session,
            "argv": list(order.argv),
            "folder": order.folder,
            "environment": dict(order.environment),
            "within": order.within_s,
        }
        writer.write(framed(json_message(FromGateway.SCRIPT, body)))
        await writer.drain()
        answer = await read_message(reader, max_bytes=MAX_ANSWER_BYTES)
    if answer is None or answer[0] != ToService.ANSWER:
        raise FramingError("it does not answer")
    return _outcome(json_body(answer), order)


def _outcome(answer: Mapping[str, object], order: Order) -> Outcome:
    output = str(answer.get("output", ""))
    reason, status = answer.get("reason"), answer.get("status")
    if reason == "timeout":
        return Outcome(f"did not end within {order.within_s:.0f} seconds", output)
    if reason:
        return Outcome(f"could not be started: {str(reason)[:_WORDS]}", output)
    if status != 0:
        return Outcome(f"ended with code {status}", output)
    return Outcome(output=output)

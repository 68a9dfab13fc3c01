"""The paths of test mode. Every request is signed, as those of the API are, by the same keys.

The clock, the launch times and the faults are the service's, so they are the same for every
account that has a key of it; an instance is lost by its own account alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from ownstream.api.app import received, sent
from ownstream.api.chain import refuse
from ownstream.api.messages import HttpRequest, HttpResponse
from ownstream.api.sigv4 import Principal, Verifier
from ownstream.clock import AdvancedClock
from ownstream.domain.faults import Added, Faults, as_document, from_document
from ownstream.domain.keys import owner_key
from ownstream.drivers.base import InstanceDriver, Seen
from ownstream.drivers.simulated import SimulatedDriver
from ownstream.gateway.admission import handle
from ownstream.log import Log
from ownstream.model.errors import (
    OperationNotPermittedException,
    ResourceNotFoundException,
    ServiceError,
    ServiceUnavailableException,
    ValidationException,
)
from ownstream.post.memory import RememberedPost
from ownstream.store import Store, streaming
from ownstream.testmode.bodies import body_of, seconds, text

DAY_S = 24 * 3600
MOST_ADVANCE_S = 31 * DAY_S
MOST_TAKES_S = DAY_S
LAST_YEAR = 9000  # Python's dates end at 9999, and timers look ahead
REST_WITHIN_S = 60
TERMS = ("count", "probability", "seed")  # of a fault, beside its own members

Settled = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Asked:
    """A request whose sender is proven."""

    principal: Principal
    body: bytes
    id: str  # in the path, or empty


Answer = Callable[[Asked], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Controls:
    """What can be done to a service in test mode."""

    verifier: Verifier
    clock: AdvancedClock
    store: Store
    driver: InstanceDriver
    settled: Settled
    faults: Faults
    post: RememberedPost
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def routes(self) -> Sequence[BaseRoute]:
        """The paths."""
        return [
            self._route("GET", "/test/clock", self.show_clock),
            self._route("POST", "/test/clock", self.advance),
            self._route("GET", "/test/instances", self.show_instances),
            self._route("PATCH", "/test/instances", self.set_instances),
            self._route("POST", "/test/instances/{id}/lose", self.lose),
            self._route("GET", "/test/sessions/{id}", self.show_session),
            self._route("GET", "/test/mails", self.show_mails),
            self._route("GET", "/test/faults", self.show_faults),
            self._route("POST", "/test/faults", self.add_fault),
            self._route("DELETE", "/test/faults", self.clear_faults),
            self._route("DELETE", "/test/faults/{id}", self.remove_fault),
        ]

    async def show_clock(self, asked: Asked) -> Mapping[str, Any]:
        """What time it is."""
        body_of(asked.body, ())
        return {"now": self.clock.now().isoformat()}

    async def advance(self, asked: Asked) -> Mapping[str, Any]:
        """So much time has passed, and what fell due in it has been done."""
        advance_s = seconds(body_of(asked.body, ("advance_s",)), "advance_s", most_s=MOST_ADVANCE_S)
        async with self._turn:  # two turns at once would mix what falls due
            if self.clock.now().year >= LAST_YEAR:
                raise ValidationException(
                    f"The clock is in the year {self.clock.now().year}, and is turned no further. "
                    "Start the service anew: it begins at the system's time."
                )
            await self.clock.advance(timedelta(seconds=advance_s), self._rest)
        _log(asked, "clock turned", by_s=advance_s)
        return {"now": self.clock.now().isoformat()}

    async def show_instances(self, asked: Asked) -> Mapping[str, Any]:
        """How long simulated instances take."""
        body_of(asked.body, ())
        driver = self._simulated()
        return {
            "launch_takes_s": driver.launch_takes.total_seconds(),
            "stop_takes_s": driver.stop_takes.total_seconds(),
        }

    async def set_instances(self, asked: Asked) -> Mapping[str, Any]:
        """From now on instances take so long; what has begun goes on as it was."""
        body = body_of(asked.body, ("launch_takes_s", "stop_takes_s"))
        driver = self._simulated()
        given = {name: seconds(body, name, most_s=MOST_TAKES_S) for name in body}
        if "launch_takes_s" in given:
            driver.launch_takes = timedelta(seconds=given["launch_takes_s"])
        if "stop_takes_s" in given:
            driver.stop_takes = timedelta(seconds=given["stop_takes_s"])
        _log(asked, "instances set", **given)
        return await self.show_instances(Asked(asked.principal, b"", ""))

    async def lose(self, asked: Asked) -> Mapping[str, Any]:
        """The instance has died, and its fleet has noticed."""
        reason = text(body_of(asked.body, ("reason",)), "reason", "its agent has ended")
        driver = self._simulated()
        parts = await asyncio.to_thread(self._parts_of, asked)
        try:
            for part, _ in parts:
                driver.lose(part, reason)
        except KeyError as error:
            raise _no_instance(asked.id) from error
        await asyncio.to_thread(self._touch, parts[0][1])
        await self._rest()
        _log(asked, "instance lost", instance=asked.id)
        return {}

    async def show_session(self, asked: Asked) -> Mapping[str, Any]:
        """The id by which the API knows a session that a browser knows by its handle."""
        body_of(asked.body, ())
        return {"session_id": await asyncio.to_thread(self._session_id, asked)}

    async def show_mails(self, asked: Asked) -> Mapping[str, Any]:
        """What has been written to users of the user pool, oldest first."""
        body_of(asked.body, ())
        await self._rest()
        return {
            "mails": [
                {**asdict(mail), "written_at": mail.written_at.isoformat()}
                for mail in self.post.mails
            ]
        }

    async def show_faults(self, asked: Asked) -> Mapping[str, Any]:
        """The faults that have been added and not removed, oldest first."""
        body_of(asked.body, ())
        return {"faults": [_shown(added) for added in self.faults.added()]}

    async def add_fault(self, asked: Asked) -> Mapping[str, Any]:
        """The fault as it was added."""
        body = dict(body_of(asked.body, None))
        terms = {name: body.pop(name) for name in TERMS if name in body}
        try:
            added = self.faults.add(from_document(body), **terms)
        except ValueError as error:
            raise ValidationException(f"{error}.") from error
        _log(asked, "fault added", fault=added.id, kind=type(added.fault).__name__)
        return _shown(added)

    async def clear_faults(self, asked: Asked) -> Mapping[str, Any]:
        """There are no faults any more."""
        body_of(asked.body, ())
        self.faults.clear()
        _log(asked, "faults cleared")
        return {}

    async def remove_fault(self, asked: Asked) -> Mapping[str, Any]:
        """The fault as it was; it strikes no more."""
        body_of(asked.body, ())
        for added in self.faults.added():
            if str(added.id) == asked.id:
                added.remove()
                _log(asked, "fault removed", fault=added.id)
                return _shown(added)
        raise ResourceNotFoundException(
            f"There is no fault {asked.id[:40]}. GET /test/faults lists those that there are."
        )

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(REST_WITHIN_S):
                await self.settled()
        except TimeoutError as error:
            raise ServiceUnavailableException(
                f"The service did not come to rest within {REST_WITHIN_S} s; its log may say why. "
                "Look at its fleets and try again."
            ) from error

    def _simulated(self) -> SimulatedDriver:
        if isinstance(self.driver, SimulatedDriver):
            return self.driver
        raise OperationNotPermittedException(
            "The service's instances are processes, which take the time that they take and are "
            "lost when they end. Start it with `ownstream serve --driver simulated` to say so."
        )

    def _parts_of(self, asked: Asked) -> Sequence[tuple[str, Any]]:
        """What the driver knows the instance by, or each of its seats, and whose it is."""
        with self.store.snapshot() as tx:
            rows = streaming.parts_of(tx, asked.principal.scope, asked.id)
            if not rows:
                raise _no_instance(asked.id)
            return [(row.id, owner_key(row.scope, row.fleet)) for row in rows]

    def _session_id(self, asked: Asked) -> str:
        with self.store.snapshot() as tx:
            for session in streaming.live_sessions(tx):
                own = session.account == asked.principal.account
                if own and handle(session.id) == asked.id:
                    return session.id
        raise ResourceNotFoundException(f"Your account has no session {asked.id[:40]}.")

    def _touch(self, key: Any) -> None:
        with self.store.transaction() as tx:
            tx.touch(key)

    def _route(self, method: str, path: str, answer: Answer) -> BaseRoute:
        async def endpoint(request: Request) -> Response:
            arrived = await received(request)
            if isinstance(arrived, HttpResponse):
                return sent(arrived)
            try:
                principal = await asyncio.to_thread(self.verifier.verify, arrived)
                asked = Asked(principal, arrived.body, request.path_params.get("id", ""))
                return JSONResponse(await answer(asked), headers={"Cache-Control": "no-store"})
            except ServiceError as error:
                return sent(_refusal(arrived, error))

        return Route(path, endpoint, methods=[method])


def instances_move(store: Store) -> bool:
    """Whether any instance is coming or going."""
    with store.snapshot() as tx:
        rows = streaming.all_instances(tx)
        return any(row.goal != "run" or row.seen != Seen.READY for row in rows)


def _refusal(request: HttpRequest, error: ServiceError) -> HttpResponse:
    Log("testmode").info("refused", path=request.path[:80], why=error.code)
    return refuse(request, error)


def _shown(added: Added) -> Mapping[str, Any]:
    return {
        "id": str(added.id),
        **as_document(added.fault),
        **{name: getattr(added, name) for name in TERMS},
        "hits": added.hits,
    }


def _no_instance(instance_id: str) -> ServiceError:
    return ResourceNotFoundException(
        f"Your account has no instance {instance_id[:40]} in this region. "
        "DescribeSessions names those that have sessions."
    )


def _log(asked: Asked, event: str, **fields: Any) -> None:
    Log("testmode").info(event, account=asked.principal.account, **fields)

"""Faults that a test has asked for: what they are, which are there, and when they strike.

It knows nothing of how a fault shows: the API, control and the operations ask whether one strikes,
each at its own place, and make of it what the service's users see.
"""

import random
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import MISSING, asdict, dataclass, field, fields
from threading import RLock
from typing import Any, TypeVar

from ownstream.domain.fault_rules import Names, check_members, check_terms


@dataclass(frozen=True)
class Error:
    """Calls are answered with this error: one that the operation declares, or a common one.

    An empty operation means every operation that may answer it, an empty message the service's own
    words as far as they are known.
    """

    code: str
    operation: str = ""
    message: str = ""


@dataclass(frozen=True)
class Throttling:
    """Calls are answered as the service answers too many of them."""

    operation: str = ""


@dataclass(frozen=True)
class SlowAnswer:
    """The call is carried out at once, and its answer comes so many seconds later."""

    delay_s: float
    operation: str = ""


@dataclass(frozen=True)
class NoCapacity:
    """No instance is to be had, for this fleet or for any."""

    fleet: str = ""


@dataclass(frozen=True)
class LaunchFailure:
    """A launch fails with this FleetErrorCode of the service model."""

    code: str
    fleet: str = ""
    message: str = ""


@dataclass(frozen=True)
class InstanceDeath:
    """An instance dies so many seconds after a session was placed on it.

    Sessions that have been placed before the fault was added are meant too.
    """

    after_s: float = 0.0
    fleet: str = ""
    reason: str = ""


@dataclass(frozen=True)
class StorageConnectorFailure:
    """A stack that has such a storage connector shows that it fails.

    Its count is how many descriptions of the stack show it.
    """

    connector_type: str
    stack: str = ""
    code: str = "STORAGE_CONNECTOR_ERROR"
    message: str = ""


Fault = (
    Error
    | Throttling
    | SlowAnswer
    | NoCapacity
    | LaunchFailure
    | InstanceDeath
    | StorageConnectorFailure
)
KINDS: Mapping[str, type[Fault]] = {
    kind.__name__: kind
    for kind in (
        Error,
        Throttling,
        SlowAnswer,
        NoCapacity,
        LaunchFailure,
        InstanceDeath,
        StorageConnectorFailure,
    )
}
KIND = "fault"  # the member of a document that names the kind

F = TypeVar("F", bound=Fault)


@dataclass(frozen=True)
class CallFaults:
    """What strikes one call."""

    error: Error | Throttling | None = None
    delay_s: float = 0.0


class Added:
    """A fault as it has been added, and how often it has struck."""

    def __init__(
        self,
        fault: Fault,
        id_: int,
        *,
        count: int | None,
        probability: float,
        seed: int,
        remove: Callable[["Added"], None],
    ) -> None:
        self.fault = fault
        self.id = id_
        self.count = count
        self.probability = probability
        self.seed = seed
        self.hits = 0
        self.removed = False
        self._dice = random.Random(seed)  # noqa: S311 - the same history each time is the point
        self._remove = remove

    @property
    def used_up(self) -> bool:
        """Whether it has struck as often as it was to."""
        return self.count is not None and self.hits >= self.count

    def remove(self) -> None:
        """It strikes no more; nothing if it was removed before."""
        self._remove(self)

    def strikes(self) -> bool:
        """Whether it strikes this time, which is then counted."""
        # The die is cast even where it cannot fail, so that a seed's history is one of calls.
        if self.used_up or self._dice.random() >= self.probability:
            return False
        self.hits += 1
        return True


@dataclass
class Faults:
    """The faults of one service, all accounts alike. Threads may share it.

    They are asked in the order in which they were added, and each casts its own die: the same
    seeds and the same calls have the same history.
    """

    names: Callable[[], Names] = Names  # none: of what has a name, every fault is refused
    _added: list[Added] = field(default_factory=list[Added])
    _last_id: int = 0
    _lock: RLock = field(default_factory=RLock)
    _listeners: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])

    def add(
        self, fault: Fault, count: int | None = None, probability: float = 1.0, seed: int = 0
    ) -> Added:
        """The fault, which strikes from now on.

        None as count strikes until it is removed. ValueError for a name that the service does not
        have, and for a number out of range.
        """
        if type(fault) not in KINDS.values():
            raise ValueError(f"{fault!r:.80} is no fault; there are: {', '.join(KINDS)}")
        check_members(type(fault).__name__, asdict(fault), self.names())
        check_terms(count, probability, seed)
        with self._lock:
            self._last_id += 1
            added = Added(
                fault,
                self._last_id,
                count=count,
                probability=probability,
                seed=seed,
                remove=self._remove,
            )
            self._added.append(added)
        self._tell()
        return added

    def clear(self) -> None:
        """There are no faults any more."""
        for added in self.added():
            added.remove()

    def added(self) -> Sequence[Added]:
        """Those that were added and not removed, oldest first; used up ones too."""
        with self._lock:
            return list(self._added)

    @contextmanager
    def listened(self, listener: Callable[[], None]) -> Generator[None]:
        """Meanwhile the listener hears whenever faults were added or removed, on that thread."""
        self._listeners = [*self._listeners, listener]
        try:
            yield
        finally:
            self._listeners = [other for other in self._listeners if other is not listener]

    def strike_call(self, operation: str) -> CallFaults:
        """What strikes a call of this operation: one error at most, and all delays together."""

        def fails(fault: Error | Throttling) -> bool:
            code = fault.code if isinstance(fault, Error) else None
            answers = code is None or self.names().may_answer(operation, code)
            return answers and fault.operation in ("", operation)

        with self._lock:
            slow = self._struck((SlowAnswer,), lambda fault: fault.operation in ("", operation))
            delay_s = sum(fault.delay_s for fault in slow)
            return CallFaults(next(self._struck((Error, Throttling), fails), None), delay_s)

    def strike_launch(self, fleet: str) -> NoCapacity | LaunchFailure | None:
        """What strikes the launch of an instance of this fleet."""
        kinds = (NoCapacity, LaunchFailure)
        with self._lock:
            return next(self._struck(kinds, lambda fault: fault.fleet in ("", fleet)), None)

    def strike_session(self, fleet: str, asked: set[int]) -> Sequence[tuple[Added, InstanceDeath]]:
        """What strikes the instance of a session of this fleet, as far as it is not removed before.

        Each fault is asked once for a session: `asked` holds the ids of those that have been.
        """
        struck: list[tuple[Added, InstanceDeath]] = []
        with self._lock:
            for added in self._added:
                fault = added.fault
                if not isinstance(fault, InstanceDeath) or added.id in asked:
                    continue
                asked.add(added.id)
                if fault.fleet in ("", fleet) and added.strikes():
                    struck.append((added, fault))
        return struck

    def strike_stack(
        self, stack: str, connector_types: Collection[str]
    ) -> Sequence[StorageConnectorFailure]:
        """What strikes this stack, which has storage connectors of these types."""

        def fails(fault: StorageConnectorFailure) -> bool:
            return fault.stack in ("", stack) and fault.connector_type in connector_types

        with self._lock:
            return list(self._struck((StorageConnectorFailure,), fails))

    def _struck(self, kinds: tuple[type[F], ...], meant: Callable[[F], bool]) -> Iterator[F]:
        """Each fault of these kinds that is meant and strikes, asked as the next one is wanted."""
        for added in self._added:
            fault = added.fault
            if isinstance(fault, kinds) and meant(fault) and added.strikes():
                yield fault

    def _remove(self, added: Added) -> None:
        with self._lock:
            added.removed = True
            self._added = [other for other in self._added if other is not added]
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


def as_document(fault: Fault) -> dict[str, Any]:
    """The fault as a JSON object: its kind and all its members."""
    return {KIND: type(fault).__name__, **asdict(fault)}


def from_document(document: Mapping[str, Any]) -> Fault:
    """The fault of such an object, in which members that have a default may be left out.

    ValueError if it is none. Whether its names exist is found out by `Faults.add`.
    """
    given = dict(document)
    kind = KINDS.get(str(given.pop(KIND, None)))
    if kind is None:
        raise ValueError(f"{KIND!r} is missing or no kind of fault; there are: {', '.join(KINDS)}")
    known = [member.name for member in fields(kind)]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise ValueError(
            f"{kind.__name__} has no {unknown[0]!r:.40}; it has: {', '.join(known) or 'nothing'}"
        )
    try:
        return kind(**given)
    except TypeError as error:
        needed = {member.name for member in fields(kind) if member.default is MISSING}
        missing = ", ".join(sorted(needed - set(given)))
        raise ValueError(f"{kind.__name__} needs {missing}") from error

"""The inside of a service that runs elsewhere in test mode, by signed requests to it.

What is behind `/test` is the service's own: whoever else uses the service sees the clock turned.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from botocore.exceptions import ClientError

from ownstream.clock import forward
from ownstream.domain.faults import Fault, as_document, from_document
from ownstream.embed.http import Answer, Http
from ownstream.embed.remote_users import RemoteUsers
from ownstream.embed.users import INPUT_EVERY_S
from ownstream.post.base import Mail

LONGEST_STEP = timedelta(days=1)
INPUT_EVERY = timedelta(seconds=INPUT_EVERY_S)
TERMS = ("count", "probability", "seed")

AWS = ".amazonaws.com"


class NotInTestMode(Exception):
    """The service behind a session is one whose inside is not at hand."""


@dataclass(frozen=True)
class Controls:
    """Asks a service in test mode."""

    http: Http
    url: str

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer's JSON.

        NotInTestMode if there is no such path; LookupError or ValueError as the answer means;
        botocore's ClientError for what else is refused.
        """
        if urlsplit(self.url).netloc.endswith(AWS):
            raise NotInTestMode(f"{self.url} is AWS; name an endpoint_url of an own service")
        answer = self.http.signed(method, self.url.rstrip("/") + path, body)
        if answer.status == 200:
            return answer.json()
        code, message = _error(answer)
        if not code:
            raise NotInTestMode(
                f"the service at {self.url} answers {answer.status} to {path}: it is not in test "
                "mode; start it with `ownstream serve --test-mode`"
            )
        kinds: dict[str, type[Exception]] = {
            "ResourceNotFoundException": LookupError,
            "ValidationException": ValueError,
        }
        if code in kinds:
            raise kinds[code](message)
        raise ClientError({"Error": {"Code": code, "Message": message}}, f"{method} {path}")


@dataclass(frozen=True)
class RemoteClock:
    """The clock of a running service: the system's, and what it has been turned forward by."""

    _controls: Controls = field(repr=False)
    _users: RemoteUsers = field(repr=False)

    def now(self) -> datetime:
        """The present instant there."""
        return datetime.fromisoformat(self._controls.ask("GET", "/test/clock")["now"])

    def advance(self, **delay: float) -> None:
        """So much time has passed there, and all that was due in it has been done, in order.

        The arguments are those of `timedelta`: `advance(minutes=15)`. Nothing, as argument, lets
        what is due by now be done.
        """
        left = forward(**delay)
        while True:
            self._users.keep_typing()
            longest = INPUT_EVERY if self._users.any_work() else LONGEST_STEP
            step = min(left, longest)
            self._controls.ask("POST", "/test/clock", {"advance_s": step.total_seconds()})
            left -= step
            if not left:
                return


@dataclass
class RemoteDriver:
    """The simulated instances of a running service."""

    _controls: Controls = field(repr=False)

    @property
    def launch_takes(self) -> timedelta:
        """How long an instance takes to start."""
        return self._takes("launch_takes_s")

    @launch_takes.setter
    def launch_takes(self, takes: timedelta) -> None:
        self._set("launch_takes_s", takes)

    @property
    def stop_takes(self) -> timedelta:
        """How long an instance takes to stop."""
        return self._takes("stop_takes_s")

    @stop_takes.setter
    def stop_takes(self, takes: timedelta) -> None:
        self._set("stop_takes_s", takes)

    def _takes(self, name: str) -> timedelta:
        return timedelta(seconds=self._controls.ask("GET", "/test/instances")[name])

    def _set(self, name: str, takes: timedelta) -> None:
        self._controls.ask("PATCH", "/test/instances", {name: takes.total_seconds()})


@dataclass
class RemoteAdded:
    """A fault as it has been added there."""

    fault: Fault
    id: int
    count: int | None
    probability: float
    seed: int
    _controls: Controls = field(repr=False)
    _hits: int = 0

    @property
    def hits(self) -> int:
        """How often it has struck; of one that was removed, until then."""
        for shown in self._controls.ask("GET", "/test/faults")["faults"]:
            if shown["id"] == str(self.id):
                self._hits = shown["hits"]
        return self._hits

    @property
    def used_up(self) -> bool:
        """Whether it has struck as often as it was to."""
        return self.count is not None and self.hits >= self.count

    def remove(self) -> None:
        """It strikes no more; nothing if it was removed before."""
        try:
            self._hits = self._controls.ask("DELETE", f"/test/faults/{self.id}")["hits"]
        except LookupError:
            return


@dataclass(frozen=True)
class RemoteFaults:
    """The faults of a running service, all accounts alike."""

    _controls: Controls = field(repr=False)

    def add(
        self, fault: Fault, count: int | None = None, probability: float = 1.0, seed: int = 0
    ) -> RemoteAdded:
        """The fault, which strikes from now on; ValueError for a name that does not exist.

        None as count strikes until it is removed.
        """
        terms = {"count": count, "probability": probability, "seed": seed}
        shown = self._controls.ask("POST", "/test/faults", {**as_document(fault), **terms})
        return self._added(shown)

    def clear(self) -> None:
        """There are no faults any more."""
        self._controls.ask("DELETE", "/test/faults")

    def added(self) -> Sequence[RemoteAdded]:
        """Those that were added and not removed, oldest first."""
        return [self._added(shown) for shown in self._controls.ask("GET", "/test/faults")["faults"]]

    def _added(self, shown: Mapping[str, Any]) -> RemoteAdded:
        members = {k: v for k, v in shown.items() if k not in (*TERMS, "id", "hits")}
        terms = {name: shown[name] for name in TERMS}
        return RemoteAdded(
            from_document(members),
            int(shown["id"]),
            **terms,
            _controls=self._controls,
            _hits=shown["hits"],
        )


class RemoteService:
    """The inside of a running service in test mode, with the members of an embedded one."""

    def __init__(self, http: Http, url: str) -> None:
        self._controls = Controls(http, url)
        lock = threading.RLock()
        self.users = RemoteUsers(http, self._settle, self._session_id, lock)
        self.clock = RemoteClock(self._controls, self.users)
        self.driver = RemoteDriver(self._controls)
        self.faults = RemoteFaults(self._controls)

    def lose_instance(self, instance_id: str, reason: str = "its agent has ended") -> None:
        """The instance dies in mid-session; LookupError if there is none of this id."""
        path = f"/test/instances/{quote(instance_id, safe='')}/lose"
        self._controls.ask("POST", path, {"reason": reason})

    @property
    def mails(self) -> Sequence[Mail]:
        """What has been written to users of the user pool, oldest first; whoever's they are."""
        return [
            Mail(
                to=shown["to"],
                subject=shown["subject"],
                text=shown["text"],
                written_at=datetime.fromisoformat(shown["written_at"]),
            )
            for shown in self._controls.ask("GET", "/test/mails")["mails"]
        ]

    def close(self) -> None:
        """Its users have closed their browsers."""
        self.users.close()

    def _settle(self) -> None:
        self._controls.ask("POST", "/test/clock", {"advance_s": 0})

    def _session_id(self, handle: str) -> str:
        return self._controls.ask("GET", f"/test/sessions/{handle}")["session_id"]


def _error(answer: Answer) -> tuple[str, str]:
    """The error's code and message; empty if it is not one of the service's own."""
    try:
        body = answer.json()
    except json.JSONDecodeError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    return str(body.get("__type", "")), str(body.get("Message", body.get("message", "")))

"""Users who can be made to connect, work, go idle and leave.

They go the way of a browser: a streaming URL's ticket is shown at the same door, and the same
records are kept of who is connected. There is no picture.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ownstream.clock import TurnedClock
from ownstream.control.image_making import make_image
from ownstream.domain import owners
from ownstream.domain.image_requests import BadRequest as ImageRefused
from ownstream.domain.limits import Limits
from ownstream.embed.loop import StillLoop
from ownstream.embed.pool_users import ADDRESS, Desk, PoolUser, scope_of, signed_in
from ownstream.gateway.admission import Door, Refused
from ownstream.gateway.presence import Presence
from ownstream.portal.catalog import Choice
from ownstream.store import SessionRow

INPUT_EVERY_S = 30.0  # of a user at work; the shortest idle timeout is a minute


@dataclass(frozen=True)
class Entrance:
    """What users need of the engine."""

    door: Door
    presence: Presence
    clock: TurnedClock
    loop: StillLoop
    at_present: Callable[[], AbstractContextManager[None]]
    desk: Desk
    limits: Limits = field(default_factory=Limits)


@dataclass
class User:
    """One user with one browser, who has opened a streaming URL."""

    session_id: str
    _url: str
    _cookie: str
    _connection: str
    _entrance: Entrance = field(repr=False)
    _waiting: bool = True  # for an instance
    _work: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def connected(self) -> bool:
        """Whether the session is shown to this user now."""
        with self._entrance.at_present():
            return self._is_connected()

    @property
    def ended(self) -> str:
        """Why the session has ended, such as `disconnected` or `max_duration`; else empty."""
        with self._entrance.at_present():
            return self._entrance.presence.standing(self.session_id).ended

    @property
    def applications(self) -> Sequence[str] | None:
        """Names of the applications that this user sees and may start; None: all of the image's."""
        with self._entrance.at_present():
            return self._entrance.presence.catalog(self.session_id).names

    def type(self) -> None:
        """The user has just pressed a key; nothing happens to one who is not connected."""
        with self._entrance.at_present():
            self._note_input()

    def work(self) -> None:
        """From now on there is input all the time, until the user goes idle or is disconnected."""
        with self._entrance.at_present():
            self._rest()
            self._work = self._entrance.loop.create_task(self._keep_typing())

    def launch(self, application: str) -> None:
        """The user has started this application of the catalog; nothing where not connected.

        Nothing runs: usage reports tell of it. Refused if the user may not start it.
        """
        presence = self._entrance.presence
        with self._entrance.at_present():
            if self._is_connected():
                if not presence.catalog(self.session_id).has(application):
                    raise not_entitled(application)
                presence.note_launches(self.session_id, [application])

    def go_idle(self) -> None:
        """From now on there is no input."""
        with self._entrance.at_present():
            if self._work is not None:
                self._note_input()
            self._rest()

    def create_image(
        self, name: str, *, applications: Mapping[str, str], dry_run: bool = False, **more: Any
    ) -> None:
        """An image builder's administrator has had an image made, by the Image Assistant.

        `applications` are the paths of programs by the names of applications; more may be
        `display_name`, `description` and `tags`. ImageRefused if the assistant would say no.
        """
        catalog = [{"name": each, "path": path} for each, path in applications.items()]
        asked = {
            "do": "create-image",
            "name": name,
            "displayName": more.pop("display_name", ""),
            "applications": catalog,
            "dryRun": dry_run,
            **more,
        }
        entrance = self._entrance
        with entrance.at_present(), entrance.door.store.transaction() as tx:
            session = tx.get(SessionRow, self.session_id)
            if session is None or owners.kind(session.fleet) != owners.IMAGE_BUILDER:
                raise ImageRefused("this user administers no image builder")
            make_image(
                tx,
                session.scope,
                owners.name_of(session.fleet),
                asked,
                now=entrance.clock.now(),
                limits=entrance.limits,
            )

    def disconnect(self) -> None:
        """The browser has been closed; the session goes on without it."""
        with self._entrance.at_present():
            self._waiting = False
            self._rest()
            self._entrance.presence.leave(self.session_id, self._connection, None)

    def reconnect(self) -> None:
        """The same browser has opened its URL again; Refused if the session has ended."""
        entrance = self._entrance
        with entrance.at_present():
            parameters, signature = ticket_in(self._url)
            entrance.door.admit(parameters, signature, [self._cookie], entrance.clock.now())
            self._waiting = True
            self.arrive()

    def end_session(self) -> None:
        """The user has ended the session; Refused if it had ended already."""
        with self._entrance.at_present():
            self._waiting = False
            self._rest()
            self._entrance.door.state(self._cookie)
            self._entrance.door.end(self._cookie, self._entrance.clock.now())

    def arrive(self) -> bool:
        """Whether the user, who waited, has been shown an instance just now."""
        if not self._waiting:
            return False
        standing = self._entrance.presence.standing(self.session_id)
        self._waiting = not (standing.endpoint or standing.ended)
        if not standing.endpoint:
            return False
        arrived = self._entrance.presence.arrive(self.session_id, self._connection)
        if arrived and not standing.expires:
            self._begin()
        return arrived

    def _begin(self) -> None:
        """What the URL asks for starts with the session, where it is not the desktop."""
        welcome = self._entrance.door.state(self._cookie)
        if welcome.application and welcome.view != "DESKTOP":
            self._entrance.presence.note_launches(self.session_id, [welcome.application])

    def _is_connected(self) -> bool:
        standing = self._entrance.presence.standing(self.session_id)
        return standing.connected and standing.connection == self._connection

    def _note_input(self) -> None:
        if self._is_connected():
            self._entrance.presence.note_input(self.session_id, self._entrance.clock.now())

    def _rest(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self._work = None

    async def _keep_typing(self) -> None:
        while self._is_connected():
            self._note_input()
            await self._entrance.clock.sleep(INPUT_EVERY_S)


@dataclass(frozen=True)
class Portal:
    """What a user of the user pool, who is signed in, can do."""

    _user: PoolUser = field(repr=False)
    _users: "Users" = field(repr=False)
    _entrance: Entrance = field(repr=False)

    @property
    def must_change(self) -> bool:
        """Whether the password is a temporary one, and they can do nothing but change it."""
        return self._user.must_change

    def choose_password(self, password: str) -> None:
        """The password takes the place of the temporary one; TurnedAway if it is too weak."""
        with self._entrance.at_present():
            self._user.choose_password(password)

    def catalog(self) -> Sequence[Choice]:
        """What the user may open; TurnedAway if they are signed in no more."""
        with self._entrance.at_present():
            return self._user.catalog()

    def open(self, application: str, *, stack: str | None = None) -> User:
        """The user has clicked on the application, and is in its session.

        TurnedAway if it is not in the catalog or does not run, Refused if there is no room.
        """
        with self._entrance.at_present():
            return self._users.connect(self._user.streaming_url(application, stack))

    def sign_out(self) -> None:
        """The user has signed out; sessions that are open go on."""
        with self._entrance.at_present():
            self._user.sign_out()


class Users:
    """Everybody who has come in."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance
        self._numbers = count(1)
        self._all: list[User] = []

    def connect(self, streaming_url: str) -> User:
        """The user of this URL, in a new browser; Refused if the door says no.

        Where no instance is ready the user waits, and is shown the first that is.
        """
        entrance = self._entrance
        with entrance.at_present():
            parameters, signature = ticket_in(streaming_url)
            admission = entrance.door.admit(parameters, signature, [], entrance.clock.now())
            user = User(
                session_id=admission.welcome.session,
                _url=streaming_url,
                _cookie=admission.cookie or "",
                _connection=f"simulated-{next(self._numbers)}",
                _entrance=entrance,
            )
            self._all.append(user)
            return user

    def sign_in(self, portal_url: str, user_name: str, password: str) -> "Portal":
        """A user of the user pool, signed in at the portal that the mail to them names.

        TurnedAway if the password is not theirs, has run out, or too many were tried.
        """
        with self._entrance.at_present():
            user = signed_in(self._entrance.desk, portal_url, user_name, password)
            return Portal(user, self, self._entrance)

    def ask_for_code(self, portal_url: str, user_name: str) -> None:
        """A code for another password is mailed to the user, if there is one with a password."""
        with self._entrance.at_present():
            reception = self._entrance.desk.reception
            reception.ask_for_code(scope_of(portal_url), user_name, ADDRESS)

    def reset_password(self, portal_url: str, user_name: str, code: str, password: str) -> None:
        """The user has this password from now on; TurnedAway if the code is not the mailed one."""
        with self._entrance.at_present():
            reception = self._entrance.desk.reception
            reception.reset(scope_of(portal_url), user_name, code, password, ADDRESS)

    def let_arrive(self) -> bool:
        """Whether anybody who waited has been shown an instance just now."""
        return any(user.arrive() for user in self._all)


def not_entitled(application: str) -> Refused:
    """The application is none that the user may start."""
    return Refused(403, "not_entitled", f"There is no application {application!r} here.")


def ticket_in(streaming_url: str) -> tuple[str, str]:
    """The two parts of the URL's ticket; empty where it has none."""
    query = parse_qs(urlsplit(streaming_url).query)
    return query.get("parameters", [""])[0], query.get("signature", [""])[0]

"""Users of a running service who can be made to connect, work, go idle and leave.

Each goes the whole way of a browser: the ticket is posted for a cookie, and a WebSocket with that
cookie takes the stream. What comes is counted, not looked at.
"""

import json
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from ownstream.channel.framing import json_body, json_message
from ownstream.channel.tags import KEY, VERSION, FromAgent, FromBrowser
from ownstream.embed import remote_portal
from ownstream.embed.http import Answer, Http
from ownstream.embed.remote_portal import RemotePoolUser
from ownstream.embed.users import not_entitled, ticket_in
from ownstream.gateway.admission import Refused
from ownstream.portal.catalog import Choice

PONG_WITHIN_S = 20.0
SPACE = 0x20
HELLO = {"version": VERSION, "width": 1280, "height": 720, "scale": 1, "codecs": ["jpeg"]}


@dataclass(frozen=True)
class Browser:
    """One browser on one service: its cookie, and what it asks for."""

    http: Http
    origin: str

    def authenticate(self, streaming_url: str, cookie: str = "") -> tuple[str, str]:
        """The session's handle and its cookie; Refused if the door says no."""
        parameters, signature = ticket_in(streaming_url)
        ticket = {"parameters": parameters, "signature": signature}
        headers = {"Origin": self.origin, **({"Cookie": cookie} if cookie else {})}
        answer = self.http.plain("POST", f"{self.origin}/authenticate", ticket, headers)
        handle = str(_allowed(answer)["session"])
        given = SimpleCookie(answer.headers.get("set-cookie", ""))
        named = [f"{name}={morsel.value}" for name, morsel in given.items()]
        return handle, (named or [cookie])[0]

    def session(self, handle: str, cookie: str) -> Answer:
        """What the page is told of the session."""
        url = f"{self.origin}/session?{urlencode({'session': handle})}"
        return self.http.plain("GET", url, headers={"Cookie": cookie})

    def end(self, handle: str, cookie: str) -> None:
        """The session is over; Refused if it was before."""
        _allowed(self.session(handle, cookie))
        url = f"{self.origin}/session/end?{urlencode({'session': handle})}"
        headers = {"Cookie": cookie, "Origin": self.origin}
        _allowed(self.http.plain("POST", url, {}, headers))

    @contextmanager
    def stream(self, handle: str, cookie: str) -> Generator[ClientConnection]:
        """The session's stream, at its beginning; Refused if the door says no."""
        secure = self.origin.startswith("https:")
        url = f"{self.origin.replace('http', 'ws', 1)}/stream?{urlencode({'session': handle})}"
        stream = connect(
            url,
            ssl=self.http.tls() if secure else None,
            origin=Origin(self.origin),
            additional_headers={"Cookie": cookie},
            compression=None,
            ping_interval=None,
            max_size=None,
            max_queue=None,  # read when somebody asks; the agent waits for acknowledgements
        )
        try:
            with stream as socket:
                socket.send(json_message(FromBrowser.HELLO, HELLO))
                yield socket
        except InvalidStatus as refused:
            response = refused.response
            raise _refusal(Answer(response.status_code, {}, bytes(response.body or b""))) from None


@dataclass
class RemoteUser:
    """One user with one browser, who has opened a streaming URL."""

    session_id: str
    _url: str = field(repr=False)
    _handle: str = field(repr=False)
    _cookie: str = field(repr=False)
    _browser: Browser = field(repr=False)
    _settle: Callable[[], None] = field(repr=False)
    _lock: threading.RLock = field(repr=False)
    _held: ExitStack = field(default_factory=ExitStack, repr=False)
    _socket: ClientConnection | None = field(default=None, repr=False)
    _shown: bool = False
    _works: bool = False
    _unknown: bool = False  # whether what was asked for is no application

    @property
    def connected(self) -> bool:
        """Whether the session is shown to this user now."""
        with self._lock:
            self._settle()
            self._hear()
            return self._shown

    @property
    def ended(self) -> str:
        """Why the session has ended, such as `disconnected` or `max_duration`; else empty."""
        with self._lock:
            self._settle()
            answer = self._browser.session(self._handle, self._cookie)
            if answer.status == 200:
                return ""
            refused = _refusal(answer)
            # Of a session that the service has forgotten the cookie opens nothing any more.
            return "ended" if refused.error == "no_session" else refused.error

    @property
    def works(self) -> bool:
        """Whether there is input all the time."""
        return self._works

    def type(self) -> None:
        """The user has just pressed a key; nothing happens to one who is not connected."""
        with self._lock:
            self._settle()
            self._press()

    def work(self) -> None:
        """From now on there is input all the time, until the user goes idle or is disconnected."""
        with self._lock:
            self._settle()
            self._works = self._press()

    def launch(self, application: str) -> None:
        """The user has started this application of the catalog; nothing where not connected.

        Refused if the user may not start it.
        """
        with self._lock:
            self._settle()
            self._hear()
            if self._socket is not None and self._shown:
                with suppress(ConnectionClosed):  # as is heard next
                    body = {"application": application}
                    self._socket.send(json_message(FromBrowser.LAUNCH, body))
            self._unknown = False
            self._hear()
            self._settle()
            self._hear()  # what was answered to it meanwhile
            if self._unknown:
                raise not_entitled(application)

    def go_idle(self) -> None:
        """From now on there is no input."""
        with self._lock:
            if self._works:
                self.type()
            self._works = False

    def disconnect(self) -> None:
        """The browser has been closed; the session goes on without it."""
        with self._lock:
            self.leave()
            self._settle()

    def reconnect(self) -> None:
        """The same browser has opened its URL again; Refused if the session has ended."""
        with self._lock:
            self._browser.authenticate(self._url, self._cookie)
            self.leave()
            self.arrive()

    def end_session(self) -> None:
        """The user has ended the session; Refused if it had ended already."""
        with self._lock:
            self._browser.end(self._handle, self._cookie)
            self._settle()
            self.leave()

    def arrive(self) -> None:
        """The browser asks for the stream, which begins as soon as an instance is ready."""
        with self._lock:
            stream = self._browser.stream(self._handle, self._cookie)
            self._socket = self._held.enter_context(stream)
            self._settle()

    def keep_typing(self) -> None:
        """Another moment of work."""
        with self._lock:
            self._works = self._works and self._press()

    def _press(self) -> bool:
        """Whether a key has been pressed: whether the user is connected."""
        self._hear()
        if self._socket is None or not self._shown:
            return False
        with suppress(ConnectionClosed):  # as is heard next
            for pressed in (1, 0):
                self._socket.send(bytes([FromBrowser.KEY]) + KEY.pack(SPACE, pressed))
        self._hear()
        return self._shown

    def _hear(self) -> None:
        """All that the service has sent by now has come."""
        socket = self._socket
        if socket is None:
            return
        with suppress(ConnectionClosed):  # what came before that is still to be had
            socket.ping(ack_on_close=True).wait(PONG_WITHIN_S)
        try:
            while True:
                message = socket.recv(timeout=0)
                self._shown |= message[0] == FromAgent.WELCOME
                self._unknown |= isinstance(message, bytes) and _is_unknown(message)
        except TimeoutError:
            return
        except ConnectionClosed:
            self.leave()

    def leave(self) -> None:
        """The browser has been closed, whatever the service makes of it."""
        self._socket = None
        self._shown = self._works = False
        self._held.close()


def _is_unknown(message: bytes) -> bool:
    if message[0] != FromAgent.NOTICE:
        return False
    return json_body(message).get("code") == "UnknownApplication"


@dataclass(frozen=True)
class RemotePortal:
    """What a user of the user pool, who is signed in, can do."""

    _user: RemotePoolUser = field(repr=False)
    _users: "RemoteUsers" = field(repr=False)
    _lock: threading.RLock = field(repr=False)

    @property
    def must_change(self) -> bool:
        """Whether the password is a temporary one, and they can do nothing but change it."""
        return self._user.must_change

    def choose_password(self, password: str) -> None:
        """The password takes the place of the temporary one; TurnedAway if it is too weak."""
        with self._lock:
            self._user.choose_password(password)

    def catalog(self) -> Sequence[Choice]:
        """What the user may open; TurnedAway if they are signed in no more."""
        with self._lock:
            return self._user.catalog()

    def open(self, application: str, *, stack: str | None = None) -> RemoteUser:
        """The user has clicked on the application, and is in its session.

        TurnedAway if it is not in the catalog or does not run, Refused if there is no room.
        """
        with self._lock:
            return self._users.connect(self._user.streaming_url(application, stack))

    def sign_out(self) -> None:
        """The user has signed out; sessions that are open go on."""
        with self._lock:
            self._user.sign_out()


@dataclass(frozen=True)
class RemoteUsers:
    """Everybody whom this session has let in."""

    _http: Http = field(repr=False)
    _settle: Callable[[], None] = field(repr=False)
    _session_id: Callable[[str], str] = field(repr=False)
    _lock: threading.RLock = field(repr=False)
    _all: list[RemoteUser] = field(default_factory=list[RemoteUser], repr=False)

    def connect(self, streaming_url: str) -> RemoteUser:
        """The user of this URL, in a new browser; Refused if the door says no.

        Where no instance is ready the user waits, and is shown the first that is.
        """
        parts = urlsplit(streaming_url)
        browser = Browser(self._http, f"{parts.scheme}://{parts.netloc}")
        with self._lock:
            self._settle()
            handle, cookie = browser.authenticate(streaming_url)
            user = RemoteUser(
                session_id=self._session_id(handle),
                _url=streaming_url,
                _handle=handle,
                _cookie=cookie,
                _browser=browser,
                _settle=self._settle,
                _lock=self._lock,
            )
            user.arrive()
            self._all.append(user)
            return user

    def sign_in(self, portal_url: str, user_name: str, password: str) -> "RemotePortal":
        """A user of the user pool, signed in at the portal that the mail to them names.

        TurnedAway if the password is not theirs, has run out, or too many were tried.
        """
        with self._lock:
            user = remote_portal.signed_in(self._http, portal_url, user_name, password)
            return RemotePortal(user, self, self._lock)

    def ask_for_code(self, portal_url: str, user_name: str) -> None:
        """A code for another password is mailed to the user, if there is one with a password."""
        remote_portal.ask_for_code(self._http, portal_url, user_name)

    def reset_password(self, portal_url: str, user_name: str, code: str, password: str) -> None:
        """The user has this password from now on; TurnedAway if the code is not the mailed one."""
        remote_portal.reset_password(self._http, portal_url, user_name, code, password)

    def any_work(self) -> bool:
        """Whether somebody gives input all the time."""
        return any(user.works for user in self._all)

    def keep_typing(self) -> None:
        """Those who work have gone on working."""
        for user in self._all:
            user.keep_typing()

    def close(self) -> None:
        """All browsers have been closed."""
        with self._lock:
            for user in self._all:
                user.leave()
            self._all.clear()


def _allowed(answer: Answer) -> Any:
    if answer.status != 200:
        raise _refusal(answer)
    return answer.json()


def _refusal(answer: Answer) -> Refused:
    """The gateway's words, or what can be said where there are none."""
    try:
        body = answer.json()
        return Refused(answer.status, str(body["error"]), str(body["message"]))
    except (json.JSONDecodeError, KeyError, TypeError):
        return Refused(answer.status, "error", f"The service answered {answer.status}.")

"""The files of a session as control sees them: a visit to its agent that blocks, for threads."""

import contextlib
import hashlib
import json
import os
import select
import socket
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Self

from ownstream.channel.framing import LENGTH, PIECE_BYTES, FramingError, framed, json_body
from ownstream.channel.framing import json_message as message
from ownstream.channel.tags import MAX_ANSWER_BYTES, FromGateway, ToService
from ownstream.domain.home_folders import Seen, Stored, Tree, is_path
from ownstream.storage.base import Source

WITHIN_S = 60.0
HOME, SETTINGS = "HomeFolder", "Settings"  # the trees of a session that are kept
_IN: Mapping[str, Mapping[str, str]] = {HOME: {}, SETTINGS: {"in": "settings"}}
_INTEGERS = 1 << 62


class AgentGone(Exception):
    """The agent does not answer, or not as one does."""


class NotDone(Exception):
    """The agent says no; `error` is its word for why."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__(str(answer.get("message", "")))
        self.error = str(answer["error"])


@dataclass(frozen=True)
class Scan:
    """What is in the home folder, and what tells it from another; `tree` None if `unless` does."""

    digest: str
    tree: Tree | None
    took_s: float


class Reading:
    """The content of a file as it comes, and what it was of."""

    def __init__(self, visit: "AgentFiles", seen: Seen, length: int) -> None:
        self.seen = seen
        self._visit = visit
        self._left = length
        self._digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; AgentGone if the file or the session ends before that."""
        most = self._left if size < 0 else min(size, self._left)
        data = self._visit.exactly(most)
        self._left -= len(data)
        self._digest.update(data)
        return data

    @property
    def digest(self) -> str:
        """Of what has been read."""
        return self._digest.hexdigest()

    @property
    def is_whole(self) -> bool:
        """Whether all of it has been read."""
        return self._left == 0


class AgentFiles:
    """One visit to the home folder of a session, or to its applications' settings."""

    def __init__(self, endpoint: str, session: str, called_off: Event, *, tree: str = HOME) -> None:
        """AgentGone if the agent takes no connection, and later if the visit is called off."""
        self._called_off = called_off
        self._tree = tree
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(WITHIN_S)
        try:
            _connect(self._socket, endpoint)
            self._socket.sendall(framed(message(FromGateway.KEEP, {"session": session})))
        except OSError as error:
            self._socket.close()
            raise AgentGone(f"the agent cannot be reached: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def make_folder(self, path: str = "") -> bool:
        """Whether the folder was made just now; it is there in any case."""
        return self._ask("folder", path)["existed"] is not True

    def tell(self, home: str) -> None:
        """The user hears how the home folder stands, by a word of `channel.tags.HOME`."""
        self._ask("tell", "", home=home)

    def scan(self, unless: str = "") -> Scan:
        """All that is in the home folder, unless its digest is this one still."""
        answer = self._ask("scan", "", unless=unless)
        took_s = _number(answer, "took") / 1e9
        if "length" not in answer:
            return Scan(unless, None, took_s)
        body = self.exactly(_number(answer, "length"))
        return Scan(str(answer["digest"]), _tree(body, _number(answer, "at")), took_s)

    def digest(self, path: str) -> tuple[Seen, str]:
        """The digest of a file's content, and of what it was."""
        answer = self._ask("digest", path)
        return _seen(answer), str(answer["digest"])

    @contextlib.contextmanager
    def read(self, path: str) -> Generator[Reading]:
        """The content of a file; the visit is over if not all of it is read."""
        answer = self._ask("read", path, offset=0)
        reading = Reading(self, _seen(answer), _number(answer, "length"))
        try:
            yield reading
        finally:
            if not reading.is_whole:
                self._socket.close()

    def write(self, path: str, content: Source, stored: Stored, *, replaces: bool = False) -> str:
        """The file has this content, unless there was one; the digest of what was sent."""
        length = stored.size
        clash = "replace" if replaces else "keep"
        told = {"size": length, "modified": max(0, stored.modified or 0), "clash": clash}
        self._say("write", path, **told, offset=0, length=length)
        digest = hashlib.sha256()
        while length and not _has_answer(self._socket):
            piece = content.read(min(length, PIECE_BYTES))
            if not piece:
                self._socket.close()
                raise AgentGone("what was stored is shorter than it was said to be")
            self._send(piece)
            digest.update(piece)
            length -= len(piece)
        self._hear()
        if length:
            raise AgentGone("the agent has taken a part of a file for all of it")
        return digest.hexdigest()

    def exactly(self, length: int) -> bytes:
        """So many bytes of what the agent sends."""
        data = bytearray()
        while len(data) < length:
            self._go_on()
            try:
                piece = self._socket.recv(min(length - len(data), PIECE_BYTES))
            except OSError as error:
                raise AgentGone(f"the agent does not answer: {error}") from error
            if not piece:
                raise AgentGone("the agent has ended the visit")
            data += piece
        return bytes(data)

    def _ask(self, do: str, path: str, **members: Any) -> Mapping[str, Any]:
        self._say(do, path, **members)
        return self._hear()

    def _say(self, do: str, path: str, **members: Any) -> None:
        names = [self._tree, *path.removesuffix("/").split("/")] if path else [self._tree]
        asked = {"do": do, "path": names, **_IN[self._tree], **members}
        self._send(framed(message(FromGateway.ASK, asked)))

    def _go_on(self) -> None:
        if self._called_off.is_set():
            raise AgentGone("the visit has been called off")

    def _send(self, data: bytes) -> None:
        self._go_on()
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise AgentGone(f"the agent takes nothing: {error}") from error

    def _hear(self) -> Mapping[str, Any]:
        (length,) = LENGTH.unpack(self.exactly(LENGTH.size))
        if not 0 < length <= MAX_ANSWER_BYTES:
            raise AgentGone(f"the agent answers with {length} bytes")
        try:
            said = self.exactly(length)
            answer = json_body(said)
        except FramingError as error:
            raise AgentGone(str(error)) from error
        if said[0] != ToService.ANSWER:
            raise AgentGone(f"the agent answers with tag {said[0]:#x}")
        if "error" in answer:
            raise NotDone(answer)
        return answer


def _has_answer(end: socket.socket) -> bool:
    """Whether the agent answers before it has taken all, which is when it does not want it."""
    readable, _, _ = select.select([end], [], [], 0)
    return bool(readable)


def _connect(end: socket.socket, endpoint: str) -> None:
    """The kernel limits the paths of unix sockets, so it goes by the folder's descriptor."""
    path = Path(endpoint.removeprefix("unix:"))
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        end.connect(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)


def _tree(body: bytes, at: int) -> Tree:
    """What the lines tell; what cannot be in a home folder is left out."""
    files: dict[str, Seen] = {}
    folders: set[str] = set()
    closed: set[str] = set()
    for line in body.splitlines():
        match _row(line):
            case [str(path), int(is_open)] if path.endswith("/") and is_path(path):
                (folders if is_open else closed).add(path)
            case [str(path), *numbers] if not path.endswith("/") and is_path(path):
                if (seen := _seen_of(numbers)) is not None:
                    files[path] = seen
            case _:
                pass
    return Tree(files, folders, closed, at)


def _row(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _seen(answer: Mapping[str, Any]) -> Seen:
    seen = _seen_of(answer.get("seen"))
    if seen is None:
        raise AgentGone("the agent describes no file")
    return seen


def _seen_of(numbers: Any) -> Seen | None:
    if not isinstance(numbers, list) or not all(map(_is_number, numbers)) or len(numbers) != 4:
        return None
    size, modified, changed, inode = numbers
    return Seen(size, modified, changed, inode) if size >= 0 else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _INTEGERS


def _number(answer: Mapping[str, Any], member: str) -> int:
    value = answer.get(member)
    if not isinstance(value, int) or not 0 <= value < _INTEGERS:
        raise AgentGone(f"the agent's answer has no {member}")
    return value

"""The file server: what the agent may ask of the files below MyFiles, and how it is answered.

The agent's end of a SOCK_SEQPACKET pair brings a stream socket with each packet; on each of them
requests come one after another. A thread serves each.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import socket
import sys
import threading
import time

from .channel import CHUNK_BYTES, Channel, Gone
from .folders import FOLDER, Folders, described, listing, names, remove
from .refusals import Refused, answer_to
from .settings import Settings
from .uploads import Upload, Writers, arrived, count, drop, received

TYPE_CHECKING = False  # `typing` itself would double the time that the start takes
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from typing import Any

    Request = Mapping[str, Any]
    Answer = Mapping[str, Any]

SENT: Answer = {}  # nothing is left to be said


def main(argv: Sequence[str]) -> None:
    """Serves until the agent's end closes; the last argument is the number of ours."""
    doors = socket.socket(fileno=int(argv[-1]))
    server = Server(os.open(os.environ["HOME"], FOLDER))
    while True:
        packet, ends, _, _ = socket.recv_fds(doors, 16, 1)
        for end in ends:
            serving = (Channel(socket.socket(fileno=end)),)
            threading.Thread(target=server.serve, args=serving, daemon=True).start()
        if not packet:
            sys.stdout.flush()
            os._exit(0)  # what is under way has nobody to answer to


class Server:
    """Answers requests for the files of one home folder."""

    def __init__(self, home: int) -> None:
        self._my_files = Folders(home)
        self._settings = Settings(home)
        self._writers = Writers()
        self._answers: Mapping[str, Callable[[Request, Channel], Answer]] = {
            "list": self._list,
            "folder": self._folder,
            "look": self._look,
            "read": self._read,
            "arrived": self._arrived,
            "write": self._write,
            "cancel": self._cancel,
            "rename": self._rename,
            "delete": self._delete,
            "scan": self._scan,
            "digest": self._digest,
        }

    def serve(self, channel: Channel) -> None:
        """Answers on this channel until its end."""
        try:
            while True:
                request = channel.hear()
                answer = self._answer(request, channel)
                if answer is not SENT:
                    channel.say(answer)
                if "error" in answer and request.get("length"):
                    return channel.discard()  # what follows has not been read, and cannot be told
        except (Gone, OSError, ValueError):
            return
        finally:
            channel.close()

    def _answer(self, request: Request, channel: Channel) -> Answer:
        try:
            return self._answers[request["do"]](request, channel)
        except Refused as refused:
            return refused.answer
        except OSError as error:
            return answer_to(error)
        except (KeyError, TypeError, RecursionError):
            return {"error": "bad_request", "message": "This cannot be done."}

    def _of(self, request: Request) -> Folders:
        """Where the request's path is."""
        if request.get("in") != "settings":
            return self._my_files
        return self._settings.with_path(names(request["path"]))

    def _list(self, request: Request, _: Channel) -> Answer:
        with self._of(request).opened(names(request["path"])) as folder:
            return listing(folder)

    def _folder(self, request: Request, _: Channel) -> Answer:
        """The folder is there, made now or `existed`."""
        path = names(request["path"], least=1)
        with self._of(request).opened(path[:-1]) as folder:
            try:
                os.mkdir(path[-1], dir_fd=folder)
            except FileExistsError:
                with contextlib.suppress(NotADirectoryError):
                    os.close(os.open(path[-1], FOLDER, dir_fd=folder))
                    return {"existed": True}
                raise
        return {"existed": False}

    def _look(self, request: Request, _: Channel) -> Answer:
        with self._of(request).file(names(request["path"], least=2)) as fd:
            return described(os.fstat(fd))

    def _read(self, request: Request, channel: Channel) -> Answer:
        """The file from `offset` on, `most` bytes of it, if its `tag` is still this one."""
        with self._of(request).file(names(request["path"], least=2)) as fd:
            answer = described(os.fstat(fd))
            if request.get("tag") not in (None, answer["tag"]):
                raise Refused("changed", "The file has changed meanwhile.")
            offset = count(request, "offset")
            left = max(0, answer["size"] - offset)
            length = min(left, count(request, "most") if "most" in request else left)
            channel.say({**answer, "length": length})
            channel.send_file(fd, offset, length)
        return SENT

    def _arrived(self, request: Request, _: Channel) -> Answer:
        upload = Upload(request)
        with self._of(request).opened(upload.folder) as folder:
            return arrived(folder, upload)

    def _write(self, request: Request, channel: Channel) -> Answer:
        upload = Upload(request)
        offset, length = count(request, "offset"), count(request, "length")
        if offset + length > upload.size:
            raise Refused("bad_request", "The file is shorter than that.")
        with self._writing(request, upload, channel) as folder:
            return received(folder, upload, channel, offset=offset, length=length)

    def _cancel(self, request: Request, channel: Channel) -> Answer:
        upload = Upload(request)
        with self._writing(request, upload, channel) as folder:
            drop(folder, upload)
        return {"offset": 0}

    def _rename(self, request: Request, _: Channel) -> Answer:
        """The file or folder is called `name`, unless something else is called so already."""
        path, (name,) = names(request["path"], least=2), names([request["name"]])
        with self._of(request).opened(path[:-1]) as folder:
            with contextlib.suppress(FileNotFoundError):
                os.stat(name, dir_fd=folder, follow_symlinks=False)
                raise FileExistsError(errno.EEXIST, "taken")
            os.rename(path[-1], name, src_dir_fd=folder, dst_dir_fd=folder)
        return {"name": name}

    def _delete(self, request: Request, _: Channel) -> Answer:
        path = names(request["path"], least=2)
        with self._of(request).opened(path[:-1]) as folder:
            remove(folder, path[-1])
        return {"deleted": True}

    def _scan(self, request: Request, channel: Channel) -> Answer:
        """All that is below the folder, a line each, unless `unless` is the digest of that.

        `at` is the time before the look, whose changes show at the next, and `took` how long it
        took, both in nanoseconds.
        """
        at, began = time.time_ns(), time.monotonic_ns()
        lines = self._of(request).walked(names(request["path"], least=1))
        body = "".join(sorted(lines)).encode()
        answer = {"digest": hashlib.sha256(body).hexdigest(), "at": at}
        answer["took"] = time.monotonic_ns() - began
        if answer["digest"] == request.get("unless"):
            return answer
        channel.say({**answer, "length": len(body)})
        channel.send(body)
        return SENT

    def _digest(self, request: Request, _: Channel) -> Answer:
        found = hashlib.sha256()
        with self._of(request).file(names(request["path"], least=2)) as fd:
            answer = described(os.fstat(fd))
            while data := os.read(fd, CHUNK_BYTES):
                found.update(data)
        return {**answer, "digest": found.hexdigest()}

    @contextlib.contextmanager
    def _writing(
        self, request: Request, upload: Upload, channel: Channel
    ) -> Generator[int, None, None]:
        """The upload's folder, while nobody else writes this upload."""
        with self._of(request).opened(upload.folder) as folder:
            key = (os.fstat(folder).st_ino, upload.partial)
            with self._writers.turn(key, channel):
                yield folder

"""Packages of applications: fetched, unpacked, and kept for the session after this one.

A package is an object and the script that sets it up. What is kept is told by where they are and
by the etag and size that they have now: one that is changed is fetched anew, one that is not is
there at once. What was used longest ago goes first when there is too much.
"""

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ownstream.storage.locations import Found, Location, LocationError, Locations
from ownstream.storage.unpacking import NO_ARCHIVE

MOST_OBJECT_BYTES = 4 << 30
MOST_SCRIPT_BYTES = 16 << 20
MOST_UNPACKED_BYTES = 16 << 30
MOST_ENTRIES = 200_000
KEPT_BYTES = 20 << 30
FETCH_WITHIN_S = 120  # AppStream's own
UNPACK_WITHIN_S = 120
PART = ".part-"
_MODULE = "ownstream.storage.unpacking"


class Unusable(Exception):
    """The package cannot be had; the text says which of its objects, and why, for its owner."""


@dataclass(frozen=True)
class Package:
    """What is shown to a session as one folder."""

    source: Location
    script: Location | None = None

    @property
    def objects(self) -> Sequence[Location]:
        """All that is fetched for it."""
        return (self.source,) if self.script is None else (self.source, self.script)


class Packages:
    """Packages in a folder of this machine. All of it blocks; threads may share it."""

    def __init__(
        self,
        folder: Path,
        locations: Locations,
        *,
        kept_bytes: int = KEPT_BYTES,
        fetch_within_s: float = FETCH_WITHIN_S,
    ) -> None:
        self._folder = folder
        self._locations = locations
        self._kept_bytes = kept_bytes
        self._fetch_within_s = fetch_within_s
        self._alone = threading.Lock()
        self._fetching: dict[str, threading.Lock] = {}
        self._in_use: dict[str, int] = {}
        self._swept = False

    @contextmanager
    def ready(self, package: Package) -> Generator[Path]:
        """The folder that has all of the package, which stays meanwhile; Unusable if it cannot.

        In it are what the object has, if that is an archive; the object itself and the script, by
        the last names of their keys. Nobody is to change anything there.
        """
        self._make_folder()
        key = _key(package, [self._look(location) for location in package.objects])
        with self._used(key):
            with self._alone_with(key):
                place = self._folder / key
                if place.is_dir():
                    os.utime(place)
                else:
                    self._fetch(package, place)
            self._make_room()
            yield place / "content"

    def _make_folder(self) -> None:
        with self._alone:
            if self._swept:
                return
            self._folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            self._folder.chmod(0o711)  # sandboxes' users pass through
            for part in self._folder.glob(f"{PART}*"):
                shutil.rmtree(part)
            self._swept = True

    def _look(self, location: Location) -> Found:
        try:
            return self._locations.look(location)
        except LocationError as error:
            raise Unusable(str(error)) from error

    @contextmanager
    def _used(self, key: str) -> Generator[None]:
        with self._alone:
            self._in_use[key] = self._in_use.get(key, 0) + 1
        try:
            yield
        finally:
            with self._alone:
                self._in_use[key] -= 1
                if not self._in_use[key]:
                    del self._in_use[key]
                    self._fetching.pop(key, None)

    @contextmanager
    def _alone_with(self, key: str) -> Generator[None]:
        """Who comes second finds what the first has fetched."""
        with self._alone:
            lock = self._fetching.setdefault(key, threading.Lock())
        with lock:
            yield

    def _fetch(self, package: Package, place: Path) -> None:
        part = self._folder / f"{PART}{secrets.token_hex(8)}"
        content = part / "content"
        content.mkdir(parents=True)
        try:
            for folder in (part, content):
                folder.chmod(0o755)
            source = part / "object"
            self._write(package.source, source, MOST_OBJECT_BYTES)
            _unpack(package.source, source, content)
            _put(package.source, source, content, mode=0o644)
            if package.script is not None:
                script = part / "script"
                self._write(package.script, script, MOST_SCRIPT_BYTES)
                _put(package.script, script, content, mode=0o755)
            (part / "size").write_text(str(_size(content)))
            part.rename(place)
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def _write(self, location: Location, path: Path, most_bytes: int) -> None:
        deadline = time.monotonic() + self._fetch_within_s
        try:
            with path.open("wb") as file:
                self._locations.fetch(location, _InTime(file, deadline), most_bytes=most_bytes)
        except LocationError as error:
            raise Unusable(str(error)) from error
        except _TooSlow as error:
            raise Unusable(
                f"{location} was not fetched within {self._fetch_within_s:g} seconds."
            ) from error
        except OSError as error:
            raise Unusable(f"{location} cannot be kept here: {error.strerror}.") from error

    def _make_room(self) -> None:
        """What was used longest ago is gone, as far as there is too much and nobody uses it."""
        with self._alone:
            places = [place for place in self._folder.iterdir() if (place / "size").is_file()]
            sizes = {place: int((place / "size").read_text()) for place in places}
            too_much = sum(sizes.values()) - self._kept_bytes
            for place in sorted(places, key=lambda place: place.stat().st_mtime_ns):
                if too_much <= 0:
                    return
                if place.name not in self._in_use:
                    gone = place.rename(self._folder / f"{PART}{secrets.token_hex(8)}")
                    shutil.rmtree(gone, ignore_errors=True)
                    too_much -= sizes[place]


class _TooSlow(Exception):
    """The time for fetching is up."""


class _InTime:
    """A file that takes nothing any more once the time is up."""

    def __init__(self, file: BinaryIO, deadline: float) -> None:
        self._file = file
        self._deadline = deadline

    def write(self, data: bytes, /) -> None:
        if time.monotonic() > self._deadline:
            raise _TooSlow
        self._file.write(data)


def _key(package: Package, found: Sequence[Found]) -> str:
    """What tells this content from any other."""
    told = [
        [location.bucket, location.key, now.etag, now.size]
        for location, now in zip(package.objects, found, strict=True)
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _unpack(location: Location, archive: Path, folder: Path) -> None:
    """What is no archive is left as it is: its script knows what to do with it."""
    limits = (str(MOST_UNPACKED_BYTES), str(MOST_ENTRIES))
    argv = [sys.executable, "-m", _MODULE, str(archive), str(folder), *limits]
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    try:
        done = subprocess.run(
            argv,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=UNPACK_WITHIN_S,
        )
    except subprocess.TimeoutExpired as error:
        raise Unusable(f"{location} was not unpacked within {UNPACK_WITHIN_S} seconds.") from error
    if done.returncode not in (0, NO_ARCHIVE):
        words = done.stderr.strip().splitlines()[-1:] or [f"code {done.returncode}"]
        raise Unusable(f"{location} cannot be unpacked: {words[0][:300]}.")


def _put(location: Location, file: Path, folder: Path, *, mode: int) -> None:
    """The object itself, which stands for what the archive has under its name."""
    file.chmod(mode)
    target = folder / location.key.rpartition("/")[2]
    try:
        file.replace(target)
    except IsADirectoryError as error:
        raise Unusable(f"{location} has the name of a folder in the archive.") from error


def _size(folder: Path) -> int:
    total = 0
    for path, _, files in os.walk(folder):
        for name in files:
            with suppress(FileNotFoundError):
                total += os.lstat(os.path.join(path, name)).st_blocks * 512
    return total

"""Layers and volumes as folders of this machine, which root alone may enter.

What a layer holds is data: nothing here follows a link or opens a file that is in one.
"""

import asyncio
import os
import secrets
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from ownstream.archive.bounds import BadArchive, Unpackable
from ownstream.archive.packing import pack
from ownstream.archive.unpacking import Limits, unpack
from ownstream.domain.layers import is_id
from ownstream.drivers.base import Terminal, Transient
from ownstream.drivers.process import base_layer, layer_files
from ownstream.drivers.process.image import host_system
from ownstream.drivers.process.system import TREES

T = TypeVar("T")
_RM = "/bin/rm"
# An overlay's options fit in a page of memory, and name every layer.
MOST_LAYERS = 100
KEPT_FREE_BYTES = 1 << 30  # of the disk, for everything else
NOT_ROOT = (
    "image builders, and images made with them, need a service that root runs: only root can give"
    " the files of a layer to the users of an instance"
)


class Disks:
    """The layers and volumes in one folder. Its methods without `async` may take their time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = folder / "base"  # tells of the lowest layer
        self._alone = threading.Lock()
        self._is_cleared = False

    async def base(self) -> str:
        """See the port."""
        return await self._run(self._base)

    async def freeze(self, volume: str, layer: str) -> None:
        """See the port."""
        await self._run(self._freeze, self.volume(volume), self.layer(layer))

    async def discard(self, volume: str) -> None:
        """See the port."""
        await self._run(_remove, self.volume(volume))

    async def remove(self, layer: str) -> None:
        """See the port."""
        await self._run(self._take_away, self.layer(layer))

    async def pack(self, layer: str, target: Path) -> None:
        """See the port."""
        await self._run(_pack, self.layer(layer), target)

    async def unpack(self, source: Path, layer: str, *, most_bytes: int) -> None:
        """See the port."""
        await self._run(self._unpack, source, layer, most_bytes)

    async def read(self, layers: Sequence[str], path: str, *, most_bytes: int) -> bytes | None:
        """See the port."""
        return await self._run(layer_files.read, list(map(self.layer, layers)), path, most_bytes)

    async def system(self) -> str:
        """See the port."""
        return await self._run(host_system)

    async def layers(self) -> Sequence[str]:
        """See the port."""
        return await self._run(_names, self.layers_folder)

    async def volumes(self) -> Sequence[str]:
        """See the port."""
        return await self._run(_names, self._folder / "volumes")

    @property
    def layers_folder(self) -> Path:
        """The folder that has a folder for each layer."""
        return self._folder / "layers"

    def layer(self, name: str) -> Path:
        """The folder of this layer, there or not; Terminal for a name that cannot be one."""
        return self.layers_folder / _checked(name)

    def volume(self, name: str) -> Path:
        """The folder of this volume, there or not; Terminal for a name that cannot be one."""
        return self._folder / "volumes" / _checked(name)

    def staging(self) -> Path:
        """An empty folder to make a layer in; `adopt` makes it one."""
        self._refuse_without_root()
        folder = self._cleared("staging") / secrets.token_hex(8)
        folder.mkdir(mode=0o700)
        return folder

    def adopt(self, folder: Path, name: str) -> None:
        """What is in the folder is this layer; if there is such a layer the folder is removed."""
        target = self.layer(name)
        self._open("layers")
        if target.exists():
            _remove(folder)
        else:
            os.rename(folder, target)

    def open_volume(self, name: str) -> Path:
        """The folder of this volume, made now if it was not there."""
        self._refuse_without_root()
        folder = self.volume(name)
        self._open("volumes")
        folder.mkdir(mode=0o700, exist_ok=True)
        for tree in TREES:
            for part in (folder / tree, folder / tree / "upper", folder / tree / "work"):
                part.mkdir(mode=0o755, exist_ok=True)
        (folder / "home").mkdir(mode=0o755, exist_ok=True)
        return folder

    def check(self, layers: Sequence[str]) -> None:
        """Nothing, if all these layers are there and can be laid over each other; else Terminal."""
        self._refuse_without_root()
        if len(layers) > MOST_LAYERS:
            raise Terminal(
                f"the image has {len(layers)} layers, and {MOST_LAYERS} can be laid over each other"
            )
        missing = [name for name in layers if not self.layer(name).is_dir()]
        if missing:
            raise Terminal(f"the layer {missing[0]} of the image is not there")

    def _base(self) -> str:
        now = base_layer.stamp()
        before, name = self._base_made()
        if now == before and self.layer(name).is_dir():
            return name
        folder = self.staging()
        try:
            name = base_layer.make(folder)
            self.adopt(folder, name)
        finally:
            _remove(folder)
        fresh = self._made.with_suffix(".new")
        fresh.write_text(f"{now} {name}")
        os.replace(fresh, self._made)
        return name

    def _base_made(self) -> tuple[str, str]:
        """Of what the lowest layer was made last, and its name."""
        try:
            made, _, name = self._made.read_text().partition(" ")
        except FileNotFoundError:
            return "", ""
        return made, name

    def _unpack(self, source: Path, layer: str, most_bytes: int) -> None:
        if self.layer(layer).exists():
            return
        folder = self.staging()
        try:
            free = shutil.disk_usage(folder).free - KEPT_FREE_BYTES
            with source.open("rb") as file:
                unpack(file, folder, Limits(most_bytes=min(most_bytes, max(0, free))))
            self.adopt(folder, layer)
        except BadArchive as error:
            raise Terminal(f"A layer of the archive cannot be taken: {error}.") from error
        finally:
            _remove(folder)

    def _freeze(self, volume: Path, layer: Path) -> None:
        """One rename makes the layer; what was cut short before it goes on where it was."""
        if layer.exists() or not volume.exists():
            return
        self._open("layers")
        self._refuse_without_root()
        fresh = self._open("staging") / layer.name
        fresh.mkdir(mode=0o700, exist_ok=True)
        for tree in TREES:
            upper, moved = volume / tree / "upper", fresh / tree
            if upper.is_dir() and not moved.exists():
                os.rename(upper, moved)
            if moved.exists():
                upper.mkdir(mode=0o755, exist_ok=True)
        os.rename(fresh, layer)

    def _take_away(self, layer: Path) -> None:
        """It is no layer from the first moment on: nobody is to be given half of one."""
        if layer.exists():
            gone = self._cleared("staging") / secrets.token_hex(8)
            os.rename(layer, gone)
            _remove(gone)

    def _cleared(self, name: str) -> Path:
        """The folder without what an earlier run was amid; a freezing goes on."""
        folder = self._open(name)
        with self._alone:
            for left in () if self._is_cleared else os.listdir(folder):
                if not is_id(left):
                    _remove(folder / left)
            self._is_cleared = True
        return folder

    def _open(self, name: str) -> Path:
        for folder in (self._folder, self._folder / name):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder / name

    def _refuse_without_root(self) -> None:
        if os.geteuid() != 0:
            raise Terminal(NOT_ROOT)

    async def _run(self, work: Callable[..., T], *arguments: object) -> T:
        try:
            return await asyncio.to_thread(work, *arguments)
        except OSError as error:
            raise Transient(f"{self._folder} cannot be worked on now: {error}") from error


def _pack(layer: Path, target: Path) -> None:
    try:
        with target.open("wb") as file:
            pack(layer, file)
    except Unpackable as error:
        raise Terminal(str(error)) from error


def _checked(name: str) -> str:
    if not is_id(name):
        raise Terminal(f"{name!r} is no name of a layer or a volume")
    return name


def _names(folder: Path) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if is_id(name))
    except FileNotFoundError:
        return []


def _remove(folder: Path) -> None:
    """rm follows no link, and takes a tree of any depth, which shutil.rmtree does not."""
    if not os.path.lexists(folder):
        return
    command = [_RM, "-rf", "--one-file-system", "--", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if os.path.lexists(folder):
        raise OSError(f"{folder} is not gone: {done.stderr.strip()[:200]}")

"""Packages the app blocks of app block builders, when their administrators ask for it.

What lies in the app block's folder is an archive at its S3 location then, and the app block is
ACTIVE. The archive is made in the builder, by its own programs, and comes out as it is made.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ownstream.channel.endpoint import connect
from ownstream.channel.framing import FramingError, framed, json_body, json_message, read_message
from ownstream.channel.tags import MAX_ANSWER_BYTES, FromGateway, ToService
from ownstream.control import inside
from ownstream.control.inside import NotRun
from ownstream.control.pace import Offload
from ownstream.domain import app_block_rules
from ownstream.domain.keys import BuilderKey
from ownstream.domain.setup import BLOCKS
from ownstream.drivers.base import SHOWN, Application
from ownstream.log import Log
from ownstream.storage.locations import Location, LocationError, Locations
from ownstream.storage.packages import MOST_OBJECT_BYTES
from ownstream.store import AppBlockBuilderRow, AppBlockRow, Store, resources

FINISH = "finish-app-block"
ASSISTANT = Application(
    name="app-block-assistant",
    display_name="App Block Assistant",
    command=("xterm", "-T", "App Block Assistant", "-e", "/run/ownstream/bin/app-block-assistant"),
    description="Make an app block of what has been put into its folder",
)
PREPARE_WITHIN_S, PACK_WITHIN_S = 30.0, 600.0
UNEXPECTED = {"status": 255, "message": "The service could not do this. Try again in a moment."}
_HAS_ANYTHING = '[ -n "$(ls -A "$1")" ]'
_LOST = "The app block builder has no app block any more."


class NotPackaged(Exception):
    """It is not made; the text says why, for the administrator."""


@dataclass
class Packaging:
    """A connection to each app block builder that runs; what comes by it is that builder's."""

    store: Store
    locations: Locations
    folder: Path  # has room for a package while it is made
    offload: Offload = asyncio.to_thread
    _heard: dict[BuilderKey, tuple[str, asyncio.Task[None]]] = field(
        default_factory=dict[BuilderKey, tuple[str, asyncio.Task[None]]]
    )
    _prepared: dict[BuilderKey, str] = field(default_factory=dict[BuilderKey, str])

    def is_prepared(self, key: BuilderKey, endpoint: str) -> bool:
        """Whether the app block's folder is there, at this endpoint, to be filled."""
        return self._prepared.get(key) == endpoint

    def attend(self, key: BuilderKey, endpoint: str) -> None:
        """The app block builder is heard at this endpoint, or not at all where that is empty."""
        known, task = self._heard.get(key, ("", None))
        if task is not None and known == endpoint and not task.done():
            return
        if task is not None:
            task.cancel()
            del self._heard[key]
            self._prepared.pop(key, None)
        if endpoint:
            self._heard[key] = (endpoint, asyncio.create_task(self._hear(key, endpoint)))

    def close(self) -> None:
        """None is."""
        for key in list(self._heard):
            self.attend(key, "")

    async def _hear(self, key: BuilderKey, endpoint: str) -> None:
        log = Log("control").bind(builder=key[2])
        try:
            await self._prepare(key, endpoint)
            self._prepared[key] = endpoint
            reader, writer = await connect(endpoint)
            with contextlib.closing(writer):
                writer.write(framed(json_message(FromGateway.ATTEND, {})))
                while message := await read_message(reader, max_bytes=MAX_ANSWER_BYTES):
                    if message[0] != ToService.REQUEST:
                        raise FramingError(f"REQUEST was expected, not tag {message[0]:#x}")
                    body = json_body(message)
                    answer = await self._answer(key, endpoint, body.get("asked"))
                    reply = {"id": body.get("id"), "answer": answer}
                    writer.write(framed(json_message(FromGateway.REPLY, reply)))
                    await writer.drain()
        except (OSError, FramingError, NotRun, NotPackaged) as error:
            log.warning("app block assistant not heard", why=str(error))

    async def _prepare(self, key: BuilderKey, endpoint: str) -> None:
        """The app block's folder is there, to be filled."""
        folder = await self.offload(self._folder, key)
        argv = ("/bin/mkdir", "-p", "--", folder)
        if await inside.run(endpoint, argv, within_s=PREPARE_WITHIN_S):
            raise NotRun(f"{folder} cannot be made")

    async def _answer(self, key: BuilderKey, endpoint: str, asked: Any) -> Mapping[str, Any]:
        log = Log("control").bind(builder=key[2])
        try:
            if not isinstance(asked, dict) or asked.get("do") != FINISH:  # pyright: ignore[reportUnknownMemberType]
                raise NotPackaged("An app block builder makes app blocks, and nothing else.")
            location = await self._package(key, endpoint)
        except (NotPackaged, NotRun, LocationError) as error:
            log.warning("app block not packaged", why=str(error))
            return {"status": 1, "message": str(error)}
        except Exception as error:  # the frame of whatever may be asked: others are to be answered
            log.exception("app block not packaged", error=repr(error))
            return UNEXPECTED
        log.info("app block packaged", location=str(location))
        return {"status": 0, "message": f"Success. The app block is ACTIVE, its package {location}"}

    async def _package(self, key: BuilderKey, endpoint: str) -> Location:
        folder = await self.offload(self._folder, key)
        location = await self.offload(self._location, key)
        with tempfile.TemporaryFile(dir=self.folder) as file:
            await self._pack(endpoint, folder, file)
            file.seek(0)
            await self.offload(self.locations.write, location, file)
        await self.offload(self._activate, key, location)
        return location

    async def _pack(self, endpoint: str, folder: str, file: IO[bytes]) -> None:
        """The archive of the folder is in this file; NotPackaged if there is nothing in it."""
        left = MOST_OBJECT_BYTES

        def keep(data: bytes) -> None:
            nonlocal left
            left -= len(data)
            if left < 0:
                raise NotPackaged(f"The package is larger than {MOST_OBJECT_BYTES} bytes.")
            file.write(data)

        empty = await inside.run(
            endpoint, ("/bin/sh", "-c", '[ -n "$(ls -A "$1")" ]', "sh", folder)
        )
        if empty:
            raise NotPackaged(f"There is nothing in {folder}. Install the applications there.")
        argv = ("/bin/tar", "--create", "--gzip", "--directory", folder, ".")
        status = await inside.run(endpoint, argv, on_output=keep, within_s=PACK_WITHIN_S)
        if status:
            raise NotPackaged(f"The package could not be made: tar ended with code {status}.")

    # In the store

    def _folder(self, key: BuilderKey) -> str:
        return f"{SHOWN}/{BLOCKS}/{self._app_block(key).name}"

    def _location(self, key: BuilderKey) -> Location:
        """Where the package is to be: in the bucket of the app block, by its name."""
        row = self._app_block(key)
        if row.document["State"] != app_block_rules.INACTIVE:
            raise NotPackaged(f"The app block {row.name} has its package already.")
        return Location(row.document["SourceS3Location"]["S3Bucket"], f"{row.name}.tar.gz")

    def _app_block(self, key: BuilderKey) -> AppBlockRow:
        _, scope, name = key
        with self.store.snapshot() as tx:
            builder = resources.find(tx, AppBlockBuilderRow, scope, name)
            row = builder and resources.find(tx, AppBlockRow, scope, builder.app_block)
        if row is None:
            raise NotPackaged(_LOST)
        return row

    def _activate(self, key: BuilderKey, location: Location) -> None:
        _, scope, name = key
        with self.store.transaction() as tx:
            builder = resources.find(tx, AppBlockBuilderRow, scope, name)
            row = builder and resources.find(tx, AppBlockRow, scope, builder.app_block)
            if row is None:
                raise NotPackaged(_LOST)
            row.document = {
                **row.document,
                "State": app_block_rules.ACTIVE,
                "SourceS3Location": {"S3Bucket": location.bucket, "S3Key": location.key},
            }

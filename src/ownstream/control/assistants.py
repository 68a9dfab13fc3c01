"""Hears what the Image Assistants of image builders ask, and has the images made."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ownstream.channel.endpoint import connect
from ownstream.channel.framing import FramingError, framed, json_body, json_message, read_message
from ownstream.channel.tags import MAX_ANSWER_BYTES, FromGateway, ToService
from ownstream.clock import Clock
from ownstream.control.image_making import make_image
from ownstream.control.pace import Offload
from ownstream.domain.image_requests import BadRequest
from ownstream.domain.keys import BuilderKey
from ownstream.domain.limits import Limits
from ownstream.log import Log
from ownstream.store import Store

SUCCESS = {"status": 0, "message": "Success"}
UNEXPECTED = {"status": 255, "message": "The service could not do this. Try again in a moment."}


@dataclass
class Assistants:
    """A connection to each image builder that runs; what comes by it is that builder's."""

    store: Store
    clock: Clock
    limits: Limits
    offload: Offload = asyncio.to_thread
    _heard: dict[BuilderKey, tuple[str, asyncio.Task[None]]] = field(
        default_factory=dict[BuilderKey, tuple[str, asyncio.Task[None]]]
    )

    def attend(self, key: BuilderKey, endpoint: str) -> None:
        """The image builder, whose agent is there, is heard; a repeated call changes nothing."""
        known, task = self._heard.get(key, ("", None))
        if task is not None and known == endpoint and not task.done():
            return
        self.leave(key)
        self._heard[key] = (endpoint, asyncio.create_task(self._hear(key, endpoint)))

    def leave(self, key: BuilderKey) -> None:
        """The image builder is not heard any more."""
        _, task = self._heard.pop(key, ("", None))
        if task is not None:
            task.cancel()

    def close(self) -> None:
        """None is."""
        for key in list(self._heard):
            self.leave(key)

    async def _hear(self, key: BuilderKey, endpoint: str) -> None:
        log = Log("control").bind(builder=key[2])
        try:
            reader, writer = await connect(endpoint)
            with contextlib.closing(writer):
                writer.write(framed(json_message(FromGateway.ATTEND, {})))
                while message := await read_message(reader, max_bytes=MAX_ANSWER_BYTES):
                    if message[0] != ToService.REQUEST:
                        raise FramingError(f"REQUEST was expected, not tag {message[0]:#x}")
                    body = json_body(message)
                    reply = {"id": body.get("id"), "answer": await self._answer(key, body)}
                    writer.write(framed(json_message(FromGateway.REPLY, reply)))
                    await writer.drain()
        except (OSError, FramingError) as error:
            log.warning("image assistant not heard", why=str(error))

    async def _answer(self, key: BuilderKey, body: Mapping[str, Any]) -> Mapping[str, Any]:
        log = Log("control").bind(builder=key[2])
        asked = body.get("asked")
        if not isinstance(asked, dict):
            return UNEXPECTED
        try:
            await self.offload(self._make, key, asked)
        except BadRequest as error:
            return {"status": 1, "message": str(error)}
        except Exception as error:  # the frame of whatever may be asked: others are to be answered
            log.exception("image assistant's request failed", error=repr(error))
            return UNEXPECTED
        return SUCCESS

    def _make(self, key: BuilderKey, asked: Mapping[str, Any]) -> None:
        _, scope, name = key
        with self.store.transaction() as tx:
            make_image(tx, scope, name, asked, now=self.clock.now(), limits=self.limits)

"""An application behind a port of loopback, and boto3 in front of it."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import boto3
import uvicorn
from botocore.config import Config
from starlette.types import ASGIApp

from tests.support.services import KEY


class Announced(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@contextmanager
def served(app: ASGIApp) -> Iterator[int]:
    """The application behind a port of loopback."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = Announced(uvicorn.Config(app, log_config=None, lifespan="off"))
        thread = Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        try:
            assert server.listening.wait(timeout=20)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=20)


def served_client(port: int) -> Any:
    """A client of the API there; it tries each call once."""
    return boto3.session.Session().client(
        "appstream",
        region_name="us-east-1",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id=KEY[0],
        aws_secret_access_key=KEY[1],
        config=Config(retries={"total_max_attempts": 1}),
    )

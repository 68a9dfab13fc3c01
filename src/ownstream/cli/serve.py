"""`ownstream serve`: one process that serves until it is told to stop."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Generator, MutableMapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click
import structlog
import uvicorn
from pydantic import ValidationError

from ownstream import provisions, wiring
from ownstream.attribute_file import BadAttributes
from ownstream.channel.tags import MAX_FROM_BROWSER_BYTES
from ownstream.cli.connections import HttpConnection, WebSocketConnection
from ownstream.gateway.app import NO_PAGE, has_page
from ownstream.keyring import KeyringError
from ownstream.log import ROOT, Event, Log
from ownstream.settings import Settings

GRACE_S = 3
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def serve(
    options: dict[str, Any],
    ready: Callable[[wiring.Service], None] | None = None,
    log_level: int = logging.INFO,
) -> int:
    """The exit status: 0 after a clean stop. Calls `ready`, on the loop, once it serves."""
    try:
        settings = Settings(**{name: value for name, value in options.items() if value})
    except ValidationError as error:
        for wrong in error.errors():
            what = str(wrong["msg"]).removeprefix("Value error, ")
            click.echo(f"--{'.'.join(map(str, wrong['loc'])).replace('_', '-')}: {what}", err=True)
        return 2
    log_to_stderr(log_level)
    if not has_page():
        click.echo(NO_PAGE, err=True)
    try:
        with wiring.made(settings) as service:
            return _run(service, ready)
    except (wiring.AlreadyServed, BadAttributes, KeyringError) as error:
        click.echo(f"ownstream cannot start: {error}.", err=True)
        return 1


def _run(service: wiring.Service, ready: Callable[[wiring.Service], None] | None) -> int:
    server = Server(service, ready)
    try:
        server.run()
    except SystemExit:  # uvicorn's way to say that it cannot listen; it has logged the reason
        click.echo(f"Is {service.settings.listen} taken? Choose another by --listen.", err=True)
    return 0 if server.started and not server.failed else 1


class Server(uvicorn.Server):
    """uvicorn with our application; it says when it is ready."""

    def __init__(
        self, service: wiring.Service, ready: Callable[[wiring.Service], None] | None
    ) -> None:
        pair = provisions.certificate(service.settings)
        super().__init__(
            uvicorn.Config(
                wiring.application(service, self.fail),
                host=service.settings.host,
                port=service.settings.port,
                log_config=None,
                access_log=False,  # a streaming URL is a secret; the API logs its own calls
                server_header=False,
                timeout_graceful_shutdown=GRACE_S,
                http=HttpConnection,
                ws=WebSocketConnection,
                ws_max_size=MAX_FROM_BROWSER_BYTES,
                ws_per_message_deflate=False,  # the pictures are compressed already
                ssl_certfile=pair[0] if pair else None,
                ssl_keyfile=pair[1] if pair else None,
            )
        )
        self.failed = False
        self._service = service
        self._ready = ready

    def fail(self) -> None:
        """Ends the service because a part of it has failed."""
        self.failed = self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """SIGINT and SIGTERM end the service cleanly; they are not raised on afterwards.

        So does SIGHUP, but sessions go on: for a restart, or when a terminal is closed.
        """
        before = {number: signal.signal(number, self.handle_exit) for number in STOPPING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGHUP:
            self._service.hands_over.set()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: Any = None) -> None:
        """The same, after every browser has been told that its session is over."""
        await self._service.say_farewell()
        await super().shutdown(sockets)

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started and not self.should_exit:
            Log("service").info("serving", url=self._service.public_url)
            _tell_parent()
            if self._ready is not None:
                self._ready(self._service)


def _tell_parent() -> None:
    """A parent that waits for readiness on a descriptor of its own hears of it.

    The descriptor's number is in OWNSTREAM_READY_FD; a line is written and it is closed.
    """
    descriptor = os.environ.pop("OWNSTREAM_READY_FD", "")
    if descriptor.isdigit():
        os.write(int(descriptor), b"ready\n")
        os.close(int(descriptor))


def log_to_stderr(level: int) -> None:
    """Events of this level and above go to standard error, a line of logfmt each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                _with_fields,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.LogfmtRenderer(
                    key_order=["timestamp", "level", "event"], bool_as_flag=False
                ),
            ]
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger(ROOT).setLevel(level)
    logging.getLogger("uvicorn.error").addFilter(_is_not_a_cut)


def _is_not_a_cut(record: logging.LogRecord) -> bool:
    """Not uvicorn's word for a response that ends early, as a download whose session ends must."""
    return record.getMessage() != "ASGI callable returned without completing response."


def _with_fields(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> Any:
    """structlog's hook: the fields of our own events; other libraries have none."""
    said = line["_record"].msg
    return {**line, **said.fields, "event": said.name} if isinstance(said, Event) else line

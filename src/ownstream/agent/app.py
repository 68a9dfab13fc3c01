"""The agent as a whole: brings its parts up in order, lets sessions in, ends when a part does."""

import asyncio
import contextlib
import logging
import os
import signal
from asyncio import Server
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from Xlib.error import ConnectionClosedError, DisplayError

from ownstream.agent.catalog import Catalog
from ownstream.agent.fate import AgentEnded, Fate
from ownstream.agent.host import FIRST_SIZE, Host
from ownstream.agent.sandbox import SandboxGone
from ownstream.agent.sessions import Sessions
from ownstream.agent.xserver import NoXServer, XServer, start_xserver

LOG = logging.getLogger("ownstream.agent")


@dataclass(frozen=True)
class Options:
    """What the agent is told at its start."""

    socket: Path
    control_fd: int
    xauthority: Path
    view: str
    catalog: Catalog
    administrator: bool = False  # the user is the system's root, and makes an image of it


async def run(options: Options) -> None:
    """Serves until SIGTERM; AgentEnded when a part that it needs is missing or has ended."""
    fate = Fate()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, fate.end, "")
    try:
        async with (
            _xserver(options, fate) as xserver,
            _host(options, fate, xserver) as host,
            _listening(options, fate, host),
        ):
            LOG.info("ready socket=%s display=%s", options.socket, xserver.display)
            await fate.await_end()
    except (NoXServer, SandboxGone) as error:
        raise AgentEnded(str(error)) from error
    except (ConnectionClosedError, DisplayError) as error:
        raise AgentEnded(f"the X server is gone: {error}") from error


@contextlib.asynccontextmanager
async def _xserver(options: Options, fate: Fate) -> AsyncGenerator[XServer]:
    """An X server that runs as long."""
    xserver = await start_xserver(str(options.xauthority), FIRST_SIZE)
    watching = asyncio.create_task(_watch(xserver, fate))
    # How the capture's and our own connection find their way.
    os.environ.update(DISPLAY=xserver.display, XAUTHORITY=str(options.xauthority))
    try:
        yield xserver
    finally:
        watching.cancel()
        await xserver.end()


async def _watch(xserver: XServer, fate: Fate) -> None:
    code = await xserver.process.wait()
    fate.end(f"the X server ended with code {code}")


@contextlib.asynccontextmanager
async def _host(options: Options, fate: Fate, xserver: XServer) -> AsyncGenerator[Host]:
    host = Host(fate, xserver, control_fd=options.control_fd)
    try:
        await host.come_up(options.view, options.catalog)
        yield host
    finally:
        host.close()


@contextlib.asynccontextmanager
async def _listening(options: Options, fate: Fate, host: Host) -> AsyncGenerator[Server]:
    """The socket, which is there while, and only while, a session can be served."""
    sessions = Sessions(
        host,
        fate,
        view=options.view,
        catalog=options.catalog,
        administrator=options.administrator,
    )
    options.socket.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(sessions.accept, options.socket)
    try:
        yield server
    finally:
        server.close()
        options.socket.unlink(missing_ok=True)
        await sessions.close()

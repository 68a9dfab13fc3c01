"""The X server of an instance: started, awaited, ended."""

import asyncio
import contextlib
import os
from asyncio.subprocess import Process
from dataclasses import dataclass

LARGEST = (3840, 2160)
_START_S = 20.0
_END_S = 3.0


class NoXServer(Exception):
    """Xvfb did not come up; the text says why."""


@dataclass(frozen=True)
class XServer:
    """A running Xvfb; `display` is its name, ":0" where it is alone."""

    display: str
    process: Process

    async def end(self) -> None:
        """It runs no more when this returns."""
        if self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(_END_S):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


async def start_xserver(xauthority: str) -> XServer:
    """An X server that answers, with the largest screen it can ever have; else NoXServer.

    It chooses its display itself and says so when it listens, which is when we go on. It takes the
    place of another server's socket if it finds one: it wants a /tmp/.X11-unix of its own.
    """
    told, tell = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(*_command(xauthority, tell), pass_fds=[tell])
    except OSError as error:
        os.close(told)
        raise NoXServer(f"Xvfb cannot be started: {error}; is the package xvfb there?") from error
    finally:
        os.close(tell)
    with os.fdopen(told, "rb", buffering=0) as pipe:
        number = await _line(pipe.fileno())
    if not number.isdigit():
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise NoXServer(f"Xvfb ended at its start with code {process.returncode}")
    return XServer(display=f":{number}", process=process)


def _command(xauthority: str, display_fd: int) -> list[str]:
    width, height = LARGEST
    return [
        *("Xvfb", "-displayfd", str(display_fd), "-screen", "0", f"{width}x{height}x24"),
        *("-dpi", "96", "-auth", xauthority, "-nolisten", "tcp", "-nolisten", "local"),
        *("-s", "0", "-terminate"),  # it ends with its last client, should the agent be killed
    ]


async def _line(fd: int) -> str:
    """What is written up to the end of the line or of the writer; empty after too long."""
    loop = asyncio.get_running_loop()
    data, done = bytearray(), asyncio.Event()

    def take() -> None:
        piece = os.read(fd, 64)
        data.extend(piece)
        if not piece or b"\n" in data:
            done.set()

    loop.add_reader(fd, take)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_START_S):
                await done.wait()
    finally:
        loop.remove_reader(fd)
    return data.decode(errors="replace").strip()

"""The X server of an instance: started, awaited, ended."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from asyncio.subprocess import Process
from dataclasses import dataclass
from pathlib import Path

from ownstream.agent.freed import LETTING_GO

LARGEST = (3840, 2160)
PACKAGE = "tigervnc-standalone-server"
# A second. It waits half of that interval after the first change, which a key press has to wait,
# too; how many updates are sent is up to who asks for them.
_UPDATES = 240
_START_S = 20.0
_END_S = 3.0


class NoXServer(Exception):
    """It did not come up; the text says why."""


@dataclass(frozen=True)
class XServer:
    """A running Xvnc; `display` is its name, ":0" where it is alone."""

    display: str
    picture: Path  # the socket where it shows its picture, by the RFB protocol
    process: Process

    async def end(self) -> None:
        """It runs no more when this returns."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(_END_S):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        finally:
            shutil.rmtree(self.picture.parent, ignore_errors=True)


async def start_xserver(xauthority: str, size: tuple[int, int]) -> XServer:
    """An X server that answers, with a screen of this size; else NoXServer.

    It chooses its display itself and says so when it listens, which is when we go on. It takes the
    place of another server's socket if it finds one: it wants a /tmp/.X11-unix of its own.
    """
    picture = Path(tempfile.mkdtemp(prefix="picture-")) / "rfb"  # nobody else may enter
    told, tell = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *_command(xauthority, picture, size, tell),
            pass_fds=[tell],
            env={**os.environ, **LETTING_GO},  # pictures that applications have freed
        )
    except OSError as error:
        os.close(told)
        why = f"Xvnc cannot be started: {error}; is {PACKAGE} installed?"
        raise NoXServer(why) from error
    finally:
        os.close(tell)
    with os.fdopen(told, "rb", buffering=0) as pipe:
        number = await _line(pipe.fileno())
    if not number.isdigit():
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise NoXServer(f"Xvnc ended at its start with code {process.returncode}")
    return XServer(display=f":{number}", picture=picture, process=process)


def _command(xauthority: str, picture: Path, size: tuple[int, int], display_fd: int) -> list[str]:
    return [
        *("Xvnc", "-displayfd", str(display_fd), "-geometry", f"{size[0]}x{size[1]}"),
        *("-depth", "24", "-dpi", "96", "-auth", xauthority),
        *("-nolisten", "tcp", "-nolisten", "local", "-s", "0"),
        "-terminate",  # it ends with its last client, should the agent be killed
        *("-rfbport", "-1", "-rfbunixpath", str(picture), "-rfbunixmode", "0600"),
        *("-SecurityTypes", "None", "-FrameRate", str(_UPDATES), "-AllowOverride", ""),
        *("-AcceptKeyEvents=0", "-AcceptCutText=0", "-SendCutText=0"),
        *("-Log", "*:stderr:0"),
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

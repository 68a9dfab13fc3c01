"""A real agent with a real X server, and the sandbox init beside it without a sandbox."""

import asyncio
import contextlib
import json
import os
import secrets
import socket
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any

from PIL import Image

import ownstream.agent
from ownstream.channel import tags
from ownstream.channel.framing import framed, json_message, read_message
from ownstream.channel.tags import (
    FrameFlag,
    FromAgent,
    FromBrowser,
    FromGateway,
    RectanglesFlag,
)
from tests.support.rectangles import Canvas

INIT = Path(ownstream.agent.__file__).parent / "sandbox_init.py"
WITHIN_S = 30.0

RED, BLUE = (255, 0, 0), (0, 0, 255)
PICTURES = (FromAgent.FRAME, FromAgent.RECTANGLES)


def terminal(*command: str) -> Mapping[str, Any]:
    """A catalog entry: this command in a terminal."""
    return {"name": "Terminal", "displayName": "A terminal", "command": list(command)} | {
        "description": "", "terminal": True, "icon": ""
    }  # fmt: skip


@dataclass
class Agent:
    """A running agent and what a test may do to it."""

    process: Process
    init: Process
    folder: Path
    browsers: list["Browser"] = field(default_factory=list)

    async def connect(
        self,
        *,
        session: str = "s-1",
        application: str = "",
        asking: str = "",
        settings: Sequence[Mapping[str, Any]] = (),
        catalog: Mapping[str, Any] | None = None,
    ) -> "Browser":
        """A stream's connection of this session, opened as the gateway does."""
        browser = await self.connect_raw()
        body = {"session": session, "application": application, "environment": ENVIRONMENT}
        granted = catalog or {"own": None, "more": []}
        asked = {"userSettings": settings, "asking": asking, "catalog": granted}
        browser.say(json_message(FromGateway.OPEN, {**body, **asked}))
        return browser

    async def client(self, *command: str) -> Process:
        """A program on the agent's screen, beside its sandbox, with pipes to and from it."""
        return await asyncio.create_subprocess_exec(
            *_with_own_displays(self.folder, command),
            env={"PATH": os.environ["PATH"], "DISPLAY": ":0", "LANG": "C.UTF-8"}
            | {"XAUTHORITY": str(self.folder / "xauthority")},
            stdin=PIPE,
            stdout=PIPE,
        )

    async def connect_raw(self) -> "Browser":
        """A connection on which nothing has been said."""
        browser = Browser(*await asyncio.open_unix_connection(self.folder / "agent.sock"))
        self.browsers.append(browser)
        return browser

    async def end(self) -> None:
        """Nothing of it runs, and nothing is open to it."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        async with asyncio.timeout(WITHIN_S):
            (_, said), _ = await asyncio.gather(self.process.communicate(), self.init.wait())
            print(said.decode())
            for browser in self.browsers:
                browser.writer.close()
                with contextlib.suppress(ConnectionError):
                    await browser.writer.wait_closed()

    async def errors(self) -> str:
        """Everything that the agent has printed; it has to have ended."""
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode()


ENVIRONMENT = {"AppStream_UserName": "ann@example.com"}


@dataclass
class Browser:
    """What a browser says and hears, without a gateway between."""

    reader: StreamReader
    writer: StreamWriter
    acknowledges: bool = True
    drawing: Canvas = field(default_factory=Canvas)
    video_pixels: int = 0  # of the canvas that is not exact

    @property
    def canvas(self) -> Image.Image:
        """What this browser shows, video left out."""
        return self.drawing.image

    def say(self, message: bytes) -> None:
        self.writer.write(framed(message))

    def hello(self, *codecs: str, size: tuple[int, int] = (800, 600)) -> None:
        width, height = size
        body = {"version": tags.VERSION, "width": width, "height": height, "scale": 1}
        self.say(json_message(FromBrowser.HELLO, {**body, "codecs": codecs or ("jpeg",)}))

    def press(self, keysym: int) -> None:
        self.say(bytes([FromBrowser.KEY]) + tags.KEY.pack(keysym, 1))

    def release(self, keysym: int) -> None:
        self.say(bytes([FromBrowser.KEY]) + tags.KEY.pack(keysym, 0))

    def type(self, text: str) -> None:
        for character in text:
            self.press(keysym(character))
            self.release(keysym(character))

    def forget_canvas(self) -> None:
        """The canvas is as large as it was, and black."""
        size = self.canvas.size
        self.drawing.resize(0, 0)
        self.drawing.resize(*size)

    def ack(self, frame: int) -> None:
        self.say(bytes([FromBrowser.ACK]) + tags.ACK.pack(frame, 0))

    def point(self, x: int, y: int, buttons: int = 0) -> None:
        self.say(bytes([FromBrowser.POINTER]) + tags.POINTER.pack(x, y, buttons))

    async def hear(self) -> bytes | None:
        """The next message; None when the agent has closed. What is to be seen is drawn."""
        async with asyncio.timeout(WITHIN_S):
            with contextlib.suppress(ConnectionError):
                message = await read_message(self.reader, max_bytes=tags.MAX_FROM_AGENT_BYTES)
                if message is not None:
                    self._take(message)
                return message
        return None

    async def hear_tag(self, tag: FromAgent) -> bytes:
        """The next message with this tag."""
        return await self.hear_until(lambda message: message[0] == tag)

    async def hear_tag_of(self, *of: FromAgent) -> bytes:
        """The next message with one of these tags."""
        return await self.hear_until(lambda message: message[0] in of)

    async def hear_until(self, wanted: Callable[[bytes], bool]) -> bytes:
        """The next message that is wanted."""
        while True:
            message = await self.hear()
            assert message is not None, "the agent closed the connection"
            if wanted(message):
                return message

    async def hear_json(self, tag: FromAgent) -> Mapping[str, Any]:
        """The body of the next message with this tag."""
        return json.loads((await self.hear_tag(tag))[1:])

    async def see(self, wanted: Callable[[Image.Image], bool]) -> None:
        """Returns when the picture is as wanted."""
        if not wanted(self.canvas):
            await self.hear_until(lambda _: wanted(self.canvas))

    async def see_centre(self, colour: tuple[int, int, int]) -> None:
        """Returns when the middle of the picture has this colour."""
        await self.see(lambda image: close(colour, centre(image)))

    async def heard_end(self) -> bool:
        """Whether the agent closes the connection; asks no more than that."""
        while await self.hear() is not None:
            pass
        return True

    def _take(self, message: bytes) -> None:
        match message[0]:
            case FromAgent.WELCOME | FromAgent.SIZE:
                body = json.loads(message[1:])
                self.drawing.resize(body["width"], body["height"])
            case FromAgent.RECTANGLES:
                if message[3] & RectanglesFlag.FRESH:
                    self.drawing.forget_streams()
                self.drawing.draw(message[4:])
            case FromAgent.VIDEO:
                self.video_pixels = _pixels(message)
            case FromAgent.EXACT:
                self.video_pixels -= _pixels(message)
            case FromAgent.FRAME:
                self._take_frame(message[3:])
            case _:
                return
        if message[0] in PICTURES and self.acknowledges:
            self.ack(int.from_bytes(message[1:3], "big"))

    def _take_frame(self, body: bytes) -> None:
        codec, _, x, y, _, _ = tags.FRAME.unpack_from(body)
        if codec == tags.Codec.JPEG:
            self.canvas.paste(Image.open(BytesIO(body[tags.FRAME.size :])), (x, y))


def _pixels(message: bytes) -> int:
    _, _, width, height = tags.AREA.unpack_from(message, 1)
    return width * height


def keysym(character: str) -> int:
    """The keysym that a browser sends for this character."""
    code = ord(character)
    if character == "\n":
        return 0xFF0D
    return code if code <= 0xFF else 0x01000000 + code


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, int, int]:
    """The colour at this place, or none where there is no picture yet."""
    if x >= image.width or y >= image.height:
        return (-1000, -1000, -1000)
    value = image.getpixel((x, y))
    assert isinstance(value, tuple)
    return value[0], value[1], value[2]


def frame_is_key(message: bytes) -> bool:
    return message[0] == FromAgent.FRAME and bool(message[4] & FrameFlag.KEY)


def centre(image: Image.Image) -> tuple[int, int, int]:
    return pixel(image, image.width // 2, image.height // 2)


def close(one: Sequence[int], other: Sequence[int]) -> bool:
    """JPEG and the encoder's colours move each channel a little."""
    return all(abs(a - b) < 40 for a, b in zip(one, other, strict=True))


@contextlib.asynccontextmanager
async def running_agent(
    folder: Path, *applications: Mapping[str, Any], view: str = "APP"
) -> AsyncIterator[Agent]:
    """An agent that takes sessions, and nothing of it afterwards."""
    xauthority, catalog = _prepared(folder, applications)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        command = [sys.executable, "-m", "ownstream.agent"]
        command += ["--socket", str(folder / "agent.sock"), "--control-fd", str(ours.fileno())]
        command += ["--xauthority", str(xauthority), "--view", view, "--catalog", str(catalog)]
        process = await asyncio.create_subprocess_exec(
            *_with_own_displays(folder, command), cwd="/", stderr=PIPE, pass_fds=[ours.fileno()]
        )
        # A pid namespace, as in a sandbox: with the init everything ends that it has started.
        init_command = ["unshare", "--pid", "--fork", "--kill-child"]
        init_command += ["/usr/bin/python3", "-I", "-S", str(INIT)]
        init_command += ["--control-fd", str(theirs.fileno())]
        init = await asyncio.create_subprocess_exec(
            *_with_own_displays(folder, init_command),
            env=_user_environment(folder, xauthority),
            cwd=folder,
            pass_fds=[theirs.fileno()],
        )
    agent = Agent(process, init, folder)
    try:
        await _ready(agent)
        yield agent
    finally:
        await agent.end()


def _prepared(folder: Path, applications: Sequence[Mapping[str, Any]]) -> tuple[Path, Path]:
    """The files that a driver would have made: the X server's cookie and the catalog."""
    xauthority, catalog = folder / "xauthority", folder / "catalog.json"
    xauthority.write_bytes(_xauthority())
    catalog.write_text(json.dumps({"applications": applications}))
    return xauthority, catalog


def _with_own_displays(folder: Path, command: Sequence[str]) -> list[str]:
    """The command, in namespaces as a driver's: no other X server can be met or pushed aside.

    What it leaves of shared memory goes with its IPC namespace; the machine's would fill up. And
    clients look first for a socket in the network, which may be any other server's.
    """
    displays = folder / "x11"
    displays.mkdir(exist_ok=True)
    script = 'mkdir -p -m 1777 /tmp/.X11-unix; mount --bind "$0" /tmp/.X11-unix; exec "$@"'
    # X clients look for a server among the network's abstract sockets before they look in /tmp.
    namespaces = ["--mount", "--ipc", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    return ["unshare", *namespaces, "sh", "-c", script, str(displays), *command]


async def _ready(agent: Agent) -> None:
    """Waits for the agent's own word, on stderr, that it listens."""
    assert agent.process.stderr is not None
    said = ""
    async with asyncio.timeout(WITHIN_S):
        while " ready " not in said:
            line = await agent.process.stderr.readline()
            assert line, f"the agent ended at its start: {said}"
            said += line.decode()


def _user_environment(folder: Path, xauthority: Path) -> dict[str, str]:
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "USER": "ann",
        "LANG": "C.UTF-8",
        "XDG_RUNTIME_DIR": str(runtime),
        "XAUTHORITY": str(xauthority),
    }


def _xauthority() -> bytes:
    """A cookie for this host and any display: the X server chooses its own."""
    family_local, fields = 256, (socket.gethostname().encode(), b"", b"MIT-MAGIC-COOKIE-1")
    parts = (*fields, secrets.token_bytes(16))
    return pack(">H", family_local) + b"".join(pack(">H", len(part)) + part for part in parts)

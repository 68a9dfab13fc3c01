"""Who may stream: one session in the instance's life, one connection of it at a time."""

import asyncio
import dataclasses
import logging
from asyncio import StreamReader, StreamWriter, Task
from collections.abc import Callable, Mapping, Sequence

from Xlib.error import ConnectionClosedError

from ownstream.agent import desktop, running
from ownstream.agent.apps import Applications, Notice
from ownstream.agent.catalog import Catalog
from ownstream.agent.clipboard.feature import Clipboard
from ownstream.agent.connection import Connection, Instance
from ownstream.agent.fate import Fate
from ownstream.agent.features import Feature
from ownstream.agent.file_requests import Visit, opens_files, visit
from ownstream.agent.files import Ends, Files, FilesFeature, refuse
from ownstream.agent.host import Host
from ownstream.agent.making import Making
from ownstream.agent.messages import Open, opening
from ownstream.agent.rfb import RfbError
from ownstream.agent.sandbox import Event, SandboxGone, Started
from ownstream.agent.scripts import Order, Scripts, opens_script, order_of
from ownstream.agent.sound import session_sound
from ownstream.agent.video import CaptureFailed
from ownstream.agent.windows import Windows
from ownstream.channel.framing import FramingError, read_message
from ownstream.channel.tags import MAX_OPENING_BYTES, FromGateway

LOG = logging.getLogger("ownstream.agent")

_OPEN_WITHIN_S = 10.0
_WINDOW_WITHIN_S = 6.0
_PANEL, _MENU = "panel", "menu"


class Sessions:
    """The session of a host, from the first OPEN on."""

    def __init__(
        self, host: Host, fate: Fate, *, view: str, catalog: Catalog, administrator: bool = False
    ) -> None:
        """An administrator may end his session and begin another: all of it is his."""
        self._host = host
        self._fate = fate
        self._making = Making(host.sandbox) if administrator else None
        self._view = view
        self._catalog = catalog
        self._session = ""
        self._asking = ""  # what tells the last request for an application from one before
        self._instance: Instance | None = None
        self._connection: Connection | None = None
        self._task: Task[None] | None = None
        self._files = Files(host.sandbox)
        self._scripts = Scripts(host.sandbox, host.environment)
        self._windows = Windows(host.screen.window_manager)
        host.on_event = self._hear
        host.screen.watch(
            dataclasses.replace(
                host.watchers(),
                cursor_changed=lambda: self._tell(Connection.cursor_changed),
                windows_changed=self._see_windows,
                titles_changed=self._windows.changed,
            )
        )

    async def accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serves one connection of the gateway until either side ends it."""
        try:
            first = await _first(reader)
            if first is None:
                return
            if opens_files(first):
                return await self._serve_files(visit(first), Ends(reader, writer))
            if opens_script(first):
                return await self._run(order_of(first), reader, writer)
            if first[0] in (FromGateway.ATTEND, FromGateway.RUN):
                return await self._serve_control(first, Ends(reader, writer))
            opened = opening(first)
            await self._free_the_place(opened)
            instance = self._begin(opened)
            await self._serve(Connection(instance, reader, writer))
        except FramingError as error:
            LOG.warning("connection closed: %s", error)
        except (SandboxGone, CaptureFailed, RfbError) as error:
            self._fate.end(str(error))
        except ConnectionClosedError as error:
            self._fate.end(f"the X server is gone: {error}")
        finally:
            writer.transport.abort()

    async def close(self) -> None:
        """Ends the connection that stands, and transfers with it."""
        await self._files.close()
        if self._making is not None:
            self._making.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _serve_control(self, first: bytes, control: Ends) -> None:
        """What control wants of an image builder; other instances know nothing of it."""
        if self._making is None:
            raise FramingError("ATTEND or RUN: nobody makes an image of this instance")
        if first[0] == FromGateway.ATTEND:
            await self._making.attend(control)
        else:
            await running.run(self._host.sandbox, first, control, self._host.environment)

    async def _serve_files(self, visit: Visit, visitor: Ends) -> None:
        """Files of the running session alone; control may come before its user does."""
        if visit.policy is None and not self._session:
            self._session = visit.session
        if visit.session != self._session:
            return await refuse(visitor)
        await self._files.serve(visit, visitor)

    async def _run(self, order: Order, reader: StreamReader, writer: StreamWriter) -> None:
        """A script of the running session, or of the one that is to come."""
        self._session = self._session or order.session
        if order.session != self._session:
            raise FramingError("SCRIPT for another session: an instance serves one in its life")
        await self._scripts.serve(order, reader, writer)

    async def _free_the_place(self, opened: Open) -> None:
        if self._session not in ("", opened.session) and self._making is None:
            raise FramingError("OPEN of another session: an instance serves one in its life")
        self._session = opened.session
        while self._task is not None:
            task = self._task
            task.cancel()
            await asyncio.wait({task})
            self._leave(task)

    async def _serve(self, connection: Connection) -> None:
        task = asyncio.create_task(connection.run())
        self._connection, self._task = connection, task
        try:
            await asyncio.wait({task})
        finally:
            self._leave(task)
        if not task.cancelled():
            task.result()

    def _leave(self, task: Task[None]) -> None:
        if self._task is task:
            self._connection = self._task = None

    def _begin(self, opened: Open) -> Instance:
        """What the session works on; what an OPEN asks for starts, once for each asking."""
        wanted, self._asking = opened.asking != self._asking, opened.asking
        catalog = opened.granted.of(self._catalog)
        if self._instance is not None:
            self._instance.applications.catalog = catalog
            if wanted and opened.application and self._view != desktop.DESKTOP:
                self._instance.applications.launch(opened.application)
            return self._instance
        environment = {**opened.environment, **self._host.environment}
        applications = Applications(
            catalog=catalog,
            starter=self._host.sandbox,
            environment=environment,
            changed=lambda: self._tell(Connection.running_changed),
            notify=self._notify,
            show=self._host.screen.window_manager.show,
            launched=lambda: self._tell(Connection.tell_launches),
        )
        self._instance = Instance(
            view=self._view,
            screen=self._host.screen,
            picture=self._host.picture,
            input=self._host.input,
            applications=applications,
            features=self._features(opened),
        )
        self._host.sandbox.write(desktop.SESSION_FILE, desktop.session_file(environment))
        if self._view == desktop.DESKTOP:
            if catalog != self._catalog:
                self._show_in_menus(catalog, environment)
            self._host.sandbox.start(_PANEL, desktop.panel_argv(), environment)
        elif opened.application:
            applications.launch(opened.application)
        return self._instance

    def _show_in_menus(self, catalog: Catalog, environment: Mapping[str, str]) -> None:
        """The desktop's menu and panel name these applications, and no more the instance's own."""
        for path, text in desktop.menus(catalog.values()).items():
            self._host.sandbox.write(path, text)
        self._host.sandbox.start(_MENU, desktop.REREAD, environment)

    def _features(self, opened: Open) -> Sequence[Feature]:
        """All that the session has beside picture and input."""
        return (
            Clipboard(self._host.selection, opened.policy),
            FilesFeature(opened.policy, self._files),
            session_sound(self._host.sandbox),
            self._windows,
        )

    def _tell(self, what: Callable[[Connection], None]) -> None:
        if self._connection is not None:
            what(self._connection)

    def _notify(self, notice: Notice) -> None:
        LOG.info("notice code=%s message=%s", notice.code, notice.message)
        self._tell(lambda connection: connection.notify(notice))

    def _hear(self, event: Event) -> None:
        LOG.info("sandbox %s", event)
        if self._instance is None:
            return
        applications = self._instance.applications
        applications.hear(event)
        if isinstance(event, Started):
            loop = asyncio.get_running_loop()
            loop.call_later(_WINDOW_WITHIN_S, applications.stop_waiting)

    def _see_windows(self) -> None:
        if self._instance is not None:
            windows = self._host.screen.window_manager.windows()
            self._instance.applications.see_windows(windows)
            self._windows.changed()


async def _first(reader: StreamReader) -> bytes | None:
    """What a connection opens with; None if it was only looked whether the agent answers."""
    try:
        async with asyncio.timeout(_OPEN_WITHIN_S):
            return await read_message(reader, max_bytes=MAX_OPENING_BYTES)
    except (TimeoutError, ConnectionError) as error:
        raise FramingError("no OPEN came") from error

"""My Files over HTTP: who may ask, what the agent is asked, and how uploads pass."""

from pathlib import Path
from typing import Any

import pytest

from ownstream.store import InstanceRow, SessionRow, StackRow, resources, streaming
from tests.support.clock import START
from tests.support.files_desk import CONTENT, UPLOAD, Desk, answer, play
from tests.support.gateway import HANDLE
from tests.support.world import SCOPE

EVERYTHING = [
    ("GET", f"/files?session={HANDLE}&path=T", {"do": "list", "path": ["T"]}),
    ("GET", f"/files?session={HANDLE}", {"do": "list", "path": []}),
    ("GET", CONTENT, {"do": "look", "path": ["T", "a"]}),
    (
        "GET",
        UPLOAD,
        {"do": "arrived", "path": ["T", "a b.txt"], "size": 6, "modified": 1700000000123000000},
    ),
    (
        "DELETE",
        UPLOAD,
        {"do": "cancel", "path": ["T", "a b.txt"], "size": 6, "modified": 1700000000123000000},
    ),
    ("POST", f"/files/folder?session={HANDLE}&path=T/new", {"do": "folder", "path": ["T", "new"]}),
    (
        "POST",
        f"/files/rename?session={HANDLE}&path=T/a&name=b",
        {"do": "rename", "path": ["T", "a"], "name": "b"},
    ),
    ("POST", f"/files/delete?session={HANDLE}&path=T/a", {"do": "delete", "path": ["T", "a"]}),
    ("GET", f"/files?session={HANDLE}&path=../..", {"do": "list", "path": ["..", ".."]}),
    ("GET", f"/files?session={HANDLE}&path=%2Fetc", {"do": "list", "path": ["", "etc"]}),
]


@pytest.mark.parametrize(
    ("method", "target", "asked"), EVERYTHING, ids=lambda value: str(value)[:40]
)
def test_the_agent_is_asked_under_the_session_and_its_settings(
    tmp_path: Path, method: str, target: str, asked: dict[str, Any]
) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask(method, target)
        end, opening, ask = await desk.visited()
        with desk.store.snapshot() as tx:
            assert opening["session"] == tx.query(SessionRow).one().id
        granted = {item["Action"]: item["Permission"] for item in opening["userSettings"]}
        assert (granted["FILE_UPLOAD"], granted["FILE_DOWNLOAD"]) == ("ENABLED", "ENABLED")
        assert ask == asked
        answer(end, error="not_allowed", message="No.")
        assert await request.answered() == (403, {"error": "not_allowed", "message": "No."})
        assert await end.next() is None

    play(tmp_path, scenario)


WRITES = [item for item in EVERYTHING if item[0] != "GET"] + [("PUT", f"{UPLOAD}&offset=0", {})]
READS = [item for item in EVERYTHING if item[0] == "GET"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
@pytest.mark.parametrize(("method", "target"), [item[:2] for item in WRITES])
def test_other_sites_change_nothing(tmp_path: Path, method: str, target: str, origin: str) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask(method, target, length=0, origin=origin)
        assert (await request.answered())[0] == 403
        assert desk.agent.connections.empty()

    play(tmp_path, scenario)


@pytest.mark.parametrize("target", [item[1] for item in READS])
def test_other_sites_read_nothing(tmp_path: Path, target: str) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask("GET", target, sec_fetch_site="cross-site")
        assert (await request.answered())[0] == 403
        assert desk.agent.connections.empty()

    play(tmp_path, scenario)


@pytest.mark.parametrize(("method", "target"), [item[:2] for item in WRITES + READS])
def test_without_the_sessions_cookie_there_are_no_files(
    tmp_path: Path, method: str, target: str
) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask(
            method, target, length=0, cookie=f"ownstream-{HANDLE}=forged-cookie-12345"
        )
        assert (await request.answered())[0] == 401
        other = desk.ask(method, target.replace(HANDLE, "other"), length=0)
        assert (await other.answered())[0] == 401
        assert desk.agent.connections.empty()

    play(tmp_path, scenario)


def test_an_ended_session_has_no_files(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        def end(tx: Any) -> None:
            session = tx.query(SessionRow).one()
            streaming.end_session(tx, session, reason="ended_by_user", now=START)

        desk.change(end)
        status, body = await desk.ask("GET", f"/files?session={HANDLE}").answered()
        assert (status, body["error"]) == (410, "ended_by_user")

    play(tmp_path, scenario)


def test_a_session_without_an_instance_has_no_files_yet(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        desk.change(lambda tx: setattr(tx.query(InstanceRow).one(), "seen", "starting"))
        assert (await desk.ask("GET", f"/files?session={HANDLE}").answered())[0] == 503

    play(tmp_path, scenario)


def test_what_the_stack_disables_is_told_at_the_next_request(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        def disable(tx: Any) -> None:
            stack = resources.find(tx, StackRow, SCOPE, "s")
            assert stack
            settings = [{"Action": "FILE_UPLOAD", "Permission": "DISABLED"}]
            stack.document = {**stack.document, "UserSettings": settings}

        desk.change(disable)
        desk.ask("GET", f"/files?session={HANDLE}")
        _, opening, _ = await desk.visited()
        granted = {item["Action"]: item["Permission"] for item in opening["userSettings"]}
        assert (granted["FILE_UPLOAD"], granted["FILE_DOWNLOAD"]) == ("DISABLED", "ENABLED")

    play(tmp_path, scenario)


@pytest.mark.parametrize(
    "query",
    [
        *("path=T/a", "path=T/a&size=x&modified=1", "path=T/a&size=1&modified=-1"),
        *("path=T/a&size=%D9%A1&modified=1", f"path=T/a&size={'9' * 20}&modified=1"),
        pytest.param(f"path={'a' * 5000}&size=1&modified=1", id="a path without end"),
    ],
)
def test_what_names_no_upload_is_refused(tmp_path: Path, query: str) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask("GET", f"/files/upload?session={HANDLE}&{query}")
        assert (await request.answered())[0] == 400

    play(tmp_path, scenario)


def test_an_upload_passes_as_it_comes_and_is_answered_at_its_end(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask("PUT", f"{UPLOAD}&offset=2", length=4)
        end, _, ask = await desk.visited()
        assert (ask["do"], ask["offset"], ask["length"]) == ("write", 2, 4)
        request.send(b"ab")
        assert await end.reader.readexactly(2) == b"ab"
        request.send(b"cd", more=False)
        assert await end.reader.readexactly(2) == b"cd"
        answer(end, offset=6, name="a b.txt")
        assert await request.answered() == (200, {"offset": 6, "name": "a b.txt"})

    play(tmp_path, scenario)


def test_an_upload_that_is_refused_is_answered_and_the_rest_of_it_dropped(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask("PUT", f"{UPLOAD}&offset=0", length=6)
        end, _, _ = await desk.visited()
        request.send(b"ab")
        assert await end.reader.readexactly(2) == b"ab"
        answer(end, error="disk_full", message="There is no space left.")
        assert await end.reader.read() == b""
        assert not request.sent
        request.send(b"cdef", more=False)
        assert (await request.answered())[0] == 507

    play(tmp_path, scenario)


def test_an_upload_that_is_cut_ends_at_the_agent_too(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask("PUT", f"{UPLOAD}&offset=0", length=6)
        end, _, _ = await desk.visited()
        request.send(b"ab")
        assert await end.reader.readexactly(2) == b"ab"
        request.leave()
        assert await end.reader.read() == b""
        await request.ended()

    play(tmp_path, scenario)


def test_an_agent_that_goes_is_told(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask("PUT", f"{UPLOAD}&offset=0", length=6)
        end, _, _ = await desk.visited()
        end.writer.transport.abort()
        request.send(b"abcdef", more=False)
        assert (await request.answered())[0] == 503

    play(tmp_path, scenario)


def test_an_upload_has_to_say_how_long_it_is(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        assert (await desk.ask("PUT", f"{UPLOAD}&offset=0").answered())[0] == 411

    play(tmp_path, scenario)

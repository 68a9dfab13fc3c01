"""Downloads: ranges, headers, and ends that come early."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.files_desk import CONTENT, FILE, Asked, Desk, answer, play
from tests.support.gateway import HANDLE


async def downloaded(desk: Desk, content: bytes, **headers: str) -> tuple[Asked, dict[str, Any]]:
    """A download of FILE that has ended, and what was read of the file."""
    request = desk.ask("GET", CONTENT, **headers)
    end, _, _ = await desk.visited()
    answer(end, **FILE)
    ask = await end.next()
    assert ask is not None
    read = json.loads(ask[1:])
    part = content[read["offset"] : read["offset"] + read["most"]]
    answer(end, **FILE, length=len(part))
    end.writer.write(part)
    await request.ended()
    return request, read


CONTENT_OF_FILE = bytes(range(100))


def test_a_download_is_the_file_and_says_how_to_go_on(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        request, read = await downloaded(desk, CONTENT_OF_FILE)
        assert (request.status, request.body) == (200, CONTENT_OF_FILE)
        assert read["tag"] == FILE["tag"]
        headers = request.headers
        assert headers["content-length"] == "100"
        assert headers["accept-ranges"] == "bytes"
        assert headers["etag"] == '"a-64-1-2"'
        assert headers["content-disposition"].startswith("attachment;")
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]

    play(tmp_path, scenario)


@pytest.mark.parametrize(
    ("asked", "status", "part", "told"),
    [
        ("bytes=10-", 206, slice(10, 100), "bytes 10-99/100"),
        ("bytes=10-19", 206, slice(10, 20), "bytes 10-19/100"),
        ("bytes=90-1000", 206, slice(90, 100), "bytes 90-99/100"),
        ("bytes=-5", 206, slice(95, 100), "bytes 95-99/100"),
        ("bytes=-1000", 206, slice(0, 100), "bytes 0-99/100"),
        ("bytes=0-1,5-6", 200, slice(0, 100), None),
        ("lines=0-1", 200, slice(0, 100), None),
        ("bytes=x-", 200, slice(0, 100), None),
    ],
)
def test_a_range_of_a_download(
    tmp_path: Path, asked: str, status: int, part: slice, told: str | None
) -> None:
    async def scenario(desk: Desk) -> None:
        request, _ = await downloaded(desk, CONTENT_OF_FILE, range=asked)
        assert (request.status, request.body) == (status, CONTENT_OF_FILE[part])
        assert request.headers.get("content-range") == told

    play(tmp_path, scenario)


@pytest.mark.parametrize(("tag", "status"), [('"a-64-1-2"', 206), ('"older"', 200)])
def test_a_download_goes_on_only_with_the_same_file(tmp_path: Path, tag: str, status: int) -> None:
    async def scenario(desk: Desk) -> None:
        headers = {"range": "bytes=10-", "if_range": tag}
        request, _ = await downloaded(desk, CONTENT_OF_FILE, **headers)
        assert request.status == status

    play(tmp_path, scenario)


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=-0", "bytes=5-4", "bytes=-"])
def test_a_range_that_the_file_has_not(tmp_path: Path, asked: str) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask("GET", CONTENT, range=asked)
        end, _, _ = await desk.visited()
        answer(end, **FILE)
        await request.ended()
        assert (request.status, request.headers["content-range"]) == (416, "bytes */100")

    play(tmp_path, scenario)


def test_a_head_is_answered_without_the_file(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask("HEAD", CONTENT)
        end, _, _ = await desk.visited()
        answer(end, **FILE)
        await request.ended()
        assert (request.status, request.headers["content-length"]) == (200, "100")
        assert await end.next() is None

    play(tmp_path, scenario)


@pytest.mark.parametrize(
    "name", ["ünï.txt", 'quo"te\\.txt', "a;b=c.txt", "‮fdp.exe", "../x"], ids=ascii
)
def test_a_name_says_nothing_but_a_name(tmp_path: Path, name: str) -> None:
    async def scenario(desk: Desk) -> None:
        target = f"/files/content?session={HANDLE}&path=T/{name}"
        request = desk.ask("HEAD", target.encode().decode("latin-1"))
        end, _, _ = await desk.visited()
        answer(end, **FILE)
        await request.ended()
        disposition = request.headers["content-disposition"]
        plain = disposition.split("filename=")[1].split("; filename*")[0]
        assert plain[0] == plain[-1] == '"'
        assert not set('"\\/;') & set(plain[1:-1]) - {";"}
        assert disposition.isascii()

    play(tmp_path, scenario)


def test_a_download_that_is_cut_by_the_agent_does_not_look_whole(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask("GET", CONTENT)
        end, _, _ = await desk.visited()
        answer(end, **FILE)
        await end.next()
        answer(end, **FILE, length=100)
        end.writer.write(b"half")
        await end.writer.drain()
        end.writer.transport.abort()
        await request.ended()
        assert request.sent[-1].get("more_body") is True

    play(tmp_path, scenario)


def test_a_browser_that_leaves_ends_its_download_at_the_agent(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask("GET", CONTENT)
        end, _, _ = await desk.visited()
        answer(end, **FILE)
        await end.next()
        answer(end, **FILE, length=100)
        request.leave()
        await request.ended()
        assert await end.next() is None

    play(tmp_path, scenario)


@pytest.mark.parametrize(
    "seen",
    [
        *({}, {**FILE, "size": "100"}, {**FILE, "size": -1}, {**FILE, "modified": 1 << 60}),
        {**FILE, "tag": 'x"\r\nSet-Cookie: a=b'},
    ],
    ids=str,
)
def test_what_describes_no_file_becomes_no_header(tmp_path: Path, seen: dict[str, Any]) -> None:
    async def scenario(desk: Desk) -> None:
        request = desk.ask("GET", CONTENT)
        end, _, _ = await desk.visited()
        answer(end, **seen)
        assert (await request.answered())[0] == 503

    play(tmp_path, scenario)

"""Icons out of S3 locations: shown as pictures, or not at all."""

import asyncio
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response

from ownstream.gateway.application_icons import (
    MOST_BYTES,
    MOST_PIXELS,
    MOST_WAITING,
    ApplicationIcons,
    is_icon,
)
from ownstream.storage.locations import Found, Location, Locations, NotReachable, Sink
from ownstream.storage.memory_locations import MemoryLocations
from ownstream.store import ApplicationRow, Store
from tests.support.clock import START
from tests.support.world import SCOPE, store_with_fleet
from tests.unit.gateway.test_app import Answer, ask

PLACE = Location("a-bucket", "icons/cad.png")
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def png(width: int = 48, height: int = 48) -> bytes:
    made = BytesIO()
    Image.new("RGB", (width, height), "red").save(made, "PNG")
    return made.getvalue()


def head(width: int, height: int) -> bytes:
    """The beginning of a PNG that says that it is so large."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + bytes(9)


def answer(content: bytes | None, word: str = "word", locations: Locations | None = None) -> Answer:
    """What is answered for this icon of an application whose location has this content."""
    there = MemoryLocations()
    if content is not None:
        there.write(PLACE, BytesIO(content))
    return ask(
        with_application(), "GET", f"/application-icons/{word}", locations=locations or there
    )


def with_application() -> Store:
    store = store_with_fleet()
    named = {"S3Bucket": PLACE.bucket, "S3Key": PLACE.key}
    with store.transaction() as tx:
        row = ApplicationRow(
            account=SCOPE.account,
            region=SCOPE.region,
            name="cad",
            document={"IconS3Location": named},
            icon="word",
            created_at=START,
        )
        tx.add(row)
    return store


def test_a_png_is_shown_and_runs_nothing() -> None:
    shown = answer(png())
    assert (shown.status, shown.body) == (200, png())
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(SVG, id="an SVG"),
        pytest.param(b"<html><script>alert(1)</script></html>", id="HTML"),
        pytest.param(b"", id="nothing"),
        pytest.param(png()[:20], id="a piece of one"),
        pytest.param(b"GIF89a" + SVG, id="another picture"),
        pytest.param(png() + bytes(MOST_BYTES), id="too many bytes"),
        pytest.param(head(MOST_PIXELS + 1, 1), id="too wide"),
        pytest.param(head(1, 2**31), id="too high"),
        pytest.param(head(0, 1), id="without width"),
        pytest.param(None, id="no object"),
    ],
)
def test_anything_else_is_not(content: bytes | None) -> None:
    refused = answer(content)
    assert refused.status == 404
    assert refused.body == b"No such icon."


@pytest.mark.parametrize("word", ["", "nope", "cad", "..%2fword"])
def test_who_does_not_know_the_word_finds_nothing(word: str) -> None:
    assert answer(png(), word).status == 404


def test_the_largest_that_is_taken() -> None:
    assert is_icon(head(MOST_PIXELS, MOST_PIXELS))


class Unreachable(MemoryLocations):
    """A store that does not answer."""

    def fetch(self, location: Location, target: Sink, *, most_bytes: int) -> Found:
        raise NotReachable("down")


def test_a_store_that_does_not_answer_may_later() -> None:
    assert answer(None, locations=Unreachable()).status == 503


class Slow(MemoryLocations):
    """A store that says nothing until it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()

    def fetch(self, location: Location, target: Sink, *, most_bytes: int) -> Found:
        if not self.goes_on.wait(10):
            raise NotReachable("nobody has let it go on")
        return super().fetch(location, target, most_bytes=most_bytes)


def request() -> Request:
    return Request({"type": "http", "path_params": {"icon": "word"}})


def test_a_slow_store_holds_up_nobody_who_streams() -> None:
    slow = Slow()
    slow.write(PLACE, BytesIO(png()))
    icons = ApplicationIcons(with_application(), slow)

    async def shown() -> Response:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        icon = asyncio.create_task(icons.icon(request()))
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await asyncio.to_thread(slow.goes_on.set)
        return await icon

    assert asyncio.run(shown()).status_code == 200


def test_not_everybody_waits_for_a_slow_store() -> None:
    slow = Slow()
    slow.write(PLACE, BytesIO(png()))
    icons = ApplicationIcons(with_application(), slow)

    async def shown() -> tuple[Response, set[int]]:
        waiting = [asyncio.create_task(icons.icon(request())) for _ in range(MOST_WAITING)]
        await asyncio.sleep(0)
        refused = await icons.icon(request())
        slow.goes_on.set()
        return refused, {each.status_code for each in await asyncio.gather(*waiting)}

    refused, statuses = asyncio.run(shown())
    assert (refused.status_code, statuses) == (503, {200})

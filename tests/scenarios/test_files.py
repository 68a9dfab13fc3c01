"""My Files as users meet it: in and out, through cuts of the network, under a stack's settings."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from tests.support import fleets
from tests.support.browser import await_state, open_session
from tests.support.cutting import Network, network_to
from tests.support.my_files import await_uploads, choose, downloaded, drop, open_files
from tests.support.service import Served

T = "TemporaryFiles"
MIB = 1 << 20
ODD = "ünï <b>&amp; '\"%2F..txt"


@pytest.fixture
def network(service: Served) -> Iterator[Network]:
    """The network between the browser and the service."""
    with network_to(service.port) as made:
        yield made


def temporary(service: Served) -> Path:
    """The temporary folder of the one instance that has a session."""
    homes = service.instances_dir.glob(f"i-*/home/MyFiles/{T}")
    return max(homes, key=lambda path: path.stat().st_mtime)


def begin(client: Any, page: Page, **settings: str) -> str:
    """A session of a stack with these permissions, its page open; the stack's name."""
    name = fleets.running_pair(client)
    permissions = [{"Action": k, "Permission": v} for k, v in settings.items()]
    if permissions:
        client.update_stack(Name=name, UserSettings=permissions)
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    return name


def test_files_go_in_by_choice_and_by_drop_and_come_out(
    client, service: Served, page: Page, tmp_path: Path
) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(error.message))
    data = os.urandom(5 * MIB + 17)
    (tmp_path / ODD).write_bytes(data)
    (tmp_path / "empty").write_bytes(b"")
    folder = tmp_path / "photos"
    (folder / "2026" / "none").mkdir(parents=True)
    (folder / "2026" / "a.jpg").write_bytes(b"a")
    (folder / "b.jpg").write_bytes(b"b")
    begin(client, page)
    open_files(page)
    choose(page, tmp_path / ODD, tmp_path / "empty")
    await_uploads(page, 2)
    page.keyboard.press("Escape")
    drop(page, folder, tmp_path / "empty")
    await_uploads(page, 6)  # three of the folder, and what is there already once more
    here = temporary(service)
    found = sorted(str(path.relative_to(here)) for path in here.rglob("*"))
    inside = ["photos", "photos/2026", "photos/2026/a.jpg", "photos/2026/none", "photos/b.jpg"]
    assert found == sorted([ODD, "empty", *inside])
    assert downloaded(page, ODD) == data
    assert downloaded(page, "empty") == b""
    assert faults == []


def test_an_upload_goes_on_where_the_network_was_cut(
    client, service: Served, page: Page, network: Network, tmp_path: Path
) -> None:
    data = os.urandom(12 * MIB)
    (tmp_path / "large").write_bytes(data)
    sent: list[int] = []
    page.on("request", lambda request: _note_offset(request, sent))
    page.on("dialog", lambda dialog: dialog.accept())
    name = fleets.running_pair(client)
    url = fleets.streaming_url(client, name, ApplicationId="xterm")
    open_session(page, url.replace(str(service.port), str(network.port)))
    open_files(page)
    network.cut_after(up=5 * MIB)
    choose(page, tmp_path / "large")
    page.get_by_text("Interrupted; it goes on by itself.").wait_for()
    network.mend()
    network.cut_after(up=3 * MIB)
    network.was_cut.wait(20)
    network.mend()
    page.reload()
    await_state(page, "streaming")
    open_files(page)
    choose(page, tmp_path / "large")
    await_uploads(page, 1)
    assert (temporary(service) / "large").read_bytes() == data
    assert 0 == sent[0] < sent[1] < sent[-1] < len(data)


def _note_offset(request: Any, sent: list[int]) -> None:
    if request.method == "PUT":
        sent.append(int(parse_qs(urlsplit(request.url).query)["offset"][0]))


def test_a_download_goes_on_where_the_network_was_cut(
    client, service: Served, page: Page, network: Network
) -> None:
    data = os.urandom(40 * MIB)
    name = fleets.running_pair(client)
    url = fleets.streaming_url(client, name, ApplicationId="xterm")
    open_session(page, url.replace(str(service.port), str(network.port)))
    (temporary(service) / "large").write_bytes(data)
    open_files(page)
    network.cut_after(down=10 * MIB)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download large").click()
    network.was_cut.wait(20)
    network.mend()
    assert Path(download.value.path()).read_bytes() == data
    asked = [head.lower() for head in network.said if b"/files/content" in head]
    assert b"range: bytes=" in asked[-1]
    assert b"range: bytes=0-" not in asked[-1]


def test_a_file_that_changes_during_a_download_is_sent_anew(
    client, service: Served, page: Page
) -> None:
    begin(client, page)
    (temporary(service) / "file").write_bytes(b"before")
    ask = asking(page)
    whole = ask("GET", "content", path=f"{T}/file")
    rest = {"Range": "bytes=3-", "If-Range": whole.headers["etag"]}
    part = ask("GET", "content", headers=rest, path=f"{T}/file")
    assert (part.status, part.body()) == (206, b"ore")
    (temporary(service) / "file").write_bytes(b"another")
    anew = ask("GET", "content", headers=rest, path=f"{T}/file")
    assert (anew.status, anew.body()) == (200, b"another")


def asking(page: Page) -> Callable[..., Any]:
    """Asks by hand, with the page's cookies, as a patched page would."""
    address = urlsplit(page.url)
    origin = f"{address.scheme}://{address.netloc}"
    session = parse_qs(address.query)["session"][0]

    def ask(method: str, what: str, *, headers: Any = None, data: Any = None, **query: Any) -> Any:
        return page.context.request.fetch(
            f"{origin}/files/{what}".rstrip("/"),
            method=method,
            params={"session": session, **query},
            headers={"Origin": origin, **(headers or {})},
            data=data,
        )

    return ask


UPLOAD = {"path": f"{T}/new", "size": 1, "modified": 0, "offset": 0}
UPLOADS = [
    ("PUT", "upload", UPLOAD),
    ("GET", "upload", UPLOAD),
    ("DELETE", "upload", UPLOAD),
    ("POST", "folder", {"path": f"{T}/new"}),
    ("POST", "rename", {"path": f"{T}/secret", "name": "new"}),
    ("POST", "delete", {"path": f"{T}/secret"}),
]
DOWNLOADS = [("GET", "content", {"path": f"{T}/secret"})]
LISTS = [("GET", "", {"path": T})]


def statuses(page: Page, requests: list[Any]) -> set[tuple[int, str]]:
    """How these requests are answered, each by its status and word."""
    ask = asking(page)
    answers = [
        ask(method, what, data="x" if method == "PUT" else None, **query)
        for method, what, query in requests
    ]
    return {(answer.status, json.loads(answer.body()).get("error", "")) for answer in answers}


NOT_ALLOWED = {(403, "not_allowed")}


def test_a_stack_without_files_gives_and_takes_none_whatever_the_page_asks(
    client, service: Served, page: Page
) -> None:
    name = begin(client, page, FILE_UPLOAD="DISABLED", FILE_DOWNLOAD="DISABLED")
    (temporary(service) / "secret").write_text("secret")
    assert page.get_by_role("button", name="My Files").count() == 0
    assert statuses(page, UPLOADS + DOWNLOADS + LISTS) == NOT_ALLOWED
    assert os.listdir(temporary(service)) == ["secret"]
    # What the administrator changes is so at the next request.
    downloads = [{"Action": "FILE_DOWNLOAD", "Permission": "ENABLED"}]
    client.update_stack(Name=name, UserSettings=downloads)
    assert statuses(page, UPLOADS) == NOT_ALLOWED
    assert asking(page)("GET", "content", path=f"{T}/secret").body() == b"secret"
    uploads = [
        {"Action": "FILE_UPLOAD", "Permission": "ENABLED"},
        {"Action": "FILE_DOWNLOAD", "Permission": "DISABLED"},
    ]
    client.update_stack(Name=name, UserSettings=uploads)
    assert statuses(page, DOWNLOADS) == NOT_ALLOWED
    assert asking(page)("PUT", "upload", data="x", **UPLOAD).json()["name"] == "new"


def test_files_are_of_the_session_alone(client, service: Served, page: Page) -> None:
    begin(client, page)
    (temporary(service) / "secret").write_text("secret")
    ask = asking(page)
    for path in ("../secret", "/etc/passwd", f"{T}/../../probe", f"{T}/secret/../secret"):
        assert ask("GET", "content", path=path).status == 400
    elsewhere = ask("POST", "delete", headers={"Origin": "http://evil"}, path=f"{T}/secret")
    assert elsewhere.status == 403
    page.context.clear_cookies()
    assert ask("GET", "content", path=f"{T}/secret").status == 401

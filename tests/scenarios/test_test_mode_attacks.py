"""Requests that no client of test mode sends, and more of them at once than one would."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from tests.support import fleets
from tests.support.service import Served
from tests.support.signing import owner

MONTH_S = 31 * 24 * 3600
THREADS = 8


def now(service: Served) -> datetime:
    return datetime.fromisoformat(owner(service).ask("GET", "/test/clock").body["now"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/test/clock"),
        ("DELETE", "/test/clock"),
        ("POST", "/test/instances"),
        ("GET", "/test/instances/i-1/lose"),
        ("PATCH", "/test/faults"),
    ],
)
def test_other_methods_do_nothing(in_test_mode: Served, method: str, path: str) -> None:
    before = now(in_test_mode)
    answer = owner(in_test_mode).ask(method, path, {"advance_s": MONTH_S})
    assert answer.status in (404, 405)
    assert now(in_test_mode) - before < timedelta(minutes=1)


@pytest.mark.parametrize(
    "path",
    [
        "/test/../test/clock",
        "/test/%2e%2e/healthz",
        "/test//clock",
        "/test/instances/../clock",
        "/test/instances/%2e%2e%2fclock/lose",
        "/test/faults/..",
        "/test/sessions/%00",
    ],
)
def test_a_path_that_goes_elsewhere_goes_nowhere(in_test_mode: Served, path: str) -> None:
    connection = http.client.HTTPConnection(in_test_mode.host, in_test_mode.port)
    try:
        connection.request("POST", path, body=b'{"advance_s": 60}')
        assert connection.getresponse().status in (403, 404, 405)
    finally:
        connection.close()


def test_turns_at_once_are_all_made(in_test_mode: Served) -> None:
    before = now(in_test_mode)

    def turn(_: int) -> int:
        return owner(in_test_mode).ask("POST", "/test/clock", {"advance_s": 3600}).status

    with ThreadPoolExecutor(THREADS) as threads:
        assert list(threads.map(turn, range(THREADS))) == [200] * THREADS
    passed = now(in_test_mode) - before
    assert timedelta(hours=THREADS) <= passed < timedelta(hours=THREADS, minutes=1)


def test_a_month_passes_over_all_that_falls_due_in_it(in_test_mode: Served) -> None:
    client = in_test_mode.client()
    name = fleets.running_pair(client, "long", instances=5)
    before = now(in_test_mode)
    assert owner(in_test_mode).ask("POST", "/test/clock", {"advance_s": MONTH_S}).status == 200
    assert now(in_test_mode) - before >= timedelta(days=31)
    [fleet] = client.describe_fleets(Names=[name])["Fleets"]
    assert fleet["ComputeCapacityStatus"]["Available"] == 5

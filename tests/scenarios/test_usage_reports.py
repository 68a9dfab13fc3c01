"""What people did in a browser, in the files of the day after, as long as they are asked for."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support import fleets
from tests.support.browser import await_state, open_session
from tests.support.service import Served, served
from tests.support.signing import owner

DAY_S = 24 * 3600


@pytest.fixture(scope="module")
def turned(folder: Path) -> Iterator[Served]:
    """A service of real applications, whose clock can be turned."""
    place = folder / "reported"
    with served(place / "data", place / "instances", arguments=("--test-mode",)) as running:
        yield running


def lines(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as text:
        return list(csv.DictReader(text))


def test_sessions_and_the_applications_that_were_started_are_reported(
    turned: Served, page: Page
) -> None:
    client = turned.client()
    bucket = client.create_usage_report_subscription()["S3BucketName"]
    name = fleets.running_pair(client)
    pair = {"FleetName": name, "StackName": name}
    open_session(page, fleets.streaming_url(client, name, ApplicationId="xterm"))
    page.get_by_role("button", name="Catalog").click()
    page.get_by_role("button", name="Mousepad").click()
    page.locator(".toolbar .application", has_text="Mousepad").wait_for()
    page.get_by_role("button", name="Catalog").click()
    page.get_by_role("button", name="XTerm Running", exact=True).click()  # shown, not started
    [session] = client.describe_sessions(**pair)["Sessions"]
    day = datetime.fromisoformat(owner(turned).ask("GET", "/test/clock").body["now"])
    owner(turned).ask("POST", "/test/clock", {"advance_s": 90})
    client.expire_session(SessionId=session["Id"])
    await_state(page, "ended")

    folders = f"schedule=DAILY/year={day:%Y}/month={day:%m}/day={day:%d}"
    kept = turned.data_dir / "s3" / bucket
    told = kept / "sessions" / folders / f"daily-session-report-{day:%Y-%m-%d}.csv"
    started = kept / "applications" / folders / f"daily-app-report-{day:%Y-%m-%d}.csv"
    assert not told.exists()
    fleets.stop(client, name)  # else its instances are looked at for a day
    owner(turned).ask("POST", "/test/clock", {"advance_s": DAY_S + 600})

    [line] = lines(told)
    assert (line["user_session_id"], line["user_id"]) == (session["Id"], "alice")
    assert line["instance_id"] == session["InstanceId"]
    assert line["client_ip_addresses"] == "127.0.0.1"
    began = datetime.fromisoformat(line["session_start_time"])
    assert abs(began - session["StartTime"]) < timedelta(seconds=1)
    assert 90 <= int(line["session_duration_in_seconds"]) < 600
    assert [launch["application_name"] for launch in lines(started)] == ["xterm", "mousepad"]
    assert {launch["user_session_id"] for launch in lines(started)} == {session["Id"]}
    [subscription] = client.describe_usage_report_subscriptions()["UsageReportSubscriptions"]
    assert subscription["LastGeneratedReportDate"].date() == (day + timedelta(days=1)).date()
    assert subscription["SubscriptionErrors"] == []


def test_the_days_after_the_subscription_ended_are_in_no_file(turned: Served, page: Page) -> None:
    here, there = turned.client(region_name="eu-west-1"), turned.client(region_name="eu-west-2")
    buckets = [each.create_usage_report_subscription()["S3BucketName"] for each in (here, there)]
    here.delete_usage_report_subscription()
    for client in (here, there):
        name = fleets.running_pair(client)
        open_session(page, fleets.streaming_url(client, name))
        [session] = client.describe_sessions(FleetName=name, StackName=name)["Sessions"]
        client.expire_session(SessionId=session["Id"])
        await_state(page, "ended")
        fleets.stop(client, name)
    owner(turned).ask("POST", "/test/clock", {"advance_s": DAY_S + 600})
    kept = [[*(turned.data_dir / "s3" / bucket).rglob("*.csv")] for bucket in buckets]
    assert [len(files) for files in kept] == [0, 1]
    assert here.describe_usage_report_subscriptions()["UsageReportSubscriptions"] == []

"""Usage reports of an embedded service, in virtual time, as somebody's program would read them."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import ownstream
from ownstream.embed.users import User
from ownstream.storage.locations import Location, read
from tests.unit.embed import test_portal as portal
from tests.unit.embed.desk import PAIR, START, Desk

MIDNIGHT = START.replace(hour=0) + timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "buckets"


@pytest.fixture
def reported(folder: Path) -> Iterator[Desk]:
    clock = ownstream.TurnedClock(start=START)
    with ownstream.Session(clock=clock, s3_locations=folder) as session:
        desk = Desk(session)
        desk.run(instances=3, MaxUserDurationInSeconds=5 * 86400)
        yield desk


def lines(bucket: Path) -> dict[str, list[dict[str, str]]]:
    """The lines of every file in the bucket, by the file's name."""
    return {
        path.name: list(csv.DictReader(io.StringIO(path.read_text(), newline="")))
        for path in bucket.rglob("*.csv")
    }


def subscribed(desk: Desk) -> dict[str, Any]:
    [subscription] = desk.client.describe_usage_report_subscriptions()["UsageReportSubscriptions"]
    return subscription


def open_from_url(desk: Desk, user: str, application: str) -> User:
    url = desk.client.create_streaming_url(**PAIR, UserId=user, ApplicationId=application)
    return desk.session.service.users.connect(url["StreamingURL"])


def test_two_days_are_reported_as_they_were(reported: Desk, folder: Path) -> None:
    desk = reported
    bucket = folder / desk.client.create_usage_report_subscription()["S3BucketName"]
    shown: dict[str, Any] = {}
    began = desk.clock.now()
    ann = open_from_url(desk, "ann", "firefox")
    ann.work()
    ben = desk.connect("ben")
    ben.work()
    for session in desk.sessions():
        shown[session["UserId"]] = session
    desk.clock.advance(hours=2)
    ann.launch("notepad")
    ann.end_session()
    ann.launch("firefox")  # too late: nobody is connected
    desk.clock.advance_to(MIDNIGHT + timedelta(hours=3))
    ben.launch("firefox")
    desk.clock.advance(hours=1)
    desk.client.expire_session(SessionId=ben.session_id)
    ended = {"ann": began + timedelta(hours=2), "ben": MIDNIGHT + timedelta(hours=4)}
    desk.clock.advance_to(MIDNIGHT + timedelta(days=1, hours=1))

    found = lines(bucket)
    assert sorted(found) == [
        "daily-app-report-2026-05-04.csv",
        "daily-app-report-2026-05-05.csv",
        "daily-session-report-2026-05-04.csv",
        "daily-session-report-2026-05-05.csv",
    ]
    for user, day in (("ann", "2026-05-04"), ("ben", "2026-05-05")):
        [line] = found[f"daily-session-report-{day}.csv"]
        session = shown[user]
        duration = ended[user] - session["StartTime"]
        assert (line["user_session_id"], line["user_id"]) == (session["Id"], user)
        assert line["session_start_time"] == f"{session['StartTime']:%Y-%m-%dT%H:%M:%SZ}"
        assert line["session_end_time"] == f"{ended[user]:%Y-%m-%dT%H:%M:%SZ}"
        assert line["session_duration_in_seconds"] == str(int(duration.total_seconds()))
        assert (line["fleet_name"], line["stack_name"]) == ("f", "s")
        assert line["instance_id"] == session["InstanceId"]
        assert line["max_session_duration"] == str(5 * 86400)
        assert (line["authentication_type"], line["connected_at_least_once"]) == ("CUSTOM", "true")
    assert {
        (day, line["user_session_id"], line["application_name"])
        for day in ("04", "05")
        for line in found[f"daily-app-report-2026-05-{day}.csv"]
    } == {
        ("04", ann.session_id, "firefox"),
        ("04", ann.session_id, "notepad"),
        ("05", ben.session_id, "firefox"),
    }
    assert subscribed(desk)["LastGeneratedReportDate"] == MIDNIGHT + timedelta(days=1, minutes=5)


def test_what_has_become_of_fleet_and_stack_changes_no_report(reported: Desk, folder: Path) -> None:
    desk = reported
    bucket = folder / desk.client.create_usage_report_subscription()["S3BucketName"]
    desk.connect("ann").end_session()
    desk.client.stop_fleet(Name="f")
    desk.client.get_waiter("fleet_stopped").wait(Names=["f"])
    desk.client.disassociate_fleet(**PAIR)
    desk.client.delete_fleet(Name="f")
    desk.client.delete_stack(Name="s")
    desk.clock.advance(days=1)
    [line] = lines(bucket)["daily-session-report-2026-05-04.csv"]
    assert line["instance_type"] == "stream.standard.medium"
    assert line["user_settings_file_upload"] == "ENABLED"


def test_a_user_of_the_pool_is_told_of_as_the_resource_that_it_was(folder: Path) -> None:
    clock = ownstream.TurnedClock(start=START)
    with ownstream.Session(clock=clock, s3_locations=folder) as session:
        desk = portal.Desk(session)
        bucket = folder / desk.client.create_usage_report_subscription()["S3BucketName"]
        desk.join().open(desk.application).end_session()
        [user] = desk.client.describe_users(AuthenticationType="USERPOOL")["Users"]
        desk.client.delete_user(UserName=desk.user, AuthenticationType="USERPOOL")
        clock.advance(days=1)
        [line] = lines(bucket)["daily-session-report-2026-05-04.csv"]
        assert (line["user_arn"], line["user_id"]) == (user["Arn"], desk.user)
        assert line["authentication_type"] == "USERPOOL"


def test_a_session_that_nobody_came_to_is_told_of_as_such(reported: Desk, folder: Path) -> None:
    desk = reported
    bucket = folder / desk.client.create_usage_report_subscription()["S3BucketName"]
    desk.session.service.driver.launch_takes = timedelta(hours=1)
    for user in ("ann", "ben", "cid"):
        desk.connect(user)
    desk.client.update_fleet(Name="f", ComputeCapacity={"DesiredInstances": 4})
    waiting = desk.connect("dan")
    waiting.disconnect()
    desk.clock.advance(days=1)
    told = {
        line["user_session_id"]: line
        for line in lines(bucket)["daily-session-report-2026-05-04.csv"]
    }
    assert told[waiting.session_id]["connected_at_least_once"] == "false"
    assert told[waiting.session_id]["session_duration_in_seconds"] == "300"


def test_a_bucket_that_cannot_be_written_is_told_until_it_can(reported: Desk, folder: Path) -> None:
    desk = reported
    bucket = folder / desk.client.create_usage_report_subscription()["S3BucketName"]
    desk.connect("ann").end_session()
    folder.mkdir()
    bucket.write_text("a file is in the way")
    desk.clock.advance(days=1)
    [error] = subscribed(desk)["SubscriptionErrors"]
    assert error["ErrorCode"] == "RESOURCE_NOT_FOUND"
    assert bucket.name in error["ErrorMessage"]
    bucket.unlink()
    desk.clock.advance(minutes=10)
    assert subscribed(desk)["SubscriptionErrors"] == []
    assert list(lines(bucket)) == ["daily-session-report-2026-05-04.csv"]


def test_a_day_that_ended_while_nobody_was_there_is_reported_at_the_next_start(
    tmp_path: Path,
) -> None:
    with ownstream.Session(data_dir=tmp_path, clock=ownstream.TurnedClock(start=START)) as session:
        desk = Desk(session)
        desk.run()
        bucket = desk.client.create_usage_report_subscription()["S3BucketName"]
        user = desk.connect("ann")
    later = ownstream.TurnedClock(start=START + timedelta(days=3))
    with ownstream.Session(data_dir=tmp_path, clock=later) as session:
        desk = Desk(session)
        key = (
            "sessions/schedule=DAILY/year=2026/month=05/day=04/daily-session-report-2026-05-04.csv"
        )
        content = read(session.service.locations, Location(bucket, key), most_bytes=4096)
        assert user.session_id in content.decode()
        assert subscribed(desk)["LastGeneratedReportDate"] == later.now()


def test_the_same_calls_have_the_same_bucket() -> None:
    def bucket() -> str:
        clock = ownstream.TurnedClock(start=START)
        with ownstream.Session(clock=clock) as session:
            return Desk(session).client.create_usage_report_subscription()["S3BucketName"]

    assert bucket() == bucket()


def test_no_time_is_spent_on_whom_nobody_asked_about(turned: Desk) -> None:
    """Nothing wakes for a report but where there is a subscription, and then once a day."""
    turned.clock.advance(minutes=1)
    without = turned.clock.next_due()
    turned.client.create_usage_report_subscription()
    turned.client.delete_usage_report_subscription()
    assert turned.clock.next_due() == without

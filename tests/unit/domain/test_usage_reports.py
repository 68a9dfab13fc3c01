"""What the files of a day say, held to AppStream's own descriptions of them."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ownstream.domain import usage_reports
from ownstream.domain.scope import Scope
from ownstream.domain.usage_reports import EndedSession

BEGAN = datetime(2026, 11, 27, 23, 59, 30, tzinfo=UTC)
DAY = datetime(2026, 11, 28, tzinfo=UTC)
FLEET = {
    "InstanceType": "stream.standard.small",
    "FleetType": "ON_DEMAND",
    "StreamView": "APP",
    "MaxUserDurationInSeconds": 7200,
}
STACK = {
    "ApplicationSettings": {"Enabled": True, "SettingsGroup": "a"},
    "UserSettings": [{"Action": "FILE_UPLOAD", "Permission": "DISABLED"}],
}
SESSION = EndedSession(
    id="5",
    scope=Scope("123456789012", "eu-west-1"),
    user_id="ann,=b@c",
    authentication_type="API",
    fleet="f",
    stack="s",
    began_at=BEGAN,
    ended_at=BEGAN + timedelta(seconds=90.7),
    connected=True,
    instance_id="i-1",
    has_home_folder=True,
    addresses=["192.0.2.1", "2001:db8::1"],
    facts=usage_reports.facts(FLEET, STACK),
)


def lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_a_session_is_told_in_a_line() -> None:
    record = usage_reports.session_record(SESSION)
    [line] = lines(usage_reports.document(usage_reports.SESSION_FIELDS, [record]))
    assert line == {
        "user_session_id": "5",
        "aws_account_id": "123456789012",
        "region": "eu-west-1",
        "session_start_time": "2026-11-27T23:59:30Z",
        "session_end_time": "2026-11-28T00:01:00Z",
        "session_duration_in_seconds": "90",
        "user_id": "ann,=b@c",
        "user_arn": "arn:aws:appstream:eu-west-1:123456789012:user/ann,=b@c",
        "authentication_type": "CUSTOM",
        "authentication_type_user_id": "ann,=b@cCUSTOM",
        "fleet_name": "f",
        "stack_name": "s",
        "instance_type": "stream.standard.small",
        "eni_private_ip_address": "",
        "connected_at_least_once": "true",
        "client_ip_addresses": "192.0.2.1;2001:db8::1",
        "google_drive_enabled": "false",
        "one_drive_enabled": "false",
        "home_folders_storage_location": "appstream2-36fb080bb8-eu-west-1-123456789012",
        "user_settings_clipboard_copy_from_local_device": "ENABLED",
        "user_settings_clipboard_copy_to_local_device": "ENABLED",
        "user_settings_file_upload": "DISABLED",
        "user_settings_file_download": "ENABLED",
        "user_settings_printing_to_local_device": "ENABLED",
        "application_settings_enabled": "true",
        "domain_joined": "N",
        "max_session_duration": "7200",
        "session_type": "ON_DEMAND",
        "stream_view": "APPLICATION",
        "streaming_experience_settings_protocol": "TCP",
        "instance_id": "i-1",
        "is_multisession": "false",
    }


def test_what_was_not_known_as_a_session_began_is_left_empty() -> None:
    left: dict[str, Any] = {
        "facts": {},
        "addresses": (),
        "connected": False,
        "has_home_folder": False,
    }
    session = replace(SESSION, **left)
    record = usage_reports.session_record(session)
    [line] = lines(usage_reports.document(usage_reports.SESSION_FIELDS, [record]))
    assert (line["instance_type"], line["client_ip_addresses"]) == ("", "")
    assert line["home_folders_storage_location"] == ""
    assert line["connected_at_least_once"] == "false"


def test_a_user_of_the_pool_is_told_by_the_pools_own_arn() -> None:
    arn = "arn:aws:appstream:eu-west-1:123456789012:user/userpool/1"
    session = replace(SESSION, authentication_type="USERPOOL", user_arn=arn)
    record = usage_reports.session_record(session)
    assert (record["user_arn"], record["authentication_type"]) == (arn, "USERPOOL")
    assert record["authentication_type_user_id"] == "ann,=b@cUSERPOOL"


def test_a_desktop_and_several_sessions_an_instance_are_told() -> None:
    facts = usage_reports.facts(
        {**FLEET, "StreamView": "DESKTOP", "MaxSessionsPerInstance": 4}, STACK
    )
    assert (facts["stream_view"], facts["is_multisession"]) == ("DESKTOP", "true")


def test_every_launch_is_a_line() -> None:
    records = [usage_reports.application_record("5", name) for name in ("xterm", 'a "b", c')]
    told = lines(usage_reports.document(usage_reports.APPLICATION_FIELDS, records))
    assert [(line["user_session_id"], line["application_name"]) for line in told] == [
        ("5", "xterm"),
        ("5", 'a "b", c'),
    ]


def test_files_are_where_athena_finds_its_partitions() -> None:
    day = datetime(2023, 1, 5, tzinfo=UTC)
    assert usage_reports.sessions_key(day) == (
        "sessions/schedule=DAILY/year=2023/month=01/day=05/daily-session-report-2023-01-05.csv"
    )
    assert usage_reports.applications_key(day) == (
        "applications/schedule=DAILY/year=2023/month=01/day=05/daily-app-report-2023-01-05.csv"
    )


def test_a_bucket_is_named_for_its_account_and_region() -> None:
    scope, another = SESSION.scope, Scope("123456789012", "eu-west-2")
    name = usage_reports.logs_bucket(scope, DAY)
    head, _, tail = name.rpartition("-")
    assert (head, len(tail)) == ("appstream-logs-eu-west-1-123456789012", 8)
    assert name == usage_reports.logs_bucket(scope, DAY)
    tails = {usage_reports.logs_bucket(each, DAY)[-8:] for each in (scope, another)}
    assert len(tails | {usage_reports.logs_bucket(scope, BEGAN)[-8:]}) == 3


def test_the_last_ten_addresses_are_known_each_once() -> None:
    a, b, c, *others = (f"192.0.2.{number}" for number in range(11))
    addresses: list[str] = []
    for address in (a, b, a, "", *others, b):
        addresses = usage_reports.with_address(addresses, address)
    assert addresses == [a, *others, b]
    assert usage_reports.with_address(addresses, c) == [*others, b, c]


@pytest.mark.parametrize("text", ["", "unknown", "192.0.2.1;192.0.2.2", "192.0.2.1:80", "=1+1"])
def test_what_is_no_address_is_not_remembered(text: str) -> None:
    assert usage_reports.with_address(["2001:db8::1"], text) == ["2001:db8::1"]


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_a_day_is_reported_once_it_is_over(hour: int) -> None:
    day = usage_reports.day_of(DAY + timedelta(hours=hour, minutes=59))
    assert day == DAY
    assert usage_reports.due_at(day) == DAY + timedelta(days=1, minutes=5)

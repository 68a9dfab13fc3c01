"""Usage reports: what AppStream's daily files say, what they are called, and when they are due.

A day is one of UTC. Fields are in the order of AppStream's own files. Its documents name
`schedule`, `year`, `month` and `day` too: these are in a file's key, where Athena reads them.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from ownstream.domain.home_folders import folder_of
from ownstream.domain.scope import Scope
from ownstream.domain.user_settings import complete_settings

Members = Mapping[str, Any]
Record = Mapping[str, str]

SCHEDULE = "DAILY"
DAY = timedelta(days=1)
# What ended in a day's last instant is in the store by then.
SETTLED = timedelta(minutes=5)
MOST_ADDRESSES = 10
SESSION_FIELDS = (
    "user_session_id",
    "aws_account_id",
    "region",
    "session_start_time",
    "session_end_time",
    "session_duration_in_seconds",
    "user_id",
    "user_arn",
    "authentication_type",
    "authentication_type_user_id",
    "fleet_name",
    "stack_name",
    "instance_type",
    "eni_private_ip_address",
    "connected_at_least_once",
    "client_ip_addresses",
    "google_drive_enabled",
    "one_drive_enabled",
    "home_folders_storage_location",
    "user_settings_clipboard_copy_from_local_device",
    "user_settings_clipboard_copy_to_local_device",
    "user_settings_file_upload",
    "user_settings_file_download",
    "user_settings_printing_to_local_device",
    "application_settings_enabled",
    "domain_joined",
    "max_session_duration",
    "session_type",
    "stream_view",
    "streaming_experience_settings_protocol",
    "instance_id",
    "is_multisession",
)
APPLICATION_FIELDS = ("user_session_id", "application_name")
AUTHENTICATION_TYPES: Mapping[str, str] = {"API": "CUSTOM"}  # the others have one name everywhere
STREAM_VIEWS: Mapping[str, str] = {"APP": "APPLICATION"}
REPORTED_SETTINGS = (
    "CLIPBOARD_COPY_FROM_LOCAL_DEVICE",
    "CLIPBOARD_COPY_TO_LOCAL_DEVICE",
    "FILE_UPLOAD",
    "FILE_DOWNLOAD",
    "PRINTING_TO_LOCAL_DEVICE",
)


@dataclass(frozen=True)
class EndedSession:
    """A session that is over, as a report tells of it."""

    id: str
    scope: Scope
    user_id: str
    authentication_type: str
    fleet: str
    stack: str
    began_at: datetime
    ended_at: datetime
    connected: bool  # at least once
    instance_id: str
    has_home_folder: bool = False
    addresses: Sequence[str] = ()  # of the user's devices, the last ones
    user_arn: str = ""  # of a user who is a resource; empty for others
    facts: Record = field(default_factory=dict[str, str])  # what `facts` said when it began


def facts(fleet: Members, stack: Members) -> Record:
    """What a report tells of a session that is known as it begins, from the two's documents.

    The fleet may be another one, or gone, by the time of the report.
    """
    settings = {
        f"user_settings_{setting['Action'].lower()}": setting["Permission"]
        for setting in complete_settings(stack.get("UserSettings", ()))
        if setting["Action"] in REPORTED_SETTINGS
    }
    view = fleet.get("StreamView", "APP")
    return {
        **settings,
        "instance_type": fleet.get("InstanceType", ""),
        # Neither is connected, whatever the stack asks for; nor is any instance joined to a domain.
        "google_drive_enabled": "false",
        "one_drive_enabled": "false",
        "domain_joined": "N",
        "application_settings_enabled": _word(stack.get("ApplicationSettings", {}).get("Enabled")),
        "session_type": fleet.get("FleetType", ""),
        "stream_view": STREAM_VIEWS.get(view, view),
        "streaming_experience_settings_protocol": "TCP",
        "is_multisession": _word(fleet.get("MaxSessionsPerInstance", 1) > 1),
        "max_session_duration": str(fleet.get("MaxUserDurationInSeconds", "")),
    }


def with_address(addresses: Sequence[str], address: str) -> list[str]:
    """The addresses that a session was reached from, now that it was from this one.

    Nothing else than an address is remembered: a proxy passes on what it is told.
    """
    if not _is_address(address):
        return [*addresses]
    others = [other for other in addresses if other != address]
    return [*others, address][-MOST_ADDRESSES:]


def session_record(session: EndedSession) -> Record:
    """The session's line."""
    kind = AUTHENTICATION_TYPES.get(session.authentication_type, session.authentication_type)
    duration_s = (session.ended_at - session.began_at).total_seconds()
    home_folder = folder_of(
        session.scope, session.user_id, authentication_type=session.authentication_type
    )
    return {
        **session.facts,
        "user_session_id": session.id,
        "aws_account_id": session.scope.account,
        "region": session.scope.region,
        "session_start_time": _iso(session.began_at),
        "session_end_time": _iso(session.ended_at),
        "session_duration_in_seconds": str(int(duration_s)),
        "user_id": session.user_id,
        "user_arn": session.user_arn or session.scope.arn("user", session.user_id),
        "authentication_type": kind,
        "authentication_type_user_id": f"{session.user_id}{kind}",
        "fleet_name": session.fleet,
        "stack_name": session.stack,
        "connected_at_least_once": _word(session.connected),
        "client_ip_addresses": ";".join(session.addresses),
        "home_folders_storage_location": (
            home_folder.partition("/")[0] if session.has_home_folder else ""
        ),
        "instance_id": session.instance_id,
    }


def application_record(session_id: str, application: str) -> Record:
    """The line of one launch of an application."""
    return {"user_session_id": session_id, "application_name": application}


def document(fields: Sequence[str], records: Iterable[Record]) -> bytes:
    """The file: the names of the fields, then a line for each record."""
    text = io.StringIO(newline="")
    lines = csv.DictWriter(text, fields, restval="", lineterminator="\n")
    lines.writeheader()
    lines.writerows(records)
    return text.getvalue().encode()


def sessions_key(day: datetime) -> str:
    """Where in the bucket the sessions of this day are."""
    return _key("sessions", "daily-session-report", day)


def applications_key(day: datetime) -> str:
    """Where in the bucket the applications launched on this day are."""
    return _key("applications", "daily-app-report", day)


def logs_bucket(scope: Scope, made_at: datetime) -> str:
    """The name of a bucket for the account's logs: the moment tells it from everybody else's."""
    digest = hashlib.sha256(f"{scope} {made_at.isoformat()}".encode()).hexdigest()
    return f"appstream-logs-{scope.region}-{scope.account}-{digest[:8]}"


def day_of(instant: datetime) -> datetime:
    """The midnight that the instant's day began with."""
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def due_at(day: datetime) -> datetime:
    """When the report of this day is made."""
    return day + DAY + SETTLED


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _key(kind: str, name: str, day: datetime) -> str:
    folders = f"schedule={SCHEDULE}/year={day:%Y}/month={day:%m}/day={day:%d}"
    return f"{kind}/{folders}/{name}-{day:%Y-%m-%d}.csv"


def _iso(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _word(is_so: object) -> str:
    return "true" if is_so else "false"

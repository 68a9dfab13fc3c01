"""Time zones: a session's applications go by that of the user's device, where the stack says so."""

import re
from collections.abc import Iterable, Mapping

from ownstream.domain.user_settings import Setting
from ownstream.store import SessionRow, Store

ACTION = "AUTO_TIME_ZONE_REDIRECTION"
# Names of the tz database and of nothing else: TZ may also name a file, or say rules.
ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")
MOST_LETTERS = 64


def note_time_zone(store: Store, session_id: str, zone: object) -> None:
    """The session's user is in this time zone; nothing for what is the name of none."""
    if not isinstance(zone, str) or len(zone) > MOST_LETTERS or not ZONE.fullmatch(zone):
        return
    with store.transaction() as tx:
        session = tx.get(SessionRow, session_id)
        if session is not None and session.wish.get("time_zone") != zone:
            session.wish = {**session.wish, "time_zone": zone}


def time_zone_variables(session: SessionRow, settings: Iterable[Setting]) -> Mapping[str, str]:
    """What applications are told of the user's time zone by a stack with these settings."""
    granted = any(
        setting["Action"] == ACTION and setting["Permission"] == "ENABLED" for setting in settings
    )
    zone = str(session.wish.get("time_zone", ""))
    return {"TZ": zone} if granted and zone else {}

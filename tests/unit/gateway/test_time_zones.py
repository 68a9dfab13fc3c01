"""Which time zone a session's applications go by, and what is no time zone."""

from datetime import timedelta
from typing import Any

import pytest

from ownstream.gateway.presence import Presence
from ownstream.store import StackRow, Store, resources, streaming
from tests.support.clock import START, TurnedClock
from tests.support.world import SCOPE, url
from tests.unit.gateway.test_app import posted, world

SOON = START + timedelta(minutes=1)


def redirected(permission: str = "ENABLED") -> Store:
    """A service whose stack redirects time zones, or not."""
    store = world()
    with store.transaction() as tx:
        stack = resources.find(tx, StackRow, SCOPE, "s")
        assert stack
        setting = {"Action": "AUTO_TIME_ZONE_REDIRECTION", "Permission": permission}
        stack.document["UserSettings"] = [setting]
    return store


def told(store: Store, zone: Any) -> str | None:
    """The TZ of the session of a browser that says this of its time zone."""
    assert posted(store, url(expires=SOON), {"timeZone": zone}).status == 200
    with store.snapshot() as tx:
        (session,) = streaming.live_sessions(tx)
    opening = Presence(store, TurnedClock()).standing(session.id).opening
    return opening["environment"].get("TZ")


@pytest.mark.parametrize(
    "zone", ["Asia/Kolkata", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"]
)
def test_applications_go_by_the_time_zone_of_the_users_device(zone: str) -> None:
    assert told(redirected(), zone) == zone


def test_they_do_not_where_the_stack_does_not_redirect_it() -> None:
    assert told(redirected("DISABLED"), "Asia/Kolkata") is None
    assert told(world(), "Asia/Kolkata") is None


@pytest.mark.parametrize(
    "zone",
    [
        *("", None, 7, ["UTC"], "/etc/passwd", "../../etc/passwd", "Europe/../x", ":UTC", "UTC\n"),
        *("a" * 65, "a/b/c/d", "$(id)", "Europe/", "\ud800"),
    ],
)
def test_what_is_no_time_zone_is_not_passed_on(zone: Any) -> None:
    assert told(redirected(), zone) is None

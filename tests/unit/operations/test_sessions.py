"""CreateStreamingURL, DescribeSessions and ExpireSession, as the store and the ticket show them."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ownstream.domain.keys import fleet_key, session_key
from ownstream.domain.tickets import Ticket, parse
from ownstream.store import InstanceRow
from tests.support.services import NOON, PRINCIPAL
from tests.unit.operations.world import MY_ACCOUNT, World

PAIR = {"FleetName": "fleet", "StackName": "stack"}
URL = {**PAIR, "UserId": "ann"}


@pytest.fixture(autouse=True)
def pair(world: World) -> None:
    """A running fleet, in a stack."""
    world.fleet(MaxUserDurationInSeconds=3600)
    world.stack()
    world.call("AssociateFleet", PAIR)
    world.bring_to("RUNNING")
    world.touched.clear()


def ticket(world: World, **members: Any) -> Ticket:
    """What the URL carries."""
    url = world.call("CreateStreamingURL", {**URL, **members})["StreamingURL"]
    query = parse_qs(urlsplit(url).query)
    found = parse(query["parameters"][0], query["signature"][0], world.services.ticket_key)
    assert found is not None
    return found


def test_a_url_carries_what_appstreams_own_carry(world: World) -> None:
    """Source: URLs published by AWS's developer guide and others."""
    carried = ticket(world, ApplicationId="xterm", SessionContext="a context")
    assert carried == Ticket(
        type="END_USER",
        expires=str(int(NOON.timestamp()) + 60),
        awsAccountId=MY_ACCOUNT,
        userId="ann",
        catalogSource="stack/stack",
        fleetRef="fleet/fleet",
        applicationId="xterm",
        userContext="a context",
        maxUserDurationInSecs="3600",
        region="us-east-1",
        nonce=carried.nonce,
    )


def test_no_two_urls_are_the_same(world: World) -> None:
    assert ticket(world).nonce != ticket(world).nonce


def test_a_url_reserves_nothing(world: World) -> None:
    world.call("CreateStreamingURL", URL)
    assert world.call("DescribeSessions", PAIR)["Sessions"] == []
    assert world.touched == []


def test_the_url_and_the_answer_expire_at_the_same_whole_second(world: World) -> None:
    world.set_time(NOON + timedelta(milliseconds=999))
    answer = world.call("CreateStreamingURL", URL)
    assert answer["Expires"] == NOON + timedelta(seconds=60)


def sessions(world: World, **members: Any) -> list[str]:
    answer = world.call("DescribeSessions", {**PAIR, **members})
    return [session["Id"] for session in answer["Sessions"]]


def test_a_session_that_streams(world: World) -> None:
    world.session(
        "s-1",
        state="ACTIVE",
        connected=True,
        instance_id="i-1",
        started_at=NOON,
        expires_at=NOON + timedelta(hours=1),
    )
    assert world.call("DescribeSessions", PAIR)["Sessions"] == [
        {
            "Id": "s-1",
            "UserId": "ann",
            "StackName": "stack",
            "FleetName": "fleet",
            "State": "ACTIVE",
            "ConnectionState": "CONNECTED",
            "StartTime": NOON,
            "MaxExpirationTime": NOON + timedelta(hours=1),
            "AuthenticationType": "API",
            "InstanceId": "i-1",
        }
    ]


def test_an_expired_session_has_ended_at_once(world: World) -> None:
    world.instance("i-1", seen="ready", session_id="s-1")
    world.session("s-1", state="ACTIVE", connected=True, instance_id="i-1")
    assert world.call("ExpireSession", {"SessionId": "s-1"}) == {}
    row = world.find_session("s-1")
    assert (row.state, row.connected, row.ended_at, row.end_reason) == (
        "EXPIRED",
        False,
        NOON,
        "expired_by_administrator",
    )
    assert set(world.touched) == {session_key("s-1"), fleet_key(PRINCIPAL.scope, "fleet")}


def test_an_expired_session_is_listed_until_its_instance_is_gone(world: World) -> None:
    world.instance("i-1", seen="ready", session_id="s-1")
    world.session("s-1", state="ACTIVE", connected=True, instance_id="i-1")
    world.call("ExpireSession", {"SessionId": "s-1"})
    [session] = world.call("DescribeSessions", PAIR)["Sessions"]
    assert (session["State"], session["ConnectionState"]) == ("EXPIRED", "NOT_CONNECTED")
    with world.store.transaction() as tx:
        tx.delete(tx.get(InstanceRow, "i-1"))
    assert sessions(world) == []


def test_a_session_expires_once(world: World) -> None:
    world.session("s-1")
    world.call("ExpireSession", {"SessionId": "s-1"})
    world.set_time(NOON + timedelta(seconds=5))
    world.call("ExpireSession", {"SessionId": "s-1"})
    assert world.find_session("s-1").ended_at == NOON

"""CreateStreamingURL, DescribeSessions and ExpireSession."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ownstream.domain.keys import fleet_key, session_key
from ownstream.domain.tickets import Ticket, parse
from ownstream.store import InstanceRow
from tests.support.services import NOON, PRINCIPAL
from tests.unit.operations.world import MY_ACCOUNT, OTHERS, Refused, World, cases, expect

PAIR = {"FleetName": "fleet", "StackName": "stack"}
URL = {**PAIR, "UserId": "ann"}
COMBINATION = "InvalidParameterCombinationException"
VALUE = "InvalidParameterValueException"
NOT_FOUND = "ResourceNotFoundException"


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


def test_a_url_leads_to_the_gateway(world: World) -> None:
    url = world.call("CreateStreamingURL", URL)["StreamingURL"]
    assert url.startswith("https://apps.example.com/authenticate?parameters=")


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


@pytest.mark.parametrize(
    ("members", "lasts_s"),
    [({}, 60), ({"Validity": 1}, 1), ({"Validity": 604800}, 604800)],
    ids=["a minute by default", "a second", "a week"],
)
def test_when_a_url_expires(world: World, members: dict[str, int], lasts_s: int) -> None:
    assert world.call("CreateStreamingURL", {**URL, **members})["Expires"] == NOON + timedelta(
        seconds=lasts_s
    )


def test_the_url_and_the_answer_expire_at_the_same_whole_second(world: World) -> None:
    world.set_time(NOON + timedelta(milliseconds=999))
    answer = world.call("CreateStreamingURL", URL)
    assert answer["Expires"] == NOON + timedelta(seconds=60)


def test_the_desktop_can_be_asked_for_where_there_is_one(world: World) -> None:
    with world.row() as row:
        row.document = {**row.document, "StreamView": "DESKTOP"}
    assert ticket(world, ApplicationId="Desktop").applicationId == "Desktop"


@cases(
    ("no such fleet", "model", {"FleetName": "nope"}, NOT_FOUND, "The fleet nope"),
    ("no such stack", "model", {"StackName": "nope"}, NOT_FOUND, "The stack nope"),
    (
        "a stack without the fleet",
        "ours",
        {"StackName": "other"},
        "OperationNotPermittedException",
        "The fleet fleet is not associated with the stack other. Call AssociateFleet",
    ),
    ("no such application", "ours", {"ApplicationId": "word"}, NOT_FOUND, "It has xterm, editor."),
    ("an application that is off", "ours", {"ApplicationId": "broken"}, NOT_FOUND, "broken"),
    ("no desktop", "model", {"ApplicationId": "Desktop"}, COMBINATION, "stream view APP"),
    ("no time", "model", {"Validity": 0}, VALUE, "604800"),
    ("more than a week", "model", {"Validity": 604801}, VALUE, "604800"),
    ("a context no URL can hold", "ours", {"SessionContext": "x" * 4097}, VALUE, "4096"),
    ("a user id with a space", "model", {"UserId": "ann b"}, "ValidationException", "userId"),
)
def test_a_url_refused(case: Refused, world: World) -> None:
    world.stack("other")
    expect(case, world, "CreateStreamingURL", {**URL, **case.members})


@pytest.mark.parametrize("state", ["STOPPED", "STARTING", "STOPPING"])
def test_a_fleet_that_does_not_run_has_no_urls(world: World, state: str) -> None:
    world.bring_to(state)
    case = Refused(state, "ours", {}, "ResourceNotAvailableException", f"is {state}")
    expect(case, world, "CreateStreamingURL", URL)


def test_the_longest_context_still_makes_a_url_that_can_be_read(world: World) -> None:
    assert ticket(world, SessionContext="😀" * 1024).userContext == "😀" * 1024


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


def test_a_session_that_waits_has_neither_instance_nor_times(world: World) -> None:
    world.session("s-1")
    [session] = world.call("DescribeSessions", PAIR)["Sessions"]
    assert (session["State"], session["ConnectionState"]) == ("PENDING", "NOT_CONNECTED")
    assert not {"InstanceId", "StartTime", "MaxExpirationTime"} & set(session)


@pytest.fixture
def several(world: World) -> None:
    """Sessions of several users, pairs and accounts."""
    world.session("a", user_id="ann", instance_id="i-a")
    world.session("b", user_id="bob", instance_id="i-b")
    world.session("c", user_id="ann", authentication_type="SAML")
    world.session("d", user_id="ann", stack="other")
    world.session("e", user_id="ann", fleet="other")
    world.session("f", user_id="ann", by=OTHERS)
    world.session("g", user_id="ann", state="EXPIRED")


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({}, ["a", "b"]),
        ({"AuthenticationType": "SAML"}, ["c"]),
        ({"UserId": "ann", "AuthenticationType": "API"}, ["a"]),
        ({"InstanceId": "i-b"}, ["b"]),
        ({"InstanceId": "i-a", "UserId": "bob", "AuthenticationType": "API"}, []),
        ({"StackName": "nope"}, []),
        ({"FleetName": "nope"}, []),
    ],
)
def test_sessions_found(world: World, members: dict[str, str], found: list[str]) -> None:
    assert sessions(world, **members) == found


@cases(("a user of no type", "model", {"UserId": "ann"}, COMBINATION, "AuthenticationType"))
def test_sessions_refused(case: Refused, world: World) -> None:
    expect(case, world, "DescribeSessions", {**PAIR, **case.members})


def test_a_page_has_20_sessions_and_never_more_than_50(world: World) -> None:
    """Source: the model's documentation of Limit."""
    for number in range(60):
        world.session(f"{number:02}")
    sizes = [len(sessions(world, **members)) for members in ({}, {"Limit": 5}, {"Limit": 60})]
    assert sizes == [20, 5, 50]


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


@pytest.mark.parametrize("id_", ["nope", "theirs"])
def test_a_session_that_the_caller_has_not_is_named(world: World, id_: str) -> None:
    world.session("theirs", by=OTHERS)
    case = Refused("unknown", "ours", {}, VALUE, f"There is no session {id_}")
    expect(case, world, "ExpireSession", {"SessionId": id_})
    assert world.find_session("theirs").state == "PENDING"

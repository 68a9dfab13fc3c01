"""Entitlements at the gateway: what the agent is told, and which links are refused."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from ownstream.domain.attributes import Stated, read_directory
from ownstream.gateway.admission import Door
from ownstream.gateway.presence import Presence
from ownstream.store import EntitlementRow, ImageRow, Store, streaming
from tests.support.clock import START, TurnedClock
from tests.support.world import KEY, SCOPE, url
from tests.unit.gateway.test_admission import parts, refusal, running, sessions
from tests.unit.gateway.test_relay import Desk, joined, play

STATED = Stated(read_directory({"ann": {"groups": "cad"}, "bob": {"groups": "office"}}))
SOON = START + timedelta(minutes=1)
KEYS = {"account": SCOPE.account, "region": SCOPE.region}


def entitle(store: Store) -> None:
    """The image has two applications, and who is of the group cad may start one of them."""
    applications = [{"Name": "cad"}, {"Name": "xterm"}]
    with store.transaction() as tx:
        tx.add(
            ImageRow(
                **KEYS, name="image", document={"Applications": applications}, created_at=START
            )
        )
        tx.add(
            EntitlementRow(
                **KEYS,
                stack="s",
                name="e",
                document={
                    "AppVisibility": "ASSOCIATED",
                    "Attributes": [{"Name": "groups", "Value": "cad"}],
                },
                applications=["cad"],
                created_at=START,
                modified_at=START,
            )
        )


def entitled_store() -> Store:
    store = running()
    entitle(store)
    return store


@pytest.mark.parametrize(
    ("user", "names"), [("ann", ("cad",)), ("bob", ()), ("unknown", ())], ids=str
)
def test_a_session_has_what_its_user_is_entitled_to(user: str, names: tuple[str, ...]) -> None:
    store = entitled_store()
    Door(store, KEY, attributes=STATED).admit(*parts(url(user, expires=SOON)), (), START)
    with store.snapshot() as tx:
        (session,) = streaming.live_sessions(tx)
    assert Presence(store, TurnedClock(), STATED).catalog(session.id).names == names


def test_entitlements_apply_to_nobody_while_nobody_states_attributes() -> None:
    store = entitled_store()
    Door(store, KEY).admit(*parts(url(expires=SOON)), (), START)
    with store.snapshot() as tx:
        (session,) = streaming.live_sessions(tx)
    assert Presence(store, TurnedClock()).catalog(session.id).names is None


def test_there_is_nothing_for_a_session_that_there_is_not() -> None:
    assert Presence(entitled_store(), TurnedClock(), STATED).catalog("nope").names == ()


@pytest.mark.parametrize("application", ["xterm", "nope"])
def test_a_link_to_an_application_that_its_user_may_not_start_starts_nothing(
    application: str,
) -> None:
    store = entitled_store()
    text = url(expires=SOON, applicationId=application)
    assert refusal(Door(store, KEY, attributes=STATED), text) == "not_entitled"
    assert sessions(store) == 0


@pytest.mark.parametrize("application", ["cad", "Desktop", ""])
def test_a_link_to_what_its_user_may_start_is_good(application: str) -> None:
    store = entitled_store()
    text = url(expires=SOON, applicationId=application)
    Door(store, KEY, attributes=STATED).admit(*parts(text), (), START)
    assert sessions(store) == 1


def test_a_link_refused_for_one_user_is_not_used_up(tmp_path: Path) -> None:
    store = entitled_store()
    text = url(expires=SOON, applicationId="xterm")
    assert refusal(Door(store, KEY, attributes=STATED), text) == "not_entitled"
    granted = Stated(read_directory({"ann": {}}))
    assert refusal(Door(store, KEY, attributes=granted), text) == "not_entitled"
    assert Door(store, KEY).admit(*parts(text), (), START).cookie


def test_the_agent_is_told_with_the_session(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        entitle(desk.store)
        _socket, _, opening = await joined(desk)
        assert json.loads(opening[1:])["catalog"] == {"own": None, "more": []}

    play(tmp_path, scenario)


def test_each_connection_has_what_counts_when_it_is_made(tmp_path: Path) -> None:
    stated = Changing()

    async def scenario(desk: Desk) -> None:
        entitle(desk.store)
        for groups, own in (("cad", ["cad"]), ("office", [])):
            stated.groups = groups
            _socket, _, opening = await joined(desk)
            assert json.loads(opening[1:])["catalog"] == {"own": own, "more": []}

    play(tmp_path, scenario, attributes=stated)


class Changing:
    """A directory that somebody changes."""

    groups = ""

    def of(self, user: str) -> dict[str, frozenset[str]]:
        return {"groups": frozenset({self.groups})}


def test_a_link_to_a_fleet_that_is_gone_says_so() -> None:
    store = entitled_store()
    text = url(expires=SOON, applicationId="xterm", fleetRef="fleet/gone")
    assert refusal(Door(store, KEY, attributes=STATED), text) == "not_offered"

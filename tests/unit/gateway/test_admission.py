"""Who is let in by a streaming URL, and who is not."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from ownstream.domain.capacity import of_sessions
from ownstream.gateway.admission import Door, Refused, digest, public
from ownstream.store import (
    AdmissionRow,
    FleetRow,
    SessionRow,
    StackRow,
    Store,
    UserRow,
    UserStackRow,
    resources,
    streaming,
)
from tests.support.clock import START
from tests.support.world import KEY, SCOPE, add_ready_instance, store_with_fleet, url

SOON = START + timedelta(minutes=1)


def parts(text: str) -> tuple[str, str]:
    query = parse_qs(urlsplit(text).query)
    return query["parameters"][0], query["signature"][0]


def running(*, instances: int = 1, desired: int = 1) -> Store:
    store = store_with_fleet(desired=desired)
    with store.transaction() as tx:
        for number in range(instances):
            add_ready_instance(tx, f"i-{number}")
        fleet = resources.find(tx, FleetRow, SCOPE, "f")
        assert fleet
        fleet.goal_met = True
    return store


def sessions(store: Store) -> int:
    with store.snapshot() as tx:
        return len(streaming.live_sessions(tx))


def refusal(door: Door, text: str, cookies: tuple[str, ...] = (), now=START) -> str:
    with pytest.raises(Refused) as caught:
        door.admit(*parts(text), cookies, now)
    return caught.value.error


def test_a_url_gives_a_session_on_a_free_instance() -> None:
    store = running()
    admission = Door(store, KEY).admit(*parts(url(expires=SOON)), (), START)
    assert admission.cookie
    with store.snapshot() as tx:
        (session,) = streaming.live_sessions(tx)
        assert (session.state, session.user_id, session.instance_id) == ("PENDING", "ann", "i-0")


def test_who_comes_to_an_instance_that_drains_does_not_wait_for_its_end() -> None:
    store = store_with_fleet(MaxSessionsPerInstance=2, ComputeCapacityStatus=of_sessions(2, 2))
    with store.transaction() as tx:
        for number in range(2):
            seat = add_ready_instance(tx, f"seat-{number}")
            seat.part_of = "i-1"
        fleet = resources.find(tx, FleetRow, SCOPE, "f")
        assert fleet
        fleet.goal_met = True
    door = Door(store, KEY)
    door.admit(*parts(url(expires=SOON)), (), START)
    with store.snapshot() as tx:
        (session,) = streaming.live_sessions(tx)
        assert (session.instance_id, session.usage["instance"]) == ("seat-0", "i-1")
    with store.transaction() as tx:
        for row in streaming.parts_of(tx, SCOPE, "i-1"):
            row.drain = "asked"
    assert refusal(door, url("bob", expires=SOON, nonce="2")) == "no_capacity"


def test_the_page_is_not_told_the_sessions_id() -> None:
    store = running()
    admission = Door(store, KEY).admit(*parts(url(expires=SOON)), (), START)
    assert admission.welcome.session not in str(public(admission.welcome))


def test_another_url_of_the_user_asks_the_session_for_another_application() -> None:
    store = running()
    door = Door(store, KEY)
    door.admit(*parts(url(expires=SOON, applicationId="editor")), (), START)
    again = url(expires=SOON, nonce="2", applicationId="xterm")
    assert door.admit(*parts(again), (), START).welcome.application == "xterm"
    with store.snapshot() as tx:
        (session,) = streaming.live_sessions(tx)
        assert (session.wish["application"], session.wish["asking"]) == ("xterm", "2")
        assert session.wish["max_duration_s"] == 57600


def test_another_url_that_names_no_application_asks_for_none() -> None:
    store = running()
    door = Door(store, KEY)
    door.admit(*parts(url(expires=SOON, applicationId="editor")), (), START)
    door.admit(*parts(url(expires=SOON, nonce="2")), (), START)
    with store.snapshot() as tx:
        (session,) = streaming.live_sessions(tx)
        assert (session.wish["application"], session.wish["asking"]) == ("editor", "1")


def test_a_user_of_the_pool_is_not_the_urls_user_of_the_same_name() -> None:
    store = running(instances=2, desired=2)
    _add_pool_user(store)
    door = Door(store, KEY)
    door.admit(*parts(url(expires=SOON)), (), START)
    door.admit(*parts(url(expires=SOON, nonce="2", authenticationType="USERPOOL")), (), START)
    assert sessions(store) == 2


@pytest.mark.parametrize("lacks", ["user", "enabled", "stack"])
def test_a_user_of_the_pool_who_may_not_open_the_stack_any_more_is_refused(lacks: str) -> None:
    store = running()
    _add_pool_user(store, lacks=lacks)
    text = url(expires=SOON, authenticationType="USERPOOL")
    assert refusal(Door(store, KEY), text) == "not_offered"
    assert sessions(store) == 0


def test_a_session_of_the_pool_leads_back_to_its_portal() -> None:
    store = running()
    _add_pool_user(store)
    door = Door(store, KEY)
    admission = door.admit(*parts(url(expires=SOON, authenticationType="USERPOOL")), (), START)
    portal = f"/portal/{SCOPE.account}/{SCOPE.region}"
    assert public(admission.welcome)["portal"] == portal
    door.end(admission.cookie, START)
    with pytest.raises(Refused) as ended:
        door.state(admission.cookie)
    assert ended.value.portal == portal


def _add_pool_user(store: Store, *, lacks: str = "") -> None:
    key = {"account": SCOPE.account, "region": SCOPE.region}
    with store.transaction() as tx:
        if lacks != "user":
            enabled = lacks != "enabled"
            tx.add(UserRow(**key, name="ann", id="1", enabled=enabled, created_at=START))
        if lacks != "stack":
            tx.add(UserStackRow(**key, user="ann", stack="s"))


def test_a_second_browser_is_refused() -> None:
    door = Door(running(), KEY)
    door.admit(*parts(url(expires=SOON)), (), START)
    assert refusal(door, url(expires=SOON)) == "used_url"


def test_the_same_browser_goes_on_even_after_the_url_has_expired() -> None:
    door = Door(running(), KEY)
    first = door.admit(*parts(url(expires=SOON)), (), START)
    again = door.admit(*parts(url(expires=SOON)), [first.cookie or ""], SOON + timedelta(hours=1))
    assert again.cookie is None
    assert again.welcome.session == first.welcome.session


def test_a_used_url_stays_used_when_its_session_is_forgotten() -> None:
    store, late = running(), START + timedelta(days=2)
    text = url(expires=START + timedelta(days=7))
    admission = Door(store, KEY).admit(*parts(text), (), START)
    Door(store, KEY).end(admission.cookie, START)
    with store.transaction() as tx:
        streaming.forget_ended(tx, late - timedelta(days=1))
    assert refusal(Door(store, KEY), text, now=late) == "used_url"


def test_how_a_url_was_used_is_forgotten_once_it_has_expired() -> None:
    store, late = running(), START + timedelta(days=2)
    admission = Door(store, KEY).admit(*parts(url(expires=SOON)), (), START)
    Door(store, KEY).end(admission.cookie, START)
    with store.transaction() as tx:
        streaming.forget_ended(tx, late - timedelta(days=1))
        assert tx.get(AdmissionRow, digest(admission.cookie or "")) is None


def test_a_setting_lets_several_browsers_use_a_url() -> None:
    door = Door(running(), KEY, url_reuse=True)
    first = door.admit(*parts(url(expires=SOON)), (), START)
    second = door.admit(*parts(url(expires=SOON)), (), START)
    assert first.welcome.session == second.welcome.session
    assert first.cookie != second.cookie


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "kept by nobody"])
@pytest.mark.parametrize("connectors", [[], ["GOOGLE_DRIVE"], ["GOOGLE_DRIVE", "HOMEFOLDERS"]])
def test_a_session_has_a_home_folder_if_its_stack_does(connectors: list[str], kept: bool) -> None:
    store = running()
    with store.transaction() as tx:
        stack = resources.find(tx, StackRow, SCOPE, "s")
        assert stack
        members = [{"ConnectorType": kind} for kind in connectors]
        stack.document = {**stack.document, "StorageConnectors": members}
    Door(store, KEY, home_folders=kept).admit(*parts(url(expires=SOON)), (), START)
    with store.snapshot() as tx:
        wanted = "wanted" if kept and "HOMEFOLDERS" in connectors else ""
        assert tx.query(SessionRow).one().home_folder == wanted


def test_a_new_url_leads_a_user_back_to_the_running_session() -> None:
    door = Door(running(), KEY)
    first = door.admit(*parts(url(expires=SOON)), (), START)
    second = door.admit(*parts(url(expires=SOON, nonce="2")), (), START)
    assert first.welcome.session == second.welcome.session


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (url(expires=START), "expired_url"),
        (url(expires=SOON, type="OTHER"), "invalid_url"),
        (url(expires=SOON, type="ADMIN"), "not_offered"),
        (url(expires=SOON).replace("signature=", "signature=A"), "invalid_url"),
        (url(expires=SOON, fleetRef="fleet/other"), "not_offered"),
        (url(expires=SOON, catalogSource="stack/other"), "not_offered"),
        (url(expires=SOON, region="eu-west-1"), "not_offered"),
        (url(expires=SOON, awsAccountId="999999999999"), "not_offered"),
    ],
    ids=[
        "late",
        "of another kind",
        "for an image builder that a fleet is not",
        "altered",
        "for a fleet that is not there",
        "for a stack that is not there",
        "for another region",
        "for another account",
    ],
)
def test_a_bad_url_is_refused_and_starts_nothing(text: str, error: str) -> None:
    store = running()
    assert refusal(Door(store, KEY), text) == error
    assert sessions(store) == 0


def test_a_stopped_fleet_takes_nobody() -> None:
    store = running()
    with store.transaction() as tx:
        fleet = resources.find(tx, FleetRow, SCOPE, "f")
        assert fleet
        fleet.goal = "STOPPED"
    assert refusal(Door(store, KEY), url(expires=SOON)) == "fleet_not_running"


def test_without_a_free_instance_users_are_told_so_and_no_session_begins() -> None:
    store = running()
    door = Door(store, KEY)
    door.admit(*parts(url(expires=SOON)), (), START)
    assert refusal(door, url("bob", expires=SOON, nonce="2")) == "no_capacity"
    assert sessions(store) == 1


def test_a_user_may_wait_for_an_instance_that_is_coming() -> None:
    door = Door(running(instances=0, desired=1), KEY)
    assert door.admit(*parts(url(expires=SOON)), (), START).welcome.state == "PENDING"


def test_an_ended_session_is_told_with_its_reason() -> None:
    store = running()
    door = Door(store, KEY)
    admission = door.admit(*parts(url(expires=SOON)), (), START)
    with store.transaction() as tx:
        (session,) = streaming.live_sessions(tx)
        streaming.end_session(tx, session, reason="expired_by_administrator", now=START)
    with pytest.raises(Refused, match="expired_by_administrator") as caught:
        door.state(admission.cookie)
    assert caught.value.status == 410


@pytest.mark.parametrize("cookie", [None, "", "forged-cookie-of-some-length"])
def test_without_the_cookie_there_is_no_session(cookie: str | None) -> None:
    with pytest.raises(Refused) as caught:
        Door(running(), KEY).state(cookie)
    assert caught.value.status == 401


def test_the_store_keeps_neither_cookie_nor_signature(tmp_path) -> None:
    store = running()
    admission = Door(store, KEY).admit(*parts(url(expires=SOON)), (), START)
    with store.snapshot() as tx:
        dump = "\n".join(tx.connection().connection.iterdump())  # type: ignore[attr-defined]
    assert admission.cookie
    assert admission.cookie not in dump
    assert parts(url(expires=SOON))[1] not in dump

"""A clock to turn: every timer of fleets, sessions and URLs, without waiting for any."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import WaiterError

import ownstream
from ownstream.gateway.admission import Refused
from tests.unit.embed.desk import START, Desk


def test_nothing_passes_until_it_is_turned(turned: Desk) -> None:
    turned.create()
    turned.client.start_fleet(Name="f")
    states = {turned.fleet()["State"] for _ in range(5)}
    assert states == {"STARTING"}
    turned.clock.advance(seconds=1)
    assert turned.fleet()["State"] == "RUNNING"
    assert turned.fleet()["CreatedTime"] == START


def test_instances_take_as_long_as_they_are_told(turned: Desk) -> None:
    driver = turned.session.service.driver
    driver.launch_takes, driver.stop_takes = timedelta(minutes=15), timedelta(minutes=5)
    turned.create()
    turned.client.start_fleet(Name="f")
    turned.clock.advance(minutes=14)
    assert turned.fleet()["State"] == "STARTING"
    turned.clock.advance(minutes=1, seconds=1)
    assert turned.fleet()["State"] == "RUNNING"
    turned.client.stop_fleet(Name="f")
    turned.clock.advance(minutes=4)
    assert turned.fleet()["State"] == "STOPPING"
    turned.clock.advance(minutes=1, seconds=1)
    assert turned.fleet()["State"] == "STOPPED"


def test_waiters_turn_the_clock(turned: Desk) -> None:
    turned.session.service.driver.launch_takes = timedelta(minutes=15)
    began = time.monotonic()
    turned.run()
    assert timedelta(minutes=15) <= turned.clock.now() - START <= timedelta(minutes=16)
    assert time.monotonic() - began < 5  # its thirty polls are half a minute apart


def test_a_waiter_that_has_waited_enough_fails_as_botocores_does(turned: Desk) -> None:
    turned.session.service.driver.launch_takes = timedelta(hours=1)
    turned.create()
    turned.client.start_fleet(Name="f")
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        turned.client.get_waiter("fleet_started").wait(
            Names=["f"], WaiterConfig={"Delay": 10, "MaxAttempts": 4}
        )
    assert turned.clock.now() - START == timedelta(seconds=30)


def test_a_user_who_goes_idle_is_disconnected_in_time(turned: Desk) -> None:
    turned.run(IdleDisconnectTimeoutInSeconds=300, DisconnectTimeoutInSeconds=600)
    user = turned.connect()
    user.work()
    turned.clock.advance(minutes=30)
    assert user.connected
    user.go_idle()
    turned.clock.advance(minutes=4, seconds=59)
    assert user.connected
    turned.clock.advance(seconds=1)
    assert not user.connected
    [session] = turned.sessions()
    assert (session["State"], session["ConnectionState"]) == ("ACTIVE", "NOT_CONNECTED")


def test_a_key_press_puts_the_idle_timeout_off(turned: Desk) -> None:
    turned.run(IdleDisconnectTimeoutInSeconds=120)
    user = turned.connect()
    turned.clock.advance(seconds=100)
    user.type()
    turned.clock.advance(seconds=100)
    assert user.connected
    turned.clock.advance(seconds=20)
    assert not user.connected


def test_a_user_who_stays_away_loses_the_session(turned: Desk) -> None:
    turned.run(DisconnectTimeoutInSeconds=600)
    user = turned.connect()
    user.disconnect()
    turned.clock.advance(minutes=9, seconds=59)
    assert user.ended == ""
    turned.clock.advance(seconds=1)
    assert user.ended == "disconnected"
    with pytest.raises(Refused, match="away for longer"):
        user.reconnect()


def test_a_user_who_comes_back_goes_on_where_they_were(turned: Desk) -> None:
    turned.run(DisconnectTimeoutInSeconds=600)
    user = turned.connect()
    instance = turned.sessions()[0]["InstanceId"]
    user.disconnect()
    turned.clock.advance(minutes=9)
    user.reconnect()
    turned.clock.advance(hours=1)
    [session] = turned.sessions()
    assert (session["Id"], session["InstanceId"]) == (user.session_id, instance)
    assert user.connected


def test_the_longest_duration_ends_even_a_user_at_work(turned: Desk) -> None:
    turned.run(MaxUserDurationInSeconds=7200)
    user = turned.connect()
    user.work()
    turned.clock.advance(hours=1, minutes=59, seconds=59)
    assert user.connected
    turned.clock.advance(seconds=1)
    assert user.ended == "max_duration"
    turned.clock.advance(seconds=1)
    assert turned.sessions() == []
    assert turned.fleet()["ComputeCapacityStatus"]["Available"] == 1


def test_a_url_expires(turned: Desk) -> None:
    turned.run()
    url = turned.url()
    turned.clock.advance(seconds=60)
    with pytest.raises(Refused, match="expired"):
        turned.session.service.users.connect(url)


def test_a_url_lets_one_browser_in(turned: Desk) -> None:
    turned.run()
    url = turned.url()
    turned.session.service.users.connect(url)
    with pytest.raises(Refused, match="used already"):
        turned.session.service.users.connect(url)


def test_a_user_of_an_on_demand_fleet_waits_for_an_instance(turned: Desk) -> None:
    turned.run(FleetType="ON_DEMAND")
    turned.session.service.driver.launch_takes = timedelta(minutes=2)
    user = turned.connect()
    assert not user.connected
    assert turned.sessions()[0]["State"] == "PENDING"
    turned.clock.advance(minutes=2, seconds=1)
    assert user.connected
    started = turned.sessions()[0]["StartTime"]
    assert started - turned.clock.now() < timedelta(seconds=1)


def test_an_ended_session_gives_way_to_a_fresh_instance(turned: Desk) -> None:
    turned.run()
    user = turned.connect()
    [before] = turned.sessions()
    user.end_session()
    turned.clock.advance(seconds=1)
    turned.connect("bob")
    [after] = turned.sessions()
    assert before["InstanceId"] != after["InstanceId"]


def test_an_expired_session_is_over_for_its_user(turned: Desk) -> None:
    turned.run()
    user = turned.connect()
    turned.client.expire_session(SessionId=user.session_id)
    assert user.ended == "expired_by_administrator"


def test_an_instance_that_dies_ends_its_session_and_is_replaced(turned: Desk) -> None:
    turned.run()
    user = turned.connect()
    [session] = turned.sessions()
    turned.session.service.lose_instance(session["InstanceId"])
    assert user.ended == "instance_lost"
    turned.clock.advance(seconds=1)
    assert turned.fleet()["ComputeCapacityStatus"]["Available"] == 1
    with pytest.raises(LookupError, match="no instance"):
        turned.session.service.lose_instance(session["InstanceId"])


def test_an_instance_that_several_share_dies_for_all_of_them(turned: Desk) -> None:
    turned.run(MaxSessionsPerInstance=2, ComputeCapacity={"DesiredSessions": 4})
    users: dict[str, Any] = {}
    for name in ("ann", "bob", "cid"):
        users[name] = turned.connect(name)
        turned.clock.advance(seconds=1)
    shared = {one["UserId"]: one["InstanceId"] for one in turned.sessions()}
    assert shared["ann"] == shared["bob"] != shared["cid"]
    turned.session.service.lose_instance(shared["ann"])
    assert {name: user.ended for name, user in users.items()} == {
        "ann": "instance_lost",
        "bob": "instance_lost",
        "cid": "",
    }
    turned.clock.advance(seconds=1)
    assert turned.fleet()["ComputeCapacityStatus"]["AvailableUserSessions"] == 3


def scenario() -> list[Any]:
    """What a client sees of a busy morning."""
    seen: list[Any] = []
    with ownstream.Session(clock=ownstream.TurnedClock(start=START)) as session:
        desk = Desk(session)
        session.service.driver.launch_takes = timedelta(minutes=3)
        desk.run(instances=3, IdleDisconnectTimeoutInSeconds=120, DisconnectTimeoutInSeconds=180)
        users = [desk.connect(name) for name in ("ann", "bob", "cid")]
        users[0].work()
        for _ in range(8):
            desk.clock.advance(minutes=1)
            answers = (desk.fleet(), desk.sessions())
            seen.append([desk.clock.now(), *answers])
        users[0].disconnect()
        desk.clock.advance(hours=2)
        seen.append([desk.clock.now(), desk.fleet(), desk.sessions()])
    return seen


def test_the_same_calls_have_the_same_history() -> None:
    first = scenario()
    assert first == scenario()
    assert len({session["Id"] for _, _, shown in first for session in shown}) == 3


def test_sessions_may_share_a_clock() -> None:
    clock = ownstream.TurnedClock(start=START)
    with ownstream.Session(clock=clock) as one, ownstream.Session(clock=clock) as other:
        desks = [Desk(one), Desk(other)]
        for desk in desks:
            desk.create()
            desk.client.start_fleet(Name="f")
        clock.advance(seconds=1)
        assert [desk.fleet()["State"] for desk in desks] == ["RUNNING", "RUNNING"]


def test_a_clock_is_not_turned_back(turned: Desk) -> None:
    with pytest.raises(ValueError, match="turned back"):
        turned.clock.advance(minutes=-1)
    assert turned.clock.now() == START


def test_the_same_calls_have_the_same_history_in_every_process() -> None:
    program = "from tests.unit.embed.test_clock import scenario; print(scenario())"
    histories = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(histories) == 1


def test_a_clock_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        ownstream.TurnedClock(start=datetime(2026, 1, 1))
    assert ownstream.TurnedClock(start=START).now().tzinfo is UTC

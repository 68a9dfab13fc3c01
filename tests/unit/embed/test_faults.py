"""Faults of an embedded service, each as botocore's client and its users meet it."""

import time
from datetime import timedelta
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

import ownstream
from ownstream.faults import (
    Error,
    Faults,
    InstanceDeath,
    LaunchFailure,
    NoCapacity,
    SlowAnswer,
    StorageConnectorFailure,
    Throttling,
)
from ownstream.model.catalog import appstream
from tests.unit.embed.desk import START, Desk

ONCE = Config(retries={"total_max_attempts": 1})
FLEET_ERROR_CODES = appstream().shape("FleetErrorCode").metadata["enum"]
STACK_ERROR_CODES = appstream().shape("StackErrorCode").metadata["enum"]


def faults_of(desk: Desk) -> Faults:
    return desk.session.service.faults


def code_of(call: Any, **members: Any) -> str:
    """The code of the error that answers; empty if there is none."""
    try:
        call(**members)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def once(desk: Desk) -> Any:
    """A client that tries each call once."""
    return desk.session.create_client("appstream", config=ONCE)


def test_an_error_comes_as_often_as_it_is_to(turned: Desk) -> None:
    turned.create()
    faults_of(turned).add(Error("ConcurrentModificationException", "DeleteStack"), count=2)
    turned.client.disassociate_fleet(FleetName="f", StackName="s")
    answers = [code_of(turned.client.delete_stack, Name="s") for _ in range(3)]
    assert answers == ["ConcurrentModificationException"] * 2 + [""]


def test_a_struck_call_changes_nothing(turned: Desk) -> None:
    turned.create()
    faults_of(turned).add(Error("ResourceNotAvailableException", "StartFleet"))
    assert code_of(turned.client.start_fleet, Name="f") == "ResourceNotAvailableException"
    assert turned.fleet()["State"] == "STOPPED"


def test_too_many_calls_to_start_a_fleet(turned: Desk) -> None:
    turned.create()
    faults_of(turned).add(Throttling("StartFleet"))
    with pytest.raises(turned.client.exceptions.RequestLimitExceededException):
        turned.client.start_fleet(Name="f")


def test_botocore_tries_a_throttled_call_again(turned: Desk) -> None:
    added = faults_of(turned).add(Throttling("DescribeFleets"), count=2)
    began = time.monotonic()
    answer = turned.client.describe_fleets()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert added.hits == 2
    assert turned.clock.now() - START == timedelta(seconds=3)  # one, then two
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_a_retry_waits_by_the_clock_in_every_mode(turned: Desk, mode: str) -> None:
    config = Config(retries={"mode": mode, "total_max_attempts": 3})
    client = turned.session.create_client("appstream", config=config)
    faults_of(turned).add(Error("ServiceUnavailable"))
    assert code_of(client.describe_fleets) == "ServiceUnavailable"
    assert turned.clock.now() - START == timedelta(seconds=3)
    assert faults_of(turned).added()[0].hits == 3


def test_a_fleet_that_starts_has_its_time_between_tries(turned: Desk) -> None:
    turned.session.service.driver.launch_takes = timedelta(seconds=2)
    turned.create()
    turned.client.start_fleet(Name="f")
    faults_of(turned).add(Throttling("DescribeFleets"), count=2)
    assert turned.fleet()["State"] == "RUNNING"


def history(seed: int) -> list[str]:
    """What a hundred calls are answered while one in three is throttled."""
    with ownstream.Session(clock=ownstream.TurnedClock(start=START)) as session:
        session.service.faults.add(Throttling(), probability=0.3, seed=seed)
        client = session.create_client("appstream", config=ONCE)
        return [code_of(client.describe_stacks) for _ in range(100)]


def test_the_same_seed_has_the_same_history() -> None:
    assert history(1) == history(1)
    assert history(1) != history(2)
    assert 15 < history(1).count("ThrottlingException") < 45


def test_a_fault_that_names_what_is_not_there_is_refused(turned: Desk) -> None:
    with pytest.raises(ValueError, match="no FleetErrorCode 'NOPE'; there are: IAM_SERVICE_ROLE"):
        faults_of(turned).add(LaunchFailure("NOPE"))


def test_timers_go_on_while_an_answer_is_late(turned: Desk) -> None:
    turned.run(IdleDisconnectTimeoutInSeconds=60)
    user = turned.connect()
    faults_of(turned).add(SlowAnswer(59, "DescribeStacks"))
    before = turned.clock.now()
    turned.client.describe_stacks()
    turned.client.describe_stacks()
    assert turned.clock.now() - before == timedelta(seconds=118)
    assert not user.connected


def test_a_late_call_is_carried_out_at_once(turned: Desk) -> None:
    turned.create()
    faults_of(turned).add(SlowAnswer(20, "StartFleet"))
    turned.session.service.driver.launch_takes = timedelta(seconds=20)
    turned.client.start_fleet(Name="f")
    assert turned.fleet()["State"] == "RUNNING"


def test_a_client_that_gives_up_too_early_has_been_served_all_the_same(turned: Desk) -> None:
    faults_of(turned).add(SlowAnswer(90, "CreateStack"), count=1)
    with pytest.raises(ReadTimeoutError):
        once(turned).create_stack(Name="s")
    assert turned.clock.now() - START == timedelta(seconds=60)  # botocore's own read timeout
    assert code_of(turned.client.create_stack, Name="s") == "ResourceAlreadyExistsException"


def test_a_client_with_more_patience_is_answered(turned: Desk) -> None:
    faults_of(turned).add(SlowAnswer(90, "CreateStack"))
    patient = turned.session.create_client("appstream", config=Config(read_timeout=100))
    assert patient.create_stack(Name="s")["Stack"]["Name"] == "s"
    assert turned.clock.now() - START == timedelta(seconds=90)


def test_a_late_answer_by_the_systems_clock_is_waited_for(desk: Desk) -> None:
    faults_of(desk).add(SlowAnswer(0.2))
    began = time.monotonic()
    desk.client.describe_stacks()
    assert 0.2 <= time.monotonic() - began < 10


def errors(desk: Desk) -> list[tuple[str, str]]:
    fleet = desk.fleet()
    return [(error["ErrorCode"], error["ErrorMessage"]) for error in fleet["FleetErrors"]]


def started(desk: Desk, **members: Any) -> None:
    """The fleet has been started, and a minute has passed."""
    desk.create(**members)
    desk.client.start_fleet(Name="f")
    desk.clock.advance(minutes=1)


@pytest.mark.parametrize("code", FLEET_ERROR_CODES)
def test_a_launch_fails_with_every_code_of_the_model(turned: Desk, code: str) -> None:
    added = faults_of(turned).add(LaunchFailure(code, "f", message="It did not work."))
    started(turned)
    assert turned.fleet()["State"] == "STARTING"
    assert errors(turned) == [(code, "It did not work.")]
    added.remove()
    turned.clock.advance(minutes=1)
    assert turned.fleet()["State"] == "RUNNING"
    assert errors(turned) == []


def test_without_words_of_its_own_a_failure_names_its_code(turned: Desk) -> None:
    faults_of(turned).add(LaunchFailure("SUBNET_NOT_FOUND"))
    started(turned)
    assert errors(turned) == [
        ("SUBNET_NOT_FOUND", "An instance of fleet f could not be launched: SUBNET_NOT_FOUND.")
    ]


def test_a_fleet_without_capacity_runs_once_there_is_some(turned: Desk) -> None:
    faults_of(turned).add(NoCapacity(), count=4)
    turned.create(instances=2)
    turned.client.start_fleet(Name="f")
    assert turned.fleet()["State"] == "STARTING"
    [(code, words)] = errors(turned)
    assert code == "FLEET_INSTANCE_PROVISIONING_FAILURE"
    assert "no capacity" in words
    turned.client.get_waiter("fleet_started").wait(Names=["f"])
    assert turned.fleet()["ComputeCapacityStatus"]["Running"] == 2


def test_capacity_is_asked_for_less_and_less_often(turned: Desk) -> None:
    added = faults_of(turned).add(NoCapacity())
    started(turned)
    after_a_minute = added.hits
    turned.clock.advance(minutes=10)
    assert 5 <= after_a_minute <= 8
    assert 9 <= added.hits - after_a_minute <= 12  # once a minute at most


def test_a_running_fleet_that_cannot_grow_runs_on_and_says_why(turned: Desk) -> None:
    turned.run()
    faults_of(turned).add(NoCapacity("f"))
    turned.client.update_fleet(Name="f", ComputeCapacity={"DesiredInstances": 2})
    turned.clock.advance(minutes=1)
    assert turned.fleet()["State"] == "RUNNING"
    assert turned.fleet()["ComputeCapacityStatus"]["Running"] == 1
    assert [code for code, _ in errors(turned)] == ["FLEET_INSTANCE_PROVISIONING_FAILURE"]


def test_other_fleets_launch(turned: Desk) -> None:
    faults_of(turned).add(NoCapacity("g"))
    started(turned)
    assert turned.fleet()["State"] == "RUNNING"


def test_a_stopped_fleet_has_no_errors(turned: Desk) -> None:
    faults_of(turned).add(NoCapacity())
    started(turned)
    turned.client.stop_fleet(Name="f")
    turned.clock.advance(minutes=1)
    assert (turned.fleet()["State"], errors(turned)) == ("STOPPED", [])


def test_an_instance_dies_in_mid_session(turned: Desk) -> None:
    faults_of(turned).add(InstanceDeath(600, "f"), count=1)
    turned.run()
    user = turned.connect()
    user.work()
    turned.clock.advance(minutes=9, seconds=59)
    assert user.connected
    turned.clock.advance(seconds=1)
    assert (user.connected, user.ended) == (False, "instance_lost")
    assert turned.sessions() == []
    turned.clock.advance(seconds=5)
    assert turned.fleet()["ComputeCapacityStatus"]["Available"] == 1
    other = turned.connect("bob")
    turned.clock.advance(minutes=30)
    assert not other.ended


def test_a_death_asked_for_in_mid_session_comes_too(turned: Desk) -> None:
    turned.run()
    user = turned.connect()
    turned.clock.advance(minutes=3)
    faults_of(turned).add(InstanceDeath(after_s=120))
    assert user.ended == "instance_lost"  # its two minutes are over


def test_a_death_that_is_removed_does_not_come(turned: Desk) -> None:
    turned.run()
    user = turned.connect()
    faults_of(turned).add(InstanceDeath(120))
    turned.clock.advance(minutes=1)
    faults_of(turned).clear()
    turned.clock.advance(minutes=5)
    assert user.connected


def stack_errors(desk: Desk) -> list[tuple[str, str]]:
    [stack] = desk.client.describe_stacks(Names=["s"])["Stacks"]
    return [(error["ErrorCode"], error["ErrorMessage"]) for error in stack["StackErrors"]]


@pytest.mark.parametrize("code", STACK_ERROR_CODES)
def test_a_storage_connector_fails_while_the_fault_stands(turned: Desk, code: str) -> None:
    turned.client.create_stack(Name="s", StorageConnectors=[{"ConnectorType": "HOMEFOLDERS"}])
    before = stack_errors(turned)
    added = faults_of(turned).add(
        StorageConnectorFailure("HOMEFOLDERS", "s", code, "The bucket is gone.")
    )
    assert [error for error in stack_errors(turned) if error not in before] == [
        (code, "The bucket is gone.")
    ]
    added.remove()
    assert stack_errors(turned) == before


def test_a_stack_without_such_a_connector_shows_no_failure(turned: Desk) -> None:
    turned.client.create_stack(Name="s")
    faults_of(turned).add(StorageConnectorFailure("HOMEFOLDERS"))
    assert stack_errors(turned) == []

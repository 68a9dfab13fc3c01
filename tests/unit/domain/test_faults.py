"""Faults: which are taken, when they strike, and the same history for the same seed."""

import json
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any

import pytest

from ownstream.domain.faults import KINDS
from ownstream.faults import (
    Error,
    Fault,
    Faults,
    InstanceDeath,
    LaunchFailure,
    NoCapacity,
    SlowAnswer,
    StorageConnectorFailure,
    Throttling,
    as_document,
    from_document,
)
from ownstream.model.catalog import appstream

SAMPLES: tuple[Fault, ...] = (
    Error("ResourceInUseException", "DeleteFleet", "It is in use."),
    Throttling("DescribeFleets"),
    SlowAnswer(1.5, "StartFleet"),
    NoCapacity("f"),
    LaunchFailure("SUBNET_NOT_FOUND", "f", "There is no subnet."),
    InstanceDeath(60.0, "f", "its host has gone"),
    StorageConnectorFailure("HOMEFOLDERS", "s", "INTERNAL_SERVICE_ERROR", "It is full."),
)


def kind_of(fault: Fault) -> str:
    return type(fault).__name__


def test_there_is_a_sample_of_every_kind() -> None:
    assert {kind_of(fault) for fault in SAMPLES} == set(KINDS)


@pytest.mark.parametrize("fault", SAMPLES, ids=kind_of)
def test_a_fault_survives_as_a_document(fault: Fault) -> None:
    assert from_document(json.loads(json.dumps(as_document(fault)))) == fault


@pytest.mark.parametrize("fault", SAMPLES, ids=kind_of)
def test_what_has_a_default_may_be_left_out_of_a_document(fault: Fault) -> None:
    needed = {"fault": kind_of(fault)} | {
        member.name: getattr(fault, member.name)
        for member in fields(fault)
        if member.default is MISSING
    }
    assert type(from_document(needed)) is type(fault)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({}, "there are: Error, Throttling"),
        ({"fault": "Earthquake"}, "there are: Error, Throttling"),
        ({"fault": ["Error"]}, "there are: Error, Throttling"),
        ({"fault": "NoCapacity", "stack": "s"}, "NoCapacity has no 'stack'; it has: fleet"),
        ({"fault": "SlowAnswer"}, "SlowAnswer needs delay_s"),
    ],
    ids=["without a kind", "of no kind", "of a strange kind", "with a strange member", "too short"],
)
def test_a_document_that_is_no_fault_is_refused(document: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        from_document(document)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Error("NoSuchException"), "no operation answers an error 'NoSuchException'; there are: "),
        (
            Error("IncompatibleImageException", "DescribeFleets"),
            "DescribeFleets answers no error 'IncompatibleImageException'; .*ResourceNotFound",
        ),
        (Error("InternalFailure", "describe_fleets"), "no operation 'describe_fleets'; .*Fleets"),
        (Throttling("StartEngines"), "there is no operation 'StartEngines'"),
        (SlowAnswer(-1), "delay_s is a number of seconds from 0 to"),
        (SlowAnswer(float("nan")), "delay_s is a number of seconds"),
        (LaunchFailure("TOO_HOT"), "no FleetErrorCode 'TOO_HOT'; .*FLEET_INSTANCE_PROVISIONING"),
        (StorageConnectorFailure("FLOPPY"), "no connector_type 'FLOPPY'; .*HOMEFOLDERS"),
        (
            StorageConnectorFailure("HOMEFOLDERS", code="SUBNET_NOT_FOUND"),
            "no StackErrorCode 'SUBNET_NOT_FOUND'; .*STORAGE_CONNECTOR_ERROR",
        ),
        (from_document({"fault": "NoCapacity", "fleet": 7}), "fleet is a text"),
        ("NoCapacity", "'NoCapacity' is no fault; there are: Error"),
    ],
    ids=str,
)
def test_what_the_service_does_not_have_is_refused(fault: Any, words: str) -> None:
    faults = Faults()
    with pytest.raises(ValueError, match=words):
        faults.add(fault)
    assert faults.added() == []


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"count": 0}, "count is a number from 1 on, or None"),
        ({"count": True}, "count is a number"),
        ({"probability": 1.1}, "probability is a number from 0 to 1"),
        ({"seed": "dice"}, "seed is a whole number"),
    ],
    ids=str,
)
def test_terms_out_of_range_are_refused(terms: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Faults().add(NoCapacity(), **terms)


@pytest.mark.parametrize("code", appstream().shape("FleetErrorCode").metadata["enum"])
def test_a_launch_may_fail_with_every_code_of_the_model(code: str) -> None:
    faults = Faults()
    faults.add(LaunchFailure(code))
    assert faults.strike_launch("f") == LaunchFailure(code)


def test_a_fault_strikes_as_often_as_it_is_to() -> None:
    faults = Faults()
    added = faults.add(Throttling(), count=2)
    struck = [faults.strike_call("DescribeFleets").error for _ in range(4)]
    assert struck == [Throttling(), Throttling(), None, None]
    assert (added.hits, added.used_up) == (2, True)


def test_a_fault_of_an_operation_leaves_others_alone() -> None:
    faults = Faults()
    faults.add(Throttling("StartFleet"))
    faults.add(SlowAnswer(3, "StartFleet"))
    assert faults.strike_call("StopFleet").error is None
    assert faults.strike_call("StopFleet").delay_s == 0
    assert faults.strike_call("StartFleet").error == Throttling("StartFleet")
    assert faults.strike_call("StartFleet").delay_s == 3


def test_an_error_of_every_operation_strikes_those_that_declare_it() -> None:
    faults = Faults()
    added = faults.add(Error("ResourceInUseException"))
    assert faults.strike_call("DescribeFleets").error is None
    assert faults.strike_call("DeleteFleet").error is not None
    assert added.hits == 1


def test_common_errors_strike_everywhere() -> None:
    faults = Faults()
    faults.add(Error("ServiceUnavailable"))
    assert all(faults.strike_call(operation).error for operation in appstream().operations)


def test_of_two_errors_the_older_strikes_and_the_younger_is_kept() -> None:
    faults = Faults()
    faults.add(Error("InternalFailure"), count=1)
    younger = faults.add(Throttling(), count=1)
    assert faults.strike_call("DescribeFleets").error == Error("InternalFailure")
    assert younger.hits == 0
    assert faults.strike_call("DescribeFleets").error == Throttling()


def test_delays_add_up() -> None:
    faults = Faults()
    faults.add(SlowAnswer(2))
    faults.add(SlowAnswer(0.5, "DescribeFleets"))
    assert faults.strike_call("DescribeFleets").delay_s == 2.5


def test_a_removed_fault_strikes_no_more() -> None:
    faults = Faults()
    first, second = faults.add(NoCapacity("f")), faults.add(NoCapacity("g"))
    first.remove()
    first.remove()
    assert faults.strike_launch("f") is None
    assert faults.strike_launch("g") == NoCapacity("g")
    assert faults.added() == [second]
    faults.clear()
    assert faults.strike_launch("g") is None


def test_a_session_is_asked_once_for_each_death() -> None:
    faults = Faults()
    first = faults.add(InstanceDeath(5, "f"), count=1)
    asked: set[int] = set()
    assert faults.strike_session("g", set()) == []
    assert faults.strike_session("f", asked) == [(first, InstanceDeath(5, "f"))]
    second = faults.add(InstanceDeath(6))
    assert faults.strike_session("f", asked) == [(second, InstanceDeath(6))]
    assert faults.strike_session("f", asked) == []


def test_only_a_stack_with_such_a_connector_shows_its_failure() -> None:
    faults = Faults()
    added = faults.add(StorageConnectorFailure("HOMEFOLDERS", "s"))
    assert faults.strike_stack("s", ["ONE_DRIVE"]) == []
    assert faults.strike_stack("t", ["HOMEFOLDERS"]) == []
    assert faults.strike_stack("s", ["HOMEFOLDERS"]) == [added.fault]


def history(seed: int) -> list[bool]:
    faults = Faults()
    faults.add(Throttling(), probability=0.3, seed=seed)
    return [faults.strike_call("DescribeFleets").error is not None for _ in range(200)]


def test_a_seed_has_one_history() -> None:
    assert history(7) == history(7)
    assert history(7) != history(8)
    assert 30 < sum(history(7)) < 90


def test_what_strikes_others_does_not_change_a_seeds_history() -> None:
    faults = Faults()
    faults.add(SlowAnswer(1), probability=0.5, seed=1)
    faults.add(Throttling(), probability=0.3, seed=7)
    struck = [faults.strike_call("DescribeFleets").error is not None for _ in range(200)]
    assert struck == history(7)


@pytest.mark.parametrize(
    "change",
    [
        lambda faults, _: faults.add(NoCapacity()),
        lambda _, added: added.remove(),
        lambda faults, _: faults.clear(),
    ],
    ids=["added", "removed", "cleared"],
)
def test_listeners_hear_when_faults_change(change: Callable[[Faults, Any], object]) -> None:
    faults, heard = Faults(), []
    added = faults.add(NoCapacity())
    with faults.listened(lambda: heard.append(1)):
        change(faults, added)
    assert heard == [1]
    faults.clear()
    assert heard == [1]

"""What holds of everything that is described, at any moment."""

from typing import Any

from ownstream.model.catalog import appstream
from tests.properties.desk import View
from tests.properties.expected import JUDGED, Expected

LIVE = ("ACTIVE", "PENDING")


def check_view(view: View, expected: Expected) -> None:
    """Counts add up, states go together, and what there is was made."""
    check_existence(view, expected)
    for name, fleet in view.fleets.items():
        check_counts(fleet, view)
        live = view.sessions_of(name, *LIVE)
        assert fleet["State"] != "STOPPED" or not live, (fleet, live)
    for session in view.sessions.values():
        check_session(session, view)


def check_existence(view: View, expected: Expected) -> None:
    """What is described is what the calls so far have made and not taken away."""
    assert view.fleets.keys() == expected.fleets
    assert view.stacks.keys() == expected.stacks
    assert view.directories.keys() == expected.directories
    assert view.pairs == expected.pairs
    assert view.pairs_of_stacks == expected.pairs
    for fleet, stack in view.pairs:
        assert fleet in view.fleets
        assert stack in view.stacks


def check_counts(fleet: Any, view: View) -> None:
    """The fleet's capacity adds up, and agrees with its sessions."""
    counts = fleet["ComputeCapacityStatus"]
    assert all(count >= 0 for count in counts.values()), fleet
    placed = [one for one in view.sessions_of(fleet["Name"], *LIVE) if "InstanceId" in one]
    instances = [one["InstanceId"] for one in placed]
    if "MaxSessionsPerInstance" in fleet:
        return check_shared_counts(fleet, placed)
    assert len(set(instances)) == len(instances), placed
    assert counts["InUse"] == len(placed), (counts, placed)
    if fleet["FleetType"] == "ALWAYS_ON":
        assert counts["Running"] == counts["InUse"] + counts["Available"], counts
    elif fleet["State"] == "RUNNING":
        # On-Demand capacity stands ready as the right to launch.
        assert counts["Available"] == max(0, counts["Desired"] - counts["InUse"]), counts
    if fleet["State"] == "STOPPED":
        running = (counts["Running"], counts["InUse"], counts["Available"])
        assert running == (0, 0, 0), fleet


def check_shared_counts(fleet: Any, placed: list[Any]) -> None:
    """The capacity of a multi-session fleet adds up, and agrees with its sessions."""
    counts = fleet["ComputeCapacityStatus"]
    users: dict[str, list[Any]] = {}
    for one in placed:
        users.setdefault(one["InstanceId"], []).append(one)
    assert all(len(on) <= fleet["MaxSessionsPerInstance"] for on in users.values()), placed
    drained = [on for on in users.values() if on[0]["InstanceDrainStatus"] == "DRAINING"]
    assert all(len({one["InstanceDrainStatus"] for one in on}) == 1 for on in users.values())
    assert counts["InUse"] == len(users), (counts, placed)
    assert counts["Draining"] == len(drained), (counts, placed)
    active = counts["ActiveUserSessions"]
    assert active == len(placed), (counts, placed)
    assert counts["DrainModeActiveUserSessions"] == sum(map(len, drained)), (counts, placed)
    assert counts["ActualUserSessions"] == active + counts["AvailableUserSessions"], counts
    assert counts["ActualUserSessions"] <= max(active, counts["DesiredUserSessions"]), counts
    if fleet["State"] == "STOPPED":
        assert (counts["Running"], counts["ActualUserSessions"]) == (0, 0), fleet


def check_session(session: Any, view: View) -> None:
    """The session belongs to what there is, and its members go together."""
    if session["State"] in LIVE:
        assert (session["FleetName"], session["StackName"]) in view.pairs, session
        fleet = view.fleets[session["FleetName"]]
        assert fleet["State"] in ("RUNNING", "STOPPING"), (session, fleet)
    if session["ConnectionState"] == "CONNECTED":
        assert session["State"] == "ACTIVE", session
    if session["State"] == "ACTIVE":
        assert session["StartTime"] <= session["MaxExpirationTime"], session
        assert session.get("InstanceId"), session
        shares = "MaxSessionsPerInstance" in view.fleets[session["FleetName"]]
        assert (session["InstanceDrainStatus"] != "NOT_APPLICABLE") is shares, session


def must_be_refused(operation: str, members: Any, expected: Expected) -> list[str]:
    """Why a call cannot have been answered."""
    return expected.lacking(operation, members) + expected.in_the_way(operation, members)


# What these ask for by name is all that they can fail to find.
BY_NAME_ALONE = (
    "StartFleet", "StopFleet", "DeleteFleet", "DescribeFleets", "DeleteStack", "DescribeStacks",
    "UpdateStack", "AssociateFleet", "DisassociateFleet", "DescribeDirectoryConfigs",
    "UpdateDirectoryConfig", "DeleteDirectoryConfig",
)  # fmt: skip


def check_refusal(operation: str, members: Any, code: str, expected: Expected) -> None:
    """The error says what is the case: nothing is said to be missing, or there, that is not."""
    if code == "ResourceAlreadyExistsException" and operation in JUDGED:
        assert expected.in_the_way(operation, members)
    if code == "ResourceNotFoundException" and operation in BY_NAME_ALONE:
        assert expected.lacking(operation, members), (operation, members)
    if code not in ("ResourceNotFoundException", "ResourceAlreadyExistsException"):
        return
    declared = {shape.error_code for shape in appstream().operations[operation].error_shapes}
    assert code in declared, (operation, code)

"""Programs that others have written for AppStream, unmodified, against `ownstream serve`."""

import csv
import json
import re
from pathlib import Path
from typing import Any

from ownstream.operations.registry import written_operations
from tests.clients.conftest import Run

POLICIES = {
    "lax-fleets": {
        "resource": "aws.appstream-fleet",
        "filters": [
            {"type": "value", "key": "IdleDisconnectTimeoutInSeconds", "op": "gt", "value": 900}
        ],
    },
    "blue-fleets": {"resource": "aws.appstream-fleet", "filters": [{"tag:team": "blue"}]},
    "red-stacks": {"resource": "aws.appstream-stack", "filters": [{"tag:team": "red"}]},
}
CHECKS = (
    "appstream_fleet_default_internet_access_disabled",
    "appstream_fleet_maximum_session_duration",
    "appstream_fleet_session_disconnect_timeout",
    "appstream_fleet_session_idle_disconnect_timeout",
)


def test_prowler_passes_the_strict_fleet_and_fails_the_lax_one(run: Run, tmp_path: Path) -> None:
    arguments = ("--service", "appstream", "-f", "us-east-1", "-M", "csv", "-o", "found")
    run("prowler", "prowler", "aws", *arguments, "--ignore-exit-code-3", "--no-banner")
    [report] = (tmp_path / "found").glob("*.csv")
    with report.open(newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    found = {(row["CHECK_ID"], row["RESOURCE_NAME"]): row["STATUS"] for row in rows}
    statuses = {"strict": "PASS", "lax": "FAIL"}
    assert found == {(check, fleet): statuses[fleet] for check in CHECKS for fleet in statuses}
    tags = {row["RESOURCE_NAME"]: row["RESOURCE_TAGS"] for row in rows}
    assert tags == {"strict": "team=blue", "lax": ""}


def test_cloud_custodian_finds_fleets_and_stacks_by_members_and_tags(
    run: Run, tmp_path: Path
) -> None:
    policies = [{"name": name, **policy} for name, policy in POLICIES.items()]
    (tmp_path / "policies.json").write_text(json.dumps({"policies": policies}))
    where = ("--region", "us-east-1", "--cache-period", "0", "-s", "found")
    run("c7n", "custodian", "run", *where, "policies.json")

    def found(policy: str) -> Any:
        return json.loads((tmp_path / "found" / policy / "resources.json").read_text())

    names = {policy: [resource["Name"] for resource in found(policy)] for policy in POLICIES}
    assert names == {"lax-fleets": ["lax"], "blue-fleets": ["strict"], "red-stacks": ["offer"]}
    assert found("blue-fleets")[0]["Tags"] == [{"Key": "team", "Value": "blue"}]


def test_aws_list_all_lists_what_there_is(run: Run) -> None:
    where = ("--region", "us-east-1", "--directory", "found")
    said = run("aws-list-all", "aws-list-all", "query", "--service", "appstream", *where)
    # +++ where there is something, --- for nothing, !!! for an error.
    told = re.findall(r"^([+!-]{3}) appstream us-east-1 (\w+)", said, re.MULTILINE)
    marks = {operation: mark for mark, operation in told}
    assert marks["DescribeFleets"] == marks["DescribeStacks"] == "+++"
    refused = [operation for mark, operation in told if mark == "!!!"]
    assert set(refused).isdisjoint(written_operations())
    assert said.count("(NotImplementedException)") == len(refused)

"""Programs that others have written for AppStream, unmodified, against `ownstream serve`."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.clients.conftest import Run
from tests.support.service import Served

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
STACK = {"resource": "aws.appstream-stack", "filters": [{"Name": "spare"}]}
FLEET = {"resource": "aws.appstream-fleet", "filters": [{"Name": "lax"}]}
MARK = {"tag": "due", "op": "remove-tag"}
# What is done to what, one after another, and a pattern of each value that its tags have then.
TAG_ACTIONS: Sequence[tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, str]]] = (
    (
        STACK,
        {"type": "tag", "tags": {"crew": "red", "env": "test"}},
        {"crew": "red", "env": "test"},
    ),
    (STACK, {"type": "remove-tag", "tags": ["env", "none"]}, {"crew": "red"}),
    (STACK, {"type": "rename-tag", "old_keys": ["crew"], "new_key": "team"}, {"team": "red"}),
    (STACK, {"type": "mark-for-op", "days": 3, **MARK}, {"team": "red", "due": r".+remove-tag@.+"}),
    (FLEET, {"type": "tag", "tags": {"crew": "red"}}, {"crew": "red"}),
    (FLEET, {"type": "remove-tag", "tags": ["crew"]}, {}),
)
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
    found = custodian(run, tmp_path, POLICIES)
    names = {policy: [each["Name"] for each in resources] for policy, resources in found.items()}
    assert names == {"lax-fleets": ["lax"], "blue-fleets": ["strict"], "red-stacks": ["offer"]}
    assert found["blue-fleets"][0]["Tags"] == [{"Key": "team", "Value": "blue"}]


def test_cloud_custodian_changes_tags(run: Run, service: Served, tmp_path: Path) -> None:
    client = service.client()
    arns = {
        STACK["resource"]: client.create_stack(Name="spare")["Stack"]["Arn"],
        FLEET["resource"]: client.describe_fleets(Names=["lax"])["Fleets"][0]["Arn"],
    }
    for chosen, action, expected in TAG_ACTIONS:
        custodian(run, tmp_path, {"act": {**chosen, "actions": [action]}})
        tags = client.list_tags_for_resource(ResourceArn=arns[chosen["resource"]])["Tags"]
        assert tags.keys() == expected.keys(), action
        assert all(re.fullmatch(expected[key], tags[key]) for key in tags), (action, tags)
    marked = {**STACK, "filters": [{"type": "marked-for-op", "skew": 3, **MARK}]}
    assert [each["Name"] for each in custodian(run, tmp_path, {"marked": marked})["marked"]] == [
        "spare"
    ]


def custodian(
    run: Run, folder: Path, policies: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Sequence[Any]]:
    """What Cloud Custodian found for each of these policies, having done what they say."""
    named = [{"name": name, **policy} for name, policy in policies.items()]
    (folder / "policies.json").write_text(json.dumps({"policies": named}))
    where = ("--region", "us-east-1", "--cache-period", "0", "-s", "found")
    run("c7n", "custodian", "run", *where, "policies.json")
    return {
        name: json.loads((folder / "found" / name / "resources.json").read_text())
        for name in policies
    }


def test_aws_list_all_lists_what_there_is(run: Run) -> None:
    where = ("--region", "us-east-1", "--directory", "found")
    said = run("aws-list-all", "aws-list-all", "query", "--service", "appstream", *where)
    # +++ where there is something, --- for nothing, !!! for an error.
    told = re.findall(r"^([+!-]{3}) appstream us-east-1 (\w+)", said, re.MULTILINE)
    marks = {operation: mark for mark, operation in told}
    assert marks["DescribeFleets"] == marks["DescribeStacks"] == "+++"
    # It is asked for no task, and there is none of no name.
    assert [operation for mark, operation in told if mark == "!!!"] == ["GetExportImageTask"]
    assert "NotImplementedException" not in said

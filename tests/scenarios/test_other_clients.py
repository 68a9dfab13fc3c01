"""Clients that are not boto3, unmodified, against a running service."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.service import Served

WEB = Path(__file__).parents[2] / "web"
CLI = Path(sys.executable).with_name("aws")
WITHIN_S = 60

NODE_SCRIPT = """
import { AppStreamClient, CreateStackCommand, DescribeStacksCommand, DeleteStackCommand,
         DescribeImagesCommand, DescribeFleetsCommand } from '@aws-sdk/client-appstream';
import { AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
const [endpoint, protocol] = process.argv.slice(-2);
const options = { endpoint, maxAttempts: 1 };
if (protocol === 'cbor') options.protocol = AwsSmithyRpcV2CborProtocol;
const client = new AppStreamClient(options);
const seen = {};
client.middlewareStack.add((next) => (args) => {
  seen.type = args.request.headers['content-type'];
  return next(args);
}, { step: 'finalizeRequest' });
await client.send(new CreateStackCommand({ Name: 'node', Description: 'späť' }));
const { Stacks } = await client.send(new DescribeStacksCommand({ Names: ['node'] }));
const { Images } = await client.send(new DescribeImagesCommand({ Type: 'PUBLIC' }));
await client.send(new DeleteStackCommand({ Name: 'node' }));
const error = await client.send(new DescribeFleetsCommand({ Names: ['none'] })).catch((e) => e);
console.log(JSON.stringify({
  type: seen.type,
  description: Stacks[0].Description,
  made: Stacks[0].CreatedTime instanceof Date,
  images: Images.length,
  error: error.name,
}));
"""


def run(command: list[str], service: Served, **variables: str) -> str:
    """What the command prints."""
    done = subprocess.run(
        command,
        env={**os.environ, **service.environment, **variables},
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        cwd=WEB,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_aws_cli_works_by_the_profile_alone(service: Served) -> None:
    images = json.loads(run([str(CLI), "appstream", "describe-images"], service))["Images"]
    assert [image["Visibility"] for image in images] == ["PUBLIC"]
    run([str(CLI), "appstream", "create-stack", "--name", "cli"], service)
    stacks = json.loads(run([str(CLI), "appstream", "describe-stacks"], service))["Stacks"]
    assert [stack["Name"] for stack in stacks] == ["cli"]
    run([str(CLI), "appstream", "delete-stack", "--name", "cli"], service)


def test_the_aws_cli_is_told_who_it_is_and_what_is_tagged(service: Served) -> None:
    told = json.loads(run([str(CLI), "sts", "get-caller-identity"], service))
    assert told["Account"] == "000000000000"
    tagged = ["--name", "tagged", "--tags", "team=blue"]
    run([str(CLI), "appstream", "create-stack", *tagged], service)
    found = json.loads(run([str(CLI), "resourcegroupstaggingapi", "get-resources"], service))
    [resource] = found["ResourceTagMappingList"]
    assert resource["ResourceARN"].endswith(":000000000000:stack/tagged")
    assert resource["Tags"] == [{"Key": "team", "Value": "blue"}]
    run([str(CLI), "appstream", "delete-stack", "--name", "tagged"], service)


@pytest.mark.parametrize(
    ("protocol", "content_type"),
    [("json", "application/x-amz-json-1.1"), ("cbor", "application/cbor")],
)
def test_the_javascript_sdk_works_in_both_protocols(
    service: Served, tmp_path: Path, protocol: str, content_type: str
) -> None:
    script = WEB / "node_modules" / f".scenario-{protocol}-{os.getpid()}.mjs"
    script.write_text(NODE_SCRIPT)
    try:
        printed = run(["node", str(script), service.url, protocol], service)
    finally:
        script.unlink()
    assert json.loads(printed) == {
        "type": content_type,
        "description": "späť",
        "made": True,
        "images": 1,
        "error": "ResourceNotFoundException",
    }

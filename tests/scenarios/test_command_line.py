"""The command line, as an operator uses it."""

import json
import os
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.support.service import Served, free_port, served, simulated

OWNSTREAM = [sys.executable, "-m", "ownstream"]
AWS = str(Path(sys.executable).with_name("aws"))
ADDRESS = "10.213.0.1"
WITHIN_S = 60


@pytest.fixture(autouse=True)
def _own_instances(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a test starts by itself leaves nothing in the system's folders."""
    monkeypatch.setenv("OWNSTREAM_INSTANCES_DIR", str(tmp_path / "instances"))


def run(*command: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, **options)


@pytest.mark.parametrize("command", ["", "serve", "quickstart", "status", "doctor", "version"])
def test_every_command_has_help(command: str) -> None:
    shown = run(*OWNSTREAM, *command.split(), "--help")
    assert shown.returncode == 0
    assert "Usage:" in shown.stdout


def test_the_version_is_shown() -> None:
    assert run(*OWNSTREAM, "version").stdout.startswith("ownstream 0.")


def test_a_healthy_service_says_so(service: Served) -> None:
    with urllib.request.urlopen(f"{service.url}/healthz", timeout=WITHIN_S) as answer:
        assert answer.status == 200


def test_the_profiles_files_are_the_owners_alone(service: Served) -> None:
    for name in ("config", "credentials"):
        mode = (service.data_dir / "aws" / name).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600


def test_status_shows_the_fleets(service: Served, client) -> None:
    client.create_fleet(
        Name="shown",
        ImageName=client.describe_images()["Images"][0]["Name"],
        InstanceType="stream.standard.small",
        ComputeCapacity={"DesiredInstances": 1},
    )
    shown = run(*OWNSTREAM, "status", "--data-dir", str(service.data_dir))
    assert shown.returncode == 0
    assert "shown" in shown.stdout
    assert "STOPPED" in shown.stdout


def test_status_without_a_service_says_how_to_start_one(tmp_path: Path) -> None:
    shown = run(*OWNSTREAM, "status", "--data-dir", str(tmp_path))
    assert shown.returncode == 1
    assert "ownstream serve" in shown.stderr


def test_a_second_service_on_the_same_data_is_refused(service: Served) -> None:
    listen = f"127.0.0.1:{free_port()}"
    data = ["--data-dir", str(service.data_dir), "--listen", listen]
    shown = run(*OWNSTREAM, "serve", *data)
    assert shown.returncode == 1
    assert "another service runs" in shown.stderr


def test_a_second_service_on_the_same_instances_is_refused(
    service: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNSTREAM_INSTANCES_DIR", str(service.instances_dir))
    shown = run(*OWNSTREAM, "serve", "--data-dir", str(tmp_path), "--listen", "127.0.0.1:1")
    assert shown.returncode == 1
    assert f"another service runs on {service.instances_dir}" in shown.stderr


@pytest.mark.parametrize("listen", ["nowhere", "127.0.0.1:port", "127.0.0.1:70000"])
def test_a_wrong_address_is_told(tmp_path: Path, listen: str) -> None:
    shown = run(*OWNSTREAM, "serve", "--data-dir", str(tmp_path), "--listen", listen)
    assert shown.returncode == 2
    assert listen in shown.stderr


def test_the_doctor_finds_nothing_that_is_needed_missing() -> None:
    shown = run(*OWNSTREAM, "doctor")
    assert shown.returncode == 0, shown.stdout
    assert "user namespaces" in shown.stdout


def without_bundles() -> dict[str, str]:
    """The environment without certificate bundles of the machine's own, which would win."""
    return {name: value for name, value in os.environ.items() if "CA_BUNDLE" not in name}


@pytest.fixture
def namespace() -> Iterator[str]:
    """A network of this test's own, in which the machine has an address that is not loopback."""
    name = f"ownstream-{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    inside = ["ip", "-n", name]
    try:
        subprocess.run([*inside, "link", "set", "lo", "up"], check=True)
        subprocess.run([*inside, "address", "add", f"{ADDRESS}/32", "dev", "lo"], check=True)
        yield name
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)


def test_beyond_loopback_it_serves_tls_that_the_profile_trusts(
    folder: Path, namespace: str
) -> None:
    inside = ("ip", "netns", "exec", namespace)
    home = folder / "tls"
    with served(home / "data", home / "instances", host=ADDRESS, prefix=inside) as service:
        config = (service.data_dir / "aws" / "config").read_text()
        assert f"https://{ADDRESS}:" in config
        shown = run(
            *inside,
            *(AWS, "appstream", "describe-images"),
            env={**without_bundles(), **service.environment},
        )
    assert shown.returncode == 0, shown.stderr
    assert len(json.loads(shown.stdout)["Images"]) == 1


def test_limits_are_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNSTREAM_MAX_STACKS", "1")
    with simulated(tmp_path) as service:
        client = service.client()
        client.create_stack(Name="s")
        with pytest.raises(ClientError, match="may have 1"):
            client.create_stack(Name="t")

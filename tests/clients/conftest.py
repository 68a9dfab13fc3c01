"""One running service with fleets and a stack to look at.

`make test-clients` installs the clients, each in an environment of its own: they pull in much.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.service import Served, simulated

CLIENTS = Path(__file__).parents[2] / ".venv-clients"
WITHIN_S = 120
SMALL = {"InstanceType": "stream.standard.small", "ComputeCapacity": {"DesiredInstances": 1}}
STRICT = {
    "MaxUserDurationInSeconds": 3600,
    "DisconnectTimeoutInSeconds": 300,
    "IdleDisconnectTimeoutInSeconds": 600,
    "EnableDefaultInternetAccess": False,
}
LAX = {
    "MaxUserDurationInSeconds": 57600,
    "DisconnectTimeoutInSeconds": 3600,
    "IdleDisconnectTimeoutInSeconds": 3600,
    "EnableDefaultInternetAccess": True,
}

Run = Callable[..., str]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running service with a strict fleet, a lax one and a stack."""
    with simulated(tmp_path_factory.mktemp("service")) as running:
        client = running.client()
        image = client.describe_images()["Images"][0]["Name"]
        blue = {"team": "blue"}
        client.create_fleet(Name="strict", ImageName=image, **SMALL, **STRICT, Tags=blue)
        client.create_fleet(Name="lax", ImageName=image, **SMALL, **LAX)
        client.create_stack(Name="offer", Tags={"team": "red"})
        yield running


@pytest.fixture
def run(service: Served, tmp_path: Path) -> Run:
    """What a client prints, run by its own command from its own environment in a folder."""

    def run(client: str, command: str, *arguments: str) -> str:
        path = CLIENTS / client / "bin" / command
        assert path.exists(), f"{client} is not installed: run `make test-clients`"
        done = subprocess.run(
            [str(path), *arguments],
            env={**os.environ, **service.environment, "HOME": str(tmp_path)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run

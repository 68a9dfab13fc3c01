"""A served service whose instances are simulated."""

from collections.abc import Iterator

import pytest

from tests.support.fleets import running_pair
from tests.support.service import Served, served

NO_PROGRAMS = ("/usr/bin/env", "PATH=/nonexistent")  # no X server, no bubblewrap, no sudo


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running service with simulated instances, which finds no program to run."""
    folder = tmp_path_factory.mktemp("simulated")
    arguments = ("--driver", "simulated")
    with served(
        folder / "data", folder / "instances", arguments=arguments, prefix=NO_PROGRAMS
    ) as running:
        yield running


def test_simulated_fleets_run_where_no_program_can_be_run(simulated: Served) -> None:
    client = simulated.client()
    running_pair(client, "many", instances=10)
    [fleet] = client.describe_fleets(Names=["many"])["Fleets"]
    assert fleet["ComputeCapacityStatus"]["Running"] == 10


def test_the_images_are_those_of_the_simulation(simulated: Served) -> None:
    platforms = {image["Platform"] for image in simulated.client().describe_images()["Images"]}
    assert platforms == {"WINDOWS_SERVER_2019", "AMAZON_LINUX2"}

"""boto3 as the oracle: its client, in both protocols, goes from nothing to a URL and back."""

from typing import Any

import pytest

from ownstream.api.chain import Api
from ownstream.api.sigv4 import Verifier
from tests.support.in_process import PROTOCOLS, Transport, client_of
from tests.support.services import CREDENTIALS, system_now
from tests.unit.operations.world import FLEET, World

PAIR = {"FleetName": "fleet", "StackName": "stack"}
AT_ONCE = {"Delay": 0, "MaxAttempts": 1}


@pytest.fixture(params=PROTOCOLS)
def client(world: World, request: pytest.FixtureRequest) -> Any:
    """A boto3 client of the world."""
    verifier = Verifier(CREDENTIALS.get, system_now, service="appstream")
    transport = Transport(Api(world.dispatcher, verifier))
    return client_of(transport, protocol=request.param)


def test_from_nothing_to_a_url_and_back(world: World, client: Any) -> None:
    [image] = client.describe_images()["Images"]
    asked = {**FLEET, "ImageName": image["Name"]}
    fleet = client.create_fleet(Name="fleet", **asked, Tags={"team": "blue"})["Fleet"]
    stack = client.create_stack(Name="stack")["Stack"]
    client.associate_fleet(**PAIR)
    client.start_fleet(Name="fleet")
    world.bring_to("RUNNING")
    client.get_waiter("fleet_started").wait(Names=["fleet"], WaiterConfig=AT_ONCE)
    url = client.create_streaming_url(**PAIR, UserId="ann", ApplicationId="xterm")
    assert url["Expires"] > fleet["CreatedTime"] == stack["CreatedTime"]
    client.stop_fleet(Name="fleet")
    world.bring_to("STOPPED")
    client.get_waiter("fleet_stopped").wait(Names=["fleet"], WaiterConfig=AT_ONCE)
    client.disassociate_fleet(**PAIR)
    client.delete_stack(Name="stack")
    client.delete_fleet(Name="fleet")
    assert client.describe_fleets()["Fleets"] == client.describe_stacks()["Stacks"] == []


def test_answers_are_what_clients_parse(world: World, client: Any) -> None:
    created = client.create_fleet(Name="fleet", **FLEET)["Fleet"]
    [described] = client.describe_fleets()["Fleets"]
    assert created == described == world.described()


def test_paginators_bring_everything_once(world: World, client: Any) -> None:
    for number in range(45):
        world.session(f"{number:02}")
    pages = client.get_paginator("describe_sessions").paginate(
        **PAIR, PaginationConfig={"PageSize": 7}
    )
    ids = [session["Id"] for page in pages for session in page["Sessions"]]
    assert ids == [f"{number:02}" for number in range(45)]


@pytest.mark.parametrize(
    "list_all",
    ["describe_fleets", "describe_stacks", "describe_images", "describe_directory_configs"],
)
def test_every_list_has_a_paginator(world: World, client: Any, list_all: str) -> None:
    world.fleet()
    world.stack()
    config = {"DirectoryName": "corp", "OrganizationalUnitDistinguishedNames": ["OU=a"]}
    world.call("CreateDirectoryConfig", config)
    assert client.can_paginate(list_all)
    [page] = client.get_paginator(list_all).paginate()
    [items] = [value for value in page.values() if isinstance(value, list)]
    assert len(items) == 1


def test_errors_are_the_clients_own_classes(client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException) as error:
        client.start_fleet(Name="nope")
    assert "The fleet nope" in error.value.response["Message"]


def test_a_password_is_not_in_what_clients_get(client: Any) -> None:
    credentials = {"AccountName": "joiner", "AccountPassword": "hidden"}
    answer = client.create_directory_config(
        DirectoryName="corp",
        OrganizationalUnitDistinguishedNames=["OU=a"],
        ServiceAccountCredentials=credentials,
    )
    assert answer["DirectoryConfig"]["ServiceAccountCredentials"] == {"AccountName": "joiner"}

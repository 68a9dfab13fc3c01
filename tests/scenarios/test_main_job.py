"""The main job: from nothing to pixels and back, by boto3 and a browser."""

import uuid

from playwright.sync_api import Page

from tests.support import fleets
from tests.support.browser import await_colour, await_state, open_session

PAINT = r"printf '\033]11;#00ff00\007'"
GREEN = (0, 255, 0)


def test_a_script_gets_from_nothing_to_pixels_and_back(client, page: Page) -> None:
    image = client.describe_images(Type="PUBLIC")["Images"][0]
    assert image["State"] == "AVAILABLE"
    client.create_fleet(
        Name="desk",
        ImageName=image["Name"],
        InstanceType="stream.standard.small",
        ComputeCapacity={"DesiredInstances": 1},
    )
    client.create_stack(Name="desk")
    client.associate_fleet(FleetName="desk", StackName="desk")
    client.start_fleet(Name="desk")
    client.get_waiter("fleet_started").wait(Names=["desk"], WaiterConfig=fleets.QUICK)
    pair = {"StackName": "desk", "FleetName": "desk"}
    url = client.create_streaming_url(**pair, UserId="alice", ApplicationId="xterm")["StreamingURL"]

    open_session(page, url)
    type_line(page, PAINT)
    await_colour(page, GREEN)

    (session,) = client.describe_sessions(**pair)["Sessions"]
    assert uuid.UUID(session["Id"])
    assert (session["State"], session["ConnectionState"]) == ("ACTIVE", "CONNECTED")
    assert (session["UserId"], session["AuthenticationType"]) == ("alice", "API")
    status = client.describe_fleets(Names=["desk"])["Fleets"][0]["ComputeCapacityStatus"]
    assert (status["InUse"], status["Available"]) == (1, 0)

    client.expire_session(SessionId=session["Id"])
    await_state(page, "ended")
    assert "administrator" in page.inner_text("body")

    client.stop_fleet(Name="desk")
    client.get_waiter("fleet_stopped").wait(Names=["desk"], WaiterConfig=fleets.QUICK)
    client.disassociate_fleet(FleetName="desk", StackName="desk")
    client.delete_fleet(Name="desk")
    client.delete_stack(Name="desk")
    assert client.describe_fleets()["Fleets"] == []
    assert client.describe_stacks()["Stacks"] == []


def type_line(page: Page, text: str) -> None:
    """The user types this into the application, and Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")

"""Images: a whole answer, a walk past two of one name, and what one has of another."""

import pytest

from ownstream.store import ImageRow, SoftwareRow
from tests.support.services import NOON, PRINCIPAL
from tests.unit.operations.world import HOST_IMAGE, MY_ACCOUNT, World

HOST_ARN = "arn:aws:appstream:us-east-1::image/Host"
MY_ARN = f"arn:aws:appstream:us-east-1:{MY_ACCOUNT}:image/Mine"


@pytest.fixture(autouse=True)
def mine(world: World) -> None:
    """An image of the caller's own."""
    world.image("Mine", owner=MY_ACCOUNT)


def test_a_public_image_belongs_to_no_account_and_to_every_region(world: World) -> None:
    [image] = world.call("DescribeImages", {"Names": ["Host"]})["Images"]
    assert image == {
        "Name": "Host",
        "Arn": HOST_ARN,
        "State": "AVAILABLE",
        "Visibility": "PUBLIC",
        "Platform": "AMAZON_LINUX2",
        "CreatedTime": NOON,
        "Applications": [
            {
                "Name": "xterm",
                "LaunchPath": "/usr/bin/xterm",
                "IconURL": "https://apps.example.com/icons/Host/xterm",
            },
            {"Name": "editor", "LaunchPath": "/usr/bin/editor", "Enabled": True},
            {"Name": "broken", "LaunchPath": "/usr/bin/broken", "Enabled": False},
        ],
    }


def test_an_own_image_stands_beside_a_public_one_of_the_same_name(world: World) -> None:
    world.image("Host", owner=PRINCIPAL.account)
    first = world.call("DescribeImages", {"MaxResults": 1})
    rest = world.call("DescribeImages", {"MaxResults": 2, "NextToken": first["NextToken"]})
    arns = [image["Arn"] for image in (*first["Images"], *rest["Images"])]
    assert arns == [HOST_ARN, MY_ARN.replace("Mine", "Host"), MY_ARN]
    assert "NextToken" not in rest


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        (
            "CopyImage",
            {
                "SourceImageName": "Made",
                "DestinationImageName": "Other",
                "DestinationRegion": PRINCIPAL.region,
            },
        ),
        ("CreateUpdatedImage", {"existingImageName": "Made", "newImageName": "Other"}),
    ],
)
def test_an_image_made_of_another_has_its_software(
    world: World, operation: str, members: dict[str, str]
) -> None:
    scope = PRINCIPAL.scope
    made = ImageRow(
        account=scope.account,
        region=scope.region,
        name="Made",
        document={**HOST_IMAGE, "ManagedSoftwareIncluded": True},
        layers=["a", "b"],
        created_at=NOON,
    )
    world.add(made)
    arn = scope.arn("image", "Made")
    world.add(SoftwareRow(arn=arn, name="inkscape", status="INSTALLED", errors=[]))
    world.call(operation, members)
    asked = {"AssociatedResource": scope.arn("image", "Other")}
    found = world.call("DescribeSoftwareAssociations", asked)["SoftwareAssociations"]
    assert found == [{"SoftwareName": "inkscape", "Status": "INSTALLED"}]

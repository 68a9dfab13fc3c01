"""DescribeImages: a whole answer, and a walk past two images of one name."""

import pytest

from tests.support.services import NOON, PRINCIPAL
from tests.unit.operations.world import MY_ACCOUNT, World

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

"""DescribeImages: by name, by ARN, by type, in pages."""

import pytest

from tests.support.services import NOON, PRINCIPAL
from tests.unit.operations.world import MY_ACCOUNT, OTHERS, Refused, World, cases, expect

NOT_FOUND = "ResourceNotFoundException"
HOST_ARN = "arn:aws:appstream:us-east-1::image/Host"
MY_ARN = f"arn:aws:appstream:us-east-1:{MY_ACCOUNT}:image/Mine"


@pytest.fixture(autouse=True)
def mine(world: World) -> None:
    """An image of the caller's own."""
    world.image("Mine", owner=MY_ACCOUNT)


def names(world: World, **members: object) -> list[str]:
    return [image["Name"] for image in world.call("DescribeImages", members)["Images"]]


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


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({}, ["Host", "Mine"]),
        ({"Type": "PUBLIC"}, ["Host"]),
        ({"Type": "PRIVATE"}, ["Mine"]),
        ({"Type": "SHARED"}, []),
        ({"Names": ["Mine", "Host"]}, ["Mine", "Host"]),
        ({"Arns": [MY_ARN]}, ["Mine"]),
        ({"Arns": [HOST_ARN, MY_ARN, HOST_ARN]}, ["Host", "Mine"]),
        ({"Names": ["Host"], "Type": "PUBLIC"}, ["Host"]),
    ],
)
def test_images_found(world: World, members: dict[str, object], found: list[str]) -> None:
    assert names(world, **members) == found


@cases(
    (
        "an image that there is not",
        "Terraform #25875",
        {"Names": ["Host", "Nope"]},
        NOT_FOUND,
        f"The image Nope for account {MY_ACCOUNT} does not exist.",
    ),
    ("another account's image", "ours", {"Names": ["Theirs"]}, NOT_FOUND, "The image Theirs"),
    (
        "another account's arn",
        "ours",
        {"Arns": [f"arn:aws:appstream:us-east-1:{OTHERS.account}:image/Theirs"]},
        NOT_FOUND,
        OTHERS.account,
    ),
    (
        "an arn of another kind",
        "ours",
        {"Arns": ["arn:aws:appstream:us-east-1::fleet/Host"]},
        NOT_FOUND,
        "fleet/Host",
    ),
    ("a name of another type", "ours", {"Names": ["Host"], "Type": "PRIVATE"}, NOT_FOUND, "Host"),
    (
        "names and arns",
        "ours, the code is declared",
        {"Names": ["Host"], "Arns": [HOST_ARN]},
        "InvalidParameterCombinationException",
        "not both",
    ),
    ("more than 25 in a page", "model", {"MaxResults": 26}, "ValidationException", "25"),
)
def test_refused(case: Refused, world: World) -> None:
    expect(case, world, "DescribeImages", case.members)


def test_an_own_image_stands_beside_a_public_one_of_the_same_name(world: World) -> None:
    world.image("Host", owner=PRINCIPAL.account)
    first = world.call("DescribeImages", {"MaxResults": 1})
    rest = world.call("DescribeImages", {"MaxResults": 2, "NextToken": first["NextToken"]})
    arns = [image["Arn"] for image in (*first["Images"], *rest["Images"])]
    assert arns == [HOST_ARN, MY_ARN.replace("Mine", "Host"), MY_ARN]
    assert "NextToken" not in rest


def test_a_page_has_25_images_unless_fewer_are_asked_for(world: World) -> None:
    for number in range(30):
        world.image(f"Image-{number:02}")
    assert [len(names(world)), len(names(world, MaxResults=7))] == [25, 7]

"""Which image the instances of an Elastic fleet are launched from."""

import pytest

from ownstream.domain.elastic import image_for, image_refusals

WINDOWS, AMAZON, UBUNTU = "WINDOWS_SERVER_2019", "AMAZON_LINUX2", "UBUNTU_PRO_2404"


@pytest.mark.parametrize(
    ("platform", "images", "image"),
    [
        (AMAZON, [("u", UBUNTU), ("a", AMAZON), ("b", AMAZON)], "a"),
        (AMAZON, [("w", WINDOWS), ("u", UBUNTU)], "u"),
        (WINDOWS, [("u", UBUNTU), ("w", WINDOWS)], "w"),
        (WINDOWS, [("u", UBUNTU)], ""),
        (UBUNTU, [], ""),
    ],
    ids=["the first of its platform", "another Linux", "Windows", "no Windows", "none at all"],
)
def test_the_image_is_of_the_platform_or_another_linux(
    platform: str, images: list[tuple[str, str]], image: str
) -> None:
    assert image_for(platform, images) == image


def test_a_platform_without_an_image_is_refused_with_those_that_have_one() -> None:
    [refusal] = image_refusals("f", WINDOWS, [("u", UBUNTU)])
    assert refusal.message.endswith(f"It has images of these platforms: {UBUNTU}.")
    assert list(image_refusals("f", AMAZON, [("u", UBUNTU)])) == []

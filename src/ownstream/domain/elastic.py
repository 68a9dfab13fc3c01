"""What Elastic fleets have of their own: a limit of sessions, and a platform for an image."""

from collections.abc import Iterable, Mapping
from typing import Any

from ownstream.domain.refusals import NOT_PERMITTED, Refusal, Refusals

ELASTIC = "ELASTIC"
# Whatever Linux there is will do: what applications need is in their app blocks.
LINUX = ("AMAZON_LINUX2", "RHEL8", "ROCKY_LINUX8", "UBUNTU_PRO_2404")


def is_elastic(document: Mapping[str, Any]) -> bool:
    """Whether this is an Elastic fleet's document."""
    return document.get("FleetType") == ELASTIC


def image_for(platform: str, images: Iterable[tuple[str, str]]) -> str:
    """The image that instances of this platform are launched from; empty if there is none.

    Images are names with their platforms, those to be preferred first.
    """
    known = list(images)
    same = [name for name, other in known if other == platform]
    alike = [name for name, other in known if platform in LINUX and other in LINUX]
    return next(iter([*same, *alike]), "")


def image_refusals(fleet: str, platform: str, images: Iterable[tuple[str, str]]) -> Refusals:
    """Why an Elastic fleet of this platform cannot be started here."""
    known = list(images)
    if not image_for(platform, known):
        there = ", ".join(sorted({other for _, other in known})) or "none"
        yield Refusal(
            NOT_PERMITTED,
            f"The fleet {fleet} is of the platform {platform}, and this service has no image of"
            f" it. It has images of these platforms: {there}.",
        )

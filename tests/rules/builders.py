"""What rows of image builders set up."""

from collections.abc import Callable, Mapping
from typing import Any

from ownstream.control.image_making import make_image
from ownstream.domain.limits import Limits
from ownstream.domain.scope import Scope
from ownstream.faults import NoCapacity
from tests.rules.acts import IMAGE, LONG, called
from tests.rules.subjects import Subject
from tests.rules.table import Act, without_none

NAME = "image-builder"
NAMED = {"Name": NAME}
BUILDER: Mapping[str, Any] = {"ImageName": IMAGE, "InstanceType": "stream.standard.small"}


def builder(name: str = NAME, **members: Any) -> Act:
    """There is an image builder, RUNNING."""

    def act(subject: Subject) -> None:
        asked = without_none({"Name": name, **BUILDER, **members})
        subject.call("CreateImageBuilder", asked)
        comes_to("RUNNING", name)(subject)

    return act


def builder_in(state: str, **members: Any) -> tuple[Act, ...]:
    """There is an image builder that is in this state, and stays so for an hour."""
    begun = called("CreateImageBuilder", **{**NAMED, **BUILDER, **members})
    running = builder(**members)
    stopping = called("StopImageBuilder", **NAMED)
    ways: Mapping[str, tuple[Act, ...]] = {
        "PENDING": (_no_room, begun),
        "RUNNING": (running,),
        "STOPPING": (running, _ends_slowly, stopping),
        "STOPPED": (running, stopping, comes_to("STOPPED")),
        "SNAPSHOTTING": (running, _ends_slowly, made("Made")),
        "FAILED": (_no_room, begun, _waits_too_long, comes_to("FAILED")),
    }
    return ways[state]


def made(image: str, **asked: Any) -> Act:
    """The image builder's user has had an image made, by the Image Assistant."""
    application = {"name": "tool", "path": "/usr/bin/tool"}
    request = {"do": "create-image", "name": image, "applications": [application], **asked}

    def act(subject: Subject) -> None:
        scope, now = Scope(subject.account, subject.region), subject.service.clock.now()
        subject.images.append({**vars(scope), "name": image})
        with subject.store.transaction() as tx:
            make_image(tx, scope, NAME, request, now=now, limits=Limits())

    return act


def comes_to(state: str, name: str = NAME) -> Act:
    """The image builder is in this state before long."""

    def act(subject: Subject) -> None:
        now = ""
        for _ in range(400):
            (found,) = subject.call("DescribeImageBuilders", {"Names": [name]})["ImageBuilders"]
            now = found["State"]
            if now == state:
                return
            subject.service.clock.advance(seconds=0.05)
        raise AssertionError(f"the image builder is {now}, not {state}")

    return act


def is_gone(name: str = NAME) -> Act:
    """There is no such image builder before long."""

    def act(subject: Subject) -> None:
        for _ in range(400):
            found = subject.call("DescribeImageBuilders", {})["ImageBuilders"]
            if name not in [one["Name"] for one in found]:
                return
            subject.service.clock.advance(seconds=0.05)
        raise AssertionError("the image builder is still there")

    return act


def changed(**columns: Any) -> Callable[[Subject], None]:
    """The service's driver is set so."""

    def act(subject: Subject) -> None:
        for name, value in columns.items():
            setattr(subject.service.driver, name, value)

    return act


_ends_slowly = changed(stop_takes=LONG)


def _no_room(subject: Subject) -> None:
    subject.service.faults.add(NoCapacity(fleet=f"image-builder/{NAME}"))


def _waits_too_long(subject: Subject) -> None:
    for _ in range(20):
        subject.service.clock.advance(seconds=60)

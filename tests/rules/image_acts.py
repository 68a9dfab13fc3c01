"""What rows set up of images: made by builders, shared between accounts, exported."""

from collections.abc import Callable, Mapping
from typing import Any

from ownstream.domain.scope import Scope
from ownstream.store import ImagePermissionRow, ImageRow, resources
from tests.rules.acts import called, image
from tests.rules.subjects import Subject
from tests.rules.table import Act, Of

OTHERS = "210987654321"
SHARED = {"Name": "Mine", "SharedAccountId": OTHERS}
BOTH = {"allowFleet": True, "allowImageBuilder": True}
NEITHER = {"allowFleet": False, "allowImageBuilder": False}

LAYERS = ["l-0000000000000001", "l-0000000000000002"]
ROLE = "arn:aws:iam::{account}:role/images"


def built(name: str = "Mine", **document: Any) -> Act:
    """There is an image of this account as an image builder makes them: it has layers."""

    def act(subject: Subject) -> None:
        image(name, **document)(subject)
        with subject.store.transaction() as tx:
            row = resources.find(tx, ImageRow, Scope(subject.account, subject.region), name)
            assert row is not None
            row.layers = list(LAYERS)

    return act


def becomes(state: str, name: str = "Mine", region: str = "{region}") -> Act:
    """The image comes to be in this state before long."""

    def act(subject: Subject) -> None:
        client: Any = subject.client
        if region != "{region}":
            client = subject.session.create_client("appstream", region_name=region)
        names = [subject.filled(name)]
        _wait_for(subject, lambda: client.describe_images(Names=names)["Images"][0], state)

    return act


def exported(name: str = "Mine", ami: str = "an-ami", **members: Any) -> Act:
    """The image has been exported; `ami_of` and `task_of` name what came of it."""

    def act(subject: Subject) -> None:
        asked = {"ImageName": name, "AmiName": ami, "IamRoleArn": ROLE, **members}
        subject.kept[ami] = subject.call("CreateExportImageTask", asked)["ExportImageTask"]
        task_becomes("COMPLETED", ami)(subject)

    return act


def task_becomes(state: str, ami: str = "an-ami") -> Act:
    """The task comes to be in this state before long."""

    def act(subject: Subject) -> None:
        asked = {"TaskId": subject.kept[ami]["TaskId"]}
        subject.kept[ami] = _wait_for(
            subject, lambda: subject.call("GetExportImageTask", asked)["ExportImageTask"], state
        )

    return act


def answered_task(ami: str = "an-ami") -> Act:
    """The task that the row's call has answered is `task_of` from here on."""
    return lambda subject: subject.kept.update({ami: subject.answer["ExportImageTask"]})


def task_of(ami: str = "an-ami") -> Of:
    """The id of the task that makes this AMI."""
    return Of(lambda subject: subject.kept[ami]["TaskId"])


def ami_of(ami: str = "an-ami") -> Of:
    """The id of the AMI of this name."""
    return Of(lambda subject: subject.kept[ami]["AmiId"])


def _wait_for(
    subject: Subject, look: Callable[[], Mapping[str, Any]], state: str
) -> Mapping[str, Any]:
    """What has this state, of what may come to have it."""
    for _ in range(400):
        if (seen := look())["State"] == state:
            return seen
        subject.service.clock.advance(seconds=0.05)
    raise AssertionError(f"not {state}: {look()}")


def shared(name: str = "Mine", account: str = OTHERS, **permissions: bool) -> Act:
    """The account shares its image with another one, for all uses unless some are said."""
    return called(
        "UpdateImagePermissions",
        Name=name,
        SharedAccountId=account,
        ImagePermissions=permissions or BOTH,
    )


def shared_by(
    owner: str = OTHERS,
    name: str = "Theirs",
    *,
    fleet: bool = True,
    builder: bool = True,
    **document: Any,
) -> Act:
    """Another account shares its image with this one."""

    def act(subject: Subject) -> None:
        image(name, owner=owner, **document)(subject)
        with subject.store.transaction() as tx:
            tx.add(
                ImagePermissionRow(
                    account=owner,
                    region=subject.region,
                    image=name,
                    shared_account=subject.account,
                    allow_fleet=fleet,
                    allow_image_builder=builder,
                )
            )

    return act

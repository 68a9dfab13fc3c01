"""What rows set up of images between accounts."""

from typing import Any

from ownstream.store import ImagePermissionRow
from tests.rules.acts import called, image
from tests.rules.subjects import Subject
from tests.rules.table import Act

OTHERS = "210987654321"
SHARED = {"Name": "Mine", "SharedAccountId": OTHERS}
BOTH = {"allowFleet": True, "allowImageBuilder": True}
NEITHER = {"allowFleet": False, "allowImageBuilder": False}


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

"""Fleets on an image of another account, before and after it is taken back."""

from ownstream.domain.sharing import emptied
from ownstream.drivers.fake import IMAGE
from ownstream.store import FleetRow, ImagePermissionRow, ImageRow
from tests.support.world import SCOPE
from tests.unit.control.world import World, world

OWNER = "210987654321"
ARN = f"arn:aws:appstream:{SCOPE.region}:{OWNER}:image/{IMAGE.name}"


def permission() -> ImagePermissionRow:
    return ImagePermissionRow(
        account=OWNER,
        region=SCOPE.region,
        image=IMAGE.name,
        shared_account=SCOPE.account,
        allow_fleet=True,
        allow_image_builder=False,
    )


def shared() -> World:
    """A fleet on an image that another account shares."""
    here = world(ImageArn=ARN)
    with here.store.transaction() as tx:
        tx.add(
            ImageRow(
                account=OWNER,
                region=SCOPE.region,
                name=IMAGE.name,
                document={"State": "AVAILABLE"},
                layers=["l-0000000000000001"],
                created_at=here.clock.now(),
            )
        )
        tx.add(permission())
    return here


def take_back(here: World) -> None:
    with here.store.transaction() as tx:
        tx.delete(tx.merge(permission()))


def empty(row: FleetRow) -> None:
    row.document = emptied(row.document)


def test_a_shared_image_launches() -> None:
    here = shared()
    here.look(2)
    assert (here.state(), here.errors()) == ("RUNNING", [])


def test_an_image_that_was_taken_back_launches_nothing_more() -> None:
    here = shared()
    here.look(2)
    take_back(here)
    (first, _) = here.instances()
    here.driver.lose(first.id)
    here.look(3)
    assert len(here.instances()) == 1
    [error] = here.fleet().errors
    assert error["ErrorCode"] == "IMAGE_NOT_FOUND"
    assert ARN in error["ErrorMessage"]


def test_sessions_go_on_when_the_image_is_taken_back_and_unused_instances_go() -> None:
    here = shared()
    here.look(2)
    here.begin_session()
    take_back(here)
    here.change(empty)
    here.look(2)
    assert [row.session_id for row in here.instances()] == ["s"]
    assert here.session().state == "PENDING"

"""StartFleet and StopFleet: they say what is wanted, control sees to it."""

from ownstream.domain import fleets
from ownstream.domain.elastic import is_elastic
from ownstream.domain.keys import fleet_key
from ownstream.model.errors import OperationNotPermittedException
from ownstream.operations.context import Context
from ownstream.operations.fleet_parts import refuse_without_image, refuse_without_room
from ownstream.operations.named import wanted
from ownstream.operations.registry import operation
from ownstream.store import FleetRow, applications


@operation
def start_fleet(ctx: Context, name: str) -> None:
    """The fleet is STARTING from this answer on; one that starts or runs goes on as it is.

    A stopping fleet is refused: its users are being sent away, and that is not called off.
    """
    row = wanted(ctx, FleetRow, "fleet", name)
    state = fleets.state(row.goal, row.goal_met)
    if state == "STOPPING":
        raise OperationNotPermittedException(
            f"The fleet {name} is STOPPING. Start it when it is STOPPED."
        )
    if state == "STOPPED":
        _refuse_unjoined(row)
        _refuse_without_applications(ctx, row)
        refuse_without_image(ctx, row)
        refuse_without_room(ctx, name, row.document)
        _set_goal(ctx, row, "RUNNING")


@operation
def stop_fleet(ctx: Context, name: str) -> None:
    """The fleet is STOPPING from this answer on; one that stops or is stopped stays so.

    Terraform stops every fleet before it deletes it, so a stopped one is no error.
    """
    row = wanted(ctx, FleetRow, "fleet", name)
    if row.goal != "STOPPED":
        _set_goal(ctx, row, "STOPPED")


def _set_goal(ctx: Context, row: FleetRow, goal: str) -> None:
    row.goal, row.goal_met, row.errors = goal, False, []
    ctx.tx.touch(fleet_key(ctx.scope, row.name))


def _refuse_unjoined(row: FleetRow) -> None:
    join = row.document.get("DomainJoinInfo")
    if join:
        raise OperationNotPermittedException(
            f"The fleet {row.name} is to join the directory {join['DirectoryName']}, and ownstream"
            " joins no instances to a directory yet. Update the fleet with DOMAIN_JOIN_INFO in"
            " AttributesToDelete to run it unjoined."
        )


def _refuse_without_applications(ctx: Context, row: FleetRow) -> None:
    """AppStream's own text is not known."""
    if is_elastic(row.document) and not applications.of_fleet(ctx.tx, ctx.scope, row.name):
        raise OperationNotPermittedException(
            f"The Elastic fleet {row.name} has no application. Call AssociateApplicationFleet"
            " before you start it."
        )

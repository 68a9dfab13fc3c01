"""Applications that Elastic fleets offer: associated, disassociated and listed."""

from collections.abc import Mapping, Sequence
from typing import Any

from ownstream.domain import application_rules
from ownstream.domain.keys import fleet_key
from ownstream.model.errors import InvalidParameterCombinationException
from ownstream.model.paging import Page
from ownstream.operations.applications import KIND, application_by_arn, find_by_arn
from ownstream.operations.context import Context
from ownstream.operations.named import listed, wanted
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.store import ApplicationFleetRow, FleetRow, applications

Answer = Mapping[str, Any]
MOST = 25  # of a page: the model's ApplicationFleetAssociationList holds no more


@operation
def associate_application_fleet(ctx: Context, fleet_name: str, application_arn: str) -> Answer:
    """The fleet offers the application to sessions that connect from now on.

    A repeated call changes nothing.
    """
    fleet = wanted(ctx, FleetRow, "fleet", fleet_name)
    row = application_by_arn(ctx, application_arn)
    refuse_if(
        application_rules.offer_refusals(
            row.name, row.document, fleet=fleet_name, document=fleet.document
        )
    )
    known = applications.offer(ctx.tx, ctx.scope, application=row.name, fleet=fleet_name)
    if known is None:
        ctx.tx.add(
            ApplicationFleetRow(
                account=ctx.scope.account,
                region=ctx.scope.region,
                fleet=fleet_name,
                application=row.name,
            )
        )
        ctx.tx.touch(fleet_key(ctx.scope, fleet_name))
    return {"ApplicationFleetAssociation": _described(ctx, fleet_name, row.name)}


@operation
def disassociate_application_fleet(ctx: Context, fleet_name: str, application_arn: str) -> None:
    """The fleet offers the application no more; what runs of it runs on.

    The model declares no error for what is not there: InvalidParameterCombinationException is the
    nearest that it does.
    """
    row = find_by_arn(ctx, application_arn)
    known = row and applications.offer(ctx.tx, ctx.scope, application=row.name, fleet=fleet_name)
    if known is None:
        raise InvalidParameterCombinationException(
            f"The application {application_arn} is not associated with the fleet {fleet_name}."
        )
    ctx.tx.delete(known)
    ctx.tx.touch(fleet_key(ctx.scope, fleet_name))


@operation
def describe_application_fleet_associations(
    ctx: Context, *, fleet_name: str | None = None, application_arn: str | None = None
) -> Page[Any]:
    """What the fleet offers, or which fleets offer the application; with both, whether it does."""
    if fleet_name is None and application_arn is None:
        raise InvalidParameterCombinationException(
            "Either ApplicationArn or FleetName must be specified."
        )
    pairs = sorted(_pairs(ctx, fleet_name, application_arn))
    return listed((_described(ctx, *pair) for pair in pairs), most_items=MOST)


def _pairs(ctx: Context, fleet: str | None, arn: str | None) -> Sequence[tuple[str, str]]:
    """Fleets with names of applications that they offer."""
    if arn is None:
        rows = applications.of_fleet(ctx.tx, ctx.scope, str(fleet))
        return [(str(fleet), row.name) for row in rows]
    row = find_by_arn(ctx, arn)
    if row is None:
        return []
    fleets = applications.fleets_of(ctx.tx, ctx.scope, row.name)
    return [(name, row.name) for name in fleets if fleet in (None, name)]


def _described(ctx: Context, fleet: str, application: str) -> Answer:
    return {"FleetName": fleet, "ApplicationArn": ctx.scope.arn(KIND, application)}

"""Fleets: create, describe, update and delete. Starting and stopping are in `fleet_goals`."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from ownstream.domain import capacity, fleet_changes, fleet_rules, fleets
from ownstream.domain.elastic import is_elastic
from ownstream.domain.keys import fleet_key
from ownstream.domain.limits import count_refusals
from ownstream.domain.sharing import withdrawn
from ownstream.model.errors import InvalidParameterCombinationException, ResourceInUseException
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.fleet_parts import image_members, refuse_misfit
from ownstream.operations.named import described, refuse_duplicate, wanted
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.store import FleetRow, applications, resources, sharing, streaming

Answer = Mapping[str, Any]


@operation
def create_fleet(
    ctx: Context, name: str, *, tags: Mapping[str, str] | None = None, **members: Any
) -> Answer:
    """A new fleet, stopped, AppStream's defaults where the request says nothing.

    A fleet that is to join a directory is kept as it is asked for, but StartFleet refuses it: its
    instances would run unjoined.
    """
    refuse_duplicate(ctx, FleetRow, "fleet", name)
    present = resources.count(ctx.tx, FleetRow, ctx.scope)
    fleet_type = members.get("FleetType", "ALWAYS_ON")
    refuse_if(
        chain(
            fleet_rules.member_refusals(members, fleet_type),
            fleet_rules.creation_refusals(members, fleet_type),
            count_refusals("fleet", present=present, allowed=ctx.services.limits.fleets),
        )
    )
    document = fleet_changes.new_document({**members, **image_members(ctx, {}, members)})
    refuse_if(fleet_changes.session_refusals(document))
    refuse_misfit(ctx, name, document, changed=set(document))
    row = FleetRow(
        account=ctx.scope.account,
        region=ctx.scope.region,
        name=name,
        document=document,
        goal="STOPPED",
        goal_met=True,
        generation=0,
        errors=[],
        created_at=ctx.now,
    )
    ctx.tx.add(row)
    resources.set_tags(ctx.tx, ctx.scope.arn("fleet", name), dict(tags or {}))
    return {"Fleet": _described(ctx, row)}


@operation
def describe_fleets(ctx: Context, names: Sequence[str] = ()) -> Page[Any]:
    """The fleets of these names, or all, with their state and capacity at this moment."""
    return described(ctx, FleetRow, "fleet", names=names, describe=lambda row: _described(ctx, row))


@operation
def update_fleet(
    ctx: Context,
    name: str | None = None,
    *,
    attributes_to_delete: Sequence[str] = (),
    delete_vpc_config: bool = False,
    **members: Any,
) -> Answer:
    """The fleet with these members changed.

    What changes in instances reaches those that are not in use at once, as control replaces them,
    and the others when their session ends.
    """
    row = _named(ctx, name)
    fleet_type = row.document["FleetType"]
    deleted = [*attributes_to_delete, *(["VPC_CONFIGURATION"] if delete_vpc_config else [])]
    refuse_if(
        chain(
            fleet_rules.member_refusals(members, fleet_type),
            fleet_changes.deletion_refusals(members, deleted, elastic=is_elastic(row.document)),
        )
    )
    _change(ctx, row, {**members, **image_members(ctx, row.document, members)}, deleted)
    return {"Fleet": _described(ctx, row)}


@operation
def delete_fleet(ctx: Context, name: str) -> None:
    """The fleet, its associations and tags are gone. Refused unless stopped and in no stack.

    The first text is AppStream's own; what it says of a running fleet is not known.
    """
    row = wanted(ctx, FleetRow, "fleet", name)
    if resources.associated_stacks(ctx.tx, ctx.scope, name, limit=1):
        raise ResourceInUseException(
            f"The fleet {name} is associated with a stack."
            " To delete the fleet, you must dissociate it from the stack."
        )
    state = fleets.state(row.goal, row.goal_met)
    if state != "STOPPED":
        raise ResourceInUseException(
            f"The fleet {name} is {state}. To delete it, stop it and wait until it is STOPPED."
        )
    applications.forget_fleet(ctx.tx, ctx.scope, name)
    resources.forget_tags(ctx.tx, ctx.scope.arn("fleet", name))
    ctx.tx.delete(row)
    ctx.tx.touch(fleet_key(ctx.scope, name))


def _named(ctx: Context, name: str | None) -> FleetRow:
    """The model does not require a name; without one there is nothing to update."""
    if name is None:
        raise InvalidParameterCombinationException(
            "Name is required: it says which fleet to update."
        )
    return wanted(ctx, FleetRow, "fleet", name)


def _change(ctx: Context, row: FleetRow, members: Answer, deleted: Sequence[str]) -> None:
    document = fleet_changes.updated(row.document, members, deleted)
    changed = fleet_changes.changes(row.document, document)
    state = fleets.state(row.goal, row.goal_met)
    refuse_if(fleet_changes.session_refusals(document))
    refuse_if(
        fleet_changes.change_refusals(
            row.name, state=state, changed=changed, elastic=is_elastic(document)
        )
    )
    refuse_misfit(ctx, row.name, document, changed=changed)
    if not changed:
        return
    row.document = document
    if fleet_changes.reaches_instances(changed):
        row.generation += 1
    ctx.tx.touch(fleet_key(ctx.scope, row.name))


def _described(ctx: Context, row: FleetRow) -> Answer:
    state = fleets.state(row.goal, row.goal_met)
    instances = streaming.fleet_instances(ctx.tx, row.scope, row.name)
    return {
        **row.document,
        "Name": row.name,
        "Arn": row.scope.arn("fleet", row.name),
        "CreatedTime": row.created_at,
        "State": state,
        "ComputeCapacityStatus": capacity.capacity_status(
            row.document, [instance.view for instance in instances], running=state == "RUNNING"
        ),
        "FleetErrors": _errors(ctx, row),
    }


def _errors(ctx: Context, row: FleetRow) -> list[Answer]:
    """What control has come upon, and that another account has taken the fleet's image back."""
    arn = row.document.get("ImageArn", "")
    if not sharing.is_withdrawn(ctx.tx, row.scope, arn):
        return list(row.errors)
    return [withdrawn(arn), *row.errors]

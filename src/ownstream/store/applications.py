"""Applications of app blocks, the fleets that offer them, and entitlements of stacks."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from ownstream.domain.scope import Scope
from ownstream.store.application_tables import ApplicationFleetRow, ApplicationRow, EntitlementRow
from ownstream.store.transactions import Tx


def of_app_block(tx: Tx, scope: Scope, app_block_arn: str) -> Sequence[str]:
    """Names of the applications of this app block, in order."""
    own = select(ApplicationRow).where(
        ApplicationRow.account == scope.account, ApplicationRow.region == scope.region
    )
    rows = tx.scalars(own.order_by(ApplicationRow.name))
    return [row.name for row in rows if row.document["AppBlockArn"] == app_block_arn]


def of_fleet(tx: Tx, scope: Scope, fleet: str) -> Sequence[ApplicationRow]:
    """The applications that this fleet offers as its own, in order of name."""
    query = (
        select(ApplicationRow)
        .join(
            ApplicationFleetRow,
            (ApplicationFleetRow.account == ApplicationRow.account)
            & (ApplicationFleetRow.region == ApplicationRow.region)
            & (ApplicationFleetRow.application == ApplicationRow.name),
        )
        .where(
            ApplicationFleetRow.account == scope.account,
            ApplicationFleetRow.region == scope.region,
            ApplicationFleetRow.fleet == fleet,
        )
    )
    return tx.scalars(query.order_by(ApplicationRow.name)).all()


def fleets_of(tx: Tx, scope: Scope, application: str) -> Sequence[str]:
    """Names of the fleets that offer this application, in order."""
    query = select(ApplicationFleetRow.fleet).where(
        ApplicationFleetRow.account == scope.account,
        ApplicationFleetRow.region == scope.region,
        ApplicationFleetRow.application == application,
    )
    return tx.scalars(query.order_by(ApplicationFleetRow.fleet)).all()


def offer(tx: Tx, scope: Scope, *, application: str, fleet: str) -> ApplicationFleetRow | None:
    """That the fleet offers this application, or None if it does not."""
    key = {"account": scope.account, "region": scope.region}
    return tx.get(ApplicationFleetRow, {**key, "fleet": fleet, "application": application})


def by_icon(tx: Tx, icon: str) -> ApplicationRow | None:
    """The application whose icon goes by this word, or None."""
    return tx.scalars(select(ApplicationRow).where(ApplicationRow.icon == icon)).first()


def forget_fleet(tx: Tx, scope: Scope, fleet: str) -> None:
    """The fleet offers no application."""
    mine = (
        ApplicationFleetRow.account == scope.account,
        ApplicationFleetRow.region == scope.region,
    )
    tx.execute(delete(ApplicationFleetRow).where(*mine, ApplicationFleetRow.fleet == fleet))


def entitlement(tx: Tx, scope: Scope, *, stack: str, name: str) -> EntitlementRow | None:
    """The stack's entitlement of this name, or None."""
    key = {"account": scope.account, "region": scope.region, "stack": stack, "name": name}
    return tx.get(EntitlementRow, key)


def entitlements(
    tx: Tx, scope: Scope, stack: str, after: str | None = None, limit: int | None = None
) -> Sequence[EntitlementRow]:
    """The stack's entitlements in order of name, from the one behind `after` on; None: all."""
    query = select(EntitlementRow).where(
        EntitlementRow.account == scope.account,
        EntitlementRow.region == scope.region,
        EntitlementRow.stack == stack,
        EntitlementRow.name > (after or ""),
    )
    return tx.scalars(query.order_by(EntitlementRow.name).limit(limit)).all()


def forget_stack(tx: Tx, scope: Scope, stack: str) -> None:
    """The stack has no entitlement."""
    for row in entitlements(tx, scope, stack):
        tx.delete(row)

"""What a user of the pool may open, and the streaming URL that opens it."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ownstream.domain import fleets
from ownstream.domain.catalog import DESKTOP, Catalog
from ownstream.domain.pool_rules import USERPOOL
from ownstream.domain.themes import Theme
from ownstream.domain.tickets import Ticket, streaming_url
from ownstream.portal.reception import Visitor
from ownstream.portal.refusals import NOT_OFFERED, NOT_RUNNING, TurnedAway
from ownstream.store import FleetRow, StackRow, Tx, catalogs, pool, resources, themes

VALID_FOR = timedelta(minutes=1)


@dataclass(frozen=True)
class Application:
    """Something to open."""

    name: str
    title: str
    description: str = ""
    icon: str = ""  # a path of the service's own; empty: it has none

    @property
    def letter(self) -> str:
        """What stands for it where there is no icon."""
        return self.title[:1].upper()


@dataclass(frozen=True)
class Choice:
    """What a click in the catalog names."""

    stack: str
    fleet: str
    application: str


@dataclass(frozen=True)
class Offer:
    """What one fleet offers by one stack."""

    stack: str
    title: str
    fleet: str
    fleet_title: str
    of_several: bool  # whether the stack has other fleets too
    runs: bool
    applications: Sequence[Application]
    theme: Theme | None = None  # the stack's

    @property
    def choices(self) -> Sequence[Choice]:
        """All that can be clicked on."""
        return [Choice(self.stack, self.fleet, one.name) for one in self.applications]


def offers(tx: Tx, visitor: Visitor) -> Sequence[Offer]:
    """Everything that the user may open, stack by stack in order of title."""
    found = [
        offer
        for row in pool.user_stacks(tx, visitor.scope, user=visitor.user_name)
        for offer in _of_stack(tx, visitor, row.stack)
    ]
    return sorted(found, key=lambda offer: (offer.title.casefold(), offer.stack, offer.fleet))


def theme_of(every: Sequence[Offer]) -> Theme | None:
    """What the whole page wears: the theme of the only stack; nothing where there are several."""
    return every[0].theme if len({offer.stack for offer in every}) == 1 else None


def launch_path(
    tx: Tx, visitor: Visitor, choice: Choice, *, now: datetime, ticket_key: bytes
) -> str:
    """The path of the streaming URL; TurnedAway where this is not offered, or does not run."""
    found = [offer for offer in offers(tx, visitor) if choice in offer.choices]
    fleet = resources.find(tx, FleetRow, visitor.scope, choice.fleet)
    if not found or fleet is None:
        raise TurnedAway(NOT_OFFERED)
    if not found[0].runs:
        raise TurnedAway(NOT_RUNNING)
    ticket = Ticket(
        type="END_USER",
        expires=str(int((now + VALID_FOR).timestamp())),
        awsAccountId=visitor.scope.account,
        userId=visitor.user_name,
        catalogSource=f"stack/{choice.stack}",
        fleetRef=f"fleet/{choice.fleet}",
        applicationId=choice.application,
        userContext="",
        maxUserDurationInSecs=str(fleet.document["MaxUserDurationInSeconds"]),
        region=visitor.scope.region,
        nonce=secrets.token_urlsafe(16),
        authenticationType=USERPOOL,
    )
    return streaming_url("", ticket, ticket_key)


def _of_stack(tx: Tx, visitor: Visitor, name: str) -> Iterator[Offer]:
    scope = visitor.scope
    stack = resources.find(tx, StackRow, scope, name)
    if stack is None:
        return
    names = resources.associated_fleets(tx, scope, name)
    for fleet_name in names:
        fleet = resources.find(tx, FleetRow, scope, fleet_name)
        # Users of the pool are no users of a directory.
        if fleet is not None and not fleet.document.get("DomainJoinInfo"):
            seen = catalogs.session_catalog(
                tx, scope, stack=name, fleet=fleet_name, attributes=visitor.attributes
            )
            yield Offer(
                stack=name,
                title=str(stack.document.get("DisplayName") or name),
                fleet=fleet_name,
                fleet_title=str(fleet.document.get("DisplayName") or fleet_name),
                of_several=len(names) > 1,
                runs=fleets.state(fleet.goal, fleet.goal_met) == "RUNNING",
                applications=list(_applications(tx, fleet, seen)),
                theme=themes.shown(tx, scope, name),
            )


def _applications(tx: Tx, fleet: FleetRow, seen: Catalog) -> Iterator[Application]:
    if fleet.document.get("StreamView") == DESKTOP.upper():
        yield Application(DESKTOP, DESKTOP, "All of its applications on one desktop")
        return  # they are started from there
    for entry in catalogs.image_applications(tx, fleet):
        if entry.get("Enabled", True) and seen.has(entry["Name"]):
            icon = str(entry.get("IconURL", ""))
            yield Application(
                name=str(entry["Name"]),
                title=str(entry.get("DisplayName") or entry["Name"]),
                description=str(entry.get("Description", "")),
                icon=icon if icon.startswith("/icons/") else "",
            )
    for offer in seen.more:
        yield Application(offer.name, offer.display_name, offer.description, offer.icon)

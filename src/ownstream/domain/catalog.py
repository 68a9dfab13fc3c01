"""What a session sees and may start: pure rules over fleets, entitlements and attributes."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ownstream.domain.attributes import Attributes

Members = Mapping[str, Any]
Pair = tuple[str, str]  # an attribute's name and one value of it

DESKTOP = "Desktop"  # the application that is the desktop itself


@dataclass(frozen=True)
class Entitlement:
    """An entitlement of a stack."""

    visibility: str  # the service model's AppVisibility
    attributes: tuple[Pair, ...]
    applications: frozenset[str]  # identifiers: names, or ARNs


@dataclass(frozen=True)
class Offer:
    """An application of a fleet's own, with all that starts it."""

    name: str
    arn: str
    display_name: str
    description: str
    command: tuple[str, ...]
    directory: str  # where it runs; empty: in the user's home folder
    icon: str  # where browsers find it below the service's URL

    @property
    def entry(self) -> Members:
        """As the agent is told of it."""
        return {
            "name": self.name,
            "displayName": self.display_name,
            "description": self.description,
            "command": list(self.command),
            "directory": self.directory,
            "icon": self.icon,
        }


@dataclass(frozen=True)
class Catalog:
    """What a session sees and may start."""

    own: tuple[str, ...] | None  # names, out of what is on the instance's image; None: all of it
    more: tuple[Offer, ...] = ()  # what the fleet offers besides

    @property
    def names(self) -> tuple[str, ...] | None:
        """All names; None: whatever is on the instance's image."""
        if self.own is None:
            return None
        return (*self.own, *(offer.name for offer in self.more))

    def has(self, application: str) -> bool:
        """Whether this one may be started. The desktop always may: entitlements leave it out."""
        return application == DESKTOP or self.names is None or application in self.names

    @property
    def document(self) -> Members:
        """As the agent is told of it."""
        own = None if self.own is None else list(self.own)
        return {"own": own, "more": [offer.entry for offer in self.more]}


NOTHING = Catalog(())


def permitted(
    entitlements: Iterable[Entitlement], attributes: Attributes | None
) -> frozenset[str] | None:
    """Identifiers of the applications that a user with these attributes may start; None: all.

    None as attributes: entitlements do not apply to the user. Of several that match the union
    counts, and on a stack with none every application may be started.
    """
    every = list(entitlements)
    if attributes is None or not every:
        return None
    matching = [entitlement for entitlement in every if _matches(entitlement, attributes)]
    if any(entitlement.visibility == "ALL" for entitlement in matching):
        return None
    return frozenset[str]().union(*(entitlement.applications for entitlement in matching))


def of_image(applications: Iterable[Members], allowed: frozenset[str] | None) -> Catalog:
    """Of an image's applications, those that are enabled and allowed; None allows all."""
    every = list(applications)
    enabled = [app["Name"] for app in every if app.get("Enabled", True)]
    if allowed is None:
        return Catalog(None if len(enabled) == len(every) else tuple(enabled))
    return Catalog(tuple(name for name in enabled if name in allowed))


def of_offers(offers: Iterable[Offer], allowed: frozenset[str] | None) -> Catalog:
    """Of a fleet's own applications, those that are allowed; None allows all."""
    return Catalog(
        (), tuple(offer for offer in offers if allowed is None or allowed & {offer.name, offer.arn})
    )


def command(document: Members) -> tuple[str, ...]:
    """What starts an application with these members; ValueError for an unclosed quotation.

    Parameters of an application that is for Windows alone have quotations of another kind, and
    are divided by spaces.
    """
    parameters = document.get("LaunchParameters", "")
    windows = all(platform.startswith("WINDOWS") for platform in document["Platforms"])
    return (document["LaunchPath"], *(parameters.split() if windows else shlex.split(parameters)))


def _matches(entitlement: Entitlement, attributes: Attributes) -> bool:
    """Every attribute that it names has one of the values that it gives."""
    wanted: dict[str, set[str]] = {}
    for name, value in entitlement.attributes:
        wanted.setdefault(name, set()).add(value)
    return all(_has(attributes, name, values) for name, values in wanted.items())


def _has(attributes: Attributes, name: str, values: Iterable[str]) -> bool:
    return not attributes.get(name, frozenset()).isdisjoint(values)


def entitlement(document: Members, applications: Sequence[str]) -> Entitlement:
    """The entitlement that a stack has so."""
    pairs = [(pair["Name"], pair["Value"]) for pair in document["Attributes"]]
    return Entitlement(document["AppVisibility"], tuple(pairs), frozenset(applications))

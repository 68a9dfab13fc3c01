"""What AppStream asks of an application's members, and of a fleet that is to offer it.

The rules are those of the service model's documentation strings.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ownstream.domain import catalog
from ownstream.domain.elastic import is_elastic
from ownstream.domain.fleet_rules import ELASTIC_PLATFORMS
from ownstream.domain.refusals import COMBINATION, NOT_PERMITTED, VALUE, Refusal, Refusals

Members = Mapping[str, Any]

FAMILIES = {"GENERAL_PURPOSE": "stream.standard.", "GRAPHICS_G4": "stream.graphics.g4dn."}
DELETABLE = {"LAUNCH_PARAMETERS": "LaunchParameters", "WORKING_DIRECTORY": "WorkingDirectory"}
# What starts an application goes to its instance in one packet, beside the session's variables.
MOST_COMMAND_BYTES = 16 * 1024
_STARTS_IT = ("LaunchPath", "LaunchParameters", "WorkingDirectory")


def refusals(document: Members) -> Refusals:
    """What is wrong with an application that would have these members."""
    if "S3Key" not in document["IconS3Location"]:
        yield Refusal(VALUE, "IconS3Location needs an S3Key.")
    yield from _choice_refusals("Platforms", document["Platforms"], ELASTIC_PLATFORMS)
    yield from _choice_refusals("InstanceFamilies", document["InstanceFamilies"], [*FAMILIES])
    size = sum(len(str(document.get(member, "")).encode()) for member in _STARTS_IT)
    if size > MOST_COMMAND_BYTES:
        members = f"{', '.join(_STARTS_IT[:-1])} and {_STARTS_IT[-1]}"
        yield Refusal(VALUE, f"{members} are longer than {MOST_COMMAND_BYTES} bytes together.")
    try:
        catalog.command(document)
    except ValueError as error:
        yield Refusal(VALUE, f"LaunchParameters are not words as a shell has them: {error}.")


def deletion_refusals(members: Members, attributes: Sequence[str]) -> Refusals:
    """Which attributes are to be deleted and set at once."""
    for attribute in attributes:
        if DELETABLE[attribute] in members:
            yield Refusal(
                VALUE, f"{DELETABLE[attribute]} is given, and {attribute} is to be deleted too."
            )


def updated(document: Members, members: Members, attributes: Sequence[str]) -> dict[str, Any]:
    """The document with these members changed and these attributes deleted."""
    gone = {DELETABLE[attribute] for attribute in attributes}
    return {name: value for name, value in {**document, **members}.items() if name not in gone}


def offer_refusals(name: str, application: Members, *, fleet: str, document: Members) -> Refusals:
    """Why this fleet cannot offer this application."""
    if not is_elastic(document):
        yield Refusal(
            NOT_PERMITTED,
            f"The fleet {fleet} is {document.get('FleetType')}. Applications can be associated with"
            " Elastic fleets only; other fleets offer those of their image.",
        )
        return
    platform = document.get("Platform")
    if platform not in application["Platforms"]:
        yield Refusal(
            COMBINATION,
            f"The fleet {fleet} has the platform {platform}, and the application {name} is for"
            f" {', '.join(application['Platforms'])}.",
        )
    kinds = [FAMILIES[family] for family in application["InstanceFamilies"]]
    if not str(document.get("InstanceType")).startswith(tuple(kinds)):
        yield Refusal(
            COMBINATION,
            f"The fleet {fleet} has the instance type {document.get('InstanceType')}, and the"
            f" application {name} is for {', '.join(application['InstanceFamilies'])}.",
        )


def _choice_refusals(member: str, chosen: Sequence[str], allowed: Sequence[str]) -> Refusals:
    if not chosen or not set(chosen) <= set(allowed):
        has = ", ".join(chosen) or "nothing"
        yield Refusal(VALUE, f"{member} has {has}. The valid values are {', '.join(allowed)}.")

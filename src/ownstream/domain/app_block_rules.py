"""What AppStream asks of an app block's members, and what its document is at first.

The rules are those of the service model's documentation strings. A document has the members of
the model's AppBlock but for those that every description finds out.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ownstream.domain.refusals import VALUE, Refusal, Refusals

Members = Mapping[str, Any]

CUSTOM, APPSTREAM2 = "CUSTOM", "APPSTREAM2"
ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"
SETUP, POST_SETUP = "SetupScriptDetails", "PostSetupScriptDetails"
SCRIPTS = {CUSTOM: SETUP, APPSTREAM2: POST_SETUP}  # which script runs, by how it is packaged
TIMEOUT_S = range(1, 3601)


def document(members: Members) -> dict[str, Any]:
    """The document of a new app block; it is ACTIVE if its object is said to be there."""
    packaging = members.get("PackagingType", CUSTOM)
    ready = packaging == CUSTOM or "S3Key" in members["SourceS3Location"]
    return {
        **members,
        "PackagingType": packaging,
        "State": ACTIVE if ready else INACTIVE,
        "AppBlockErrors": [],
    }


def refusals(members: Members) -> Refusals:
    """What is wrong with these members of a new app block.

    AppStream declares no error for any of them; what it answers is not known.
    """
    packaging = members.get("PackagingType", CUSTOM)
    if packaging == CUSTOM and SETUP not in members:
        yield Refusal(VALUE, f"{SETUP} is required for the packaging type CUSTOM.")
    if packaging == CUSTOM and "S3Key" not in members["SourceS3Location"]:
        yield Refusal(VALUE, "SourceS3Location needs an S3Key for the packaging type CUSTOM.")
    other = POST_SETUP if packaging == CUSTOM else SETUP
    if other in members:
        yield Refusal(VALUE, f"{other} is not allowed for the packaging type {packaging}.")
    for member in (SETUP, POST_SETUP):
        if member in members:
            yield from _script_refusals(member, members[member])


def script(document: Members) -> Members | None:
    """The ScriptDetails of the script that runs before a session's applications, or None."""
    return document.get(SCRIPTS[document["PackagingType"]])


def locations(members: Members) -> Iterator[tuple[str, Members]]:
    """The S3Locations that these members name, and where they stand."""
    yield "SourceS3Location", members["SourceS3Location"]
    for member in (SETUP, POST_SETUP):
        if member in members:
            yield f"{member}.ScriptS3Location", members[member]["ScriptS3Location"]


def _script_refusals(member: str, details: Members) -> Refusals:
    if "S3Key" not in details["ScriptS3Location"]:
        yield Refusal(VALUE, f"{member} needs an S3Key in its ScriptS3Location.")
    timeout_s = details["TimeoutInSeconds"]
    if timeout_s not in TIMEOUT_S:
        bounds = f"{TIMEOUT_S.start} and {TIMEOUT_S.stop - 1}"
        yield Refusal(VALUE, f"TimeoutInSeconds is {timeout_s}. Specify a value between {bounds}.")

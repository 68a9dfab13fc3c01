"""Rules of images that accounts share, and what becomes of fleets when one is taken back."""

import re
from collections.abc import Mapping
from typing import Any

from ownstream.domain.refusals import LIMIT, VALUE, Refusal, Refusals

IMAGE_NOT_FOUND = "IMAGE_NOT_FOUND"

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)


def account_refusals(account: str, *, owner: str, others: int, allowed: int) -> Refusals:
    """Why an image cannot be shared with this account, when it is with so many others."""
    if not _ACCOUNT.fullmatch(account):
        yield Refusal(VALUE, f"SharedAccountId is {account}. An account's id has 12 digits.")
    if account == owner:
        yield Refusal(VALUE, f"The image is the account {account}'s own and needs no permission.")
    if others >= allowed:
        yield Refusal(
            LIMIT,
            f"The image is shared with {others} accounts and may be with {allowed}."
            " Take one back with DeleteImagePermissions first.",
        )


def emptied(document: Mapping[str, Any]) -> dict[str, Any]:
    """A fleet's document that wants no instances, as AppStream does when its image goes."""
    status = document.get("ComputeCapacityStatus", {})
    wanted = {name: 0 if name.startswith("Desired") else n for name, n in status.items()}
    return {**document, "ComputeCapacityStatus": wanted}


def withdrawn(image: str) -> Mapping[str, str]:
    """The FleetError of a fleet whose image is not shared with its account any more."""
    return {
        "ErrorCode": IMAGE_NOT_FOUND,
        "ErrorMessage": f"The image {image} is not shared with this account for fleets. Its owner"
        " has to share it, or the fleet has to be updated to another image.",
    }

"""How many resources of a kind an account may have in a region."""

from dataclasses import dataclass

from ownstream.domain.refusals import LIMIT, Refusal, Refusals


@dataclass(frozen=True)
class Limits:
    """The limits of every account; the defaults are AppStream's own."""

    fleets: int = 10
    image_builders: int = 10
    images: int = 10  # its own
    image_shares: int = 100
    stacks: int = 10
    users: int = 50  # of the user pool


def count_refusals(kind: str, *, present: int, allowed: int) -> Refusals:
    """Why one more resource of this kind is too many."""
    if present >= allowed:
        yield Refusal(
            LIMIT,
            f"This account has {present} {kind}s in this region and may have {allowed}."
            f" Delete a {kind}, or have the service's operator raise the limit.",
        )

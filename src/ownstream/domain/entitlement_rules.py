"""What AppStream asks of an entitlement's members."""

from collections.abc import Iterable, Mapping

from ownstream.domain.attributes import NAMES
from ownstream.domain.refusals import VALUE, Refusal, Refusals

LONGEST_IDENTIFIER = 1100  # the longest ARN that the service model allows


def attribute_refusals(attributes: Iterable[Mapping[str, str]]) -> Refusals:
    """Which of these attributes users cannot have."""
    for attribute in attributes:
        if attribute["Name"] not in NAMES:
            yield Refusal(
                VALUE,
                f"An entitlement cannot have the attribute {attribute['Name']}."
                f" The valid names are {', '.join(NAMES)}.",
            )


def identifier_refusals(identifier: str) -> Refusals:
    """Why this cannot be the name or the ARN of an application."""
    if len(identifier) > LONGEST_IDENTIFIER:
        yield Refusal(VALUE, f"ApplicationIdentifier is longer than {LONGEST_IDENTIFIER}.")

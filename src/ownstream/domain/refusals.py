"""Why a request is not granted: an error code of the service model, and words for the caller.

Rules yield refusals and raise nothing, so that they can be asked without an API around them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

COMBINATION = "InvalidParameterCombinationException"
VALUE = "InvalidParameterValueException"
IN_USE = "ResourceInUseException"
LIMIT = "LimitExceededException"
NOT_PERMITTED = "OperationNotPermittedException"


@dataclass(frozen=True)
class Refusal:
    """One reason against a request."""

    code: str
    message: str


Refusals = Iterator[Refusal]

"""The errors that any operation of any AWS service may answer: their codes, statuses and words.

From "Common Errors" of the AWS API references, and those that ownstream answers itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ownstream.model.errors import CommonError


@dataclass(frozen=True)
class CommonFault:
    """How an error looks that is not in the service model."""

    status: int
    message: str


PUBLISHED: Mapping[str, CommonFault] = {
    "AccessDeniedException": CommonFault(
        400, "You do not have sufficient access to perform this action."
    ),
    "IncompleteSignature": CommonFault(
        400, "The request signature does not conform to AWS standards."
    ),
    "InternalFailure": CommonFault(
        500, "The request processing has failed because of an unknown error, exception or failure."
    ),
    "InvalidAction": CommonFault(
        400,
        "The action or operation requested is invalid. Verify that the action is typed correctly.",
    ),
    "InvalidClientTokenId": CommonFault(
        403, "The X.509 certificate or AWS access key ID provided does not exist in our records."
    ),
    "NotAuthorized": CommonFault(400, "You do not have permission to perform this action."),
    "OptInRequired": CommonFault(
        403, "The AWS access key ID needs a subscription for the service."
    ),
    "RequestExpired": CommonFault(
        400,
        "The request reached the service more than 15 minutes after the date stamp on the request"
        " or more than 15 minutes after the request expiration date (such as for pre-signed URLs),"
        " or the date stamp on the request is more than 15 minutes in the future.",
    ),
    "ServiceUnavailable": CommonFault(
        503, "The request has failed due to a temporary failure of the server."
    ),
    # What services answer under this code; the reference says "due to request throttling".
    "ThrottlingException": CommonFault(400, "Rate exceeded"),
    "ValidationError": CommonFault(
        400, "The input fails to satisfy the constraints specified by an AWS service."
    ),
}


def common_errors() -> Mapping[str, CommonFault]:
    """All common errors by code."""
    ours = {
        kind.__name__: CommonFault(kind.http_status, kind.__doc__ or "")
        for kind in CommonError.__subclasses__()
    }
    return {**ours, **PUBLISHED}

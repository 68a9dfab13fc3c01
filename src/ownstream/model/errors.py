"""What a call may fail with: the model's exceptions and the common errors of AWS services.

A test holds the modelled classes to the installed model; their statuses are read from it.
"""

from typing import ClassVar

from ownstream.model.catalog import appstream


class ServiceError(Exception):
    """An answer to the caller that is not a result; its class's name is the error's code."""

    http_status: ClassVar[int]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def code(self) -> str:
        """The code that clients see."""
        return type(self).__name__

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return self.http_status


class ModelledError(ServiceError):
    """An exception of the service model: an operation may raise it only if it declares it."""

    @property
    def status(self) -> int:
        """The HTTP status that the model gives it."""
        return appstream().error_status(self.code)


class CommonError(ServiceError):
    """An error that any operation may answer without declaring it."""

    http_status = 400


class ConcurrentModificationException(ModelledError):
    """Another change of the same resource came in between."""


class DryRunOperationException(ModelledError):
    """The checks passed and, as asked, nothing was made."""


class EntitlementAlreadyExistsException(ModelledError):
    """The stack has an entitlement of that name."""


class EntitlementNotFoundException(ModelledError):
    """The stack has no entitlement of that name."""


class IncompatibleImageException(ModelledError):
    """The image cannot be updated."""


class InvalidAccountStatusException(ModelledError):
    """The account may not do this."""


class InvalidParameterCombinationException(ModelledError):
    """Parameters that do not go together, or one that is missing beside the others."""


class InvalidRoleException(ModelledError):
    """The role is not usable."""


class LimitExceededException(ModelledError):
    """More than the account is allowed. SDKs retry it: raise it only where waiting may help."""


class OperationNotPermittedException(ModelledError):
    """Not allowed, or not in this state."""


class RequestLimitExceededException(ModelledError):
    """Too many calls."""


class ResourceAlreadyExistsException(ModelledError):
    """There is one of that name."""


class ResourceInUseException(ModelledError):
    """Something else still needs it."""


class ResourceNotAvailableException(ModelledError):
    """It exists, but cannot be used now."""


class ResourceNotFoundException(ModelledError):
    """There is none of that name."""


class AccessDeniedException(CommonError):
    """The caller may not do this."""


class IncompleteSignatureException(CommonError):
    """The signature lacks a part."""


class InternalFailure(CommonError):
    """A fault of the service itself."""

    http_status = 500


class InvalidParameterValueException(CommonError):
    """A value that the model allows and the service does not; real, though never declared."""


class InvalidSignatureException(CommonError):
    """The signature does not fit the request, or not this moment."""

    http_status = 403


class MissingAuthenticationTokenException(CommonError):
    """The request is not signed."""

    http_status = 403


class NotImplementedException(CommonError):
    """An operation of the model that ownstream does not have yet.

    The status is 400 since some SDKs treat every 5xx as worth another try.
    """


class RequestEntityTooLargeException(CommonError):
    """The body is longer than the service reads."""

    http_status = 413


class SerializationException(CommonError):
    """The body cannot be read as what the operation takes."""


class ServiceUnavailableException(CommonError):
    """The service cannot answer now; a later try may be answered."""

    http_status = 503


class ThrottlingException(CommonError):
    """Too many calls from one caller; a later try may be answered."""


class UnknownOperationException(CommonError):
    """The service model has no such operation."""


class UnrecognizedClientException(CommonError):
    """No such access key."""

    http_status = 403


class ValidationException(CommonError):
    """A member breaks a constraint of the model."""

"""Errors of operations, in one place where several operations answer the same."""

from collections.abc import Iterable, Mapping

from ownstream.domain.refusals import Refusal
from ownstream.model.errors import (
    InvalidParameterCombinationException,
    InvalidParameterValueException,
    LimitExceededException,
    OperationNotPermittedException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
    ResourceNotFoundException,
    ServiceError,
)
from ownstream.operations.context import Context

ERRORS: Mapping[str, type[ServiceError]] = {
    error.__name__: error
    for error in (
        InvalidParameterCombinationException,
        InvalidParameterValueException,
        LimitExceededException,
        OperationNotPermittedException,
        ResourceInUseException,
    )
}


def refuse_if(refusals: Iterable[Refusal]) -> None:
    """Nothing, if there is no refusal; else the first one, raised as its error."""
    for refusal in refusals:
        raise ERRORS[refusal.code](refusal.message)


def no_such(ctx: Context, kind: str, name: str, *, hint: str = "") -> ResourceNotFoundException:
    """There is no resource of this name; AppStream words it so for images."""
    return ResourceNotFoundException(
        f"The {kind} {name} for account {ctx.scope.account} does not exist.{hint}"
    )


def already_there(ctx: Context, kind: str, name: str) -> ResourceAlreadyExistsException:
    """There is a resource of this name."""
    return ResourceAlreadyExistsException(
        f"The {kind} {name} for account {ctx.scope.account} already exists."
        f" Choose another name, or update or delete that {kind}."
    )

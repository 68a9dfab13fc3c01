"""One call of an operation: validated, carried out in a transaction, paged, its answer checked.

It knows nothing of HTTP: the server hands it what a request said, the embedded client calls it.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from ownstream.api.sigv4 import Principal
from ownstream.log import Log
from ownstream.model.catalog import NEXT_TOKEN, Paging, appstream, paging
from ownstream.model.errors import (
    ConcurrentModificationException,
    InvalidParameterCombinationException,
    InvalidParameterValueException,
    ModelledError,
    NotImplementedException,
    ServiceError,
    ServiceUnavailableException,
    UnknownOperationException,
    ValidationException,
)
from ownstream.model.paging import BadTokenError, Page, PageTokens, list_binding
from ownstream.model.validate import output_breaches, validate_input
from ownstream.operations.context import Context, Services
from ownstream.operations.objects import Objects, Wanted
from ownstream.operations.registry import Answer, Operation
from ownstream.store import Conflict, Tx, Unwritable

TRIES = 4

log = Log("api")


class ContractError(AssertionError):
    """An operation broke its own side of the service model."""


@dataclass(frozen=True)
class Dispatcher:
    """Carries out operations.

    `strict` turns an operation's breach of the model (an undeclared error, an answer that does not
    fit) into a ContractError; otherwise it is logged and the caller answered all the same, since an
    answer that is slightly off serves a caller better than none.
    """

    operations: Mapping[str, Operation[..., Any]]
    transaction: Callable[[], AbstractContextManager[Tx]]
    now: Callable[[], datetime]
    services: Services
    page_tokens: PageTokens
    strict: bool = False

    def call(
        self,
        name: str,
        members: Mapping[str, Any],
        principal: Principal,
        *,
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """The operation's output; ServiceError if it is refused, and then nothing was changed."""
        operation = self._operation(name)
        validate_input(members, operation.model.input_shape)
        call = _Call(self, operation, members, principal, request_id or str(uuid4()))
        output = call.output()
        breaches = output_breaches(output, operation.model.output_shape)
        if breaches:
            self.breach(name, f"its answer does not fit the model: {'; '.join(breaches)}")
        return output

    def breach(self, name: str, what: str) -> None:
        """A breach of the model is raised where that is wanted, and logged where it is not."""
        if self.strict:
            raise ContractError(f"{name}: {what}")
        log.error("operation broke the service model", operation=name, breach=what)

    def _operation(self, name: str) -> Operation[..., Any]:
        if name in self.operations:
            return self.operations[name]
        if name in appstream().operations:
            raise NotImplementedException(
                f"{name} is not implemented by ownstream yet; see the table in the README."
            )
        raise UnknownOperationException(f"The service has no operation {name!r:.80}.")


@dataclass(frozen=True)
class _Call:
    dispatcher: Dispatcher
    operation: Operation[..., Any]
    members: Mapping[str, Any]
    principal: Principal
    request_id: str
    objects: Objects = field(default_factory=Objects)

    def output(self) -> dict[str, Any]:
        try:
            return self._tried()
        except ModelledError as error:
            self._check_declared(error)
            raise

    def _tried(self) -> dict[str, Any]:
        # A conflict means that another transaction went first: the next try sees what it did.
        tries = TRIES
        while tries:
            try:
                with self.dispatcher.transaction() as tx:
                    return self._in_transaction(tx)
            except Wanted as wanted:
                self.objects.fetch(wanted, self.dispatcher.services.locations)
            except Conflict:
                tries -= 1
                log.info("transaction conflict", operation=self.operation.model.name)
            except Unwritable as error:
                log.error("store not written", operation=self.operation.model.name, why=str(error))
                raise ServiceUnavailableException(
                    f"Nothing was changed: the service cannot write its store: {error}."
                ) from error
        raise self._contended()

    def _in_transaction(self, tx: Tx) -> dict[str, Any]:
        dispatcher, principal = self.dispatcher, self.principal
        ctx = Context(
            scope=principal.scope,
            tx=tx,
            now=dispatcher.now(),
            request_id=self.request_id,
            access_key=principal.access_key,
            services=dispatcher.services,
            objects=self.objects,
        )
        answer: Answer = self.operation.answer(ctx, self.members)
        if isinstance(answer, Page):
            return self._paged(answer)
        return dict(answer or {})

    def _paged(self, page: Page[Any]) -> dict[str, Any]:
        pages = paging(self.operation.model)
        if pages is None:
            raise ContractError(f"{self.operation.model.name} has no pages in the service model")
        name, caller = self.operation.model.name, self.principal
        binding = list_binding(
            name, caller.account, caller.region, self.members, pages.asking_members
        )
        turned = page.turn(self._after(binding), self._asked(pages))
        output = {**page.also, pages.items_member: list(turned.items)}
        if turned.last_key is not None:
            output[NEXT_TOKEN] = self.dispatcher.page_tokens.issue(binding, turned.last_key)
        return output

    def _after(self, binding: str) -> Any:
        token = self.members.get(NEXT_TOKEN)
        if token is None:
            return None
        try:
            return self.dispatcher.page_tokens.read(binding, token)
        except BadTokenError as error:
            raise self._bad_token() from error

    def _asked(self, pages: Paging) -> int:
        asked = self.members.get(pages.size_member, 0) if pages.size_member else 0
        if asked < 0:
            raise ValidationException(f"{pages.size_member} must not be negative, not {asked}.")
        return asked

    def _bad_token(self) -> ServiceError:
        message = (
            "NextToken was not issued for this list. Send it with the parameters of the call that "
            "returned it, or leave it out to start again."
        )
        if self._declares(InvalidParameterCombinationException):
            return InvalidParameterCombinationException(message)
        return InvalidParameterValueException(message)

    def _contended(self) -> ServiceError:
        message = "Others are changing the same resources at this moment. Try again."
        if self._declares(ConcurrentModificationException):
            return ConcurrentModificationException(message)
        return ServiceUnavailableException(message)

    def _check_declared(self, error: ModelledError) -> None:
        if not self._declares(type(error)):
            name = self.operation.model.name
            self.dispatcher.breach(name, f"it does not declare {error.code}: {error.message}")

    def _declares(self, kind: type[ModelledError]) -> bool:
        declared = {shape.error_code for shape in self.operation.model.error_shapes}
        return kind.__name__ in declared

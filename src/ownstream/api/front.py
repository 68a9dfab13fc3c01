"""Requests to the one address: AppStream's own, and those of services that stand beside it.

Clients of AppStream ask other services too, of the same endpoint: STS who they are, the Resource
Groups Tagging API for tags.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol
from uuid import uuid4

from ownstream.api.messages import HttpRequest, HttpResponse
from ownstream.log import Log
from ownstream.model.errors import InternalFailure, ServiceError

log = Log("api")


class Answers(Protocol):
    """Whatever answers requests."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request. It may block, and never raises for one."""
        ...


class Neighbour(Protocol):
    """Another service of AWS, as far as AppStream's clients need it."""

    signing_name: ClassVar[str]  # what its requests are signed for

    def takes(self, request: HttpRequest) -> bool:
        """Whether the request is for this service."""
        ...

    def carry_out(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """The answer; ServiceError if the request is refused."""
        ...

    def refuse(self, request: HttpRequest, request_id: str, error: ServiceError) -> HttpResponse:
        """The answer that says why, as this service's clients read it."""
        ...


@dataclass(frozen=True)
class Front:
    """Hands each request to the service that it is for."""

    api: Answers
    neighbours: Sequence[Neighbour]

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer of a neighbour that takes the request, else the API's."""
        for neighbour in self.neighbours:
            if neighbour.takes(request):
                return _answered(neighbour, request)
        return self.api.answer(request)


def _answered(neighbour: Neighbour, request: HttpRequest) -> HttpResponse:
    request_id = str(uuid4())
    try:
        response = neighbour.carry_out(request, request_id)
    except ServiceError as error:
        response = neighbour.refuse(request, request_id, error)
    except Exception:  # the outermost frame of every request
        log.exception("request failed", request_id=request_id)
        message = f"The service failed. Its log names request {request_id}."
        response = neighbour.refuse(request, request_id, InternalFailure(message))
    status = response.status
    log.info("request", service=neighbour.signing_name, request_id=request_id, status=status)
    return response

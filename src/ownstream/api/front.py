"""Requests to the one address: AppStream's own, and those of services that stand beside it.

Clients of AppStream ask other services too, of the same endpoint: STS who they are, the Resource
Groups Tagging API for tags.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ownstream.api.messages import HttpRequest, HttpResponse


class Answers(Protocol):
    """Whatever answers requests."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request. It may block, and never raises for one."""
        ...


class Neighbour(Answers, Protocol):
    """Another service of AWS, as far as AppStream's clients need it."""

    def takes(self, request: HttpRequest) -> bool:
        """Whether the request is for this service."""
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
                return neighbour.answer(request)
        return self.api.answer(request)

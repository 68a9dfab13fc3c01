"""A request's way: bytes, codec, signature, faults, validation, operation, codec, bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Protocol
from uuid import uuid4

from ownstream.api.faults import injected
from ownstream.api.messages import HttpRequest, HttpResponse
from ownstream.api.sigv4 import Principal, Verifier, is_presigned
from ownstream.domain.faults import Faults as AnyFaults
from ownstream.faults import Faults
from ownstream.log import Log
from ownstream.model.catalog import Catalog, appstream
from ownstream.model.codecs.base import Codec
from ownstream.model.codecs.cbor import CborCodec
from ownstream.model.codecs.json import JsonCodec
from ownstream.model.codecs.query import parse_query
from ownstream.model.errors import InternalFailure, ServiceError, UnknownOperationException

CBOR_PATH = "/service/"

log = Log("api")


@dataclass
class Exchange:
    """A request on its way, and what has been learnt of it so far."""

    request: HttpRequest
    codec: Codec
    request_id: str = field(default_factory=lambda: str(uuid4()))
    operation: str = ""
    principal: Principal | None = None
    members: dict[str, Any] = field(default_factory=dict[str, Any])
    output: Mapping[str, Any] = field(default_factory=dict[str, Any])
    body: bytes = b""
    delay_s: float = 0.0


class Operations(Protocol):
    """What carries a service's operations out."""

    def call(
        self, name: str, members: Mapping[str, Any], principal: Principal, *, request_id: str
    ) -> Mapping[str, Any]:
        """The operation's output; ServiceError if it is refused."""
        ...


Note = Callable[[Exchange, HttpResponse, float], None]
"""Hears of each request that was answered, and in how many seconds."""


def log_access(exchange: Exchange, response: HttpResponse, elapsed_s: float) -> None:
    """The request is in the log."""
    # Names and numbers alone: members and messages may hold what a caller meant for nobody else.
    log.info(
        "request",
        operation=exchange.operation or None,
        account=exchange.principal.account if exchange.principal else None,
        region=exchange.principal.region if exchange.principal else None,
        request_id=exchange.request_id,
        status=response.status,
        ms=round(elapsed_s * 1000, 1),
    )


@dataclass(frozen=True)
class Api:
    """Answers requests of a service's API: AppStream's, unless it is told of another."""

    operations: Operations
    verifier: Verifier
    note: Note = log_access
    faults: AnyFaults = field(default_factory=Faults)
    catalog: Catalog = field(default_factory=appstream)
    example: str = "DescribeFleets"  # one of the operations, for whoever names none

    def takes(self, request: HttpRequest) -> bool:
        """Whether the request names an operation of this service, there or not."""
        return bool(_operation_named(request, self.catalog))

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request. It blocks while the store works, and never raises for one."""
        started = perf_counter()
        exchange = Exchange(request, _codec(request, self.catalog))
        try:
            for step in STEPS:
                step(self, exchange)
            response = _response(exchange, 200, exchange.body)
        except ServiceError as error:
            response = _refusal(exchange, error)
        except Exception:  # the outermost frame of every request
            response = _refusal(exchange, logged_failure(exchange.request_id))
        self.note(exchange, response, perf_counter() - started)
        return response


def logged_failure(request_id: str) -> InternalFailure:
    """The error for the caller of what has just failed unforeseen, which is in the log now."""
    log.exception("request failed", request_id=request_id)
    return InternalFailure(f"The service failed. Its log names request {request_id}.")


def name_operation(api: Api, exchange: Exchange) -> None:
    """The operation is known by its name."""
    named = _operation_named(exchange.request, api.catalog)
    if named not in api.catalog.operations:
        raise UnknownOperationException(
            "The request names no operation of the service: send X-Amz-Target: "
            f"{api.catalog.target_prefix}.{api.example}, say."
        )
    exchange.operation = named


def authenticate(api: Api, exchange: Exchange) -> None:
    """The caller is proven."""
    exchange.principal = api.verifier.verify(exchange.request)


def meet_faults(api: Api, exchange: Exchange) -> None:
    """The call has met the faults that tests have asked for.

    Callers who may call at all are throttled before anybody reads what they want, so this stands
    before parsing and validation: a struck call changes nothing, whatever its members are. A slow
    answer is that of a call carried out at once, as when a client gives up too early.
    """
    struck = api.faults.strike_call(exchange.operation)
    exchange.delay_s = struck.delay_s
    if struck.error is not None:
        raise injected(struck.error, exchange.operation)


def parse(api: Api, exchange: Exchange) -> None:
    """The members are read."""
    request, shape = exchange.request, api.catalog.operations[exchange.operation].input_shape
    if is_presigned(request) and not request.body:
        exchange.members = parse_query(request.parameters, shape)
    else:
        exchange.members = exchange.codec.parse(request.body, shape)


def operate(api: Api, exchange: Exchange) -> None:
    """The operation, its members validated, is carried out."""
    assert exchange.principal is not None
    exchange.output = api.operations.call(
        exchange.operation, exchange.members, exchange.principal, request_id=exchange.request_id
    )


def serialize(api: Api, exchange: Exchange) -> None:
    """The answer is written."""
    shape = api.catalog.operations[exchange.operation].output_shape
    exchange.body = exchange.codec.serialize(exchange.output, shape)


Step = Callable[[Api, Exchange], None]
STEPS: tuple[Step, ...] = (name_operation, authenticate, meet_faults, parse, operate, serialize)


def refuse(request: HttpRequest, error: ServiceError) -> HttpResponse:
    """The answer to a request that is refused before it sets out on its way."""
    return _refusal(Exchange(request, _codec(request, appstream())), error)


def _codec(request: HttpRequest, catalog: Catalog) -> Codec:
    if request.path.startswith(CBOR_PATH):
        return CborCodec()
    return JsonCodec(catalog.json_version)


def _operation_named(request: HttpRequest, catalog: Catalog) -> str:
    """In the path of a CBOR request, else in a header; empty if it names none of this service."""
    target = request.header.get("x-amz-target", "") if request.path == "/" else ""
    return _behind(f"{CBOR_PATH}{catalog.target_prefix}/operation/", request.path) or _behind(
        f"{catalog.target_prefix}.", target
    )


def _behind(prefix: str, text: str) -> str:
    return text.removeprefix(prefix) if text.startswith(prefix) else ""


def _refusal(exchange: Exchange, error: ServiceError) -> HttpResponse:
    return _response(exchange, error.status, exchange.codec.serialize_error(error))


def _response(exchange: Exchange, status: int, body: bytes) -> HttpResponse:
    headers = {**exchange.codec.headers, "x-amzn-RequestId": exchange.request_id}
    return HttpResponse(status, headers, body, exchange.delay_s)

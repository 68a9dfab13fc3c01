"""The API as routes of an ASGI application; the answer itself is `chain`'s."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ownstream.api.chain import CBOR_PATH, refuse
from ownstream.api.front import Answers
from ownstream.api.messages import HttpRequest, HttpResponse
from ownstream.model.errors import RequestEntityTooLargeException, SerializationException

MOST_BODY_BYTES = 1024 * 1024
BODY_TIMEOUT_S = 20

Sleep = Callable[[float], Awaitable[None]]


def api_routes(
    api: Answers, executor: Executor, sleep: Sleep = asyncio.sleep
) -> Sequence[BaseRoute]:
    """The routes of both wire protocols. Requests are answered on the executor's threads.

    Answers that are to be late wait by `sleep`, and hold neither thread nor transaction then.
    """

    async def answer(request: Request) -> Response:
        return await _answer(api, executor, sleep, request)

    return [
        Route("/", answer, methods=["GET", "POST"]),
        Route(f"{CBOR_PATH}{{rest:path}}", answer, methods=["POST"]),
    ]


def api_app(api: Answers, executor: Executor) -> Starlette:
    """An application that is the API and nothing else."""
    return Starlette(routes=list(api_routes(api, executor)))


async def _answer(api: Answers, executor: Executor, sleep: Sleep, request: Request) -> Response:
    asked = await received(request)
    if isinstance(asked, HttpResponse):
        return sent(asked)
    loop = asyncio.get_running_loop()
    response = await loop.run_in_executor(executor, api.answer, asked)
    if response.delay_s:
        await sleep(response.delay_s)
    return sent(response)


async def received(request: Request) -> HttpRequest | HttpResponse:
    """The request, read to its end; or the refusal of one that is too long or does not come."""
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            body = await _body(request)
    except (TimeoutError, ClientDisconnect):
        error = SerializationException(f"The body did not arrive within {BODY_TIMEOUT_S} seconds.")
        return refuse(_http_request(request, b""), error)
    if body is None:
        error = RequestEntityTooLargeException(f"The body is above {MOST_BODY_BYTES} bytes.")
        return refuse(_http_request(request, b""), error)
    return _http_request(request, body)


async def _body(request: Request) -> bytes | None:
    """The whole body; None if it is longer than the service reads."""
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > MOST_BODY_BYTES:
            return None
    return bytes(chunks)


def _http_request(request: Request, body: bytes) -> HttpRequest:
    scope = request.scope
    return HttpRequest(
        method=request.method,
        path=scope.get("raw_path", b"").decode("latin-1") or scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=[
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
        ],
        body=body,
    )


def sent(response: HttpResponse) -> Response:
    """The answer as the server wants it."""
    return Response(response.body, response.status, dict(response.headers))

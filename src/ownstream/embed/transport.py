"""The way from botocore's client to the API without a socket, through `before-send`."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse

from ownstream.api.messages import HttpRequest, HttpResponse


class Transport:
    """Answers what botocore is about to send; made to be registered as a hook."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        """The API's answer, as botocore's before-send hook wants it."""
        answer = self._answer(http_request(request))
        return AWSResponse(request.url, answer.status, answer.headers, _Raw(answer.body))


class _Raw(BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


def http_request(request: Any) -> HttpRequest:
    """What a server would see of a request that botocore has prepared."""
    parts = urlsplit(request.url)
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    headers.setdefault("host", parts.netloc)
    body = request.body or b""
    return HttpRequest(
        method=request.method,
        path=parts.path or "/",
        query=parts.query,
        headers=list(headers.items()),
        body=body.encode() if isinstance(body, str) else body,
    )


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)

"""The way from botocore's client to the API without a socket, through `before-send`."""

import time
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from ownstream.api.messages import HttpRequest, HttpResponse


class Transport:
    """Answers what botocore is about to send; made to be registered as a hook."""

    def __init__(
        self,
        answer: Callable[[HttpRequest], HttpResponse],
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """`wait` lets so many seconds pass, where an answer is late."""
        self._answer = answer
        self._wait = wait

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        """The API's answer, as botocore's before-send hook wants it."""
        return self.until(None)(request)

    def until(self, timeout_s: float | None) -> Callable[..., AWSResponse]:
        """The hook of a client that waits so long for an answer; None for as long as it takes.

        It raises botocore's ReadTimeoutError, as its HTTP client does.
        """

        def hook(request: Any, **_: Any) -> AWSResponse:
            answer = self._answer(http_request(request))
            late = timeout_s is not None and answer.delay_s >= timeout_s
            delay_s = timeout_s if late else answer.delay_s
            if delay_s:
                self._wait(delay_s)
            if late:
                raise ReadTimeoutError(endpoint_url=request.url)
            return AWSResponse(request.url, answer.status, answer.headers, _Raw(answer.body))

        return hook


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

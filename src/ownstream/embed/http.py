"""Requests to a running service: botocore's own signer and connections, without its clients."""

import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

SIGNING_NAME = "appstream"
READ_TIMEOUT_S = 300  # a clock may take its time to be turned
NO_DELAY = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]


@dataclass(frozen=True)
class Answer:
    """What a request was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body's JSON; JSONDecodeError if it is none."""
        return json.loads(self.body or b"null")


class Http:
    """Sends requests, signed as botocore's clients sign theirs, or as a browser would."""

    def __init__(self, credentials: Credentials, region: str, verify: bool | str, url: str) -> None:
        """`verify` is a bundle of certificates to trust, or whether any are to be looked at."""
        self._credentials = credentials
        self._region = region
        self._verify = verify
        self._session = URLLib3Session(
            verify=cast("bool", verify),  # a path too, as botocore's clients hand it on
            proxies=get_environ_proxies(url),
            timeout=READ_TIMEOUT_S,
            socket_options=NO_DELAY,
        )

    def signed(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> Answer:
        """The answer to this, signed; `body` is sent as JSON."""
        request = _request(method, url, body, {})
        # Temporary credentials may have been renewed meanwhile.
        credentials = self._credentials.get_frozen_credentials()
        SigV4Auth(credentials, SIGNING_NAME, self._region).add_auth(request)
        return self._send(request)

    def plain(
        self,
        method: str,
        url: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to this, as anybody may send it."""
        return self._send(_request(method, url, body, headers or {}))

    def form(self, url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """The answer to these fields, as a browser sends a form's."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        data = urlencode(fields).encode()
        return self._send(AWSRequest("POST", url, data=data, headers={**kind, **headers}))

    def tls(self) -> ssl.SSLContext:
        """What a connection of another kind trusts."""
        context = ssl.create_default_context()
        if isinstance(self._verify, str):
            context.load_verify_locations(self._verify)
        elif not self._verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def close(self) -> None:
        """Its connections are closed."""
        self._session.close()

    def _send(self, request: AWSRequest) -> Answer:
        answer = self._session.send(request.prepare())
        return Answer(answer.status_code, answer.headers, answer.content)


def _request(
    method: str, url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
) -> AWSRequest:
    content = None if body is None else json.dumps(body).encode()
    kind = {} if body is None else {"Content-Type": "application/json"}
    return AWSRequest(method, url, data=content, headers={**kind, **headers})

"""Signed requests to a service that no client has an operation for."""

import json
import socket
from dataclasses import dataclass
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from ownstream import profile
from tests.support.service import Served

NO_DELAY = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]


@dataclass(frozen=True)
class Answer:
    """A status, and the JSON of the body; None if it is none."""

    status: int
    body: Any
    cookie: str = ""  # one that has been set, as it is sent back

    @property
    def error(self) -> str:
        """The error's code, or empty."""
        return self.body.get("__type", "") if isinstance(self.body, dict) else ""


@dataclass(frozen=True)
class Signing:
    """Somebody with a key pair."""

    url: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """What this is answered; `body` is sent as JSON, but for bytes."""
        request = request_of(method, self.url + path, body)
        credentials = Credentials(self.access_key, self.secret_key)
        SigV4Auth(credentials, "appstream", self.region).add_auth(request)
        return send(request)


def owner(service: Served, **changes: Any) -> Signing:
    """Who has the profile's key."""
    pair = profile.key_pair(service.data_dir / "aws")
    assert pair is not None
    known = {"access_key": pair.access_key, "secret_key": pair.secret_key}
    return Signing(service.url, **{**known, **changes})


def request_of(method: str, url: str, body: Any = None) -> AWSRequest:
    """The request, not signed."""
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    return AWSRequest(method, url, data=content)


def send(request: AWSRequest) -> Answer:
    """What this is answered."""
    http = URLLib3Session(socket_options=NO_DELAY)
    try:
        answer = http.send(request.prepare())
        kind = answer.headers.get("content-type", "")
        body = json.loads(answer.content) if "json" in kind else None
        cookie = answer.headers.get("set-cookie", "").partition(";")[0]
        return Answer(answer.status_code, body, cookie)
    finally:
        http.close()

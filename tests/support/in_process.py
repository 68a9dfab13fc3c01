"""Real botocore clients whose requests are answered in this process, without a socket."""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.loaders import Loader

from ownstream.api.chain import Api
from ownstream.api.messages import HttpRequest

ENDPOINT = "http://appstream.test"
JSON_PROTOCOL = "json"
CBOR_PROTOCOL = "smithy-rpc-v2-cbor"
PROTOCOLS = (JSON_PROTOCOL, CBOR_PROTOCOL)


class Transport:
    """Carries a client's requests to the API, and remembers them."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.requests: list[HttpRequest] = []

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        """The API's answer, as botocore's before-send hook wants it."""
        self.requests.append(http_request(request))
        answer = self._api.answer(self.requests[-1])
        return AWSResponse(request.url, answer.status, answer.headers, _Raw(answer.body))


class _Raw(BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


class OneProtocolLoader(Loader):
    """Loads service models that name one protocol, so that a client cannot choose another."""

    def __init__(self, protocol: str) -> None:
        super().__init__()
        self._protocol = protocol

    def load_service_model(self, *args: Any, **kwargs: Any) -> Any:
        """The service model as installed, but for its protocols."""
        model = super().load_service_model(*args, **kwargs)
        if "protocols" not in model.get("metadata", {}):
            return model
        metadata = {**model["metadata"], "protocol": self._protocol, "protocols": [self._protocol]}
        return {**model, "metadata": metadata}


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


def client_of(
    transport: Transport,
    *,
    protocol: str = JSON_PROTOCOL,
    region: str = "us-east-1",
    key: tuple[str, str] = ("AKIDEXAMPLE", "wJalrXUtnFEMI"),
    **config: Any,
) -> Any:
    """A boto3 client of the API; it tries each call once unless told otherwise."""
    settings = {"retries": {"total_max_attempts": 1}, **config}
    core = botocore.session.Session()
    core.register_component("data_loader", OneProtocolLoader(protocol))
    client = boto3.session.Session(botocore_session=core).client(
        "appstream",
        region_name=region,
        endpoint_url=ENDPOINT,
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
        config=Config(**settings),
    )
    client.meta.events.register("before-send.appstream", transport)
    return client

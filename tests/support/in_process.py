"""Real botocore clients whose requests are answered in this process, without a socket."""

from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from ownstream.api.front import Answers
from ownstream.api.messages import HttpRequest, HttpResponse
from ownstream.embed import transport

ENDPOINT = "http://appstream.test"
JSON_PROTOCOL = "json"
CBOR_PROTOCOL = "smithy-rpc-v2-cbor"
PROTOCOLS = (JSON_PROTOCOL, CBOR_PROTOCOL)


class Transport(transport.Transport):
    """Carries a client's requests to the API, and remembers them."""

    def __init__(self, api: Answers) -> None:
        super().__init__(self._remember)
        self._api = api
        self.requests: list[HttpRequest] = []

    def _remember(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        return self._api.answer(request)


class OneProtocolLoader(Loader):
    """Loads service models that name one protocol, so that a client cannot choose another."""

    def __init__(self, protocol: str) -> None:
        super().__init__()
        self._protocol = protocol

    def load_service_model(self, *args: Any, **kwargs: Any) -> Any:
        """The service model as installed, but for its protocols."""
        model = super().load_service_model(*args, **kwargs)
        if "protocol" not in model.get("metadata", {}):
            return model
        metadata = {**model["metadata"], "protocol": self._protocol, "protocols": [self._protocol]}
        return {**model, "metadata": metadata}


def client_of(
    carrier: Transport,
    *,
    service: str = "appstream",
    protocol: str = JSON_PROTOCOL,
    region: str = "us-east-1",
    key: tuple[str, str] = ("AKIDEXAMPLE", "wJalrXUtnFEMI"),
    **config: Any,
) -> Any:
    """A boto3 client of the service; it tries each call once unless told otherwise."""
    settings = {"retries": {"total_max_attempts": 1}, **config}
    core = botocore.session.Session()
    core.register_component("data_loader", OneProtocolLoader(protocol))
    client = boto3.session.Session(botocore_session=core).client(
        service,
        region_name=region,
        endpoint_url=ENDPOINT,
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
        config=Config(**settings),
    )
    client.meta.events.register(
        f"before-send.{client.meta.service_model.service_id.hyphenize()}", carrier
    )
    return client

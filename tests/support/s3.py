"""An S3 service on loopback, with one bucket."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "homes"
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}


@dataclass(frozen=True)
class S3:
    """Where it is, and a client of it."""

    url: str
    client: Any

    def names(self) -> list[str]:
        """All keys in the bucket."""
        found = self.client.list_objects_v2(Bucket=BUCKET).get("Contents", ())
        return [entry["Key"] for entry in found]

    def empty(self) -> None:
        """The bucket has nothing."""
        for key in self.names():
            self.client.delete_object(Bucket=BUCKET, Key=key)


@contextmanager
def s3_service() -> Iterator[S3]:
    """The service; meanwhile this process has keys for it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    before = {name: os.environ.get(name) for name in KEYS}
    os.environ.update(KEYS)
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        client = boto3.session.Session().client("s3", endpoint_url=url, region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        made = S3(url, client)
        made.empty()  # services of one process share what they have
        yield made
        client.close()
    finally:
        server.stop()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})

"""What a service and an embedded engine are both made of."""

import fcntl
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ownstream.api.dispatch import Dispatcher
from ownstream.clock import Clock
from ownstream.domain.faults import Faults
from ownstream.domain.limits import Limits
from ownstream.drivers.base import Image, InstanceDriver, icon_path
from ownstream.keyring import Keyring
from ownstream.model.paging import PageTokens
from ownstream.operations.registry import written_operations
from ownstream.storage.locations import Locations
from ownstream.store import ImageRow, Store, resources


class AlreadyServed(Exception):
    """Another service runs on this folder."""


@dataclass(frozen=True)
class OperationServices:
    """What operations use of the service."""

    keyring: Keyring
    public_url: str
    limits: Limits
    faults: Faults
    locations: Locations

    @property
    def ticket_key(self) -> bytes:
        return self.keyring.key("tickets")

    def seal(self, secret: bytes) -> bytes:
        return self.keyring.seal(secret)

    def unseal(self, sealed: bytes) -> bytes:
        return self.keyring.unseal(sealed)


def dispatcher(
    store: Store,
    clock: Clock,
    keyring: Keyring,
    public_url: str,
    faults: Faults,
    limits: Limits,
    *,
    locations: Locations,
) -> Dispatcher:
    """All operations that there are, over this store."""
    return Dispatcher(
        operations=written_operations(),
        transaction=store.transaction,
        now=clock.now,
        services=OperationServices(keyring, public_url, limits, faults, locations),
        page_tokens=PageTokens(keyring.key("pages")),
    )


def remember_images(store: Store, driver: InstanceDriver, clock: Clock) -> None:
    """The public images are those of the driver."""
    rows = [_image_row(image, clock) for image in driver.images()]
    with store.transaction() as tx:
        resources.replace_public_images(tx, rows)


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Meanwhile nobody else has this lock; AlreadyServed if somebody has it now."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise AlreadyServed(f"another service runs on {path.parent}") from error
    finally:
        os.close(descriptor)


def _image_row(image: Image, clock: Clock) -> ImageRow:
    applications = [
        {
            "Name": app.name,
            "DisplayName": app.display_name,
            "Description": app.description,
            "LaunchPath": app.command[0],
            "LaunchParameters": " ".join(app.command[1:]),
            "Enabled": True,
            "IconURL": icon_path(image.name, app),
        }
        for app in image.applications
    ]
    document: Mapping[str, Any] = {
        "Name": image.name,
        "DisplayName": image.display_name,
        "Description": image.description,
        "State": "AVAILABLE",
        "Visibility": "PUBLIC",
        "ImageType": "NATIVE",
        "Platform": image.platform,
        "ImageBuilderSupported": image.builders,
        "SupportedInstanceFamilies": list(image.families),
        "Applications": [
            {member: value for member, value in app.items() if value != ""} for app in applications
        ],
    }
    return ImageRow(
        account="",
        region="",
        name=image.name,
        document=dict(document),
        icons={app.name: app.icon for app in image.applications if app.icon},
        created_at=clock.now(),
    )

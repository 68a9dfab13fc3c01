"""What a service and an embedded engine are both made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ownstream.api.dispatch import Dispatcher
from ownstream.clock import Clock
from ownstream.domain.limits import Limits
from ownstream.drivers.base import Image, InstanceDriver, icon_path
from ownstream.keyring import Keyring
from ownstream.model.paging import PageTokens
from ownstream.operations.registry import written_operations
from ownstream.store import ImageRow, Store, resources

FAMILIES = ("General Purpose", "Compute Optimized", "Memory Optimized")  # without a GPU


@dataclass(frozen=True)
class OperationServices:
    """What operations use of the service."""

    keyring: Keyring
    public_url: str
    limits: Limits = field(default_factory=Limits)

    @property
    def ticket_key(self) -> bytes:
        return self.keyring.key("tickets")

    def seal(self, secret: bytes) -> bytes:
        return self.keyring.seal(secret)

    def unseal(self, sealed: bytes) -> bytes:
        return self.keyring.unseal(sealed)


def dispatcher(store: Store, clock: Clock, keyring: Keyring, public_url: str) -> Dispatcher:
    """All operations that there are, over this store."""
    return Dispatcher(
        operations=written_operations(),
        transaction=store.transaction,
        now=clock.now,
        services=OperationServices(keyring, public_url),
        page_tokens=PageTokens(keyring.key("pages")),
    )


def remember_images(store: Store, driver: InstanceDriver, clock: Clock) -> None:
    """The public images are those of the driver."""
    rows = [_image_row(image, clock) for image in driver.images()]
    with store.transaction() as tx:
        resources.replace_public_images(tx, rows)


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
        "Platform": image.platform,
        "ImageBuilderSupported": False,
        "SupportedInstanceFamilies": list(FAMILIES),
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

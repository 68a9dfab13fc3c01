"""Images as instances are launched from them: the driver's own, or one that was made here."""

import shlex
from collections.abc import Mapping
from typing import Any

from ownstream.domain.scope import Scope, owner_of
from ownstream.drivers.base import WITHOUT_GPU, Application, Image
from ownstream.store import ImageRow, Tx, resources, sharing


def launchable(
    tx: Tx, scope: Scope, fleet: Mapping[str, Any], name: str, public: Mapping[str, Image]
) -> Image | None:
    """The image of this name that the fleet with this document may launch now; None if none.

    `public` are the driver's images by name, which need no row: what they are is known to the
    driver.
    """
    row = _row(tx, scope, fleet, name)
    if row is None or not row.account:
        return None if owner_of(str(fleet.get("ImageArn", ""))) else public.get(name)
    return made_image(row) if row.document.get("State") == "AVAILABLE" else None


def _row(tx: Tx, scope: Scope, fleet: Mapping[str, Any], name: str) -> ImageRow | None:
    """The image's row: by its ARN, as other accounts' are, where the fleet has that."""
    if "ImageArn" not in fleet:
        return resources.find_image(tx, scope, name)
    found = sharing.image_of_arn(tx, scope, str(fleet["ImageArn"]))
    return found.image if found and found.allows_fleets else None


def made_image(row: ImageRow) -> Image:
    """An image that was made here, by its row."""
    document = row.document
    return Image(
        name=row.name,
        display_name=str(document.get("DisplayName", row.name)),
        description=str(document.get("Description", "")),
        platform=str(document.get("Platform", "")),
        applications=applications(document),
        families=tuple(document.get("SupportedInstanceFamilies", WITHOUT_GPU)),
        layers=tuple(row.layers),
    )


def applications(document: Mapping[str, Any]) -> tuple[Application, ...]:
    """The catalog of an image's document, without what has been disabled in it."""
    catalog = document.get("Applications", ())
    return tuple(_application(entry) for entry in catalog if entry.get("Enabled", True))


def _application(entry: Mapping[str, Any]) -> Application:
    return Application(
        name=entry["Name"],
        display_name=entry.get("DisplayName") or entry["Name"],
        command=(entry["LaunchPath"], *_words(entry.get("LaunchParameters", ""))),
        icon=entry.get("IconURL", ""),
        description=entry.get("Description", ""),
        directory=entry.get("WorkingDirectory", ""),
        terminal=entry.get("Metadata", {}).get(TERMINAL) == "true",
    )


TERMINAL = "Terminal"  # of an application's Metadata: it wants a terminal to run in


def _words(parameters: str) -> list[str]:
    """As a shell would part them; at their spaces if it could not."""
    try:
        return shlex.split(parameters)
    except ValueError:
        return parameters.split()

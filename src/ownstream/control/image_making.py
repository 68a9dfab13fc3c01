"""An image asked for by an Image Assistant: the same whoever asks, in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ownstream.domain import image_builders
from ownstream.domain.agent_version import AGENT_VERSION
from ownstream.domain.image_requests import BadRequest, Entry, ImageRequest, image_request
from ownstream.domain.keys import builder_key
from ownstream.domain.layers import new_layer_id
from ownstream.domain.limits import Limits, count_refusals
from ownstream.domain.scope import Scope
from ownstream.store import ImageBuilderRow, ImageRow, Tx, resources


def make_image(
    tx: Tx,
    scope: Scope,
    builder: str,
    asked: Mapping[str, Any],
    *,
    now: datetime,
    limits: Limits,
) -> None:
    """The image is PENDING and the image builder SNAPSHOTTING, unless this is a dry run.

    BadRequest if that is not granted.
    """
    request = image_request(asked)
    row = resources.find(tx, ImageBuilderRow, scope, builder)
    if row is None or (row.goal, row.goal_met) != (image_builders.RUNNING, True):
        raise BadRequest("The image builder is not RUNNING")
    if resources.find(tx, ImageRow, scope, request.name) is not None:
        raise BadRequest("An image with the given name already exists")
    present = resources.count(tx, ImageRow, scope)
    for refusal in count_refusals("image", present=present, allowed=limits.images):
        raise BadRequest(refusal.message)
    if not request.dry_run:
        _begin(tx, row, request, now)


def _begin(tx: Tx, builder: ImageBuilderRow, request: ImageRequest, now: datetime) -> None:
    scope = builder.scope
    applications = [_application(tx, entry) for entry in request.applications]
    tx.add(
        ImageRow(
            account=scope.account,
            region=scope.region,
            name=request.name,
            document=_document(builder, request, applications),
            icons={},
            layers=[],
            created_at=now,
        )
    )
    layer = new_layer_id()
    builder.snapshot = {
        "image": request.name,
        "layer": layer,
        "layers": [*builder.layers, layer],
        "applications": applications,
    }
    builder.goal, builder.goal_met = image_builders.SNAPSHOT, False
    resources.set_tags(tx, scope.arn("image", request.name), dict(request.tags))
    tx.touch(builder_key(scope, builder.name))


def _application(tx: Tx, entry: Entry) -> dict[str, Any]:
    document = dict(entry.document)
    if entry.icon is not None:
        digest = resources.keep_icon(tx, entry.icon.media_type, entry.icon.data)
        document["IconURL"] = f"/icons/{digest}"
    return document


def _document(
    builder: ImageBuilderRow, request: ImageRequest, applications: list[dict[str, Any]]
) -> dict[str, Any]:
    members = {
        "Name": request.name,
        "DisplayName": request.display_name,
        "Description": request.description,
        "State": "PENDING",
        "Visibility": "PRIVATE",
        "ImageType": "NATIVE",
        "ImageBuilderSupported": True,
        "ImageBuilderName": builder.name,
        "BaseImageArn": builder.document.get("ImageArn", ""),
        "Platform": builder.document.get("Platform", ""),
        "SupportedInstanceFamilies": builder.image.get("SupportedInstanceFamilies"),
        "AppstreamAgentVersion": AGENT_VERSION,
        "LatestAppstreamAgentVersion": "TRUE",
        "Applications": applications,
    }
    return {member: value for member, value in members.items() if value not in ("", None)}

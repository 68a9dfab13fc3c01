"""Images exported: each to one archive, by a task that control works on."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from ownstream.domain.keys import image_export_key
from ownstream.model.errors import (
    InvalidParameterValueException,
    OperationNotPermittedException,
    ResourceNotAvailableException,
    ResourceNotFoundException,
)
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.images import image_arn, own_image
from ownstream.operations.registry import operation
from ownstream.store import ImageExportRow, exports

Answer = Mapping[str, Any]

FILTERS = ("AmiId", "AmiName", "ImageArn", "ImageName", "State", "TaskId")


@operation
def create_export_image_task(
    ctx: Context,
    image_name: str,
    ami_name: str,
    *,
    iam_role_arn: str,
    ami_description: str | None = None,
    tag_specifications: Mapping[str, str] | None = None,
) -> Answer:
    """A task that writes the image's archive, under an AMI's id that it has when it is COMPLETED.

    The role is not used: the service writes where its operator has said.
    """
    image = own_image(ctx, image_name)
    state = image.document.get("State")
    if state != "AVAILABLE":
        raise ResourceNotAvailableException(
            f"The image {image_name} is {state}. Wait until it is AVAILABLE to export it."
        )
    if not image.layers:
        raise OperationNotPermittedException(
            f"The image {image_name} was not made by an image builder: it has nothing to export."
        )
    tasks = exports.of_scope(ctx.tx, ctx.scope)
    if any(row.document["AmiName"] == ami_name and row.state != "FAILED" for row in tasks):
        raise OperationNotPermittedException(
            f"An AMI of this account and region has the name {ami_name} already. Choose another."
        )
    said = {"AmiDescription": ami_description, "TagSpecifications": tag_specifications}
    row = ImageExportRow(
        id=str(uuid.uuid4()),
        account=ctx.scope.account,
        region=ctx.scope.region,
        image=image_name,
        document={
            "ImageArn": image_arn(ctx, image),
            "AmiName": ami_name,
            **{member: value for member, value in said.items() if value},
        },
        state="EXPORTING",
        ami_id="",
        errors=[],
        created_at=ctx.now,
    )
    ctx.tx.add(row)
    ctx.tx.touch(image_export_key(row.id))
    return {"ExportImageTask": _described(row)}


@operation
def get_export_image_task(ctx: Context, *, task_id: str | None = None) -> Answer:
    """The task of this id; ResourceNotFoundException if the caller has none of it."""
    row = ctx.tx.get(ImageExportRow, task_id) if task_id else None
    if row is None or row.scope != ctx.scope:
        named = task_id or "without a TaskId"
        raise ResourceNotFoundException(
            f"There is no export image task {named} in account {ctx.scope.account} and region"
            f" {ctx.scope.region}. ListExportImageTasks lists the tasks."
        )
    return {"ExportImageTask": _described(row)}


@operation
def list_export_image_tasks(
    ctx: Context, *, filters: Sequence[Mapping[str, Any]] = ()
) -> Page[Any]:
    """The tasks that every filter takes, newest first; a filter takes any of its values."""
    for each in filters:
        if each["Name"] not in FILTERS:
            raise InvalidParameterValueException(
                f"There is no filter {each['Name']}. There are {', '.join(FILTERS)}."
            )
    rows = [row for row in exports.of_scope(ctx.tx, ctx.scope) if _is_taken(row, filters)]

    def fetch(after: tuple[str, str] | None, limit: int) -> Sequence[tuple[tuple[str, str], Any]]:
        keyed = sorted(((row.created_at.isoformat(), row.id), row) for row in rows)
        behind = [(key, row) for key, row in reversed(keyed) if after is None or key < after]
        return [(key, _described(row)) for key, row in behind[:limit]]

    return Page(fetch, default_items=50, most_items=500)


def _is_taken(row: ImageExportRow, filters: Sequence[Mapping[str, Any]]) -> bool:
    seen = {**_described(row), "ImageName": row.image}
    return all(seen.get(each["Name"], "") in each["Values"] for each in filters)


def _described(row: ImageExportRow) -> Answer:
    return {
        "TaskId": row.id,
        "CreatedDate": row.created_at,
        "State": row.state,
        **row.document,
        **({"AmiId": row.ami_id} if row.state == "COMPLETED" else {}),
        **({"ErrorDetails": list(row.errors)} if row.errors else {}),
    }

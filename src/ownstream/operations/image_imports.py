"""Images imported: each made of an archive that an export task has written."""

from collections.abc import Mapping, Sequence
from typing import Any

from ownstream.domain import capacity
from ownstream.domain.keys import image_key
from ownstream.model.errors import (
    DryRunOperationException,
    InvalidParameterCombinationException,
    ResourceNotFoundException,
)
from ownstream.operations.context import Context
from ownstream.operations.image_copies import refuse_second
from ownstream.operations.images import image_answer, image_arn
from ownstream.operations.registry import operation
from ownstream.store import ImageRow, resources
from ownstream.store.sharing import Found

Answer = Mapping[str, Any]

# The model's Application, by the members of ApplicationConfig.
CATALOG = {
    "Name": "Name",
    "DisplayName": "DisplayName",
    "AbsoluteAppPath": "LaunchPath",
    "WorkingDirectory": "WorkingDirectory",
    "LaunchParameters": "LaunchParameters",
}


@operation
def create_imported_image(
    ctx: Context,
    name: str,
    *,
    source_ami_id: str | None = None,
    workspace_image_id: str | None = None,
    description: str | None = None,
    display_name: str | None = None,
    tags: Mapping[str, str] | None = None,
    runtime_validation_config: Mapping[str, Any] | None = None,
    app_catalog_config: Sequence[Mapping[str, Any]] = (),
    dry_run: bool = False,
    **_: Any,
) -> Answer:
    """An image, IMPORTING, of the archive that has this AMI's id.

    The role is not used: the service reads where its operator has said. There is one agent, the
    service's, so that either choice of its version is kept to. With `dry_run` nothing is made, and
    DryRunOperationException says that nothing known so far speaks against it.
    """
    _refuse_sources(source_ami_id, workspace_image_id)
    _refuse_catalog(app_catalog_config)
    _refuse_validation(runtime_validation_config or {})
    refuse_second(ctx, ctx.scope, name)
    if dry_run:
        raise DryRunOperationException(
            f"The image {name} can be imported, as far as is known before {source_ami_id} is read."
        )
    said = {"Description": description, "DisplayName": display_name}
    row = ImageRow(
        account=ctx.scope.account,
        region=ctx.scope.region,
        name=name,
        document={
            "Name": name,
            "State": "IMPORTING",
            "ImageType": "CUSTOM",
            "ImageBuilderSupported": True,
            **{member: text for member, text in said.items() if text},
        },
        layers=[],
        task={
            "do": "import",
            "ami": source_ami_id,
            "catalog": [_application(each) for each in app_catalog_config],
            "icons": _icons(app_catalog_config),
            "validate": (runtime_validation_config or {}).get("IntendedInstanceType", ""),
            "failure": "IMAGE_IMPORT_FAILURE",
        },
        created_at=ctx.now,
    )
    ctx.tx.add(row)
    resources.set_tags(ctx.tx, image_arn(ctx, row), dict(tags or {}))
    ctx.tx.touch(image_key(ctx.scope, name))
    return {"Image": image_answer(ctx, Found(row), shared=False)}


def _refuse_sources(ami: str | None, workspace: str | None) -> None:
    if (ami is None) == (workspace is None):
        raise InvalidParameterCombinationException(
            "Specify either SourceAmiId or WorkspaceImageId."
        )
    if workspace is not None:
        raise ResourceNotFoundException(
            f"There is no WorkSpaces image {workspace}: this service has none. Specify SourceAmiId,"
            " the id that an export task has given to an image's archive."
        )


def _refuse_catalog(applications: Sequence[Mapping[str, Any]]) -> None:
    names = [each["Name"] for each in applications]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InvalidParameterCombinationException(
            f"AppCatalogConfig has {twice} more than once. Applications have names of their own."
        )
    for each in applications:
        for member in ("AbsoluteAppPath", "AbsoluteIconPath", "WorkingDirectory"):
            if each.get(member) and not each[member].startswith("/"):
                raise InvalidParameterCombinationException(
                    f"{member} of {each['Name']} is {each[member]}, which is no absolute path of a"
                    " Linux system."
                )


def _refuse_validation(config: Mapping[str, Any]) -> None:
    """Nothing, if the type that the image is meant for is one; else the error."""
    kind = config.get("IntendedInstanceType")
    if kind is not None and capacity.instance_size(kind) is None:
        raise InvalidParameterCombinationException(
            f"IntendedInstanceType is {kind}, which no instance here can be of. There are types"
            " such as stream.standard.medium."
        )


def _application(config: Mapping[str, Any]) -> Mapping[str, Any]:
    shown = {ours: config[member] for member, ours in CATALOG.items() if config.get(member)}
    return {**shown, "Enabled": True}


def _icons(applications: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """Where the image has the icons of applications, by the applications' names."""
    member = "AbsoluteIconPath"
    return {each["Name"]: each[member] for each in applications if each.get(member)}

"""Directory configurations. The service account's password goes in, sealed, and never out."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ownstream.model.errors import InvalidParameterValueException, ResourceInUseException
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.named import described, refuse_duplicate, wanted
from ownstream.operations.registry import operation
from ownstream.store import DirectoryConfigRow, streaming

Answer = Mapping[str, Any]
KIND = "directory configuration"
CREDENTIALS = "ServiceAccountCredentials"
CERTIFICATES = "CertificateBasedAuthProperties"


@operation
def create_directory_config(ctx: Context, directory_name: str, **members: Any) -> Answer:
    """A new configuration; directory names are compared as they are written."""
    refuse_duplicate(ctx, DirectoryConfigRow, KIND, directory_name)
    row = DirectoryConfigRow(
        account=ctx.scope.account,
        region=ctx.scope.region,
        name=directory_name,
        document={},
        created_at=ctx.now,
    )
    _change(ctx, row, members)
    ctx.tx.add(row)
    return {"DirectoryConfig": _described(row)}


@operation
def describe_directory_configs(ctx: Context, directory_names: Sequence[str] = ()) -> Page[Any]:
    """The configurations of these names, or all; without any password."""
    return described(ctx, DirectoryConfigRow, KIND, names=directory_names, describe=_described)


@operation
def update_directory_config(ctx: Context, directory_name: str, **members: Any) -> Answer:
    """The configuration with these members changed; credentials are changed as a whole."""
    row = wanted(ctx, DirectoryConfigRow, KIND, directory_name)
    _change(ctx, row, members)
    return {"DirectoryConfig": _described(row)}


@operation
def delete_directory_config(ctx: Context, directory_name: str) -> None:
    """The configuration and its credentials are gone. Refused while a fleet names it."""
    row = wanted(ctx, DirectoryConfigRow, KIND, directory_name)
    for fleet in streaming.all_fleets(ctx.tx):
        join = fleet.document.get("DomainJoinInfo", {})
        if fleet.scope == ctx.scope and join.get("DirectoryName") == directory_name:
            raise ResourceInUseException(
                f"The fleet {fleet.name} is to join the directory {directory_name}. Update the"
                " fleet with DOMAIN_JOIN_INFO in AttributesToDelete, or delete it, first."
            )
    ctx.tx.delete(row)


def _change(ctx: Context, row: DirectoryConfigRow, members: Answer) -> None:
    certificates = members.get(CERTIFICATES, {})
    if certificates.get("Status", "DISABLED") != "DISABLED":
        arn = {**row.document.get(CERTIFICATES, {}), **certificates}.get("CertificateAuthorityArn")
        if not arn:
            raise InvalidParameterValueException(
                "CertificateBasedAuthProperties needs a CertificateAuthorityArn unless its Status"
                " is DISABLED."
            )
    plain = {member: value for member, value in members.items() if member != CREDENTIALS}
    if CREDENTIALS in members:
        credentials = members[CREDENTIALS]
        row.sealed_credentials = ctx.services.seal(json.dumps(credentials).encode())
        # The name alone lies open: to show it, the password need never be unsealed.
        plain[CREDENTIALS] = {"AccountName": credentials["AccountName"]}
    if CERTIFICATES in plain:
        plain[CERTIFICATES] = {**row.document.get(CERTIFICATES, {}), **certificates}
    row.document = {**row.document, **plain}


def _described(row: DirectoryConfigRow) -> Answer:
    return {**row.document, "DirectoryName": row.name, "CreatedTime": row.created_at}

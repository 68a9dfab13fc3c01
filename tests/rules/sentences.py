"""The sentences of the service model's documentation, operation by operation."""

import html
import re
from collections.abc import Iterator, Mapping
from functools import cache

from botocore.model import ListShape, MapShape, Shape, StructureShape

from ownstream.model.catalog import appstream

OPERATIONS = (
    "AssociateAppBlockBuilderAppBlock",
    "AssociateApplicationFleet",
    "AssociateApplicationToEntitlement",
    "AssociateFleet",
    "AssociateSoftwareToImageBuilder",
    "BatchAssociateUserStack",
    "BatchDisassociateUserStack",
    "CopyImage",
    "CreateAppBlock",
    "CreateAppBlockBuilder",
    "CreateAppBlockBuilderStreamingURL",
    "CreateApplication",
    "CreateDirectoryConfig",
    "CreateEntitlement",
    "CreateExportImageTask",
    "CreateFleet",
    "CreateImageBuilder",
    "CreateImageBuilderStreamingURL",
    "CreateImportedImage",
    "CreateStack",
    "CreateStreamingURL",
    "CreateThemeForStack",
    "CreateUpdatedImage",
    "CreateUsageReportSubscription",
    "CreateUser",
    "DeleteAppBlock",
    "DeleteAppBlockBuilder",
    "DeleteApplication",
    "DeleteDirectoryConfig",
    "DeleteEntitlement",
    "DeleteFleet",
    "DeleteImage",
    "DeleteImageBuilder",
    "DeleteImagePermissions",
    "DeleteStack",
    "DeleteThemeForStack",
    "DeleteUsageReportSubscription",
    "DeleteUser",
    "DescribeAppBlockBuilderAppBlockAssociations",
    "DescribeAppBlockBuilders",
    "DescribeAppBlocks",
    "DescribeAppLicenseUsage",
    "DescribeApplicationFleetAssociations",
    "DescribeApplications",
    "DescribeDirectoryConfigs",
    "DescribeEntitlements",
    "DescribeFleets",
    "DescribeImageBuilders",
    "DescribeImagePermissions",
    "DescribeImages",
    "DescribeSessions",
    "DescribeSoftwareAssociations",
    "DescribeStacks",
    "DescribeThemeForStack",
    "DescribeUsageReportSubscriptions",
    "DescribeUserStackAssociations",
    "DescribeUsers",
    "DisableUser",
    "DisassociateAppBlockBuilderAppBlock",
    "DisassociateApplicationFleet",
    "DisassociateApplicationFromEntitlement",
    "DisassociateFleet",
    "DisassociateSoftwareFromImageBuilder",
    "DrainSessionInstance",
    "EnableUser",
    "ExpireSession",
    "GetExportImageTask",
    "ListAssociatedFleets",
    "ListAssociatedStacks",
    "ListEntitledApplications",
    "ListExportImageTasks",
    "ListTagsForResource",
    "StartAppBlockBuilder",
    "StartFleet",
    "StartImageBuilder",
    "StartSoftwareDeploymentToImageBuilder",
    "StopAppBlockBuilder",
    "StopFleet",
    "StopImageBuilder",
    "TagResource",
    "UntagResource",
    "UpdateAppBlockBuilder",
    "UpdateApplication",
    "UpdateDirectoryConfig",
    "UpdateEntitlement",
    "UpdateFleet",
    "UpdateImageBuilder",
    "UpdateImagePermissions",
    "UpdateStack",
    "UpdateThemeForStack",
)
_BLOCK = re.compile(r"</?(p|li|ul|ol|note|dl|dd|dt|important)\b[^>]*>")
_TAG = re.compile(r"<[^>]+>")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")


def sentences(documentation: str) -> Iterator[str]:
    """Each sentence, list item or heading of a documentation string, without its markup."""
    text = _TAG.sub("", _BLOCK.sub("\n", documentation or ""))
    for line in html.unescape(text).split("\n"):
        for sentence in _END.split(re.sub(r"\s+", " ", line).strip()):
            if sentence:
                yield sentence


@cache
def asked(operation: str) -> Mapping[str, str]:
    """What is said of the operation and of its input: each sentence, with where it stands first."""
    model = appstream().operations[operation]
    own = dict.fromkeys(sentences(model.documentation), operation)
    return {**_of_shape(model.input_shape, set()), **own}


@cache
def answered(operation: str) -> Mapping[str, str]:
    """What is said of the operation's output: each sentence, with where it stands first."""
    return _of_shape(appstream().operations[operation].output_shape, set())


def everything() -> set[str]:
    """All sentences about the operations of the table."""
    return {text for name in OPERATIONS for text in (*asked(name), *answered(name))}


def _of_shape(shape: Shape | None, seen: set[str]) -> dict[str, str]:
    if shape is None or shape.name in seen:
        return {}
    seen.add(shape.name)
    found: dict[str, str] = dict.fromkeys(sentences(shape.documentation), shape.name)
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            for text in sentences(member.documentation):
                found.setdefault(text, f"{shape.name}${name}")
            found = {**_of_shape(member, seen), **found}
    elif isinstance(shape, ListShape):
        found = {**_of_shape(shape.member, seen), **found}
    elif isinstance(shape, MapShape):
        found = {**_of_shape(shape.value, seen), **found}
    return found

"""The Resource Groups Tagging API, as far as AppStream's resources go: who has which tags.

It decides nothing about tags itself: what it changes is changed by AppStream's own operations.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from ownstream.api.chain import Api, Operations
from ownstream.api.sigv4 import Principal, Verifier
from ownstream.model.catalog import catalog
from ownstream.model.errors import (
    CommonError,
    NotImplementedException,
    ServiceError,
    ValidationException,
)
from ownstream.model.paging import BadTokenError, Page, PageTokens, list_binding
from ownstream.model.validate import validate_input
from ownstream.store import Tx, resources

SERVICE = "resourcegroupstaggingapi"
GET_RESOURCES = "GetResources"
# What each of a call's resources is asked of AppStream, and by which member of the call's own.
CHANGES: Mapping[str, tuple[str, str]] = {
    "TagResources": ("TagResource", "Tags"),
    "UntagResources": ("UntagResource", "TagKeys"),
}
PAGING_MEMBERS = ("PaginationToken", "ResourcesPerPage")
MOST_PER_PAGE = 100

Tags = Mapping[str, str]


class InvalidParameterException(CommonError):
    """A parameter that is out of range, or does not go with another; the service's own name."""


class PaginationTokenExpiredException(CommonError):
    """The token is not one of this list; the service's own name."""


def tagging_api(
    verifier: Verifier,
    snapshot: Callable[[], AbstractContextManager[Tx]],
    page_tokens: PageTokens,
    appstream: Operations,
) -> Api:
    """The API of this service; the verifier is of requests that are signed for it."""
    operations = Tagging(snapshot, page_tokens, appstream)
    return Api(operations, verifier, catalog=catalog(SERVICE), example=GET_RESOURCES)


@dataclass(frozen=True)
class Tagging:
    """Lists and changes the tags of resources of the caller's account and region."""

    snapshot: Callable[[], AbstractContextManager[Tx]]
    page_tokens: PageTokens
    appstream: Operations

    def call(
        self, name: str, members: Mapping[str, Any], principal: Principal, *, request_id: str
    ) -> Mapping[str, Any]:
        """The operation's output."""
        if name != GET_RESOURCES and name not in CHANGES:
            raise NotImplementedException(f"{name} is not implemented by ownstream yet.")
        validate_input(members, catalog(SERVICE).operations[name].input_shape)
        if name == GET_RESOURCES:
            return self._page(principal, members)
        asked, member = CHANGES[name]
        failed: dict[str, Any] = {}
        for arn in dict.fromkeys(members["ResourceARNList"]):
            change = {"ResourceArn": arn, member: members[member]}
            try:
                self.appstream.call(asked, change, principal, request_id=request_id)
            except ServiceError as error:
                failed[arn] = _failure(error)
        return {"FailedResourcesMap": failed}

    def _page(self, principal: Principal, members: Mapping[str, Any]) -> Mapping[str, Any]:
        """A page of resources and their tags."""
        size = members.get("ResourcesPerPage", MOST_PER_PAGE)
        if not 1 <= size <= MOST_PER_PAGE:
            raise InvalidParameterException(f"ResourcesPerPage must be 1 to {MOST_PER_PAGE}.")
        with self.snapshot() as tx:
            found = _chosen(resources.tagged(tx, principal.scope), members)
        binding = list_binding(
            GET_RESOURCES, principal.account, principal.region, members, PAGING_MEMBERS
        )

        def fetch(after: str | None, limit: int) -> Sequence[tuple[str, Any]]:
            behind = [(arn, tags) for arn, tags in found if after is None or arn > after]
            return [(arn, _mapping(arn, tags)) for arn, tags in behind[:limit]]

        turned = Page(fetch).turn(self._after(binding, members), size)
        # The service gives an empty token at the end, and clients stop there.
        last = turned.last_key
        token = "" if last is None else self.page_tokens.issue(binding, last)
        return {"ResourceTagMappingList": list(turned.items), "PaginationToken": token}

    def _after(self, binding: str, members: Mapping[str, Any]) -> Any:
        token = members.get("PaginationToken")
        if not token:
            return None
        try:
            return self.page_tokens.read(binding, token)
        except BadTokenError as error:
            raise PaginationTokenExpiredException(
                "PaginationToken was not issued for this list. Start again without it."
            ) from error


def _failure(error: ServiceError) -> Mapping[str, Any]:
    """Why one of the resources is as it was; the others are changed all the same."""
    invalid = isinstance(error, ValidationException)
    return {
        "StatusCode": error.status,
        "ErrorCode": InvalidParameterException.__name__ if invalid else error.code,
        "ErrorMessage": error.message,
    }


def _chosen(found: Mapping[str, Tags], members: Mapping[str, Any]) -> Sequence[tuple[str, Tags]]:
    arns: Collection[str] = members.get("ResourceARNList", ())
    types: Collection[str] = members.get("ResourceTypeFilters", ())
    filters: Sequence[Mapping[str, Any]] = members.get("TagFilters", ())
    if arns and (types or filters):
        raise InvalidParameterException(
            "ResourceARNList does not go with TagFilters or ResourceTypeFilters. Leave out one."
        )
    return [
        (arn, tags)
        for arn, tags in sorted(found.items())
        if (not arns or arn in arns)
        and (not types or _is_of_type(arn, types))
        and all(_has(tags, wanted) for wanted in filters)
    ]


def _is_of_type(arn: str, types: Collection[str]) -> bool:
    """Types are `appstream`, or `appstream:fleet`."""
    service, kind = arn.split(":")[2], arn.split(":")[5].partition("/")[0]
    return not {service, f"{service}:{kind}"}.isdisjoint(types)


def _has(tags: Tags, wanted: Mapping[str, Any]) -> bool:
    """One of the values, where any are named; an empty list of values takes every one."""
    key, values = wanted.get("Key", ""), wanted.get("Values", ())
    return key in tags and (not values or tags[key] in values)


def _mapping(arn: str, tags: Tags) -> Mapping[str, Any]:
    shown = [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
    return {"ResourceARN": arn, "Tags": shown}

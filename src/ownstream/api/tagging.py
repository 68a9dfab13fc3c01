"""The Resource Groups Tagging API's GetResources: which fleets and stacks have which tags."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar

from ownstream.api.messages import HttpRequest, HttpResponse
from ownstream.api.sigv4 import Principal, Verifier
from ownstream.model.catalog import Catalog, catalog
from ownstream.model.codecs.base import Codec
from ownstream.model.codecs.cbor import CborCodec
from ownstream.model.codecs.json import JsonCodec
from ownstream.model.errors import CommonError, NotImplementedException, ServiceError
from ownstream.model.paging import BadTokenError, Page, PageTokens
from ownstream.model.validate import validate_input
from ownstream.store import Tx, resources

OPERATION = "GetResources"
MOST_PER_PAGE = 100

Tags = Mapping[str, str]


class InvalidParameterException(CommonError):
    """A parameter that is out of range, or does not go with another; the service's own name."""


class PaginationTokenExpiredException(CommonError):
    """The token is not one of this list; the service's own name."""


@dataclass(frozen=True)
class Tagging:
    """Lists tagged resources of the caller's account and region."""

    verifier: Verifier  # of requests signed for this service
    snapshot: Callable[[], AbstractContextManager[Tx]]
    page_tokens: PageTokens
    signing_name: ClassVar[str] = "tagging"

    def takes(self, request: HttpRequest) -> bool:
        """It is named in a header, or in the path of a CBOR request."""
        return bool(_operation(request))

    def carry_out(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """A page of resources and their tags."""
        principal = self.verifier.verify(request)
        operation = _operation(request)
        if operation != OPERATION:
            raise NotImplementedException(f"{operation} is not implemented by ownstream yet.")
        model, codec = _model().operations[OPERATION], _codec(request)
        members = codec.parse(request.body, model.input_shape)
        validate_input(members, model.input_shape)
        output = self._page(principal, members)
        return _answer(codec, 200, codec.serialize(output, model.output_shape), request_id)

    def refuse(self, request: HttpRequest, request_id: str, error: ServiceError) -> HttpResponse:
        """The error, in the protocol of the request."""
        codec = _codec(request)
        return _answer(codec, error.status, codec.serialize_error(error), request_id)

    def _page(self, principal: Principal, members: Mapping[str, Any]) -> Mapping[str, Any]:
        size = members.get("ResourcesPerPage", MOST_PER_PAGE)
        if not 1 <= size <= MOST_PER_PAGE:
            raise InvalidParameterException(f"ResourcesPerPage must be 1 to {MOST_PER_PAGE}.")
        with self.snapshot() as tx:
            found = _chosen(resources.tagged(tx, principal.scope), members)
        binding = _binding(principal, members)

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


def _binding(principal: Principal, members: Mapping[str, Any]) -> str:
    filters = {
        name: value
        for name, value in members.items()
        if name not in ("PaginationToken", "ResourcesPerPage")
    }
    return json.dumps([OPERATION, principal.account, principal.region, filters], sort_keys=True)


def _model() -> Catalog:
    return catalog("resourcegroupstaggingapi")


def _operation(request: HttpRequest) -> str:
    prefix = _model().target_prefix
    path = f"/service/{prefix}/operation/"
    if request.path.startswith(path):
        return request.path.removeprefix(path)
    target = request.header.get("x-amz-target", "")
    return target.removeprefix(f"{prefix}.") if target.startswith(f"{prefix}.") else ""


def _codec(request: HttpRequest) -> Codec:
    return CborCodec() if request.path != "/" else JsonCodec(_model().json_version)


def _answer(codec: Codec, status: int, body: bytes, request_id: str) -> HttpResponse:
    return HttpResponse(status, {**codec.headers, "x-amzn-RequestId": request_id}, body)

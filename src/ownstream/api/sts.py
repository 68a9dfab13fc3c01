"""STS GetCallerIdentity, in the query protocol: form in, XML out.

There are no IAM users: the name in the ARN and the user id are the access key's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qs
from xml.etree import ElementTree

from ownstream.api.messages import HttpRequest, HttpResponse
from ownstream.api.sigv4 import Principal, Verifier
from ownstream.model.errors import ServiceError, UnknownOperationException

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
FORM = "application/x-www-form-urlencoded"
ACTION = "GetCallerIdentity"
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Services of this protocol have other names for what is wrong with a signature.
CODES: Mapping[str, tuple[str, int]] = {
    "IncompleteSignatureException": ("IncompleteSignature", 400),
    "UnknownOperationException": ("InvalidAction", 400),
    "InvalidSignatureException": ("SignatureDoesNotMatch", 403),
    "MissingAuthenticationTokenException": ("MissingAuthenticationToken", 403),
    "UnrecognizedClientException": ("InvalidClientTokenId", 403),
}


@dataclass(frozen=True)
class Identity:
    """Tells callers who they are."""

    verifier: Verifier  # of requests signed for STS
    signing_name: ClassVar[str] = "sts"

    def takes(self, request: HttpRequest) -> bool:
        """It is a form that names no target: some clients send every body as a form."""
        kind = request.header.get("content-type", "").lower()
        return kind.startswith(FORM) and "x-amz-target" not in request.header

    def carry_out(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """Account, ARN and user id of the caller."""
        principal = self.verifier.verify(request)
        asked = parse_qs(request.body.decode("utf-8", "replace")).get("Action", [""])[0]
        if asked != ACTION:
            raise UnknownOperationException(
                f"ownstream has {ACTION} of STS and no {asked!r:.80}: it issues no credentials."
            )
        told = _element(f"{ACTION}Response", {f"{ACTION}Result": _told(principal)})
        _add(told, {"ResponseMetadata": {"RequestId": request_id}})
        return _answer(200, told, request_id)

    def refuse(self, request: HttpRequest, request_id: str, error: ServiceError) -> HttpResponse:
        """The error as XML."""
        code, status = CODES.get(error.code, (error.code, error.status))
        at_fault = "Receiver" if status >= 500 else "Sender"
        what = {"Type": at_fault, "Code": code, "Message": error.message}
        refusal = _element("ErrorResponse", {"Error": what, "RequestId": request_id})
        return _answer(status, refusal, request_id)


Tree = Mapping[str, "str | Tree"]


def _told(principal: Principal) -> Tree:
    return {
        "Arn": f"arn:aws:iam::{principal.account}:user/{principal.access_key}",
        "UserId": principal.access_key,
        "Account": principal.account,
    }


def _element(name: str, inside: Tree) -> ElementTree.Element:
    element = ElementTree.Element(name, xmlns=NAMESPACE)
    _add(element, inside)
    return element


def _add(element: ElementTree.Element, inside: Tree) -> None:
    for name, value in inside.items():
        child = ElementTree.SubElement(element, name)
        if isinstance(value, str):
            child.text = NO_XML.sub("\ufffd", value)
        else:
            _add(child, value)


def _answer(status: int, element: ElementTree.Element, request_id: str) -> HttpResponse:
    headers = {"content-type": "text/xml", "x-amzn-RequestId": request_id}
    return HttpResponse(status, headers, ElementTree.tostring(element))

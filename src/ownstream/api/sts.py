"""STS GetCallerIdentity, in the query protocol: form in, XML out.

There are no IAM users: the name in the ARN and the user id are the access key's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs
from uuid import uuid4
from xml.etree import ElementTree

from ownstream.api.chain import log, logged_failure
from ownstream.api.messages import HttpRequest, HttpResponse
from ownstream.api.sigv4 import Principal, Verifier
from ownstream.model.errors import ServiceError, UnknownOperationException

SIGNING_NAME = "sts"
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

    def takes(self, request: HttpRequest) -> bool:
        """It is a form that names no target: some clients send every body as a form."""
        kind = request.header.get("content-type", "").lower()
        return kind.startswith(FORM) and "x-amz-target" not in request.header

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request. It blocks while the store works, and never raises for one."""
        request_id = str(uuid4())
        try:
            response = self._carry_out(request, request_id)
        except ServiceError as error:
            response = _refusal(error, request_id)
        except Exception:  # the outermost frame of every request
            response = _refusal(logged_failure(request_id), request_id)
        log.info("request", service=SIGNING_NAME, request_id=request_id, status=response.status)
        return response

    def _carry_out(self, request: HttpRequest, request_id: str) -> HttpResponse:
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


Tree = Mapping[str, "str | Tree"]


def _refusal(error: ServiceError, request_id: str) -> HttpResponse:
    code, status = CODES.get(error.code, (error.code, error.status))
    at_fault = "Receiver" if status >= 500 else "Sender"
    what = {"Type": at_fault, "Code": code, "Message": error.message}
    refusal = _element("ErrorResponse", {"Error": what, "RequestId": request_id})
    return _answer(status, refusal, request_id)


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

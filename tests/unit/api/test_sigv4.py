"""Signatures that botocore makes are verified; whatever is altered, late or foreign is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from ownstream.api.messages import HttpRequest
from ownstream.api.sigv4 import INSTANT, Credential, Principal, Verifier
from ownstream.embed.transport import http_request
from ownstream.model.errors import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    ServiceError,
    UnrecognizedClientException,
)

ACCOUNT = "123456789012"
CREDENTIALS = {"AKID": Credential(ACCOUNT, "secret"), "OTHER": Credential("2" * 12, "other")}
TARGET = "PhotonAdminProxyService.DescribeFleets"
URLS = [
    "http://host.test/",
    "https://host.test:8443/service/PhotonAdminProxyService/operation/DescribeFleets",
    "http://host.test/a%20b/%C3%A9:~x?b=2&a=%2F&a=1&empty=",
]
SIGNERS: dict[str, Callable[..., Any]] = {"header": SigV4Auth, "query": SigV4QueryAuth}
HOW = list(SIGNERS)


def signed(
    how: str,
    *,
    url: str = URLS[0],
    key: tuple[str, str, str | None] = ("AKID", "secret", None),
    service: str = "appstream",
    region: str = "eu-west-1",
    **options: Any,
) -> HttpRequest:
    """A request as botocore signs it."""
    body = b'{"Names":["a"]}' if how == "header" else b""
    headers = {"X-Amz-Target": TARGET, "Content-Type": "application/x-amz-json-1.1"}
    request = AWSRequest("POST", url, headers=headers, data=body)
    SIGNERS[how](Credentials(*key), service, region, **options).add_auth(request)
    return http_request(request.prepare())


def instant_of(request: HttpRequest) -> datetime:
    """When a request was signed."""
    text = dict(request.parameters).get("X-Amz-Date") or request.header["x-amz-date"]
    return datetime.strptime(text, INSTANT).replace(tzinfo=UTC)


def verify(request: HttpRequest, *, later: timedelta = timedelta(), **options: Any) -> Principal:
    """Who sent the request, if it arrives so long after it was signed."""
    moment = instant_of(request) + later
    return Verifier(CREDENTIALS.get, lambda: moment, service="appstream", **options).verify(request)


def without(request: HttpRequest, *names: str) -> HttpRequest:
    return replace(request, headers=[pair for pair in request.headers if pair[0] not in names])


def having(request: HttpRequest, name: str, value: str) -> HttpRequest:
    return replace(request, headers=[*without(request, name).headers, (name, value)])


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("url", URLS)
def test_what_botocore_signs_is_verified(how: str, url: str) -> None:
    assert verify(signed(how, url=url)) == Principal(ACCOUNT, "AKID", "eu-west-1")


@pytest.mark.parametrize("how", HOW)
def test_the_account_is_the_keys_and_the_region_the_signatures(how: str) -> None:
    request = signed(how, key=("OTHER", "other", None), region="us-east-2")
    principal = verify(request)
    assert (principal.scope.account, principal.scope.region) == ("2" * 12, "us-east-2")


ALTERED: dict[str, Callable[[HttpRequest], HttpRequest]] = {
    "method": lambda request: replace(request, method="PUT"),
    "path": lambda request: replace(request, path="/other"),
    "query": lambda request: replace(request, query=f"{request.query}&more=1"),
    "body": lambda request: replace(request, body=b"{}"),
    "target": lambda request: having(request, "x-amz-target", "PhotonAdminProxyService.Other"),
    "host": lambda request: having(request, "host", "elsewhere.test"),
    "repeated header": lambda request: replace(
        request, headers=[*request.headers, ("x-amz-target", TARGET)]
    ),
}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("part", list(ALTERED))
def test_an_altered_request_is_refused(how: str, part: str) -> None:
    with pytest.raises(InvalidSignatureException, match="does not match the signature"):
        verify(ALTERED[part](signed(how)))


@pytest.mark.parametrize("how", HOW)
def test_a_wrong_secret_is_refused(how: str) -> None:
    with pytest.raises(InvalidSignatureException, match="does not match the signature"):
        verify(signed(how, key=("AKID", "guess", None)))


@pytest.mark.parametrize("how", HOW)
def test_an_unknown_key_is_refused(how: str) -> None:
    with pytest.raises(UnrecognizedClientException, match="security token"):
        verify(signed(how, key=("NOBODY", "secret", None)))


@pytest.mark.parametrize("how", HOW)
def test_a_session_token_is_refused_since_none_are_issued(how: str) -> None:
    with pytest.raises(UnrecognizedClientException):
        verify(signed(how, key=("AKID", "secret", "a token")))


@pytest.mark.parametrize("how", HOW)
def test_a_signature_for_another_service_is_refused(how: str) -> None:
    with pytest.raises(InvalidSignatureException, match="correct service: 'appstream'"):
        verify(signed(how, service="s3"))


@pytest.mark.parametrize("region", ["eu west", "EU-WEST-1", "a" * 33])
def test_a_region_that_cannot_be_one_is_refused(region: str) -> None:
    with pytest.raises(InvalidSignatureException, match="valid region"):
        verify(signed("header", region=region))


def test_a_region_that_is_not_served_is_refused() -> None:
    assert verify(signed("header"), regions={"eu-west-1"})
    with pytest.raises(InvalidSignatureException, match="valid region"):
        verify(signed("header"), regions={"us-east-1"})


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_five_minutes_either_way_are_allowed(minutes: int) -> None:
    assert verify(signed("header"), later=timedelta(minutes=minutes))


def test_an_old_signature_is_refused_in_the_words_of_aws() -> None:
    request = signed("header")
    with pytest.raises(InvalidSignatureException) as told:
        verify(request, later=timedelta(minutes=6))
    at = instant_of(request)
    edge, now = at + timedelta(minutes=1), at + timedelta(minutes=6)
    assert told.value.message == (
        f"Signature expired: {at:{INSTANT}} is now earlier than {edge:{INSTANT}} "
        f"({now:{INSTANT}} - 5 min.)"
    )


@pytest.mark.parametrize("how", HOW)
def test_a_signature_from_the_future_is_refused(how: str) -> None:
    with pytest.raises(InvalidSignatureException, match="Signature not yet current"):
        verify(signed(how), later=timedelta(minutes=-6))


def test_a_presigned_url_lives_as_long_as_it_says() -> None:
    request = signed("query", expires=3600)
    assert verify(request, later=timedelta(seconds=3600))
    with pytest.raises(InvalidSignatureException, match="Signature expired"):
        verify(request, later=timedelta(seconds=3601))


@pytest.mark.parametrize("expires", [0, 604_801, -1, "soon", "1.5"])
def test_a_presigned_url_that_lives_too_long_or_not_at_all_is_refused(expires: Any) -> None:
    with pytest.raises(IncompleteSignatureException, match="from 1 to 604800"):
        verify(signed("query", expires=expires))


def test_an_unsigned_request_is_refused() -> None:
    with pytest.raises(MissingAuthenticationTokenException):
        verify(without(signed("header"), "authorization"))


def test_a_request_signed_twice_is_refused() -> None:
    both = having(signed("query"), "authorization", signed("header").header["authorization"])
    with pytest.raises(IncompleteSignatureException, match="use one"):
        verify(both)


@pytest.mark.parametrize("how", HOW)
def test_an_amazon_header_that_is_not_signed_is_refused(how: str) -> None:
    with pytest.raises(InvalidSignatureException, match="'x-amz-extra' must be a 'SignedHeader'"):
        verify(having(signed(how), "x-amz-extra", "1"))


@pytest.mark.parametrize("how", HOW)
def test_a_signed_header_that_is_not_there_is_refused(how: str) -> None:
    with pytest.raises(InvalidSignatureException, match="'content-type' is signed"):
        verify(without(signed(how), "content-type"))


def test_a_host_that_is_not_signed_is_refused() -> None:
    request = signed("header")
    header = request.header["authorization"].replace("content-type;host;", "content-type;")
    with pytest.raises(InvalidSignatureException, match="'host' must be"):
        verify(having(request, "authorization", header))


@pytest.mark.parametrize("claimed", ["UNSIGNED-PAYLOAD", "0" * 64])
def test_a_body_that_is_not_signed_as_sent_is_refused(claimed: str) -> None:
    body = AWSRequest(
        "POST", URLS[0], headers={"X-Amz-Content-SHA256": claimed}, data=b'{"Names":["a"]}'
    )
    SigV4Auth(Credentials("AKID", "secret"), "appstream", "eu-west-1").add_auth(body)
    request = having(http_request(body.prepare()), "x-amz-content-sha256", claimed)
    with pytest.raises(InvalidSignatureException, match="must be signed as it is sent"):
        verify(request)


def test_a_scope_of_another_day_is_refused() -> None:
    request = signed("header")
    day = f"{instant_of(request):%Y%m%d}"
    header = request.header["authorization"].replace(f"/{day}/", "/20010101/")
    with pytest.raises(InvalidSignatureException, match="Date in Credential scope"):
        verify(having(request, "authorization", header))


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        ("AWS4-HMAC-SHA256", ""),
        ("Signature=", "Sig="),
        ("Credential=", "Cred="),
        ("SignedHeaders=", "Headers="),
        ("/appstream/", "/"),
        ("aws4_request", "aws5_request"),
    ],
)
def test_a_header_that_lacks_a_part_is_refused(whole: str, part: str) -> None:
    request = signed("header")
    header = request.header["authorization"].replace(whole, part)
    with pytest.raises(IncompleteSignatureException):
        verify(having(request, "authorization", header))


@pytest.mark.parametrize(
    "name", ["X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Expires"]
)
def test_a_query_that_lacks_a_part_or_says_it_twice_is_refused(name: str) -> None:
    request = signed("query")
    pairs = request.query.split("&")
    rest = "&".join(pair for pair in pairs if not pair.startswith(f"{name}="))
    for query in (rest, f"{request.query}&{name}=x"):
        with pytest.raises(ServiceError):
            verify(replace(request, query=query))


def test_a_time_that_cannot_be_read_is_refused() -> None:
    verifier = Verifier(CREDENTIALS.get, lambda: datetime.now(UTC), service="appstream")
    with pytest.raises(IncompleteSignatureException, match="ISO-8601"):
        verifier.verify(having(signed("header"), "x-amz-date", "yesterday"))


def test_a_secret_is_not_shown() -> None:
    assert "secret" not in repr(CREDENTIALS["AKID"]).replace("secret=", "")

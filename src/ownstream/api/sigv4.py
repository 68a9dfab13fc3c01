"""Who sent a request: AWS Signature Version 4 verified, in the header or in the query.

Clients' half of this is botocore's; the tests hold the two together.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from ownstream.api.messages import HttpRequest
from ownstream.domain.scope import Scope
from ownstream.model.errors import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    UnrecognizedClientException,
)

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"
SKEW = timedelta(minutes=5)
LONGEST_EXPIRES_S = 7 * 24 * 3600
INSTANT = "%Y%m%dT%H%M%SZ"
REGION = re.compile(r"[a-z0-9-]{1,32}")
UNSIGNED = "UNSIGNED-PAYLOAD"


@dataclass(frozen=True)
class Credential:
    """An access key's account and secret."""

    account: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Principal:
    """Whose request it is, and for which region it was signed."""

    account: str
    access_key: str
    region: str

    @property
    def scope(self) -> Scope:
        """Where this caller's resources are."""
        return Scope(self.account, self.region)


@dataclass(frozen=True)
class Claim:
    """What a request says of its own signature; nothing of it is proven."""

    access_key: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    instant: datetime
    expires_s: int | None

    @property
    def scope(self) -> str:
        """The credential scope, as it is signed."""
        return f"{self.date}/{self.region}/{self.service}/{TERMINATOR}"


class Verifier:
    """Verifies requests' signatures for one service."""

    def __init__(
        self,
        find_credential: Callable[[str], Credential | None],
        now: Callable[[], datetime],
        *,
        service: str,
        regions: Collection[str] | None = None,
    ) -> None:
        """`regions` are those that are served; None serves whatever looks like one."""
        self._find_credential = find_credential
        self._now = now
        self._service = service
        self._regions = regions

    def verify(self, request: HttpRequest) -> Principal:
        """The request's caller, proven; else the error that AWS's JSON services answer."""
        claim = _claim(request)
        self._check_scope(claim)
        _check_signed_headers(claim, request)
        credential = self._credential(claim, request)
        expected = _signature(credential.secret, claim, request)
        if not hmac.compare_digest(expected.encode(), claim.signature.encode()):
            raise InvalidSignatureException(
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method."
            )
        _check_moment(claim, self._now())
        return Principal(credential.account, claim.access_key, claim.region)

    def _check_scope(self, claim: Claim) -> None:
        if claim.service != self._service:
            raise InvalidSignatureException(
                f"Credential should be scoped to correct service: '{self._service}'."
            )
        served = self._regions is None or claim.region in self._regions
        if not served or not REGION.fullmatch(claim.region):
            raise InvalidSignatureException("Credential should be scoped to a valid region.")
        if claim.date != claim.instant.strftime("%Y%m%d"):
            raise InvalidSignatureException(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                f"from HTTP: '{claim.date}' != '{claim.instant:%Y%m%d}'."
            )

    def _credential(self, claim: Claim, request: HttpRequest) -> Credential:
        # Temporary credentials are not issued here, so no token can be a valid one.
        temporary = "x-amz-security-token" in request.header or any(
            name == "X-Amz-Security-Token" for name, _ in request.parameters
        )
        credential = None if temporary else self._find_credential(claim.access_key)
        if credential is None:
            raise UnrecognizedClientException(
                "The security token included in the request is invalid."
            )
        return credential


def is_presigned(request: HttpRequest) -> bool:
    """Whether the signature is in the query."""
    return any(name == "X-Amz-Algorithm" for name, _ in request.parameters)


def _claim(request: HttpRequest) -> Claim:
    header = request.header.get("authorization", "")
    if header and is_presigned(request):
        raise IncompleteSignatureException(
            "The request is signed both in the Authorization header and in the query; use one."
        )
    if is_presigned(request):
        return _query_claim(request)
    if not header:
        raise MissingAuthenticationTokenException("Missing Authentication Token")
    return _header_claim(header, request)


def _header_claim(header: str, request: HttpRequest) -> Claim:
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise IncompleteSignatureException(f"Unsupported AWS 'algorithm': '{algorithm[:40]}'.")
    parts = {
        name.strip(): value.strip()
        for name, _, value in (part.partition("=") for part in rest.split(","))
    }
    date = request.header.get("x-amz-date", "")
    return _complete_claim(parts, date=date, expires=None, where="Authorization header")


def _query_claim(request: HttpRequest) -> Claim:
    parts = {
        name.removeprefix("X-Amz-"): value
        for name, value in request.parameters
        if name.startswith("X-Amz-")
    }
    if parts.get("Algorithm") != ALGORITHM:
        raise IncompleteSignatureException("Unsupported AWS 'X-Amz-Algorithm'.")
    expires = parts.get("Expires", "")
    return _complete_claim(parts, date=parts.get("Date", ""), expires=expires, where="Query string")


def _complete_claim(
    parts: Mapping[str, str], *, date: str, expires: str | None, where: str
) -> Claim:
    missing = [name for name in ("Credential", "SignedHeaders", "Signature") if not parts.get(name)]
    if missing:
        raise IncompleteSignatureException(f"{where} requires {', '.join(missing)}.")
    credential = parts["Credential"].split("/")
    if len(credential) != 5 or credential[4] != TERMINATOR:
        raise IncompleteSignatureException(
            f"Credential must have the form ACCESS_KEY/DATE/REGION/SERVICE/{TERMINATOR}."
        )
    return Claim(
        access_key=credential[0],
        date=credential[1],
        region=credential[2],
        service=credential[3],
        signed_headers=tuple(parts["SignedHeaders"].split(";")),
        signature=parts["Signature"],
        instant=_instant(date),
        expires_s=None if expires is None else _expires_s(expires),
    )


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, INSTANT).replace(tzinfo=UTC)
    except ValueError as error:
        raise IncompleteSignatureException(
            f"X-Amz-Date must be in ISO-8601 'basic format'. Got '{text[:40]}'."
        ) from error


def _expires_s(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or not 1 <= int(text) <= LONGEST_EXPIRES_S:
        raise IncompleteSignatureException(
            f"X-Amz-Expires must be a number of seconds from 1 to {LONGEST_EXPIRES_S}."
        )
    return int(text)


def _check_signed_headers(claim: Claim, request: HttpRequest) -> None:
    present = set(request.header)
    must = {name for name in present if name.startswith("x-amz-")} | {"host"}
    unsigned = sorted(must - set(claim.signed_headers))
    if unsigned:
        raise InvalidSignatureException(
            f"'{unsigned[0]}' must be a 'SignedHeader' in the AWS Authorization."
        )
    absent = sorted(set(claim.signed_headers) - present)
    if absent:
        raise InvalidSignatureException(
            f"The header '{absent[0][:40]}' is signed and not in the request; send it as signed."
        )


def _check_moment(claim: Claim, now: datetime) -> None:
    lifetime = SKEW if claim.expires_s is None else timedelta(seconds=claim.expires_s)
    spoken = f"{int(lifetime.total_seconds())} s" if claim.expires_s else "5 min"
    signed, sent = claim.instant.strftime(INSTANT), now.strftime(INSTANT)
    if now - claim.instant > lifetime:
        edge = (now - lifetime).strftime(INSTANT)
        raise InvalidSignatureException(
            f"Signature expired: {signed} is now earlier than {edge} ({sent} - {spoken}.)"
        )
    if claim.instant - now > SKEW:
        edge = (now + SKEW).strftime(INSTANT)
        raise InvalidSignatureException(
            f"Signature not yet current: {signed} is still later than {edge} ({sent} + 5 min.)"
        )


def _signature(secret: str, claim: Claim, request: HttpRequest) -> str:
    digest = hashlib.sha256(_canonical_request(claim, request).encode()).hexdigest()
    text = "\n".join((ALGORITHM, claim.instant.strftime(INSTANT), claim.scope, digest))
    key = f"AWS4{secret}".encode()
    for part in (claim.date, claim.region, claim.service, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def _canonical_request(claim: Claim, request: HttpRequest) -> str:
    headers = [f"{name}:{_squeezed(request.header[name])}\n" for name in claim.signed_headers]
    return "\n".join(
        (
            request.method,
            # Everywhere but in S3 the path, encoded as it was sent, is encoded once more.
            quote(request.path, safe="/~"),
            _canonical_query(request),
            "".join(headers),
            ";".join(claim.signed_headers),
            _payload_hash(request),
        )
    )


def _squeezed(value: str) -> str:
    return " ".join(value.split())


def _canonical_query(request: HttpRequest) -> str:
    pairs = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in request.parameters
        if name != "X-Amz-Signature"
    )
    return "&".join(f"{name}={value}" for name, value in pairs)


def _payload_hash(request: HttpRequest) -> str:
    # A header that says otherwise changes nothing: what was signed must be what was sent.
    actual = hashlib.sha256(request.body).hexdigest()
    claimed = request.header.get("x-amz-content-sha256", actual)
    if not hmac.compare_digest(claimed.encode(), actual.encode()):
        said = "an unsigned body" if claimed == UNSIGNED else "another hash"
        raise InvalidSignatureException(
            f"The body must be signed as it is sent; x-amz-content-sha256 names {said}."
        )
    return actual

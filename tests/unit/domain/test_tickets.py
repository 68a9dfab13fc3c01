"""Streaming URLs: what is signed comes back, and nothing else does."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownstream.domain.tickets import Ticket, parse, streaming_url

KEY = b"k" * 32
TICKET = Ticket(
    type="END_USER",
    expires="1800000000",
    awsAccountId="123456789012",
    userId="ann",
    catalogSource="stack/s",
    fleetRef="fleet/f",
    applicationId="",
    userContext="späť & more",
    maxUserDurationInSecs="57600",
    region="us-east-1",
    nonce="n",
)


def parts(ticket: Ticket = TICKET, key: bytes = KEY) -> tuple[str, str]:
    query = parse_qs(urlsplit(streaming_url("https://host", ticket, key)).query)
    return query["parameters"][0], query["signature"][0]


def test_a_url_gives_back_the_ticket_that_it_was_made_of() -> None:
    assert parse(*parts(), KEY) == TICKET


def test_a_url_has_the_form_of_appstreams() -> None:
    url = urlsplit(streaming_url("https://host", TICKET, KEY))
    assert (url.path, sorted(parse_qs(url.query))) == ("/authenticate", ["parameters", "signature"])


def test_another_key_opens_nothing() -> None:
    assert parse(*parts(), b"x" * 32) is None


@given(position=st.integers(0, 500), character=st.characters(codec="utf-8"))
def test_an_altered_url_opens_nothing(position: int, character: str) -> None:
    parameters, signature = parts()
    position %= len(parameters)
    altered = parameters[:position] + character + parameters[position + 1 :]
    assert (parse(altered, signature, KEY) is None) == (altered != parameters)


@pytest.mark.parametrize("signature", ["", "AAAA", "é", "\udcff"])
def test_a_wrong_signature_opens_nothing(signature: str) -> None:
    assert parse(parts()[0], signature, KEY) is None

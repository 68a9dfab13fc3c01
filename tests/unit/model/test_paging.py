"""Pages by key: complete, without repeats, with tokens that only fit their own list."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownstream.model.paging import BadTokenError, Key, Page, PageTokens

TOKENS = PageTokens(b"secret")


def page_of(rows: Sequence[str], *, default_items: int = 3, most_items: int = 5) -> Page[str]:
    """A page over rows that may change between turns."""

    def fetch(after: str | None, limit: int) -> list[tuple[str, str]]:
        found = sorted(row for row in rows if after is None or row > after)
        return [(row, row) for row in found[:limit]]

    return Page(fetch, default_items=default_items, most_items=most_items)


@given(st.sets(st.text(min_size=1), max_size=20), st.integers(0, 7))
def test_turning_pages_gives_every_row_once(rows: set[str], asked: int) -> None:
    page, seen, after = page_of(sorted(rows)), [], None
    while True:
        turned = page.turn(after, asked)
        seen += turned.items
        if turned.last_key is None:
            break
        after = str(turned.last_key)
    assert seen == sorted(rows)


def test_rows_that_stay_are_seen_once_while_others_come_and_go() -> None:
    rows = ["b", "d", "f", "h"]
    page = page_of(rows, default_items=2)
    first = page.turn(None, 0)
    rows.remove("d")
    rows += ["a", "e"]
    second = page.turn(str(first.last_key), 0)
    assert [*first.items, *second.items] == ["b", "d", "e", "f"]


def test_a_full_last_page_leads_nowhere() -> None:
    assert page_of(["a", "b", "c"]).turn(None, 3).last_key is None


def test_no_page_is_larger_than_the_most() -> None:
    assert len(page_of("abcdefgh").turn(None, 1000).items) == 5


@given(st.one_of(st.text(), st.integers(), st.tuples(st.text(), st.integers())))
def test_a_token_gives_back_its_key(key: Key) -> None:
    assert TOKENS.read("list", TOKENS.issue("list", key)) == key


def test_a_token_of_another_list_or_service_is_refused() -> None:
    token = TOKENS.issue("list", "a")
    with pytest.raises(BadTokenError):
        TOKENS.read("another list", token)
    with pytest.raises(BadTokenError):
        PageTokens(b"another secret").read("list", token)


def test_an_altered_token_is_refused() -> None:
    raw = bytearray(b64decode(TOKENS.issue("list", "abc"), altchars=b"-_"))
    for place in range(len(raw)):
        raw[place] ^= 1
        with pytest.raises(BadTokenError):
            TOKENS.read("list", urlsafe_b64encode(raw).decode())
        raw[place] ^= 1


@pytest.mark.parametrize("token", ["", "x", "!!!!", "é", "\ud800", "A" * 21, "AAAA" * 10])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(BadTokenError):
        TOKENS.read("list", token)

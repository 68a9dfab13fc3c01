"""The page of operations is what the table and the registry make it."""

from tests.rules.page import PAGE, page


def test_the_page_is_as_made() -> None:
    assert PAGE.read_text() == page(), "run `make docs`"

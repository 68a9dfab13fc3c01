"""Sentences that many operations share and that state no rule of one."""

from tests.rules.table import NoRow

RULES = ()
NO_ROWS = (
    NoRow(
        "pages are the framework's",
        (
            "The pagination token to use to retrieve the next page of results for this operation.",
            "If this value is null, it retrieves the first page.",
            "If there are no more pages, this value is null.",
        ),
        tested_by="tests/unit/api/test_dispatch.py::test_pages_lead_through_the_whole_list_and_end_without_a_token",
    ),
    NoRow(
        "it says what a member is, and no more",
        (
            "The name of the fleet.",
            "The name of the stack.",
            "The description to display.",
            "The error code.",
            "The error message.",
            "The fully qualified name of the directory (for example, corp.example.com).",
            "The distinguished name of the organizational unit for computer accounts.",
        ),
    ),
)

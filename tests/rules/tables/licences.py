"""DescribeAppLicenseUsage."""

from tests.rules.codes import VALUE
from tests.rules.table import ABSENT, Is, NoRow, Rule, answers, chosen, model, refuses, rules

MONTH = (
    model("Billing period for the usage record."),
    model("Specify the value in yyyy-mm format."),
    model("For example, for August 2025, use 2025-08."),
)
NOTHING = {"AppLicenseUsages": Is("nothing", lambda told: told == []), "NextToken": ABSENT}

RULES: tuple[Rule, ...] = rules(
    "DescribeAppLicenseUsage",
    answers(
        "tells of no use: AWS's licences are for applications on Windows, and there are none here",
        model("Retrieves license included application usage information."),
        model("Collection of license usage records."),
        model("The collection of license usage records."),
        *MONTH,
        members={"BillingPeriod": "2025-08"},
        output=NOTHING,
    ),
    answers(
        "has one page, whatever is asked of it",
        model("The maximum number of results to return."),
        model("Token for pagination of results."),
        members={"BillingPeriod": "2025-12", "MaxResults": 1},
        output=NOTHING,
    ),
    *(
        refuses(
            f"refuses {period!r} as a month",
            *MONTH,
            chosen("AppStream's own answer is not known; this names what is wrong"),
            members={"BillingPeriod": period},
            code=VALUE,
            text="Specify a month as yyyy-mm",
        )
        for period in ("2025", "2025-8", "2025-13", "2025-00", "2025-08-01", "08-2025", "٢٠٢٥-08")
    ),
)

NO_ROWS = (
    NoRow(
        "A record of this list, which is empty here: no image comes with licensed applications.",
        (
            "The ARN of the user who used the license-included application.",
            "The billing period for the license usage record.",
            "The account ID of the owner of the license.",
            "The date and time when the license was first used.",
            "The date and time when the license was last used.",
            "The type of license (for example, Microsoft Office).",
            "The ID of the user who used the license-included application.",
        ),
    ),
)

"""Usage report subscriptions: created, described, deleted."""

import re

from tests.rules.acts import called
from tests.rules.codes import NOT_FOUND
from tests.rules.subjects import Subject
from tests.rules.table import (
    ABSENT,
    Is,
    NoRow,
    Rule,
    answers,
    chosen,
    documented,
    look,
    model,
    refuses,
    rules,
)

BUCKET_SAID = (
    model("The Amazon S3 bucket where generated reports are stored."),
    model(
        "If you haven't already enabled on-instance session scripts, when you enable usage"
        " reports, WorkSpaces Applications creates a new S3 bucket."
    ),
)
GUIDE = "administration guide, Enable Usage Reports"
BUCKET = Is(
    "a bucket of the account and region",
    lambda name: re.fullmatch(r"appstream-logs-rule-\d+-\d{12}-[0-9a-f]{8}", name) is not None,
)
SUBSCRIBED = called("CreateUsageReportSubscription")
NONE = {"UsageReportSubscriptions": Is("none", lambda told: told == [])}
DELETED = look("DeleteUsageReportSubscription")  # which no row leaves behind


def bucket_noted(subject: Subject) -> None:
    """There is a subscription; `same_bucket` knows which bucket it has."""
    answer = subject.call("CreateUsageReportSubscription", {})
    subject.users["bucket"] = answer["S3BucketName"]


def same_bucket(subject: Subject) -> None:
    """The row's call has answered with the bucket that was there before."""
    assert subject.answer["S3BucketName"] == subject.users["bucket"]


RULES: tuple[Rule, ...] = (
    *rules(
        "CreateUsageReportSubscription",
        answers(
            "makes a subscription, whose bucket is named for the account and region",
            model("Creates a usage report subscription."),
            model("The schedule for generating usage reports."),
            *BUCKET_SAID,
            documented(f"{GUIDE}: appstream-logs-region-code-account-id-random-identifier"),
            output={"S3BucketName": BUCKET, "Schedule": "DAILY"},
            then=[
                look(
                    "DescribeUsageReportSubscriptions",
                    {"UsageReportSubscriptions": [{"S3BucketName": BUCKET, "Schedule": "DAILY"}]},
                ),
                DELETED,
            ],
        ),
        answers(
            "changes nothing when it is repeated",
            chosen("it is as asked, and the model declares no error for it"),
            given=[bucket_noted],
            then=[same_bucket, DELETED],
        ),
        answers(
            "has the bucket of an earlier subscription",
            documented(f"{GUIDE}: the bucket is unique to your account and Region"),
            given=[bucket_noted, called("DeleteUsageReportSubscription")],
            then=[same_bucket, DELETED],
        ),
    ),
    *rules(
        "DescribeUsageReportSubscriptions",
        answers(
            "describes the subscription of the account in the region",
            model("Retrieves a list that describes one or more usage report subscriptions."),
            model("Information about the usage report subscription."),
            model("Describes information about the usage report subscription."),
            *BUCKET_SAID,
            given=[SUBSCRIBED],
            output={
                "UsageReportSubscriptions": [
                    {
                        "S3BucketName": BUCKET,
                        "Schedule": "DAILY",
                        "LastGeneratedReportDate": ABSENT,
                        "SubscriptionErrors": [],
                    }
                ],
                "NextToken": ABSENT,
            },
            then=[DELETED],
        ),
        answers(
            "describes nothing where there is no subscription",
            chosen("AppStream's own answer is not known; other descriptions without names do so"),
            output={**NONE, "NextToken": ABSENT},
        ),
        answers(
            "has one page, whatever is asked of it",
            model("The maximum size of each page of results."),
            members={"MaxResults": 1},
            given=[SUBSCRIBED],
            output={"UsageReportSubscriptions": [{"Schedule": "DAILY"}], "NextToken": ABSENT},
            then=[DELETED],
        ),
    ),
    *rules(
        "DeleteUsageReportSubscription",
        answers(
            "ends the subscription: no report is made any more",
            model("Disables usage report generation."),
            given=[SUBSCRIBED],
            then=[look("DescribeUsageReportSubscriptions", NONE)],
        ),
        refuses(
            "is refused where there is no subscription",
            documented("the model's ResourceNotFoundException"),
            code=NOT_FOUND,
            text="has no usage report subscription in {region}",
        ),
        refuses(
            "is refused once there is none any more",
            documented("the model's ResourceNotFoundException"),
            given=[SUBSCRIBED, called("DeleteUsageReportSubscription")],
            code=NOT_FOUND,
            text="has no usage report subscription in {region}",
        ),
    ),
)

NO_ROWS = (
    NoRow(
        "A day has to pass for it, and whatever other rows have left running would be looked at.",
        (
            "Usage reports are generated daily.",
            "The time when the last usage report was generated.",
        ),
        tested_by="tests/unit/embed/test_usage_reports.py::test_two_days_are_reported_as_they_were",
    ),
    NoRow(
        "Control makes reports, and fails to: no call brings that about.",
        (
            "The errors that were returned if usage reports couldn't be generated.",
            "Describes the error that is returned when a usage report can't be generated.",
            "The error code for the error that is returned when a usage report can't be generated.",
            "The error message for the error that is returned when a usage report can't be"
            " generated.",
        ),
        tested_by="tests/unit/control/test_usage_reports.py"
        "::test_what_cannot_be_kept_is_told_and_tried_again",
    ),
    NoRow(
        "What session scripts print is not kept in a bucket here; it would be this one, the"
        " account's own in a region.",
        (
            "If you enabled on-instance session scripts and Amazon S3 logging for your session"
            " script configuration, WorkSpaces Applications created an S3 bucket to store the"
            " script output.",
            "The bucket is unique to your account and Region.",
            "When you enable usage reporting in this case, WorkSpaces Applications uses the same"
            " bucket to store your usage reports.",
        ),
    ),
)

"""Usage reports: subscribed to, described and subscribed to no more. Control makes them."""

from collections.abc import Mapping
from typing import Any

from ownstream.domain.keys import usage_reports_key
from ownstream.domain.usage_reports import SCHEDULE, day_of
from ownstream.model.errors import ResourceNotFoundException
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.named import listed
from ownstream.operations.registry import operation
from ownstream.store import UsageReportsRow, usage

Answer = Mapping[str, Any]


@operation
def create_usage_report_subscription(ctx: Context) -> Answer:
    """Each day from today on is reported once it is over; a repeated call changes nothing.

    Whoever subscribed before has the same bucket as then, and no reports of the time in between.
    """
    usage.logs_bucket_of(ctx.tx, ctx.scope, ctx.now)
    row = usage.usage_reports(ctx.tx, ctx.scope)
    assert row is not None
    if not row.subscribed:
        row.subscribed, row.reported_until, row.errors = True, day_of(ctx.now), []
        ctx.tx.touch(usage_reports_key(ctx.scope))
    return {"S3BucketName": row.bucket, "Schedule": SCHEDULE}


@operation
def describe_usage_report_subscriptions(ctx: Context) -> Page[Any]:
    """The subscription of the account in the region, if there is one."""
    row = usage.subscription(ctx.tx, ctx.scope)
    return listed([] if row is None else [_described(row)])


@operation
def delete_usage_report_subscription(ctx: Context) -> None:
    """No report is made any more; those that there are stay."""
    row = usage.subscription(ctx.tx, ctx.scope)
    if row is None:
        raise ResourceNotFoundException(
            f"The account {ctx.scope.account} has no usage report subscription in"
            f" {ctx.scope.region}. CreateUsageReportSubscription makes one."
        )
    row.subscribed = False
    ctx.tx.touch(usage_reports_key(ctx.scope))


def _described(row: UsageReportsRow) -> Answer:
    members: Answer = {"S3BucketName": row.bucket, "Schedule": SCHEDULE}
    generated = {"LastGeneratedReportDate": row.last_generated_at} if row.last_generated_at else {}
    return {**members, **generated, "SubscriptionErrors": row.errors}

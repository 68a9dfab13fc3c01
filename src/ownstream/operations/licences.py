"""Licence-included applications: software that AWS licenses by the user's month, on Windows."""

import re
from typing import Any

from ownstream.model.errors import InvalidParameterValueException
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.named import listed
from ownstream.operations.registry import operation

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


@operation
def describe_app_license_usage(ctx: Context, billing_period: str) -> Page[Any]:
    """Nothing for any month: no image here has an application that comes with a licence."""
    if not _MONTH.fullmatch(billing_period):
        raise InvalidParameterValueException(
            f"BillingPeriod is {billing_period!r:.40}. Specify a month as yyyy-mm, such as"
            f" {ctx.now:%Y-%m}."
        )
    return listed([])

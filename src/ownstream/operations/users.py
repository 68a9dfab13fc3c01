"""Users of the user pool: created and written to, described, enabled, disabled, deleted."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ownstream.domain import mails, pool_rules
from ownstream.domain.limits import count_refusals
from ownstream.model.paging import Page
from ownstream.operations.context import Context
from ownstream.operations.named import described, refuse_duplicate, wanted
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.store import UserRow, pool, resources, streaming

Answer = Mapping[str, Any]

# AppStream's own: "their session remains active until the session cookie expires (about one hour)".
DISABLED_AFTER = timedelta(hours=1)


@operation
def create_user(
    ctx: Context,
    user_name: str,
    authentication_type: str,
    *,
    message_action: str | None = None,
    first_name: str | None = None,
    last_name: str | None = None,
) -> None:
    """A new user, enabled, to whom a mail with a temporary password goes unless it is suppressed.

    RESEND creates nobody: a user who has not chosen a password gets another temporary one.
    """
    refuse_if(pool_rules.type_refusals(authentication_type))
    if message_action == "RESEND":
        return _resend(ctx, user_name, named=(first_name, last_name) != (None, None))
    refuse_if(pool_rules.name_refusals(user_name))
    refuse_duplicate(ctx, UserRow, "user", user_name)
    present = resources.count(ctx.tx, UserRow, ctx.scope)
    refuse_if(count_refusals("user", present=present, allowed=ctx.services.limits.users))
    names = {"FirstName": first_name, "LastName": last_name}
    row = UserRow(
        account=ctx.scope.account,
        region=ctx.scope.region,
        name=user_name,
        id=_new_id(ctx, user_name),
        document={member: name for member, name in names.items() if name is not None},
        created_at=ctx.now,
    )
    ctx.tx.add(row)
    if message_action is None:
        pool.queue_mail(ctx.tx, row, mails.WELCOME, ctx.now)
    return None


@operation
def describe_users(ctx: Context, authentication_type: str) -> Page[Any]:
    """All users of the pool in order of name."""
    refuse_if(pool_rules.type_refusals(authentication_type))
    return described(ctx, UserRow, "user", names=(), describe=_described)


@operation
def enable_user(ctx: Context, user_name: str, authentication_type: str) -> None:
    """The user may sign in; whoever may already goes on so."""
    _wanted(ctx, user_name, authentication_type).enabled = True


@operation
def disable_user(ctx: Context, user_name: str, authentication_type: str) -> None:
    """The user is signed out and may not sign in; their streams end within an hour.

    What they are associated with is kept.
    """
    row = _wanted(ctx, user_name, authentication_type)
    row.enabled = False
    pool.end_logins(ctx.tx, row)
    for session in pool.live_sessions(ctx.tx, row):
        if session.started_at is None:
            streaming.end_session(ctx.tx, session, reason="user_disabled", now=ctx.now)
        else:
            streaming.shorten_session(ctx.tx, session, ctx.now + DISABLED_AFTER)


@operation
def delete_user(ctx: Context, user_name: str, authentication_type: str) -> None:
    """The user is gone and their streams have ended: another of the name is another person."""
    row = _wanted(ctx, user_name, authentication_type)
    for session in pool.live_sessions(ctx.tx, row):
        streaming.end_session(ctx.tx, session, reason="user_deleted", now=ctx.now)
    pool.forget_user(ctx.tx, row)


def _wanted(ctx: Context, user_name: str, authentication_type: str) -> UserRow:
    refuse_if(pool_rules.type_refusals(authentication_type))
    return wanted(ctx, UserRow, "user", user_name)


def _resend(ctx: Context, user_name: str, *, named: bool) -> None:
    row = resources.find(ctx.tx, UserRow, ctx.scope, user_name)
    refuse_if(
        pool_rules.resend_refusals(
            user_name,
            named=named,
            exists=row is not None,
            enabled=row is not None and row.enabled,
            confirmed=row is not None and row.confirmed,
        )
    )
    if row is not None:
        pool.queue_mail(ctx.tx, row, mails.WELCOME, ctx.now)


def _new_id(ctx: Context, user_name: str) -> str:
    """What an ARN names the user by: as long as they are there, and the same in a test's reruns."""
    made = f"{ctx.scope.arn('user', user_name)} {ctx.now.isoformat()}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, made))


def _described(row: UserRow) -> Answer:
    return {
        **row.document,
        "Arn": row.arn,
        "UserName": row.name,
        "Enabled": row.enabled,
        "Status": "CONFIRMED" if row.confirmed else "UNCONFIRMED",
        "CreatedTime": row.created_at,
        "AuthenticationType": pool_rules.USERPOOL,
    }

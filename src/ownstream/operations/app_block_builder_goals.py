"""StartAppBlockBuilder, StopAppBlockBuilder, and the URL that opens one that runs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from ownstream.domain import app_block_builders as rules
from ownstream.domain import owners
from ownstream.domain.app_block_builders import KIND
from ownstream.domain.keys import app_block_builder_key
from ownstream.domain.tickets import ADMIN, Ticket, streaming_url
from ownstream.model.errors import InvalidParameterValueException, OperationNotPermittedException
from ownstream.operations.app_block_builders import described_builder, state_of
from ownstream.operations.context import Context
from ownstream.operations.image_builder_goals import ADMINISTRATOR
from ownstream.operations.named import wanted
from ownstream.operations.refusing import refuse_if
from ownstream.operations.registry import operation
from ownstream.operations.sessions import VALIDITY_S
from ownstream.store import AppBlockBuilderRow, streaming

Answer = Mapping[str, Any]


@operation
def start_app_block_builder(ctx: Context, name: str) -> Answer:
    """The app block builder is STARTING from this answer on, with a new instance."""
    row = wanted(ctx, AppBlockBuilderRow, KIND, name)
    refuse_if(rules.state_refusals(name, state_of(row), "STOPPED", "started"))
    if not row.app_block:
        raise OperationNotPermittedException(
            f"The app block builder {name} is associated with no app block."
            " Call AssociateAppBlockBuilderAppBlock before you start it."
        )
    nodes = [node.view for node in streaming.nodes(ctx.tx)]
    refuse_if(rules.room_refusals(name, row.document["InstanceType"], nodes))
    return _with_goal(ctx, row, "RUNNING")


@operation
def stop_app_block_builder(ctx: Context, name: str) -> Answer:
    """The app block builder is STOPPING from this answer on; what was in its instance is lost."""
    row = wanted(ctx, AppBlockBuilderRow, KIND, name)
    refuse_if(rules.state_refusals(name, state_of(row), "RUNNING", "stopped"))
    return _with_goal(ctx, row, "STOPPED")


@operation
def create_app_block_builder_streaming_url(
    ctx: Context, app_block_builder_name: str, *, validity: int = 3600
) -> Answer:
    """A URL that opens the app block builder's desktop, and when it stops being good.

    Validity is in seconds.
    """
    row = wanted(ctx, AppBlockBuilderRow, KIND, app_block_builder_name)
    refuse_if(rules.state_refusals(row.name, state_of(row), "RUNNING", "connected to"))
    if validity not in VALIDITY_S:
        raise InvalidParameterValueException(
            f"Validity is {validity}. Specify a value between 1 and {VALIDITY_S.stop - 1} seconds."
        )
    expires = int((ctx.now + timedelta(seconds=validity)).timestamp())
    owner = owners.app_block_builder(row.name)
    ticket = Ticket(
        type=ADMIN,
        expires=str(expires),
        awsAccountId=ctx.scope.account,
        userId=ADMINISTRATOR,
        catalogSource=owner,
        fleetRef=owner,
        applicationId="",
        userContext="",
        maxUserDurationInSecs="",
        region=ctx.scope.region,
        nonce=token_urlsafe(16),
    )
    url = streaming_url(ctx.services.public_url, ticket, ctx.services.ticket_key)
    return {"StreamingURL": url, "Expires": datetime.fromtimestamp(expires, UTC)}


def _with_goal(ctx: Context, row: AppBlockBuilderRow, goal: str) -> Answer:
    row.goal, row.goal_met, row.errors = goal, False, []
    ctx.tx.touch(app_block_builder_key(ctx.scope, row.name))
    return {"AppBlockBuilder": described_builder(row)}

"""StartImageBuilder, StopImageBuilder, DeleteImageBuilder: what is wanted; control sees to it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from ownstream.domain import image_builders, owners
from ownstream.domain.keys import builder_key
from ownstream.domain.tickets import ADMIN, Ticket, streaming_url
from ownstream.model.errors import InvalidParameterValueException, ResourceNotAvailableException
from ownstream.operations.context import Context
from ownstream.operations.image_builders import (
    KIND,
    LATEST,
    described_builder,
    refuse_other_agent,
    refuse_state,
    state_of,
)
from ownstream.operations.named import wanted
from ownstream.operations.registry import operation
from ownstream.operations.sessions import VALIDITY_S
from ownstream.store import ImageBuilderRow

Answer = Mapping[str, Any]
ADMINISTRATOR = "admin"


@operation
def start_image_builder(
    ctx: Context, name: str, *, appstream_agent_version: str = LATEST
) -> Answer:
    """The image builder is PENDING from this answer on, with all that was written in it before.

    The model has no OperationNotPermittedException for one that is not STOPPED.
    """
    row = wanted(ctx, ImageBuilderRow, KIND, name)
    refuse_other_agent(appstream_agent_version)
    why = image_builders.wrong_state(name, state_of(row), image_builders.START_IN, "started")
    if why:
        raise ResourceNotAvailableException(why)
    return _with_goal(ctx, row, image_builders.RUNNING)


@operation
def stop_image_builder(ctx: Context, name: str) -> Answer:
    """The image builder is STOPPING from this answer on; what was written in it is kept."""
    row = wanted(ctx, ImageBuilderRow, KIND, name)
    refuse_state(row, image_builders.STOP_IN, "stopped")
    return _with_goal(ctx, row, image_builders.STOPPED)


@operation
def delete_image_builder(ctx: Context, name: str) -> Answer:
    """The image builder is DELETING from this answer on, and then gone; images made in it stay."""
    row = wanted(ctx, ImageBuilderRow, KIND, name)
    refuse_state(row, image_builders.DELETE_IN, "deleted")
    return _with_goal(ctx, row, image_builders.DELETED)


@operation
def create_image_builder_streaming_url(ctx: Context, name: str, *, validity: int = 3600) -> Answer:
    """A URL that opens the image builder's desktop, and when it stops being good.

    Validity is in seconds.
    """
    row = wanted(ctx, ImageBuilderRow, KIND, name)
    refuse_state(row, image_builders.CONNECT_IN, "connected to")
    if validity not in VALIDITY_S:
        raise InvalidParameterValueException(
            f"Validity is {validity}. Specify a value between 1 and {VALIDITY_S.stop - 1} seconds."
        )
    expires = int((ctx.now + timedelta(seconds=validity)).timestamp())
    owner = owners.image_builder(name)
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


def _with_goal(ctx: Context, row: ImageBuilderRow, goal: str) -> Answer:
    row.goal, row.goal_met, row.failed, row.errors = goal, False, "", []
    ctx.tx.touch(builder_key(ctx.scope, row.name))
    return {"ImageBuilder": described_builder(ctx, row)}

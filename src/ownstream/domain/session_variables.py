"""The variables that a session's applications and scripts find in their environment.

They are AppStream's own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ownstream.domain import owners
from ownstream.domain.identities import Identity


def session_variables(
    *,
    session: str,
    stack: str,
    fleet: str,
    identity: Identity,
    created_at: datetime,
    context: str,
    document: Mapping[str, Any],
) -> dict[str, str]:
    """What they are for this session of the fleet or builder of this document."""
    variables = {
        **({} if owners.is_builder(fleet) else {"AppStream_Stack_Name": stack}),
        "AppStream_User_Access_Mode": identity.access_mode,
        "AppStream_Session_Reservation_DateTime": created_at.isoformat(),
        "AppStream_UserName": identity.user_name,
        "AppStream_Session_ID": session,
        "AppStream_Image_Arn": str(document.get("ImageArn", "")),
        "AppStream_Instance_Type": str(document.get("InstanceType", "")),
        "AppStream_Resource_Type": owners.kind(fleet),
        "AppStream_Resource_Name": owners.name_of(fleet),
    }
    return {**variables, "APPSTREAM_SESSION_CONTEXT": context} if context else variables

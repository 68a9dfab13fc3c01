"""Where in the bucket for logs the output of a session's scripts is, as AppStream has it."""

from ownstream.domain.home_folders import user_folder
from ownstream.domain.identities import Identity


def setup_log(*, fleet: str, instance: str, app_block: str) -> str:
    """The key of what an app block's script has printed in this instance."""
    return f"{fleet}/{instance}/{app_block}/output.log"


def event_log(
    *, stack: str, fleet: str, identity: Identity, session: str, event: str, context: str
) -> str:
    """The key of what a script of this context has printed at this end of the session."""
    user = user_folder(identity.user_name, authentication_type=identity.authentication_type)
    return f"{stack}/{fleet}/{user}/{session}/SessionScriptsLogs/{event}/{context}.log"

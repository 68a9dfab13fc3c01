"""What is kept of a user from session to session, as the stack has it when a session begins."""

from ownstream.domain import app_settings, home_folders
from ownstream.domain.stack_rules import connector_types
from ownstream.store import SessionRow, StackRow, Tx, resources


def begin_keeping(tx: Tx, session: SessionRow) -> None:
    """The session, a new one, waits for the home folder and the settings that its stack keeps."""
    stack = resources.find(tx, StackRow, session.scope, session.stack)
    if stack is None:
        return
    home = home_folders.CONNECTOR in connector_types(stack.document)
    group = app_settings.group(stack.document)
    if not home and not group:
        return
    session.home_folder = "wanted"
    settings = {"group": group, "filled": False} if group else None
    session.wish = {**session.wish, "home": home, "settings": settings}

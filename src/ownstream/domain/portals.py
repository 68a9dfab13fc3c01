"""Where a user pool's users sign in: one page for each account and region, which never changes."""

from ownstream.domain.scope import Scope


def portal_path(scope: Scope) -> str:
    """The path of the portal of this account and region."""
    return f"/portal/{scope.account}/{scope.region}"

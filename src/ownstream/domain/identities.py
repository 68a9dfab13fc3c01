"""Who the user of a session is: a name, and how it was proven that they are the one.

The same name proven in two ways is two people: a user id of a streaming URL may read like the name
of a user of the pool. Whatever is kept for a user is kept for an identity.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# AppStream's own words, as applications find them in AppStream_User_Access_Mode.
ACCESS_MODES: Mapping[str, str] = {"API": "custom", "SAML": "saml", "USERPOOL": "userpool"}


@dataclass(frozen=True)
class Identity:
    """A user as a session knows them; the type is the service model's AuthenticationType."""

    user_name: str
    authentication_type: str

    @property
    def access_mode(self) -> str:
        """How the user came: custom, saml or userpool."""
        return ACCESS_MODES[self.authentication_type]

"""What may be asked of a user pool."""

import re

from ownstream.domain.refusals import COMBINATION, NOT_PERMITTED, VALUE, Refusal, Refusals

USERPOOL = "USERPOOL"
# What every mail server takes as an address: a mailbox, an @, and a host.
_ADDRESS = re.compile(r"[^@\s\"(),:;<>\[\\\]]+@[^@\s\"(),:;<>\[\\\]]+")


def type_refusals(authentication_type: str | None) -> Refusals:
    """Why users of this type are not the user pool's."""
    if authentication_type != USERPOOL:
        yield Refusal(
            VALUE,
            f"The user pool has no users of the authentication type {authentication_type!r}."
            f" Specify {USERPOOL}.",
        )


def name_refusals(user_name: str) -> Refusals:
    """Why no user can have this name: it is where their mail goes."""
    if not _ADDRESS.fullmatch(user_name):
        yield Refusal(
            VALUE, "UserName is not an e-mail address. Specify one, such as ann@example.com."
        )


def resend_refusals(
    user_name: str, *, named: bool, exists: bool, enabled: bool, confirmed: bool
) -> Refusals:
    """Why this user's welcome is not sent again; `named` if the request has a name in it."""
    if named:
        yield Refusal(
            COMBINATION, "FirstName and LastName do not go with the message action RESEND."
        )
    if not exists:
        yield Refusal(
            NOT_PERMITTED,
            f"There is no user {user_name} to send the welcome to again. Leave MessageAction out"
            " to create one.",
        )
    if confirmed:
        yield Refusal(
            NOT_PERMITTED,
            f"The user {user_name} has chosen a password already. On the sign-in page they can"
            " have a forgotten one reset.",
        )
    if not enabled:
        yield Refusal(
            NOT_PERMITTED,
            f"The user {user_name} is disabled. Call EnableUser before you send the welcome again.",
        )

"""What a stack lets its users do: the defaults, and the rules of the UserSettings list."""

from collections.abc import Iterable, Mapping
from typing import Any

from ownstream.domain.refusals import COMBINATION, VALUE, Refusal, Refusals

Setting = Mapping[str, Any]

# In the order in which they are reported; a test holds them to the model's actions.
DEFAULT_PERMISSIONS: Mapping[str, str] = {
    "CLIPBOARD_COPY_FROM_LOCAL_DEVICE": "ENABLED",
    "CLIPBOARD_COPY_TO_LOCAL_DEVICE": "ENABLED",
    "FILE_UPLOAD": "ENABLED",
    "FILE_DOWNLOAD": "ENABLED",
    "PRINTING_TO_LOCAL_DEVICE": "ENABLED",
    "DOMAIN_PASSWORD_SIGNIN": "ENABLED",
    "DOMAIN_SMART_CARD_SIGNIN": "DISABLED",
    "AUTO_TIME_ZONE_REDIRECTION": "DISABLED",
    "SMART_CARD_REDIRECTION": "DISABLED",
}
CLIPBOARD = ("CLIPBOARD_COPY_FROM_LOCAL_DEVICE", "CLIPBOARD_COPY_TO_LOCAL_DEVICE")
MOST_CHARACTERS = 20_971_520


def complete_settings(*layers: Iterable[Setting]) -> list[Setting]:
    """One setting for each action: the last layer's that has it, else the default."""
    chosen: dict[str, Setting] = {
        action: {"Action": action, "Permission": permission}
        for action, permission in DEFAULT_PERMISSIONS.items()
    }
    for layer in layers:
        chosen.update({setting["Action"]: setting for setting in layer})
    return [_with_length(setting) for setting in chosen.values()]


def setting_refusals(settings: Iterable[Setting]) -> Refusals:
    """What is wrong with these settings."""
    seen: set[str] = set()
    for setting in settings:
        action = setting["Action"]
        if action in seen:
            yield Refusal(COMBINATION, f"UserSettings has {action} twice.")
        seen.add(action)
        if "MaximumLength" in setting:
            yield from _length_refusals(setting)


def _length_refusals(setting: Setting) -> Refusals:
    action, length = setting["Action"], setting["MaximumLength"]
    if action not in CLIPBOARD:
        allowed = " and ".join(CLIPBOARD)
        yield Refusal(COMBINATION, f"MaximumLength is for {allowed} only, not for {action}.")
    elif setting["Permission"] == "DISABLED":
        yield Refusal(COMBINATION, f"MaximumLength cannot be specified when {action} is DISABLED.")
    elif not 1 <= length <= MOST_CHARACTERS:
        yield Refusal(VALUE, f"MaximumLength is {length}. Specify 1 to {MOST_CHARACTERS}.")


def _with_length(setting: Setting) -> Setting:
    if setting["Action"] in CLIPBOARD and setting["Permission"] == "ENABLED":
        return {"MaximumLength": MOST_CHARACTERS, **setting}
    return setting

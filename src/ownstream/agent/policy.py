"""What the user of a session may do, by the UserSettings of the session's stack."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Policy:
    """Permissions of one session. What is not granted is refused."""

    copy_in: int = 0  # characters that may be copied into the session at once; 0: none
    copy_out: int = 0  # and out of it
    upload: bool = False
    download: bool = False


def policy(settings: Iterable[Mapping[str, Any]]) -> Policy:
    """The permissions in a list of the service model's UserSettings, complete with lengths."""
    granted = {
        setting.get("Action"): setting
        for setting in settings
        if setting.get("Permission") == "ENABLED"
    }
    return Policy(
        copy_in=_length(granted.get("CLIPBOARD_COPY_FROM_LOCAL_DEVICE")),
        copy_out=_length(granted.get("CLIPBOARD_COPY_TO_LOCAL_DEVICE")),
        upload="FILE_UPLOAD" in granted,
        download="FILE_DOWNLOAD" in granted,
    )


def _length(setting: Mapping[str, Any] | None) -> int:
    length = (setting or {}).get("MaximumLength")
    return length if isinstance(length, int) else 0

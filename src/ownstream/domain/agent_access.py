"""A stack's AgentAccessConfig: which members go together, and how a part of it changes the rest."""

from collections.abc import Iterable, Mapping
from typing import Any

from ownstream.domain.refusals import COMBINATION, Refusal, Refusals

Config = Mapping[str, Any]

REQUIRED = ("Settings", "ScreenResolution", "ScreenImageFormat")
NEED_BUCKET = ("ScreenshotsUploadEnabled", "ReplaySessionEnabled")


def merged_config(before: Config, part: Config) -> dict[str, Any]:
    """The configuration after an update; settings are merged by agent action."""
    after = {**before, **part}
    settings = {
        s["AgentAction"]: s for s in (*before.get("Settings", ()), *part.get("Settings", ()))
    }
    if settings:
        after["Settings"] = list(settings.values())
    if part.get("ReplaySessionEnabled") is False and "KmsKeyArn" not in part:
        after.pop("KmsKeyArn", None)
    return after


def config_refusals(config: Config, region: str) -> Refusals:
    """What is wrong with this configuration of a stack of this region."""
    missing = [member for member in REQUIRED if member not in config]
    if missing:
        yield Refusal(COMBINATION, f"AgentAccessConfig lacks {', '.join(missing)}.")
    yield from _setting_refusals(config.get("Settings", ()), config)
    for member in NEED_BUCKET:
        if config.get(member) and not config.get("S3BucketArn"):
            yield Refusal(COMBINATION, f"S3BucketArn is required when {member} is true.")
    key = config.get("KmsKeyArn")
    if key and not config.get("ReplaySessionEnabled"):
        yield Refusal(COMBINATION, "KmsKeyArn needs ReplaySessionEnabled to be true.")
    if key and key.split(":")[3] != region:
        yield Refusal(COMBINATION, f"The key {key} is not in the stack's region {region}.")


def _setting_refusals(settings: Iterable[Config], config: Config) -> Refusals:
    enabled = {s["AgentAction"] for s in settings if s["Permission"] == "ENABLED"}
    if not enabled:
        yield Refusal(COMBINATION, "At least one agent action must be ENABLED.")
    if "COMPUTER_INPUT" in enabled and "COMPUTER_VISION" not in enabled:
        yield Refusal(COMBINATION, "COMPUTER_INPUT needs COMPUTER_VISION to be ENABLED.")
    if config.get("ReplaySessionEnabled") and "COMPUTER_VISION" not in enabled:
        yield Refusal(COMBINATION, "ReplaySessionEnabled needs COMPUTER_VISION to be ENABLED.")

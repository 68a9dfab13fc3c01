"""What AppStream asks of a stack's members, and what a request makes of its document.

A document has the members of the model's Stack but for those that are found out at each look.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ownstream.domain.addresses import is_web_url
from ownstream.domain.agent_access import config_refusals, merged_config
from ownstream.domain.faults import StorageConnectorFailure
from ownstream.domain.home_folders import CONNECTOR
from ownstream.domain.refusals import COMBINATION, VALUE, Refusal, Refusals
from ownstream.domain.user_settings import complete_settings, setting_refusals

Members = Mapping[str, Any]
Document = dict[str, Any]

DEFAULTS: Members = {
    "StorageConnectors": [],
    "ApplicationSettings": {"Enabled": False},
    "AccessEndpoints": [],
    "EmbedHostDomains": [],
    "StreamingExperienceSettings": {"PreferredProtocol": "TCP"},
    "StorageConnectorAuthentication": "REUSE_CREDENTIALS",
    "UserSettings": complete_settings(),
}

# What AttributesToDelete names. THEME_NAME and IAM_ROLE_ARN are no members of a stack any more.
ATTRIBUTES: Mapping[str, str] = {
    "STORAGE_CONNECTORS": "StorageConnectors",
    "REDIRECT_URL": "RedirectURL",
    "FEEDBACK_URL": "FeedbackURL",
    "USER_SETTINGS": "UserSettings",
    "EMBED_HOST_DOMAINS": "EmbedHostDomains",
    "ACCESS_ENDPOINTS": "AccessEndpoints",
    "STREAMING_EXPERIENCE_SETTINGS": "StreamingExperienceSettings",
    "CONTENT_REDIRECTION": "ContentRedirection",
    "AGENT_ACCESS_CONFIG": "AgentAccessConfig",
    "STORAGE_CONNECTOR_AUTHENTICATION": "StorageConnectorAuthentication",
}
CONNECTORS: Mapping[str, str] = {
    "STORAGE_CONNECTOR_HOMEFOLDERS": "HOMEFOLDERS",
    "STORAGE_CONNECTOR_GOOGLE_DRIVE": "GOOGLE_DRIVE",
    "STORAGE_CONNECTOR_ONE_DRIVE": "ONE_DRIVE",
}
NOT_DONE = (
    (
        "StorageConnectors",
        "STORAGE_CONNECTOR_ERROR",
        "ownstream connects neither Google Drive nor OneDrive yet",
    ),
    (
        "AccessEndpoints",
        "INTERNAL_SERVICE_ERROR",
        "there are no VPC endpoints here and it keeps nobody out: restrict the listen address",
    ),
    ("ContentRedirection", "INTERNAL_SERVICE_ERROR", "ownstream does not redirect URLs yet"),
    ("AgentAccessConfig", "INTERNAL_SERVICE_ERROR", "ownstream does not let agents in yet"),
)
AGENT_KEY = "AGENT_ACCESS_CONFIG_KMS_KEY_ARN"


def updated(
    stack: str, document: Members, members: Members, attributes: Collection[str]
) -> Document:
    """The stack's document after a request, AppStream's defaults where it has nothing.

    An empty text takes the member away. User settings and agent actions that the request does not
    name stay as they are; storage connectors are those of the request.
    """
    after: Document = {**document, **members}
    settings = (document.get("UserSettings", ()), members.get("UserSettings", ()))
    after["UserSettings"] = complete_settings(*settings)
    if "AgentAccessConfig" in members:
        before = document.get("AgentAccessConfig", {})
        after["AgentAccessConfig"] = merged_config(before, members["AgentAccessConfig"])
    if "ApplicationSettings" in members:
        after["ApplicationSettings"] = _application_settings(stack, members["ApplicationSettings"])
    for attribute in attributes:
        _delete(after, attribute)
    kept = {member: value for member, value in after.items() if value not in ("", None)}
    return {**DEFAULTS, **kept}


def member_refusals(members: Members) -> Refusals:
    """What is wrong with these members of a request."""
    yield from setting_refusals(members.get("UserSettings", ()))
    yield from _connector_refusals(members.get("StorageConnectors", ()))
    for member in ("RedirectURL", "FeedbackURL"):
        if members.get(member) and not is_web_url(members[member]):
            yield Refusal(VALUE, f"{member} must begin with https:// or http:// and name a host.")


def document_refusals(document: Members, region: str) -> Refusals:
    """What is wrong with a stack of this region as a whole."""
    if "AgentAccessConfig" in document:
        yield from config_refusals(document["AgentAccessConfig"], region)
    protocol = document["StreamingExperienceSettings"].get("PreferredProtocol")
    if protocol == "UDP" and document["AccessEndpoints"]:
        yield Refusal(COMBINATION, "UDP streaming does not go through AccessEndpoints.")


def deletion_refusals(
    members: Members, attributes: Collection[str], *, delete_connectors: bool
) -> Refusals:
    """What a request both sets and deletes."""
    deleted = [(attribute, ATTRIBUTES.get(attribute)) for attribute in attributes]
    if delete_connectors:
        deleted.append(("DeleteStorageConnectors", "StorageConnectors"))
    for word, member in deleted:
        if member and members.get(member):
            yield Refusal(COMBINATION, f"{member} cannot be set together with {word}.")


def connector_types(document: Members) -> Collection[str]:
    """The types of the stack's storage connectors."""
    return [connector["ConnectorType"] for connector in document.get("StorageConnectors", ())]


def keeps(document: Members) -> bool:
    """Whether sessions of the stack need its storage."""
    return CONNECTOR in connector_types(document) or document["ApplicationSettings"]["Enabled"]


def stack_errors(
    document: Members, failures: Iterable[StorageConnectorFailure] = (), *, trouble: str = ""
) -> list[Mapping[str, str]]:
    """What of the stack fails, and what it asks for and ownstream does not do yet.

    `trouble` is what was in the way when a session last needed the stack's storage. AppStream's own
    words for a storage connector that fails are not known.
    """
    asked = {
        **document,
        "StorageConnectors": [kind for kind in connector_types(document) if kind != CONNECTOR],
    }
    failed: list[Mapping[str, str]] = [
        {
            "ErrorCode": failure.code,
            "ErrorMessage": failure.message
            or f"The stack's storage connector {failure.connector_type} has failed.",
        }
        for failure in failures
    ]
    if trouble and keeps(document):
        text = f"What the stack keeps for its users cannot be read or saved: {trouble}."
        failed.append({"ErrorCode": "STORAGE_CONNECTOR_ERROR", "ErrorMessage": text})
    not_done = [
        {"ErrorCode": code, "ErrorMessage": f"{member} is kept, but {text}."}
        for member, code, text in NOT_DONE
        if asked.get(member)
    ]
    return [*failed, *not_done]


def _application_settings(stack: str, settings: Members) -> Document:
    """Settings groups belong to enabled settings; without one, it is named for the stack."""
    if not settings["Enabled"]:
        return {"Enabled": False}
    return {"Enabled": True, "SettingsGroup": settings.get("SettingsGroup") or stack}


def _connector_refusals(connectors: Iterable[Members]) -> Refusals:
    seen: set[str] = set()
    for connector in connectors:
        kind = connector["ConnectorType"]
        if kind in seen:
            yield Refusal(COMBINATION, f"StorageConnectors has {kind} twice.")
        seen.add(kind)
        if kind != "HOMEFOLDERS" and not connector.get("Domains"):
            yield Refusal(COMBINATION, f"A storage connector of type {kind} needs Domains.")
        if kind != "ONE_DRIVE" and connector.get("DomainsRequireAdminConsent"):
            yield Refusal(
                COMBINATION, "DomainsRequireAdminConsent needs the connector type ONE_DRIVE."
            )


def _delete(document: Document, attribute: str) -> None:
    if attribute in ATTRIBUTES:
        document.pop(ATTRIBUTES[attribute], None)
    elif attribute in CONNECTORS:
        kept = document.get("StorageConnectors", ())
        gone = CONNECTORS[attribute]
        document["StorageConnectors"] = [c for c in kept if c["ConnectorType"] != gone]
    elif attribute == AGENT_KEY and "AgentAccessConfig" in document:
        config = document["AgentAccessConfig"]
        document["AgentAccessConfig"] = {k: v for k, v in config.items() if k != "KmsKeyArn"}

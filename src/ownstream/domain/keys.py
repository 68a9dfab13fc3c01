"""The keys of what has work waiting, as transactions touch them and control takes them up."""

from ownstream.domain import owners
from ownstream.domain.scope import Scope

FleetKey = tuple[str, Scope, str]
SessionKey = tuple[str, str]
HomeFolderKey = tuple[str, str]
UsageReportsKey = tuple[str, Scope]
MailKey = tuple[str, str]
BuilderKey = tuple[str, Scope, str]
ImageKey = tuple[str, Scope, str]
ImageExportKey = tuple[str, str]
SoftwareKey = tuple[str, Scope, str]


def fleet_key(scope: Scope, name: str) -> FleetKey:
    """The key of a fleet."""
    return ("fleet", scope, name)


def builder_key(scope: Scope, name: str) -> BuilderKey:
    """The key of an image builder."""
    return ("image builder", scope, name)


def app_block_builder_key(scope: Scope, name: str) -> BuilderKey:
    """The key of an app block builder."""
    return ("app block builder", scope, name)


def owner_key(scope: Scope, owner: str) -> FleetKey | BuilderKey:
    """The key of the fleet or the builder that this owner is."""
    keys = {
        owners.FLEET: fleet_key,
        owners.IMAGE_BUILDER: builder_key,
        owners.APP_BLOCK_BUILDER: app_block_builder_key,
    }
    return keys[owners.kind(owner)](scope, owners.name_of(owner))


def image_key(scope: Scope, name: str) -> ImageKey:
    """The key of an image that something is to be done to."""
    return ("image", scope, name)


def image_export_key(task_id: str) -> ImageExportKey:
    """The key of a task that exports an image."""
    return ("image export", task_id)


def software_key(scope: Scope, builder: str) -> SoftwareKey:
    """The key of the software that is to be put into an image builder."""
    return ("software", scope, builder)


def session_key(session_id: str) -> SessionKey:
    """The key of a session."""
    return ("session", session_id)


def home_folder_key(session_id: str) -> HomeFolderKey:
    """The key of a session's home folder, which has work waiting whenever the session has."""
    return ("home folder", session_id)


def usage_reports_key(scope: Scope) -> UsageReportsKey:
    """The key of the usage reports of an account in a region."""
    return ("usage reports", scope)


def mail_key(mail_id: str) -> MailKey:
    """The key of a mail that is to be sent."""
    return ("mail", mail_id)


def setup_key(session_id: str) -> tuple[str, str]:
    """The key of what makes a session's applications ready, at work whenever the session is."""
    return ("setup", session_id)

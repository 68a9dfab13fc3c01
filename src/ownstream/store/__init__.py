"""What is remembered. The only importer of SQLAlchemy."""

from ownstream.store.application_tables import (
    ApplicationFleetRow,
    ApplicationRow,
    EntitlementRow,
)
from ownstream.store.engine import (
    Conflict,
    Store,
    Unwritable,
    memory_store,
    open_store,
    sqlite_url,
)
from ownstream.store.image_tables import ImageExportRow, SoftwareRow
from ownstream.store.pool_tables import GuessRow, LoginRow, MailRow, UserRow, UserStackRow
from ownstream.store.tables import (
    AdmissionRow,
    AppBlockBuilderRow,
    AppBlockRow,
    AssociationRow,
    CredentialRow,
    DirectoryConfigRow,
    FleetRow,
    IconRow,
    ImageBuilderRow,
    ImagePermissionRow,
    ImageRow,
    InstanceRow,
    NodeRow,
    SessionRow,
    StackRow,
    ThemePictureRow,
    ThemeRow,
)
from ownstream.store.transactions import Tx
from ownstream.store.usage_tables import LaunchRow, UsageReportsRow

__all__ = [
    "AdmissionRow",
    "AppBlockBuilderRow",
    "AppBlockRow",
    "ApplicationFleetRow",
    "ApplicationRow",
    "AssociationRow",
    "Conflict",
    "CredentialRow",
    "DirectoryConfigRow",
    "EntitlementRow",
    "FleetRow",
    "GuessRow",
    "IconRow",
    "ImageBuilderRow",
    "ImageExportRow",
    "ImagePermissionRow",
    "ImageRow",
    "InstanceRow",
    "LaunchRow",
    "LoginRow",
    "MailRow",
    "NodeRow",
    "SessionRow",
    "SoftwareRow",
    "StackRow",
    "Store",
    "ThemePictureRow",
    "ThemeRow",
    "Tx",
    "Unwritable",
    "UsageReportsRow",
    "UserRow",
    "UserStackRow",
    "memory_store",
    "open_store",
    "sqlite_url",
]

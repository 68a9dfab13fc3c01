"""A stack's storage connectors and application settings, at CreateStack and UpdateStack."""

from tests.rules.codes import COMBINATION
from tests.rules.resources import STACKS, UNKNOWN, without_effect
from tests.rules.table import (
    ABSENT,
    Is,
    NoRow,
    answers,
    chosen,
    documented,
    model,
    observed,
    refuses,
)

NO_STORAGE = "neither Google Drive nor OneDrive is connected: the stack's StackErrors say so"
CONNECTED = {"StackErrors": without_effect("StorageConnectors", "STORAGE_CONNECTOR_ERROR")}
CONNECTORS = (
    STACKS.kept(
        "enables home folders, which sessions that begin afterwards have",
        model("The storage connectors to enable."),
        model("Describes a connector that enables persistent storage for users."),
        documented("administration guide, home folders: ~/MyFiles/HomeFolder of Linux instances"),
        StorageConnectors=[{"ConnectorType": "HOMEFOLDERS"}],
        output={"StackErrors": []},
    ),
    STACKS.kept(
        "keeps Google Drive, and says in StackErrors that it is not connected",
        UNKNOWN,
        StorageConnectors=[{"ConnectorType": "GOOGLE_DRIVE", "Domains": ["example.com"]}],
        output=CONNECTED,
        missing=NO_STORAGE,
    ),
    STACKS.kept(
        "keeps the domains that OneDrive wants an administrator's consent for",
        model(
            "The OneDrive for Business domains where you require admin consent when users try to"
            " link their OneDrive account to WorkSpaces Applications."
        ),
        StorageConnectors=[
            {
                "ConnectorType": "ONE_DRIVE",
                "Domains": ["example.com"],
                "DomainsRequireAdminConsent": ["example.com"],
            }
        ],
        output=CONNECTED,
        missing=NO_STORAGE,
    ),
    refuses(
        "refuses such domains for another connector",
        model("The attribute can only be specified when ConnectorType=ONE_DRIVE."),
        members={
            "StorageConnectors": [
                {"ConnectorType": "HOMEFOLDERS", "DomainsRequireAdminConsent": ["example.com"]}
            ]
        },
        code=COMBINATION,
        text="ONE_DRIVE",
    ),
    *(
        refuses(
            f"refuses a connector of type {kind} without domains",
            documented("administration guide: a domain is given with OneDrive and Google Drive"),
            members={"StorageConnectors": [{"ConnectorType": kind}]},
            code=COMBINATION,
            text="needs Domains",
        )
        for kind in ("GOOGLE_DRIVE", "ONE_DRIVE")
    ),
    refuses(
        "refuses a connector that is named twice",
        UNKNOWN,
        members={"StorageConnectors": [{"ConnectorType": "HOMEFOLDERS"}] * 2},
        code=COMBINATION,
        text="HOMEFOLDERS twice",
    ),
    answers(
        "reuses credentials of storage unless it is told not to",
        model("The default is REUSE_CREDENTIALS."),
        output=STACKS.shown(StorageConnectorAuthentication="REUSE_CREDENTIALS"),
    ),
    STACKS.kept(
        "keeps that users are to authenticate again to their storage",
        model(
            "When you specify FORCE_REAUTHENTICATION, WorkSpaces Applications removes the stored"
            " authentication for the stack's OneDrive and Google Drive connectors when a user's"
            " session ends."
        ),
        model(
            "When this attribute is FORCE_REAUTHENTICATION, WorkSpaces Applications removes the"
            " stored authentication for the stack's OneDrive and Google Drive connectors when a"
            " user's session ends."
        ),
        model("The user links their cloud storage again on their next session."),
        StorageConnectorAuthentication="FORCE_REAUTHENTICATION",
        missing="no storage is connected, so no authentication to it is kept",
    ),
)
GROUP = "users\N{RIGHT SINGLE QUOTATION MARK} persistent application settings are stored."
APPLICATION_SETTINGS = (
    STACKS.kept(
        "takes a settings group, whose settings sessions that begin afterwards have and save",
        model(
            "You can allow the same persistent application settings to be used across multiple"
            " stacks by specifying the same settings group for each stack."
        ),
        documented("administration guide, application settings: what a settings group is"),
        ApplicationSettings={"Enabled": True, "SettingsGroup": "group"},
        output={"StackErrors": []},
    ),
    *(
        STACKS.kept(
            f"takes {group!r} as a settings group",
            chosen("the model gives it no pattern; it is one folder, whatever its characters"),
            ApplicationSettings={"Enabled": True, "SettingsGroup": group},
        )
        for group in ("../..", "a/b", "Büro 7")
    ),
    answers(
        "names the settings group for the stack unless one is given",
        documented("administration guide: the default settings group is the stack's name"),
        members={"ApplicationSettings": {"Enabled": True}},
        output=STACKS.shown(ApplicationSettings={"Enabled": True, "SettingsGroup": "stack"}),
    ),
    answers(
        "has no settings group while application settings are disabled",
        observed("Terraform reads an empty group after it has disabled them"),
        members={"ApplicationSettings": {"Enabled": False, "SettingsGroup": "group"}},
        output=STACKS.shown(
            ApplicationSettings={"Enabled": False, "SettingsGroup": ABSENT, "S3BucketName": ABSENT}
        ),
    ),
    answers(
        "names the bucket of persistent settings, which is the account's in the region",
        model(f"The S3 bucket where {GROUP}"),
        model(
            "When persistent application settings are enabled for the first time for an account in"
            " an AWS Region, an S3 bucket is created."
        ),
        model("The bucket is unique to the AWS account and the Region."),
        documented("administration guide: appstream-app-settings-<region>-<account>-<random>"),
        chosen(
            "it is a folder where home folders are kept, made when something is first saved; its"
            " ending is always the same"
        ),
        members={"ApplicationSettings": {"Enabled": True}},
        output=STACKS.shown(
            ApplicationSettings={
                "S3BucketName": Is(
                    "a bucket of settings",
                    lambda name: name.startswith("appstream-app-settings-rule-"),
                )
            }
        ),
    ),
)
RULES = STACKS.alike(*CONNECTORS, *APPLICATION_SETTINGS)
NO_ROWS = (
    NoRow(
        "on Linux it is what applications keep in the home folder under names that begin with a"
        " dot, without caches: 1 GiB of them, the smallest files first",
        (
            "When these settings are enabled, changes that users make to applications and Windows"
            " settings are automatically saved after each session and applied to the next session.",
        ),
        tested_by="tests/scenarios/test_app_settings.py"
        "::test_what_an_application_remembers_is_there_in_the_next_session",
    ),
)

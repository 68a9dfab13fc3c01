"""The four operations of directory configurations."""

from tests.rules.acts import called, directory, fleet
from tests.rules.codes import ALREADY_EXISTS, IN_USE, NOT_FOUND, VALUE
from tests.rules.table import (
    ABSENT,
    PRESENT,
    NoRow,
    answers,
    chosen,
    documented,
    look,
    look_refused,
    model,
    observed,
    refuses,
    rules,
)

NAME = {"DirectoryName": "corp.example.com"}
UNITS = {"OrganizationalUnitDistinguishedNames": ["OU=a"]}
CREDENTIALS = {"AccountName": "CORP\\joiner", "AccountPassword": "correct-horse"}
SHOWN = {"AccountName": "CORP\\joiner", "AccountPassword": ABSENT}
AUTHORITY = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/a"
CERTIFICATES = {"Status": "ENABLED", "CertificateAuthorityArn": AUTHORITY}
UNITS_SAID = model("The distinguished names of the organizational units for computer accounts.")
CREDENTIALS_SAID = (
    model(
        "The credentials for the service account used by the fleet or image builder to connect to"
        " the directory."
    ),
    model("The user name of the account."),
    model("The password for the account."),
)
CERTIFICATES_SAID = (
    model(
        "The certificate-based authentication properties used to authenticate SAML 2.0 Identity"
        " Provider (IdP) user identities to Active Directory domain-joined streaming instances."
    ),
    model("The status of the certificate-based authentication properties."),
    model("The ARN of the AWS Certificate Manager Private CA resource."),
)
NEVER_SHOWN = model(
    "Although the response syntax in this topic includes the account password, this password is"
    " not returned in the actual response."
)
UNKNOWN_NAME = observed("Terraform takes a missing configuration from ResourceNotFoundException")


def shown(**members: object) -> dict[str, object]:
    """The configuration as the operation answers it."""
    return {"DirectoryConfig": {**NAME, **members}}


def later(**members: object):
    """Afterwards the configuration is described so."""
    return look("DescribeDirectoryConfigs", {"DirectoryConfigs": [{**NAME, **members}]})


CREATES = rules(
    "CreateDirectoryConfig",
    answers(
        "makes a configuration, which is described as it was answered",
        model("Creates a Directory Config object in WorkSpaces Applications."),
        model("The time the directory configuration was created."),
        UNITS_SAID,
        output=shown(**UNITS, CreatedTime=PRESENT, ServiceAccountCredentials=ABSENT),
        then=[later(**UNITS, CreatedTime=PRESENT)],
    ),
    answers(
        "shows the account's name and never its password",
        *CREDENTIALS_SAID,
        documented("the model's documentation of DescribeDirectoryConfigs"),
        members={"ServiceAccountCredentials": CREDENTIALS},
        output=shown(ServiceAccountCredentials=SHOWN),
        then=[later(ServiceAccountCredentials=SHOWN)],
    ),
    answers(
        "keeps the properties of certificates",
        *CERTIFICATES_SAID,
        members={"CertificateBasedAuthProperties": CERTIFICATES},
        output=shown(CertificateBasedAuthProperties=CERTIFICATES),
        then=[later(CertificateBasedAuthProperties=CERTIFICATES)],
    ),
    refuses(
        "refuses certificates of no authority",
        chosen("they could authenticate nobody; the model requires neither member"),
        members={"CertificateBasedAuthProperties": {"Status": "ENABLED"}},
        code=VALUE,
        text="CertificateAuthorityArn",
    ),
    refuses(
        "takes a name once in an account and region",
        documented("the model's ResourceAlreadyExistsException"),
        given=[directory()],
        code=ALREADY_EXISTS,
        text="corp.example.com",
    ),
    members={**NAME, **UNITS},
)
UPDATES = rules(
    "UpdateDirectoryConfig",
    answers(
        "changes what it names and leaves the rest",
        model("Updates the specified Directory Config object in WorkSpaces Applications."),
        UNITS_SAID,
        members={"OrganizationalUnitDistinguishedNames": ["OU=b"]},
        output=shown(
            OrganizationalUnitDistinguishedNames=["OU=b"], ServiceAccountCredentials=SHOWN
        ),
        then=[later(OrganizationalUnitDistinguishedNames=["OU=b"])],
    ),
    answers(
        "changes credentials as a whole, and shows no password",
        *CREDENTIALS_SAID,
        members={
            "ServiceAccountCredentials": {"AccountName": "other", "AccountPassword": "another"}
        },
        output=shown(ServiceAccountCredentials={"AccountName": "other", "AccountPassword": ABSENT}),
        then=[later(ServiceAccountCredentials={"AccountName": "other"}, **UNITS)],
    ),
    answers(
        "takes properties of certificates",
        *CERTIFICATES_SAID,
        members={"CertificateBasedAuthProperties": CERTIFICATES},
        output=shown(CertificateBasedAuthProperties=CERTIFICATES),
        then=[later(CertificateBasedAuthProperties=CERTIFICATES)],
    ),
    answers(
        "keeps the authority of certificates that are switched off",
        chosen("they may be switched on again; the model does not say"),
        given=[
            called("UpdateDirectoryConfig", **NAME, CertificateBasedAuthProperties=CERTIFICATES)
        ],
        members={"CertificateBasedAuthProperties": {"Status": "DISABLED"}},
        output=shown(
            CertificateBasedAuthProperties={
                "Status": "DISABLED",
                "CertificateAuthorityArn": AUTHORITY,
            }
        ),
    ),
    refuses(
        "names a configuration that there is not",
        UNKNOWN_NAME,
        members={"DirectoryName": "nope"},
        code=NOT_FOUND,
        text="configuration nope",
    ),
    members=NAME,
    given=[directory(ServiceAccountCredentials=CREDENTIALS)],
)
DELETES = rules(
    "DeleteDirectoryConfig",
    answers(
        "takes the configuration away",
        model("Deletes the specified Directory Config object from WorkSpaces Applications."),
        then=[
            look_refused(
                "DescribeDirectoryConfigs",
                NOT_FOUND,
                "configuration corp.example.com",
                DirectoryNames=["corp.example.com"],
            )
        ],
    ),
    refuses(
        "refuses a configuration that a fleet is to join by",
        documented("the model's ResourceInUseException"),
        given=[fleet(DomainJoinInfo=NAME)],
        code=IN_USE,
        text="The fleet fleet",
    ),
    answers(
        "takes it away once the fleet has let go of it",
        documented("the model's FleetAttribute DOMAIN_JOIN_INFO"),
        given=[
            fleet(DomainJoinInfo=NAME),
            called("UpdateFleet", Name="fleet", AttributesToDelete=["DOMAIN_JOIN_INFO"]),
        ],
    ),
    refuses(
        "names a configuration that there is not",
        UNKNOWN_NAME,
        members={"DirectoryName": "nope"},
        code=NOT_FOUND,
        text="configuration nope",
    ),
    members=NAME,
    given=[directory()],
)
DESCRIBES = rules(
    "DescribeDirectoryConfigs",
    answers(
        "describes the configurations named",
        model(
            "Retrieves a list that describes one or more specified Directory Config objects for"
            " WorkSpaces Applications, if the names for these objects are provided."
        ),
        model("The directory names."),
        members={"DirectoryNames": ["b.example.com"]},
        output={"DirectoryConfigs": [{"DirectoryName": "b.example.com"}]},
    ),
    answers(
        "describes all configurations of the account and region where none is named",
        model("Otherwise, all Directory Config objects in the account are described."),
        output={
            "DirectoryConfigs": [
                {"DirectoryName": "b.example.com"},
                {"DirectoryName": "corp.example.com", "ServiceAccountCredentials": SHOWN},
            ]
        },
    ),
    answers(
        "never shows a password",
        NEVER_SHOWN,
        model(
            "Note that although the response syntax in this topic includes the account password,"
            " this password is not returned in the actual response."
        ),
        members={"DirectoryNames": ["corp.example.com"]},
        output={"DirectoryConfigs": [{"ServiceAccountCredentials": SHOWN}]},
    ),
    answers(
        "gives no more in a page than asked for",
        model("The maximum size of each page of results."),
        members={"MaxResults": 1},
        output={"DirectoryConfigs": [{"DirectoryName": "b.example.com"}], "NextToken": PRESENT},
    ),
    refuses(
        "refuses the whole call for one name that there is not",
        UNKNOWN_NAME,
        members={"DirectoryNames": ["corp.example.com", "nope"]},
        code=NOT_FOUND,
        text="configuration nope",
    ),
    given=[directory(ServiceAccountCredentials=CREDENTIALS), directory("b.example.com")],
)
RULES = (*CREATES, *UPDATES, *DELETES, *DESCRIBES)
NO_ROWS = (
    NoRow(
        "it says what a thing is or is for, and no more",
        (
            "This object includes the configuration information required to join fleets and image"
            " builders to Microsoft Active Directory domains.",
            "These objects include the configuration information required to join fleets and image"
            " builders to Microsoft Active Directory domains.",
            "This object includes the information required to join streaming instances to an Active"
            " Directory domain.",
            "Describes the configuration information required to join fleets and image builders to"
            " Microsoft Active Directory domains.",
            "Information about the directory configuration.",
            "Information about the directory configurations.",
            "Information about the Directory Config object.",
            "The name of the directory configuration.",
            "The name of the Directory Config object.",
        ),
    ),
    NoRow(
        "No domain is joined: certificates are kept and described, nobody signs in by them.",
        (
            "Fallback is turned on by default when certificate-based authentication is Enabled .",
            "Fallback allows users to log in using their AD domain password if certificate-based"
            " authentication is unsuccessful, or to unlock a desktop lock screen.",
            "Enabled_no_directory_login_fallback enables certificate-based authentication, but does"
            " not allow users to log in using their AD domain password.",
            "Users will be disconnected to re-authenticate using certificates.",
        ),
        missing=True,
    ),
    NoRow(
        "No domain is joined: what the account may do is not looked at.",
        (
            "This account must have the following privileges: create computer objects, join"
            " computers to the domain, and change/reset the password on descendant computer objects"
            " for the organizational units specified.",
        ),
        missing=True,
    ),
)

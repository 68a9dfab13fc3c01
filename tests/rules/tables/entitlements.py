"""Entitlements of stacks, and the applications that they name."""

from collections.abc import Mapping
from typing import Any

from tests.rules.acts import associated, called, fleet, passed, stack
from tests.rules.codes import ENTITLEMENT_EXISTS, NO_ENTITLEMENT, NOT_FOUND, VALIDATION, VALUE
from tests.rules.table import (
    ABSENT,
    PRESENT,
    NoRow,
    Rule,
    answers,
    chosen,
    documented,
    look,
    look_refused,
    model,
    observed,
    refuses,
    rules,
    shape,
)

NAMES = ("roles", "department", "organization", "groups", "title", "costCenter", "userType")
NAMED = {"Name": "e", "StackName": "stack"}
SALES = [{"Name": "department", "Value": "Sales"}]
NEW = {**NAMED, "AppVisibility": "ASSOCIATED", "Attributes": SALES}
OF = {"StackName": "stack", "EntitlementName": "e"}
STREAMS = (fleet(), stack(), associated())
DECLARED = documented("the model: the operation declares this exception")


def exists(name: str = "e", **members: Any):
    """The stack has this entitlement."""
    return called("CreateEntitlement", **{**NEW, "Name": name, **members})


def names(application: str):
    """The entitlement names this application."""
    return called("AssociateApplicationToEntitlement", **OF, ApplicationIdentifier=application)


def shown(**members: Any) -> Mapping[str, Any]:
    """An answer with the entitlement."""
    return {"Entitlement": members}


def described(**members: Any):
    """Afterwards it is described so."""
    return look("DescribeEntitlements", {"Entitlements": [members]}, **NAMED)


def listed(*applications: str):
    """Afterwards it names these applications."""
    entries = [{"ApplicationIdentifier": name} for name in applications]
    return look("ListEntitledApplications", {"EntitledApplications": entries}, **OF)


def attributes() -> tuple[Rule, ...]:
    """Rows that are the same where an entitlement is made and where it is changed."""
    every = [{"Name": name, "Value": "x"} for name in NAMES]
    return (
        answers(
            "takes every attribute that users can have",
            model("The following are valid values:"),
            *map(model, NAMES),
            members={"Attributes": every},
            output=shown(Attributes=every),
            then=[described(Attributes=every)],
        ),
        answers(
            "takes several values of one attribute",
            chosen("one of them is to match; what AppStream makes of them is not known"),
            members={"Attributes": [{"Name": "groups", "Value": name} for name in "ab"]},
            then=[described(Attributes=[{"Name": "groups", "Value": name} for name in "ab"])],
        ),
        refuses(
            "refuses an attribute by another name, and the whole URI of one",
            observed("a published write-up of live tests: the PrincipalTag URI is rejected"),
            chosen("the code; the valid names are told"),
            members={
                "Attributes": [
                    {
                        "Name": "https://aws.amazon.com/SAML/Attributes/PrincipalTag:groups",
                        "Value": "a",
                    }
                ]
            },
            code=VALUE,
            text="The valid names are roles, department,",
        ),
        refuses(
            "refuses no attributes",
            shape("EntitlementAttributeList"),
            members={"Attributes": []},
            code=VALIDATION,
            text="'attributes'",
        ),
        refuses(
            "refuses a stack that there is not",
            DECLARED,
            members={"StackName": "nope"},
            code=NOT_FOUND,
            text="The stack nope",
        ),
    )


CREATES = rules(
    "CreateEntitlement",
    answers(
        "makes an entitlement, which names no application yet",
        model("Creates a new entitlement."),
        model("Specifies whether all or selected apps are entitled."),
        members={"Description": "Who sells"},
        output=shown(**NEW, Description="Who sells", CreatedTime=PRESENT, LastModifiedTime=PRESENT),
        then=[described(**NEW, Description="Who sells"), listed()],
    ),
    answers(
        "may be of all applications",
        model("Specifies whether all or selected apps are entitled."),
        members={"AppVisibility": "ALL"},
        output=shown(AppVisibility="ALL"),
    ),
    answers(
        "may have the name of one of another stack",
        chosen("an entitlement is a stack's, and is always named with it"),
        given=[stack("another"), exists(StackName="another")],
    ),
    refuses(
        "refuses a name that one of the stack has",
        documented("the model's EntitlementAlreadyExistsException"),
        given=[exists()],
        code=ENTITLEMENT_EXISTS,
        text="The stack stack has an entitlement e already.",
    ),
    *attributes(),
    members=NEW,
    given=[stack()],
)
UPDATES = rules(
    "UpdateEntitlement",
    answers(
        "changes what it is given, and says when",
        model("Updates the specified entitlement."),
        model("Specifies whether all or only selected apps are entitled."),
        given=[passed(60)],
        members={"AppVisibility": "ALL", "Description": "Everybody"},
        output=shown(AppVisibility="ALL", Description="Everybody", Attributes=SALES),
        then=[described(AppVisibility="ALL", Description="Everybody", Attributes=SALES)],
    ),
    refuses(
        "names an entitlement that there is not",
        documented("the model's EntitlementNotFoundException"),
        members={"Name": "nope"},
        code=NO_ENTITLEMENT,
        text="The stack stack has no entitlement nope.",
    ),
    *attributes(),
    members=NAMED,
    given=[stack(), exists()],
)
DELETES = (
    *rules(
        "DeleteEntitlement",
        answers(
            "takes the entitlement away",
            model("Deletes the specified entitlement."),
            then=[look_refused("DescribeEntitlements", NO_ENTITLEMENT, **NAMED)],
        ),
        refuses(
            "names an entitlement that there is not",
            documented("the model's EntitlementNotFoundException"),
            members={"Name": "nope"},
            code=NO_ENTITLEMENT,
            text="nope",
        ),
        members=NAMED,
        given=[stack(), exists()],
    ),
    *rules(
        "DeleteStack",
        answers(
            "takes the stack's entitlements with it",
            chosen("nobody could name them any more; what AppStream does is not known"),
            members={"Name": "stack"},
            given=[stack(), exists()],
            then=[
                called("CreateStack", Name="stack"),
                look("DescribeEntitlements", {"Entitlements": []}, StackName="stack"),
            ],
        ),
    ),
)
DESCRIBES = rules(
    "DescribeEntitlements",
    answers(
        "describes the stack's entitlements in the order of their names",
        model("Retrieves a list that describes one of more entitlements."),
        output={"Entitlements": [{"Name": "a"}, NEW], "NextToken": ABSENT},
    ),
    answers(
        "describes the one that is named",
        model("Retrieves a list that describes one of more entitlements."),
        members={"Name": "a"},
        output={"Entitlements": [{"Name": "a"}]},
    ),
    answers(
        "gives no more in a page than asked for",
        model("The maximum size of each page of results."),
        members={"MaxResults": 1},
        output={"Entitlements": [{"Name": "a"}], "NextToken": PRESENT},
    ),
    refuses(
        "names an entitlement that there is not",
        documented("the model's EntitlementNotFoundException"),
        members={"Name": "nope"},
        code=NO_ENTITLEMENT,
        text="nope",
    ),
    refuses(
        "refuses a stack that there is not",
        DECLARED,
        members={"StackName": "nope"},
        code=NOT_FOUND,
        text="The stack nope",
    ),
    members={"StackName": "stack"},
    given=[stack(), exists(), exists("a")],
)
ASSOCIATES = rules(
    "AssociateApplicationToEntitlement",
    answers(
        "names the application",
        model("Associates an application to entitle."),
        chosen("the identifier is the name under which the fleet offers it"),
        given=[*STREAMS, exists()],
        then=[listed("xterm")],
    ),
    answers(
        "changes nothing when it is repeated",
        chosen("it is as asked, and the model declares no error for it"),
        given=[*STREAMS, exists(), names("xterm")],
        then=[listed("xterm")],
    ),
    refuses(
        "refuses an application that no fleet of the stack offers",
        chosen("as a slip that would else go unseen; AppStream's own answer is not known"),
        given=[*STREAMS, exists()],
        members={"ApplicationIdentifier": "nope"},
        code=NOT_FOUND,
        text="They offer firefox, xterm.",
    ),
    answers(
        "takes any name where the stack has no fleet yet",
        chosen("templates may make the entitlement first, and what is offered is not known then"),
        given=[stack(), exists()],
        then=[listed("xterm")],
    ),
    refuses(
        "names an entitlement that there is not",
        documented("the model's EntitlementNotFoundException"),
        given=[stack()],
        code=NO_ENTITLEMENT,
        text="no entitlement e",
    ),
    members={**OF, "ApplicationIdentifier": "xterm"},
)
DISASSOCIATES = rules(
    "DisassociateApplicationFromEntitlement",
    answers(
        "takes the application off the list",
        model("Deletes the specified application from the specified entitlement."),
        then=[listed("firefox")],
    ),
    refuses(
        "refuses an application that the entitlement does not name",
        DECLARED,
        members={"ApplicationIdentifier": "nope"},
        code=NOT_FOUND,
        text="names no application nope",
    ),
    members={**OF, "ApplicationIdentifier": "xterm"},
    given=[*STREAMS, exists(), names("xterm"), names("firefox")],
)
LISTS = rules(
    "ListEntitledApplications",
    answers(
        "lists what the entitlement names, in order",
        model("Retrieves a list of entitled applications."),
        output={
            "EntitledApplications": [
                {"ApplicationIdentifier": "firefox"},
                {"ApplicationIdentifier": "xterm"},
            ],
            "NextToken": ABSENT,
        },
    ),
    answers(
        "gives no more in a page than asked for",
        model("The maximum size of each page of results."),
        members={"MaxResults": 1},
        output={"EntitledApplications": [{"ApplicationIdentifier": "firefox"}]},
    ),
    answers(
        "lists none for an entitlement of all applications that names none",
        chosen("it lists what was associated; AppStream's own answer is not known"),
        given=[exists("every", AppVisibility="ALL")],
        members={"EntitlementName": "every"},
        output={"EntitledApplications": []},
    ),
    refuses(
        "names an entitlement that there is not",
        documented("the model's EntitlementNotFoundException"),
        members={"EntitlementName": "nope"},
        code=NO_ENTITLEMENT,
        text="nope",
    ),
    members=OF,
    given=[*STREAMS, exists(), names("xterm"), names("firefox")],
)
RULES = (*CREATES, *UPDATES, *DELETES, *DESCRIBES, *ASSOCIATES, *DISASSOCIATES, *LISTS)
ENTITLED = "tests/unit/domain/test_catalog.py::test_entitlements"
NO_ROWS = (
    NoRow(
        "it says what a thing is or is for, and no more",
        (
            "An attribute associated with an entitlement.",
            "Specifies an entitlement.",
            "The attributes of the entitlement.",
            "The description of the entitlement.",
            "The entitled applications.",
            "The entitlement.",
            "The entitlements.",
            "The name of the entitlement.",
            "The name of the stack with which the entitlement is associated.",
            "The identifier of the application.",
            "The identifier of the application to remove from the entitlement.",
            "The application associated to an entitlement.",
            "The time when the entitlement was created.",
            "The time when the entitlement was last modified.",
            "The pagination token used to retrieve the next page of results for this operation.",
        ),
    ),
    NoRow(
        "who is entitled to what is a rule of sessions",
        (
            "Entitlements control access to specific applications within a stack, based on user"
            " attributes.",
            "Access is controlled based on user attributes.",
        ),
        tested_by=ENTITLED,
    ),
    NoRow(
        "users without attributes may start everything",
        (
            "WorkSpaces Applications user pool and streaming URL users are entitled to all"
            " applications in a stack.",
        ),
        tested_by="tests/unit/gateway/test_entitlements.py"
        "::test_entitlements_apply_to_nobody_while_nobody_states_attributes",
    ),
    NoRow(
        "the desktop is left out; there is no Dynamic Application Framework here",
        (
            "Entitlements don't apply to the desktop stream view application, or to applications"
            " managed by a dynamic app provider using the Dynamic Application Framework.",
        ),
        tested_by="tests/unit/domain/test_catalog.py::test_the_desktop_may_be_started_by_anybody",
    ),
    NoRow(
        "There is no SAML sign-in. Attributes come from OWNSTREAM_USER_ATTRIBUTES, a file that"
        " states them for any user, or Session(user_attributes=...); without it everybody may start"
        " everything. Then, beyond AppStream, what a session may not start it cannot start by the"
        " page: the agent refuses. What an application or a desktop starts by itself is not held"
        " to entitlements.",
        (
            "Entitlements apply to SAML 2.0 federated user identities.",
            "A supported AWS IAM SAML PrincipalTag attribute that is matched to the associated"
            " value when a user identity federates into a WorkSpaces Applications SAML"
            " application.",
            "Application entitlements work by matching a supported SAML 2.0 attribute name to a"
            " value when a user identity federates to a WorkSpaces Applications SAML application.",
            "A value that is matched to a supported SAML attribute name when a user identity"
            " federates into a WorkSpaces Applications SAML application.",
        ),
        missing=True,
    ),
)

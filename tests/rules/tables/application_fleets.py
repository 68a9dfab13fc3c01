"""AssociateApplicationFleet, DisassociateApplicationFleet and the list of associations."""

from tests.rules.acts import called, fleet
from tests.rules.codes import COMBINATION, NOT_FOUND, NOT_PERMITTED
from tests.rules.table import (
    ABSENT,
    PRESENT,
    NoRow,
    answers,
    chosen,
    documented,
    look,
    model,
    refuses,
    rules,
)
from tests.rules.tables.app_blocks import app_block
from tests.rules.tables.applications import ARN, application
from tests.rules.tables.elastic_fleets import ELASTIC

OTHER = "arn:aws:appstream:{region}:{account}:application/another"
PAIR = {"FleetName": "fleet", "ApplicationArn": ARN}
ELASTIC_ALONE = model("This is only supported for Elastic fleets.")
BOTH = (app_block(), application(), fleet(**ELASTIC))
MANY = (*BOTH, application("another"), fleet("f-2", **ELASTIC))
DECLARED = documented("the model: the operation declares this exception")


def associated(application: str = ARN, fleet: str = "fleet"):
    """The fleet offers the application."""
    return called("AssociateApplicationFleet", FleetName=fleet, ApplicationArn=application)


def listed(*pairs: tuple[str, str]):
    """An answer with these associations and no others."""
    entries = [{"FleetName": fleet, "ApplicationArn": arn} for fleet, arn in pairs]
    return {"ApplicationFleetAssociations": entries, "NextToken": ABSENT}


def of_fleet(*applications: str):
    """Afterwards the fleet offers these."""
    pairs = [("fleet", arn) for arn in applications]
    return look("DescribeApplicationFleetAssociations", listed(*pairs), FleetName="fleet")


ASSOCIATES = rules(
    "AssociateApplicationFleet",
    answers(
        "is seen from both sides",
        model("Associates the specified application with the specified fleet."),
        model("The ARN of the application."),
        model("The ARN of the application associated with the fleet."),
        model("The name of the fleet associated with the application."),
        ELASTIC_ALONE,
        given=BOTH,
        output={"ApplicationFleetAssociation": PAIR},
        then=[
            of_fleet(ARN),
            look(
                "DescribeApplicationFleetAssociations", listed(("fleet", ARN)), ApplicationArn=ARN
            ),
        ],
    ),
    answers(
        "changes nothing when it is repeated",
        chosen("it is as asked, and the model declares no error for it"),
        given=[*BOTH, associated()],
        output={"ApplicationFleetAssociation": PAIR},
        then=[of_fleet(ARN)],
    ),
    refuses(
        "refuses a fleet that is not Elastic",
        ELASTIC_ALONE,
        chosen("the code is one that the model declares"),
        given=[app_block(), application(), fleet()],
        code=NOT_PERMITTED,
        text="The fleet fleet is ALWAYS_ON.",
    ),
    refuses(
        "refuses an application that is not for the fleet's platform",
        chosen("it could not be started there"),
        given=[app_block(), application(Platforms=["UBUNTU_PRO_2404"]), fleet(**ELASTIC)],
        code=COMBINATION,
        text="has the platform AMAZON_LINUX2",
    ),
    refuses(
        "refuses an application that is not for the fleet's instance family",
        chosen("it needs what the fleet's instances have not"),
        given=[app_block(), application(InstanceFamilies=["GRAPHICS_G4"]), fleet(**ELASTIC)],
        code=COMBINATION,
        text="is for GRAPHICS_G4",
    ),
    refuses(
        "names a fleet that there is not",
        DECLARED,
        given=[app_block(), application()],
        code=NOT_FOUND,
        text="The fleet fleet",
    ),
    refuses(
        "names an application that there is not",
        DECLARED,
        given=[fleet(**ELASTIC)],
        code=NOT_FOUND,
        text="The application",
    ),
    members=PAIR,
)
DISASSOCIATES = (
    *rules(
        "DisassociateApplicationFleet",
        answers(
            "is seen from both sides",
            model("Disassociates the specified application from the fleet."),
            model("The ARN of the application."),
            given=[associated(OTHER)],
            then=[
                of_fleet(OTHER),
                look("DescribeApplicationFleetAssociations", listed(), ApplicationArn=ARN),
            ],
        ),
        refuses(
            "refuses an application that the fleet does not offer",
            chosen("of the codes that the model declares it is the nearest"),
            members={"ApplicationArn": OTHER},
            code=COMBINATION,
            text="is not associated with the fleet fleet",
        ),
        refuses(
            "refuses an application that there is not",
            chosen("of the codes that the model declares it is the nearest"),
            members={"ApplicationArn": "arn:aws:appstream:{region}:{account}:application/nope"},
            code=COMBINATION,
            text="is not associated with the fleet fleet",
        ),
        members=PAIR,
        given=[*MANY, associated()],
    ),
    *rules(
        "DeleteFleet",
        answers(
            "takes the fleet's associations with applications with it",
            chosen("what AppStream does is not known; nobody could take them away later"),
            members={"Name": "fleet"},
            given=[*BOTH, associated()],
            then=[called("DeleteApplication", Name="cad")],
        ),
    ),
)
DESCRIBES = rules(
    "DescribeApplicationFleetAssociations",
    answers(
        "lists what a fleet offers",
        model("Retrieves a list that describes one or more application fleet associations."),
        members={"FleetName": "fleet"},
        output=listed(("fleet", OTHER), ("fleet", ARN)),
    ),
    answers(
        "lists which fleets offer an application",
        model("The ARN of the application."),
        model("Retrieves a list that describes one or more application fleet associations."),
        members={"ApplicationArn": ARN},
        output=listed(("f-2", ARN), ("fleet", ARN)),
    ),
    answers(
        "tells with both whether the fleet offers the application",
        chosen("it is what both say; AppStream's own answer is not known"),
        members={"FleetName": "f-2", "ApplicationArn": OTHER},
        output=listed(),
    ),
    refuses(
        "refuses a call that names neither",
        model("Either ApplicationArn or FleetName must be specified."),
        code=COMBINATION,
        text="Either ApplicationArn or FleetName must be specified.",
    ),
    answers(
        "gives no more in a page than asked for",
        model("The maximum size of each page of results."),
        members={"FleetName": "fleet", "MaxResults": 1},
        output={
            "ApplicationFleetAssociations": [{"ApplicationArn": OTHER}],
            "NextToken": PRESENT,
        },
    ),
    answers(
        "lists none for a fleet that there is not",
        documented("the model declares no error for it"),
        members={"FleetName": "nope"},
        output=listed(),
    ),
    given=[*MANY, associated(), associated(OTHER), associated(fleet="f-2")],
)
RULES = (*ASSOCIATES, *DISASSOCIATES, *DESCRIBES)
NO_ROWS = (
    NoRow(
        "it says what a thing is, and no more",
        (
            "Describes the application fleet association.",
            "The application fleet associations in the list.",
        ),
    ),
    NoRow(
        "the output has one association, and it is the one that was made",
        (
            "If fleet name is specified, this returns the list of applications that are associated"
            " to it.",
            "If application ARN is specified, this returns the list of fleets to which it is"
            " associated.",
        ),
    ),
)

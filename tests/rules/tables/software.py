"""Software of image builders: associated, disassociated, deployed, described."""

from typing import Any

from ownstream.faults import NoCapacity
from ownstream.store import SoftwareRow
from tests.rules.acts import IMAGE_ARN, called, image
from tests.rules.builders import NAME, builder, builder_in, made
from tests.rules.codes import COMBINATION, NOT_FOUND, NOT_PERMITTED
from tests.rules.image_acts import becomes
from tests.rules.resources import BUILDERS
from tests.rules.subjects import Subject
from tests.rules.table import (
    ABSENT,
    PRESENT,
    Act,
    Look,
    NoRow,
    answers,
    chosen,
    look,
    model,
    refuses,
    rules,
)
from tests.rules.tables.image_builders import LICENSED, NO_LICENCES

ARN = f"arn:aws:appstream:{{region}}:{{account}}:image-builder/{NAME}"
TARGET = model("The name of the target image builder instance.")
PACKAGES = chosen("names are those of packages of the image builder's own system, as apt has them")
UNKNOWN = chosen("of the codes that the model declares, it says why")
BUILDER = {"ImageBuilderName": NAME}
NAMED = {**BUILDER, "SoftwareNames": ["inkscape"]}


def software(**statuses: str) -> Look:
    """Afterwards the image builder has this software and no other, in order of name."""
    rows = [{"SoftwareName": name, "Status": status} for name, status in statuses.items()]
    return look(
        "DescribeSoftwareAssociations",
        {"AssociatedResource": ARN, "SoftwareAssociations": rows},
        AssociatedResource=ARN,
    )


def associated(*names: str) -> Act:
    """The image builder is associated with this software."""
    return called(
        "AssociateSoftwareToImageBuilder", **BUILDER, SoftwareNames=list(names or ["inkscape"])
    )


def has(name: str, status: str, why: str = "") -> Act:
    """The image builder's software has come to be so, as control would have seen to."""
    errors = [{"ErrorCode": "DEPLOYMENT_FAILED", "ErrorMessage": why}] if why else []

    def act(subject: Subject) -> None:
        with subject.store.transaction() as tx:
            arn = subject.filled(ARN)
            tx.merge(SoftwareRow(arn=arn, name=name, status=status, errors=errors))

    return act


def image_has(name: str) -> Act:
    """The account's image has this software, from the image builder that it was made in."""

    def act(subject: Subject) -> None:
        with subject.store.transaction() as tx:
            arn = subject.filled("arn:aws:appstream:{region}:{account}:image/Mine")
            tx.merge(SoftwareRow(arn=arn, name=name, status="INSTALLED", errors=[]))

    return act


def looked_at(subject: Subject) -> None:
    """Control looks at all image builders: it has not heard of what a row puts into the store."""
    subject.service.faults.add(NoCapacity(fleet="nobody"))


def deployed(subject: Subject) -> None:
    """What was to be deployed has been."""
    asked = {"AssociatedResource": ARN}
    statuses: list[str] = []
    for _ in range(400):
        answer: dict[str, Any] = subject.call("DescribeSoftwareAssociations", asked)
        statuses = [row["Status"] for row in answer["SoftwareAssociations"]]
        if not any(status.startswith("PENDING_") for status in statuses):
            return
        subject.service.clock.advance(seconds=0.05)
    raise AssertionError(f"not deployed: {statuses}")


def not_there() -> tuple[Any, ...]:
    """The rows of a call about an image builder that is not there, or is going away."""
    return (
        refuses(
            "names an image builder that there is not",
            UNKNOWN,
            members={"ImageBuilderName": "Nope"},
            code=NOT_FOUND,
            text="The image builder Nope for account {account} does not exist.",
        ),
        refuses(
            "refuses an image builder that makes an image",
            UNKNOWN,
            given=[*builder_in("SNAPSHOTTING")],
            code=NOT_PERMITTED,
            text="is SNAPSHOTTING",
        ),
    )


INSTALLS = model(
    "The list of license included applications to install on the image builder during creation."
)
UNINSTALLS = model(
    "The list of license included applications to uninstall from the image builder during creation."
)
CREATES = rules(
    "CreateImageBuilder",
    answers(
        "installs software once the image builder is RUNNING",
        INSTALLS,
        PACKAGES,
        members={"SoftwaresToInstall": ["gimp", "inkscape"]},
        then=[deployed, software(gimp="INSTALLED", inkscape="INSTALLED")],
    ),
    answers(
        "has the software of its image, and loses what is named",
        UNINSTALLS,
        PACKAGES,
        members={"ImageName": "Mine", "SoftwaresToUninstall": ["gimp"]},
        given=[image("Mine"), image_has("gimp"), image_has("inkscape")],
        then=[deployed, software(inkscape="INSTALLED")],
    ),
    refuses(
        "refuses to uninstall what the image has not",
        UNKNOWN,
        members={"SoftwaresToUninstall": ["gimp"]},
        code=COMBINATION,
        text="the image has no such software that was installed by name",
    ),
    refuses(
        "refuses to install and to uninstall the same",
        UNKNOWN,
        members={
            "ImageName": "Mine",
            "SoftwaresToInstall": ["gimp"],
            "SoftwaresToUninstall": ["gimp"],
        },
        given=[image("Mine"), image_has("gimp")],
        code=COMBINATION,
        text="gimp is to be installed and to be uninstalled",
    ),
    refuses(
        "refuses to install what can be no package's name",
        chosen("it would be an option of apt's"),
        members={"SoftwaresToInstall": ["--allow-unauthenticated"]},
        code=COMBINATION,
        text="--allow-unauthenticated is no package's name",
    ),
    *(
        refuses(
            f"refuses software that AWS has for Windows in {member}",
            sentence,
            model("Possible values include the following:"),
            chosen("the error's code; the operation declares it"),
            members={member: list(LICENSED[:2])},
            code="IncompatibleImageException",
            text="runs Linux",
            missing=NO_LICENCES,
        )
        for member, sentence in (
            ("SoftwaresToInstall", INSTALLS),
            ("SoftwaresToUninstall", UNINSTALLS),
        )
    ),
    members=BUILDERS.new,
)
FAILED = has("inkscape", "FAILED_TO_INSTALL", "E: Unable to locate package inkscape")
ASSOCIATES = rules(
    "AssociateSoftwareToImageBuilder",
    answers(
        "stages software for its installation",
        model(
            "Associates license included application(s) with an existing image builder instance."
        ),
        model("The list of license included applications to associate with the image builder."),
        TARGET,
        PACKAGES,
        given=[builder()],
        then=[software(inkscape="STAGED_FOR_INSTALLATION")],
    ),
    answers(
        "changes nothing of software that is associated already",
        chosen("it is as asked for"),
        given=[builder(), has("inkscape", "INSTALLED")],
        then=[software(inkscape="INSTALLED")],
    ),
    answers(
        "stages again what could not be installed",
        chosen("whoever asks for it once more wants it tried"),
        given=[builder(), FAILED],
        then=[software(inkscape="STAGED_FOR_INSTALLATION")],
    ),
    answers(
        "keeps software that was to be taken away",
        chosen("the last that was asked for holds"),
        given=[builder(), has("inkscape", "STAGED_FOR_UNINSTALLATION")],
        then=[software(inkscape="INSTALLED")],
    ),
    answers(
        "takes an image builder that is STOPPED",
        chosen("nothing is done to it before it is deployed"),
        given=[*builder_in("STOPPED")],
        then=[software(inkscape="STAGED_FOR_INSTALLATION")],
    ),
    refuses(
        "refuses software that AWS has for Windows",
        model("Possible values include the following:"),
        chosen("the code is of those that the model declares"),
        members={"SoftwareNames": ["Microsoft_Visio_2024_LTSC_Standard_64Bit"]},
        given=[builder()],
        code="IncompatibleImageException",
        text="runs Linux",
    ),
    refuses(
        "refuses what can be no package's name",
        chosen("it would be an option of apt's"),
        members={"SoftwareNames": ["inkscape", "--allow-unauthenticated"]},
        given=[builder()],
        code=COMBINATION,
        text="--allow-unauthenticated is no package's name",
        then=[software()],
    ),
    refuses(
        "refuses an empty list",
        chosen("it asks for nothing"),
        members={"SoftwareNames": []},
        given=[builder()],
        code=COMBINATION,
        text="names no software",
    ),
    *not_there(),
    members=NAMED,
)
DISASSOCIATES = rules(
    "DisassociateSoftwareFromImageBuilder",
    answers(
        "forgets software that is not installed",
        model(
            "Removes license included application(s) association(s) from an image builder instance."
        ),
        model("The list of license included applications to disassociate from the image builder."),
        model("Possible values include the following:"),
        TARGET,
        PACKAGES,
        given=[builder(), associated("gimp", "inkscape")],
        then=[software(gimp="STAGED_FOR_INSTALLATION")],
    ),
    answers(
        "forgets software that could not be installed",
        model(
            "Removes license included application(s) association(s) from an image builder instance."
        ),
        given=[builder(), FAILED],
        then=[software()],
    ),
    answers(
        "stages installed software for being taken away",
        chosen("the model has the status STAGED_FOR_UNINSTALLATION"),
        given=[builder(), has("inkscape", "INSTALLED")],
        then=[software(inkscape="STAGED_FOR_UNINSTALLATION")],
    ),
    refuses(
        "refuses software that is being deployed",
        UNKNOWN,
        given=[*builder_in("STOPPED"), has("inkscape", "PENDING_INSTALLATION")],
        code=NOT_PERMITTED,
        text="inkscape is PENDING_INSTALLATION",
    ),
    refuses(
        "refuses software that the image builder is not associated with, and changes nothing",
        UNKNOWN,
        members={"SoftwareNames": ["gimp", "inkscape"]},
        given=[builder(), associated("gimp")],
        code=NOT_FOUND,
        text="is not associated with inkscape",
        then=[software(gimp="STAGED_FOR_INSTALLATION")],
    ),
    *not_there(),
    members=NAMED,
)
DEPLOYS = rules(
    "StartSoftwareDeploymentToImageBuilder",
    answers(
        "installs what is staged",
        model("Initiates license included applications deployment to an image builder instance."),
        TARGET,
        given=[builder(), associated("gimp", "inkscape")],
        then=[deployed, software(gimp="INSTALLED", inkscape="INSTALLED")],
    ),
    answers(
        "takes away what is staged for that",
        model("Initiates license included applications deployment to an image builder instance."),
        given=[builder(), has("inkscape", "STAGED_FOR_UNINSTALLATION")],
        then=[deployed, software()],
    ),
    answers(
        "leaves what has failed as it is",
        model("Whether to retry previously failed license included application deployments."),
        given=[builder(), FAILED, associated("gimp")],
        then=[deployed, software(gimp="INSTALLED", inkscape="FAILED_TO_INSTALL")],
    ),
    answers(
        "tries again what has failed where that is asked for",
        model("Whether to retry previously failed license included application deployments."),
        members={"RetryFailedDeployments": True},
        given=[builder(), FAILED, has("gimp", "FAILED_TO_UNINSTALL")],
        then=[deployed, software(inkscape="INSTALLED")],
    ),
    answers(
        "is content with nothing to deploy",
        chosen("what was asked for is so already"),
        given=[builder()],
        then=[software()],
    ),
    refuses(
        "refuses an image builder that does not run",
        UNKNOWN,
        given=[*builder_in("STOPPED"), associated()],
        code=NOT_PERMITTED,
        text="Start it and wait until it is RUNNING",
        then=[software(inkscape="STAGED_FOR_INSTALLATION")],
    ),
    *not_there(),
    members=BUILDER,
)
DESCRIBES = rules(
    "DescribeSoftwareAssociations",
    answers(
        "describes the software of an image builder, in order of name",
        model("Retrieves license included application associations for a specified resource."),
        model("The ARN of the resource to describe software associations."),
        model("The association between a license-included application and a resource."),
        model("The name of the license-included application."),
        model("The deployment status of the license-included application."),
        model("License included application name and version information"),
        model("Deployment status (SoftwareDeploymentStatus enum)"),
        given=[builder(), associated("inkscape", "gimp")],
        output={
            "AssociatedResource": ARN,
            "SoftwareAssociations": [
                {
                    "SoftwareName": "gimp",
                    "Status": "STAGED_FOR_INSTALLATION",
                    "DeploymentError": ABSENT,
                },
                {"SoftwareName": "inkscape"},
            ],
            "NextToken": ABSENT,
        },
    ),
    answers(
        "says why software could not be installed",
        model("The error details for failed deployments of the license-included application."),
        model("Error details for failed deployments"),
        given=[builder(), FAILED],
        output={
            "SoftwareAssociations": [
                {
                    "Status": "FAILED_TO_INSTALL",
                    "DeploymentError": [
                        {
                            "ErrorCode": "DEPLOYMENT_FAILED",
                            "ErrorMessage": "E: Unable to locate package inkscape",
                        }
                    ],
                }
            ]
        },
    ),
    answers(
        "describes what was installed in the image builder that an image was made in",
        model("Possible resources are Image and ImageBuilder."),
        model("Indicates whether the image includes license-included applications."),
        chosen("software that was put in by name counts as such"),
        members={"AssociatedResource": "arn:aws:appstream:{region}:{account}:image/Made"},
        given=[
            builder(),
            has("inkscape", "INSTALLED"),
            has("gimp", "FAILED_TO_INSTALL", "E: no"),
            made("Made"),
            looked_at,
            becomes("AVAILABLE", "Made"),
        ],
        output={"SoftwareAssociations": [{"SoftwareName": "inkscape", "Status": "INSTALLED"}]},
        then=[
            look("DescribeImages", {"Images": [{"ManagedSoftwareIncluded": True}]}, Names=["Made"])
        ],
    ),
    answers(
        "describes none of an image that none was put into",
        model("Possible resources are Image and ImageBuilder."),
        members={"AssociatedResource": "arn:aws:appstream:{region}:{account}:image/Mine"},
        given=[image("Mine")],
        output={"SoftwareAssociations": []},
    ),
    answers(
        "gives no more software in a page than asked for",
        model("The maximum number of results to return."),
        members={"MaxResults": 1},
        given=[builder(), associated("inkscape", "gimp")],
        output={"SoftwareAssociations": [{"SoftwareName": "gimp"}], "NextToken": PRESENT},
    ),
    *(
        refuses(
            f"names {what}",
            UNKNOWN,
            members={"AssociatedResource": arn},
            code=NOT_FOUND,
            text=arn,
        )
        for what, arn in (
            ("an image builder that there is not", ARN),
            ("another kind of resource", "arn:aws:appstream:{region}:{account}:fleet/fleet"),
            ("a public image", IMAGE_ARN),
            (
                "another account's image builder",
                f"arn:aws:appstream:{{region}}:210987654321:image-builder/{NAME}",
            ),
        )
    ),
    members={"AssociatedResource": ARN},
)
RULES = (*CREATES, *ASSOCIATES, *DISASSOCIATES, *DEPLOYS, *DESCRIBES)
NO_ROWS = (
    NoRow(
        "it begins a list",
        ("Collection of license included applications association details including:",),
    ),
    NoRow(
        "the model's structure has no member for it",
        ("Association timestamps",),
    ),
)

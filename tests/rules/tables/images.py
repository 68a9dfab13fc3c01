"""DescribeImages."""

from tests.rules.acts import IMAGE, IMAGE_ARN, image
from tests.rules.codes import COMBINATION, NOT_FOUND
from tests.rules.table import (
    PRESENT,
    Is,
    NoRow,
    answers,
    chosen,
    model,
    observed,
    refuses,
    rules,
    shape,
)

MISSING = observed("Terraform #25875, its text")
MINE = "arn:aws:appstream:{region}:{account}:image/Mine"
TYPE = model("The type of image (public, private, or shared) to describe.")
BY_NAME = (
    model(
        "Retrieves a list that describes one or more specified images, if the image names or image"
        " ARNs are provided."
    ),
    model("The names of the public or private images to describe."),
)
BY_ARN = (*BY_NAME[:1], model("The ARNs of the public, private, and shared images to describe."))
ARNS = observed("ARNs in AWS's PowerShell examples and in the model's documentation")
STATES = (
    model("The image starts in the PENDING state."),
    model("If image creation succeeds, the state is AVAILABLE."),
    model("If image creation fails, the state is FAILED."),
)
FAMILIES = (
    model(
        "The supported instances families that determine which image a customer can use when the"
        " customer launches a fleet or image builder."
    ),
    model("The following instances families are supported:"),
    model("General Purpose"),
    model("Compute Optimized"),
    model("Memory Optimized"),
)


def named(*names: str) -> dict[str, object]:
    """These images and no others."""
    return {"Images": [{"Name": name} for name in names]}


def including(*names: str) -> dict[str, object]:
    """These images, whatever others there are."""
    return {
        "Images": Is(
            f"with {', '.join(names)}", lambda rows: set(names) <= {row["Name"] for row in rows}
        )
    }


def pages(number: int):
    """So many images of the account."""

    def act(subject: object) -> None:
        for each in range(number):
            image(f"Image-{each:02}")(subject)

    return act


RULES = rules(
    "DescribeImages",
    answers(
        "describes the images named",
        *BY_NAME,
        members={"Names": ["Mine"]},
        output=named("Mine"),
    ),
    answers(
        "keeps the order of the names and describes each once",
        chosen("the model leaves it open; it is what a caller has asked"),
        members={"Names": ["Mine", IMAGE, "Mine"]},
        output=named("Mine", IMAGE),
    ),
    answers(
        "describes the images of the ARNs given, public and private",
        *BY_ARN,
        model("The ARN of the image."),
        members={"Arns": [IMAGE_ARN, MINE]},
        output={"Images": [{"Arn": IMAGE_ARN}, {"Arn": MINE}]},
    ),
    answers(
        "describes all images that the account may use where none is named",
        model("Otherwise, all images in the account are described."),
        chosen("that the public ones are among them; the sentence could mean the account's own"),
        output=including(IMAGE, "Mine"),
    ),
    answers(
        "describes the account's own images where PRIVATE ones are asked for",
        TYPE,
        model("Indicates whether the image is public or private."),
        members={"Type": "PRIVATE"},
        output={"Images": [{"Name": "Mine", "Visibility": "PRIVATE"}]},
    ),
    answers(
        "describes the service's images where PUBLIC ones are asked for",
        TYPE,
        members={"Type": "PUBLIC"},
        output={
            "Images": Is(
                "all public", lambda rows: rows and all(r["Visibility"] == "PUBLIC" for r in rows)
            )
        },
    ),
    answers(
        "describes no SHARED images where nobody shares any",
        TYPE,
        members={"Type": "SHARED"},
        output=named(),
    ),
    answers(
        "gives a public image an ARN of no account, in the caller's region",
        ARNS,
        members={"Names": [IMAGE]},
        output={"Images": [{"Arn": IMAGE_ARN, "Visibility": "PUBLIC"}]},
    ),
    answers(
        "says what platform an image has and when it was made",
        model("The operating system platform of the image."),
        model("The time the image was created."),
        model("The name of the image."),
        members={"Names": [IMAGE]},
        output={"Images": [{"Platform": "AMAZON_LINUX2", "CreatedTime": PRESENT}]},
    ),
    answers(
        "says which instance families an image can be launched on",
        *FAMILIES,
        members={"Names": [IMAGE]},
        output={
            "Images": [
                {
                    "SupportedInstanceFamilies": [
                        "General Purpose",
                        "Compute Optimized",
                        "Memory Optimized",
                    ]
                }
            ]
        },
    ),
    answers(
        "says of a graphics image which family it is for",
        model("Graphics G4"),
        members={"Names": ["AppStream-Graphics-G4dn-06-17-2024"]},
        output={"Images": [{"SupportedInstanceFamilies": ["Graphics G4"]}]},
    ),
    answers(
        "says that an image is for newer graphics families",
        model("Graphics G5"),
        model("Graphics G6"),
        given=[image("Newer", SupportedInstanceFamilies=["Graphics G5", "Graphics G6"])],
        members={"Names": ["Newer"]},
        output={"Images": [{"SupportedInstanceFamilies": ["Graphics G5", "Graphics G6"]}]},
    ),
    answers(
        "says that the service's own images are native",
        model("The type of the image."),
        model(
            'Images created through AMI import have type "custom", while WorkSpaces Applications'
            ' provided images have type "native".'
        ),
        members={"Names": [IMAGE]},
        output={"Images": [{"ImageType": "NATIVE"}]},
    ),
    answers(
        "says which applications an image has",
        model("The applications associated with the image."),
        model("The name of the application."),
        model("The path to the application executable in the instance."),
        members={"Names": [IMAGE]},
        output={
            "Images": [
                {
                    "Applications": [
                        {"Name": "xterm", "LaunchPath": "/usr/bin/xterm", "Enabled": True},
                        {"Name": "firefox", "LaunchPath": "/usr/bin/firefox", "Enabled": True},
                    ]
                }
            ]
        },
    ),
    answers(
        "gives an application's icon a URL of the service",
        model("The URL for the application icon."),
        given=[
            image(
                "Pictured",
                Applications=[{"Name": "a", "LaunchPath": "/a", "IconURL": "/icons/Pictured/a"}],
            )
        ],
        members={"Names": ["Pictured"]},
        output={
            "Images": [
                {
                    "Applications": [
                        {
                            "IconURL": Is(
                                "a whole URL",
                                lambda url: (
                                    url.startswith("http") and url.endswith("/icons/Pictured/a")
                                ),
                            )
                        }
                    ]
                }
            ]
        },
    ),
    answers(
        "says whether an image builder can be launched from an image",
        model("Indicates whether an image builder can be launched from this image."),
        members={"Names": [IMAGE]},
        output={"Images": [{"ImageBuilderSupported": True}]},
    ),
    *(
        answers(
            f"describes an image that is {state}",
            *STATES,
            given=[image("Young", State=state)],
            members={"Names": ["Young"]},
            output={"Images": [{"State": state}]},
        )
        for state in ("PENDING", "AVAILABLE", "FAILED")
    ),
    answers(
        "gives an own image beside a public one of the same name",
        ARNS,
        chosen("that both can be; the model does not say that a public name is taken"),
        given=[image(IMAGE)],
        members={"Type": "PRIVATE"},
        output=named(IMAGE, "Mine"),
    ),
    answers(
        "gives no more images in a page than asked for",
        model("The maximum size of each page of results."),
        given=[pages(30)],
        members={"MaxResults": 7, "Type": "PRIVATE"},
        output={"Images": Is("7 images", lambda rows: len(rows) == 7), "NextToken": PRESENT},
    ),
    answers(
        "gives 25 images in a page where no size is asked for",
        shape("DescribeImagesMaxResults, whose maximum is 25"),
        chosen("that the most is also the default"),
        given=[pages(30)],
        members={"Type": "PRIVATE"},
        output={"Images": Is("25 images", lambda rows: len(rows) == 25), "NextToken": PRESENT},
    ),
    refuses(
        "refuses the whole call for one name that there is not",
        MISSING,
        members={"Names": [IMAGE, "Nope"]},
        code=NOT_FOUND,
        text="The image Nope for account {account} does not exist.",
    ),
    refuses(
        "names another account's image as one that there is not",
        chosen("a caller learns nothing of what others have"),
        given=[image("Theirs", owner="210987654321")],
        members={"Names": ["Theirs"]},
        code=NOT_FOUND,
        text="The image Theirs for account {account} does not exist.",
    ),
    refuses(
        "names another account's ARN as one that there is not",
        chosen("a caller learns nothing of what others have"),
        given=[image("Theirs", owner="210987654321")],
        members={"Arns": ["arn:aws:appstream:{region}:210987654321:image/Theirs"]},
        code=NOT_FOUND,
        text="210987654321",
    ),
    refuses(
        "refuses an ARN of another kind of resource",
        chosen("there is no such image"),
        members={"Arns": ["arn:aws:appstream:{region}::fleet/" + IMAGE]},
        code=NOT_FOUND,
        text="fleet/",
    ),
    refuses(
        "refuses a name whose image is of another type than the one asked for",
        chosen("an answer without it would read as if there were none"),
        members={"Names": [IMAGE], "Type": "PRIVATE"},
        code=NOT_FOUND,
        text=IMAGE,
    ),
    refuses(
        "refuses names and ARNs together",
        chosen("the operation declares this error, and the model does not say of what"),
        members={"Names": [IMAGE], "Arns": [IMAGE_ARN]},
        code=COMBINATION,
        text="not both",
    ),
    given=[image("Mine")],
)
NO_ROWS = (
    NoRow(
        "it says what a member is, and no more",
        (
            "Describes an image.",
            "Information about the images.",
            "The image name to display.",
            "Describes an application in the application catalog.",
            "The application name to display.",
            "The description of the application.",
            "The arguments that are passed to the application at launch.",
            "Describes a resource error.",
        ),
    ),
    NoRow("it leaves the service free", ("This URL might be time-limited.",)),
    NoRow(
        "An image that could not be made says why in StateChangeReason alone, and there are no"
        " releases of a base image: the members that tell of them are absent.",
        (
            "Custom images support additional instance types including GeneralPurpose,"
            " MemoryOptimized, ComputeOptimized, and Accelerated instance families.",
            "Describes the errors that are returned when a new image can't be created.",
            "The time the error occurred.",
            "The release date of the public base image.",
            "For private images, this date is the release date of the base image from which the"
            " image was created.",
        ),
        missing=True,
    ),
    NoRow(
        "There are no dynamic application providers and no GPUs: the members that tell of them are"
        " absent.",
        (
            "Indicates whether dynamic app providers are enabled within an WorkSpaces Applications"
            " image or not.",
            "The software metadata associated with the image.",
            "The version of the NVIDIA GRID driver installed on the image.",
            "This field is empty if no NVIDIA GRID driver is installed.",
        ),
        missing=True,
    ),
    NoRow(
        "Applications have no additional attributes here.",
        ("Additional attributes that describe the application.",),
        missing=True,
    ),
)

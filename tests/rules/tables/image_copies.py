"""CopyImage and CreateUpdatedImage."""

from typing import Any

from tests.rules.acts import IMAGE, image
from tests.rules.codes import ALREADY_EXISTS, LIMIT, NOT_AVAILABLE, NOT_FOUND, NOT_PERMITTED, VALUE
from tests.rules.image_acts import becomes, built, shared_by
from tests.rules.resources import tag_rows
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

UNKNOWN = chosen("of the codes that the model declares, it says why")
NOT_OURS = chosen("who does not own an image does not learn from this call that it is there")
LIMITED = documented("AWS general reference, quotas: 10 images; ownstream's can be set")
COPY = {
    "SourceImageName": "Mine",
    "DestinationImageName": "Copy",
    "DestinationRegion": "{region}",
}
UPDATE = {"existingImageName": "Mine", "newImageName": "Newer"}


def described(name: str, **members: Any):
    """Afterwards there is an image of this name with at least these members."""
    return look("DescribeImages", {"Images": [{"Name": name, **members}]}, Names=[name])


COPIES = rules(
    "CopyImage",
    answers(
        "copies the image within its region",
        model(
            "Copies the image within the same region or to a new region within the same AWS"
            " account."
        ),
        model("The name of the image to copy."),
        model("The name that the image will have when it is copied to the destination."),
        model("The name of the destination image."),
        model(
            "This parameter is required, even if you are copying an image within the same region."
        ),
        output={"DestinationImageName": "Copy"},
        then=[becomes("AVAILABLE", "Copy"), described("Copy", Description="Mine's")],
    ),
    answers(
        "copies the image to another region",
        model(
            "Copies the image within the same region or to a new region within the same AWS"
            " account."
        ),
        model("The destination region to which the image will be copied."),
        members={"DestinationRegion": "eu-west-1", "DestinationImageName": "Copy-{region}"},
        output={"DestinationImageName": "Copy-{region}"},
        then=[
            becomes("AVAILABLE", "Copy-{region}", region="eu-west-1"),
            look("DescribeImages", {"Images": [{"Name": "Mine"}]}, Type="PRIVATE"),
        ],
    ),
    answers(
        "gives the copy the description asked for",
        model("The description that the image will have when it is copied to the destination."),
        members={"DestinationImageDescription": "Copied"},
        then=[described("Copy", Description="Copied")],
    ),
    answers(
        "copies no tags, nor the name of the builder that made the image",
        model("Note that any tags you added to the image will not be copied."),
        model(
            "If the image is shared, copied, or updated by using Managed Image Updates, this value"
            " is null."
        ),
        model("The ARN of the image from which this image was created."),
        then=[
            described(
                "Copy",
                ImageBuilderName=ABSENT,
                BaseImageArn="arn:aws:appstream:{region}:{account}:image/Mine",
            ),
            look(
                "ListTagsForResource",
                {"Tags": {}},
                ResourceArn="arn:aws:appstream:{region}:{account}:image/Copy",
            ),
        ],
    ),
    answers(
        "leaves the copy as it is when the image is deleted",
        chosen("layers are counted: each stays as long as an image has it"),
        then=[
            becomes("AVAILABLE", "Copy"),
            look("DeleteImage", Name="Mine"),
            described("Copy", State="AVAILABLE"),
        ],
    ),
    refuses(
        "refuses a name that an image of the destination has",
        UNKNOWN,
        given=[image("Copy")],
        code=ALREADY_EXISTS,
        text="The image Copy for account {account} already exists in {region}",
    ),
    refuses(
        "names an image that there is not",
        UNKNOWN,
        members={"SourceImageName": "Nope"},
        code=NOT_FOUND,
        text="The image Nope for account {account} does not exist.",
    ),
    refuses(
        "names a public image",
        documented("AppStream's Administration Guide: you can copy images that you own"),
        members={"SourceImageName": IMAGE},
        code=NOT_FOUND,
        text=IMAGE,
    ),
    refuses(
        "names an image that another account shares",
        documented("AppStream's Administration Guide: you can copy images that you own"),
        NOT_OURS,
        members={"SourceImageName": "Theirs"},
        given=[shared_by()],
        code=NOT_FOUND,
        text="The image Theirs",
    ),
    refuses(
        "refuses an image that is not ready",
        UNKNOWN,
        members={"SourceImageName": "Young"},
        given=[image("Young", State="PENDING")],
        code=NOT_AVAILABLE,
        text="The image Young is PENDING",
    ),
    refuses(
        "refuses what can be no region's name",
        chosen("this service answers for every region; which AWS refuses, and how, is not known"),
        members={"DestinationRegion": "no region"},
        code=VALUE,
        text="no region's name",
    ),
    refuses(
        "refuses an eleventh image of the destination",
        LIMITED,
        given=[image(f"Image-{number}") for number in range(9)],
        code=LIMIT,
        text="10 images",
    ),
    members=COPY,
    given=[built(Description="Mine's", ImageBuilderName="forge")],
)
UPDATES = rules(
    "CreateUpdatedImage",
    answers(
        "makes a new image that becomes AVAILABLE",
        model(
            "Creates a new image with the latest Windows operating system updates, driver updates,"
            " and WorkSpaces Applications agent software."
        ),
        model("The name of the image to update."),
        model("The name of the new image."),
        model(
            "If this value is set to false, WorkSpaces Applications initiates the process of"
            " creating a new updated image without displaying whether image updates are available."
        ),
        model(
            "The version of the WorkSpaces Applications agent to use for instances that are"
            " launched from this image."
        ),
        model(
            "Indicates whether the image is using the latest WorkSpaces Applications agent version"
            " or not."
        ),
        chosen("what is newer is the host's software and agent; nothing is installed"),
        output={"image": {"Name": "Newer", "State": "CREATING"}, "canUpdateImage": True},
        then=[
            becomes("AVAILABLE", "Newer"),
            described(
                "Newer",
                ImageBuilderName=ABSENT,
                AppstreamAgentVersion=PRESENT,
                LatestAppstreamAgentVersion="TRUE",
            ),
            described("Mine"),
        ],
    ),
    answers(
        "gives the new image the texts asked for",
        model("The name to display for the new image."),
        model("The description to display for the new image."),
        members={"newImageDescription": "Newer one", "newImageDisplayName": "Newer"},
        then=[described("Newer", Description="Newer one", DisplayName="Newer")],
    ),
    *tag_rows(
        "new image",
        model("The tags to associate with the new image."),
        model("If you do not specify a value, Environment=."),
        member="newImageTags",
        after=lambda tags: look(
            "ListTagsForResource",
            {"Tags": tags},
            ResourceArn="arn:aws:appstream:{region}:{account}:image/Newer",
        ),
    ),
    answers(
        "says that the image can be updated, and makes nothing, where that is all that is asked",
        model(
            "Indicates whether to display the status of image update availability before"
            " WorkSpaces Applications initiates the process of creating a new updated image."
        ),
        model(
            "If this value is set to true, WorkSpaces Applications displays whether image updates"
            " are available."
        ),
        model("Indicates whether a new image can be created."),
        members={"dryRun": True},
        output={"canUpdateImage": True, "image": ABSENT},
        then=[look("DescribeImages", {"Images": [{"Name": "Mine"}]}, Type="PRIVATE")],
    ),
    answers(
        "says that an image without layers of its own cannot be updated",
        model("Indicates whether a new image can be created."),
        chosen("there is nothing of it to put over newer software"),
        members={"dryRun": True, "existingImageName": "Bare"},
        given=[image("Bare")],
        output={"canUpdateImage": False},
    ),
    refuses(
        "refuses to update an image without layers of its own",
        chosen("there is nothing of it to put over newer software"),
        members={"existingImageName": "Bare"},
        given=[image("Bare")],
        code="IncompatibleImageException",
        text="The image Bare was not made by an image builder",
    ),
    refuses(
        "refuses an image that is not ready",
        UNKNOWN,
        members={"existingImageName": "Young"},
        given=[built("Young", State="PENDING")],
        code=NOT_PERMITTED,
        text="The image Young is PENDING",
    ),
    refuses(
        "refuses a name that an image has",
        model("The name must be unique within the AWS account and Region."),
        given=[image("Newer")],
        code=ALREADY_EXISTS,
        text="The image Newer",
    ),
    refuses(
        "names an image that there is not",
        UNKNOWN,
        members={"existingImageName": "Nope"},
        code=NOT_FOUND,
        text="The image Nope for account {account} does not exist.",
    ),
    refuses(
        "refuses an eleventh image",
        LIMITED,
        given=[image(f"Image-{number}") for number in range(9)],
        code=LIMIT,
        text="10 images",
    ),
    members=UPDATE,
    given=[built(ImageBuilderName="forge")],
)
RULES = (*COPIES, *UPDATES)
NO_ROWS = (
    NoRow(
        "it leads to AWS's other documents",
        (
            'For more information, see the "Update an Image by Using Managed WorkSpaces'
            ' Applications Image Updates" section in Administer Your WorkSpaces Applications'
            " Images, in the Amazon WorkSpaces Applications Administration Guide.",
        ),
    ),
)

"""DeleteImage."""

from tests.rules.acts import IMAGE, called, fleet, image
from tests.rules.codes import IN_USE, NOT_FOUND, NOT_PERMITTED
from tests.rules.image_acts import OTHERS, shared
from tests.rules.resources import FLEETS
from tests.rules.table import answers, chosen, documented, look, look_refused, model, refuses, rules
from tests.rules.tables.image_sharing import UNKNOWN, not_own

RULES = rules(
    "DeleteImage",
    answers(
        "deletes the image",
        model("Deletes the specified image."),
        model("The name of the image."),
        model("Information about the image."),
        chosen("the answer's state: it is what the model has for an image on its way"),
        output={"Image": {"Name": "Mine", "State": "DELETING"}},
        then=[look("DescribeImages", {"Images": []}, Type="PRIVATE")],
    ),
    answers(
        "frees the name, and forgets the image's tags",
        chosen("nothing is left of it"),
        given=[
            called(
                "TagResource",
                ResourceArn="arn:aws:appstream:{region}:{account}:image/Mine",
                Tags={"Team": "Blue"},
            )
        ],
        then=[
            image("Mine"),
            look(
                "ListTagsForResource",
                {"Tags": {}},
                ResourceArn="arn:aws:appstream:{region}:{account}:image/Mine",
            ),
        ],
    ),
    refuses(
        "refuses an image that a fleet is to run, running or not",
        model("You cannot delete an image when it is in use."),
        documented("AppStream's Administration Guide, “Delete a private image”"),
        given=[fleet(ImageName="Mine")],
        code=IN_USE,
        text="is used by 1 fleet (fleet)",
        then=[look("DescribeImages", {"Images": [{"Name": "Mine"}]}, Type="PRIVATE")],
    ),
    answers(
        "deletes an image that no fleet is to run any more",
        documented("AppStream's Administration Guide, “Delete a private image”"),
        given=[fleet(ImageName="Mine"), called("UpdateFleet", Name="fleet", ImageName=IMAGE)],
    ),
    refuses(
        "refuses an image that is shared",
        documented("AppStream's Administration Guide, “Delete a private image”"),
        chosen("the code is of those that the model declares"),
        given=[shared()],
        code=IN_USE,
        text=f"is shared with 1 account ({OTHERS})",
    ),
    refuses(
        "refuses an image that is being made",
        UNKNOWN,
        members={"Name": "Young"},
        given=[image("Young", State="PENDING")],
        code=NOT_PERMITTED,
        text="The image Young is PENDING",
    ),
    answers(
        "deletes an image that could not be made",
        chosen("nothing uses it"),
        members={"Name": "Broken"},
        given=[image("Broken", State="FAILED")],
    ),
    answers(
        "gives a deleted image to no new fleet",
        model("After you delete an image, you cannot provision new capacity using the image."),
        then=[
            look_refused(
                "CreateFleet", NOT_FOUND, "The image Mine", **{**FLEETS.new, "ImageName": "Mine"}
            )
        ],
    ),
    *not_own(model("The name of the image.")),
    members={"Name": "Mine"},
    given=[image("Mine")],
)

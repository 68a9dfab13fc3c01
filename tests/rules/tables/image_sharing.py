"""Images between accounts: their permissions, and what the account sees that they are given to."""

from tests.rules.acts import IMAGE, image
from tests.rules.codes import LIMIT, NOT_AVAILABLE, NOT_FOUND, NOT_PERMITTED, VALUE
from tests.rules.image_acts import BOTH, NEITHER, OTHERS, SHARED, shared, shared_by
from tests.rules.resources import FLEETS
from tests.rules.table import (
    ABSENT,
    PRESENT,
    Look,
    Rule,
    Source,
    answers,
    chosen,
    documented,
    look,
    model,
    refuses,
    rules,
)

SHARING = documented("AppStream's Administration Guide, “Share an image that you own”")
THEIRS = f"arn:aws:appstream:{{region}}:{OTHERS}:image/Theirs"
NAME = model("The name of the private image.")
UNKNOWN = chosen("the code is of those that the model declares; AppStream's text is not known")
MANY = [f"3{number:011}" for number in range(101)]


def permitted(**accounts: object) -> Look:
    """Afterwards the image is shared with these accounts and no others."""
    listed = [{"sharedAccountId": a[1:], "imagePermissions": p} for a, p in accounts.items()]
    return look("DescribeImagePermissions", {"SharedImagePermissionsList": listed}, Name="Mine")


def not_own(source: Source = NAME) -> tuple[Rule, ...]:
    """The rows of calls about an image that is not the account's."""
    return tuple(
        refuses(
            f"names {what}",
            source,
            chosen("who does not own an image does not learn from this call that it is there"),
            members={"Name": name},
            given=given,
            code=NOT_FOUND,
            text=f"The image {name} for account {{account}} does not exist.",
        )
        for what, name, given in (
            ("an image that there is not", "Nope", ()),
            ("a public image", IMAGE, ()),
            ("an image that another account shares", "Theirs", (shared_by(),)),
        )
    )


UPDATES = rules(
    "UpdateImagePermissions",
    answers(
        "shares the image with another account",
        model("Adds or updates permissions for the specified private image."),
        model(
            "The 12-digit identifier of the AWS account for which you want add or update image"
            " permissions."
        ),
        model("The permissions for the image."),
        model("Indicates whether the image can be used for a fleet."),
        model("Indicates whether the image can be used for an image builder."),
        NAME,
        members={"ImagePermissions": {"allowFleet": True, "allowImageBuilder": False}},
        then=[permitted(_210987654321={"allowFleet": True, "allowImageBuilder": False})],
    ),
    answers(
        "puts new permissions in the place of those that the account had",
        model("Adds or updates permissions for the specified private image."),
        members={"ImagePermissions": {"allowFleet": False, "allowImageBuilder": True}},
        given=[shared()],
        then=[permitted(_210987654321={"allowFleet": False, "allowImageBuilder": True})],
    ),
    answers(
        "gives no permission that the request leaves out",
        chosen("what nobody asked for is not given to another account"),
        members={"ImagePermissions": {"allowFleet": True}},
        given=[shared()],
        then=[permitted(_210987654321={"allowFleet": True, "allowImageBuilder": False})],
    ),
    answers(
        "shares the image no more where neither use is allowed",
        SHARING,
        members={"ImagePermissions": NEITHER},
        given=[shared()],
        then=[permitted()],
    ),
    answers(
        "leaves other accounts' permissions as they are",
        model("Adds or updates permissions for the specified private image."),
        given=[shared(account="310987654321", allowFleet=True)],
        then=[
            permitted(
                _210987654321=BOTH,
                _310987654321={"allowFleet": True, "allowImageBuilder": False},
            )
        ],
    ),
    refuses(
        "refuses an account whose id has not 12 digits",
        model(
            "The 12-digit identifier of the AWS account for which you want add or update image"
            " permissions."
        ),
        chosen("the code: the model's pattern takes any number of digits"),
        members={"SharedAccountId": "21098765432"},
        code=VALUE,
        text="12 digits",
    ),
    refuses(
        "refuses the account's own id",
        UNKNOWN,
        members={"SharedAccountId": "{account}"},
        code=VALUE,
        text="own",
    ),
    refuses(
        "refuses an image that is not ready",
        UNKNOWN,
        members={"Name": "Young"},
        given=[image("Young", State="PENDING")],
        code=NOT_AVAILABLE,
        text="The image Young is PENDING",
    ),
    refuses(
        "refuses a hundred and first account",
        documented("AWS general reference, quotas: an image is shared with 100 accounts"),
        given=[shared(account=account) for account in MANY[:100]],
        members={"SharedAccountId": MANY[100]},
        code=LIMIT,
        text="100",
    ),
    *not_own(),
    members={**SHARED, "ImagePermissions": BOTH},
    given=[image("Mine")],
)
DELETES = rules(
    "DeleteImagePermissions",
    answers(
        "takes the image back from an account",
        model("Deletes permissions for the specified private image."),
        model("The 12-digit identifier of the AWS account for which to delete image permissions."),
        model(
            "After you delete permissions for an image, AWS accounts to which you previously"
            " granted these permissions can no longer use the image."
        ),
        NAME,
        given=[shared(account="310987654321")],
        then=[permitted(_310987654321=BOTH)],
    ),
    refuses(
        "refuses an account that the image is not shared with",
        UNKNOWN,
        members={"SharedAccountId": "310987654321"},
        code=NOT_FOUND,
        text="is not shared with the account 310987654321",
    ),
    *not_own(),
    members=SHARED,
    given=[image("Mine"), shared()],
)
DESCRIBES = rules(
    "DescribeImagePermissions",
    answers(
        "describes the permissions of every account, in order of its id",
        model(
            "Retrieves a list that describes the permissions for shared AWS account IDs on a"
            " private image that you own."
        ),
        model("The name of the private image for which to describe permissions."),
        model("The permissions for a private image that you own."),
        model("The 12-digit identifier of the AWS account with which the image is shared."),
        model("Describes the permissions for a shared image."),
        model(
            "Describes the permissions that are available to the specified AWS account for a"
            " shared image."
        ),
        NAME,
        given=[shared(account="110987654321")],
        output={
            "Name": "Mine",
            "SharedImagePermissionsList": [
                {"sharedAccountId": "110987654321", "imagePermissions": BOTH},
                {"sharedAccountId": OTHERS, "imagePermissions": BOTH},
            ],
            "NextToken": ABSENT,
        },
    ),
    answers(
        "describes those of the accounts named, and passes over others",
        model(
            "The 12-digit identifier of one or more AWS accounts with which the image is shared."
        ),
        chosen("an account that the image is not shared with has no permissions to describe"),
        members={"SharedAwsAccountIds": [OTHERS, "410987654321"]},
        given=[shared(account="110987654321")],
        output={"SharedImagePermissionsList": [{"sharedAccountId": OTHERS}]},
    ),
    answers(
        "gives an empty list of an image that is not shared",
        chosen("whether AppStream leaves the member out is not known"),
        members={"Name": "Alone"},
        given=[image("Alone")],
        output={"Name": "Alone", "SharedImagePermissionsList": []},
    ),
    answers(
        "gives no more accounts in a page than asked for",
        model("The maximum size of each page of results."),
        members={"MaxResults": 1},
        given=[shared(account="110987654321")],
        output={
            "SharedImagePermissionsList": [{"sharedAccountId": "110987654321"}],
            "NextToken": PRESENT,
        },
    ),
    *not_own(model("The image must be one that you own.")),
    members={"Name": "Mine"},
    given=[image("Mine"), shared()],
)
SEEN = rules(
    "DescribeImages",
    answers(
        "describes the images that others share where SHARED ones are asked for",
        model("The type of image (public, private, or shared) to describe."),
        model("The permissions to provide to the destination AWS account for the specified image."),
        members={"Type": "SHARED"},
        given=[shared_by(builder=False)],
        output={
            "Images": [
                {
                    "Name": "Theirs",
                    "Arn": THEIRS,
                    "Visibility": "SHARED",
                    "ImagePermissions": {"allowFleet": True, "allowImageBuilder": False},
                    "ImageSharedWithOthers": ABSENT,
                }
            ]
        },
    ),
    answers(
        "describes a shared image by its ARN",
        model("The ARNs of the public, private, and shared images to describe."),
        members={"Arns": [THEIRS]},
        given=[shared_by()],
        output={"Images": [{"Name": "Theirs", "Visibility": "SHARED"}]},
    ),
    answers(
        "does not say of a shared image which builder made it",
        model("The name of the image builder that was used to create the private image."),
        model(
            "If the image is shared, copied, or updated by using Managed Image Updates, this value"
            " is null."
        ),
        members={"Arns": [THEIRS]},
        given=[shared_by(ImageBuilderName="forge")],
        output={"Images": [{"ImageBuilderName": ABSENT}]},
    ),
    refuses(
        "does not find a shared image by its name, and says its ARN",
        model("The names of the public or private images to describe."),
        members={"Names": ["Theirs"]},
        given=[shared_by()],
        code=NOT_FOUND,
        text=THEIRS,
    ),
    answers(
        "describes an image that two accounts share under one name as two",
        chosen("the ARNs tell them apart"),
        members={"Type": "SHARED"},
        given=[shared_by(), shared_by("310987654321")],
        output={
            "Images": [
                {"Arn": THEIRS},
                {"Arn": "arn:aws:appstream:{region}:310987654321:image/Theirs"},
            ]
        },
    ),
    answers(
        "says of an own image whether it is shared",
        model("Indicates whether the image is shared with another account ID."),
        members={"Type": "PRIVATE"},
        given=[image("Alone"), image("Mine"), shared()],
        output={
            "Images": [
                {"Name": "Alone", "ImageSharedWithOthers": "FALSE", "Visibility": "PRIVATE"},
                {"Name": "Mine", "ImageSharedWithOthers": "TRUE", "Visibility": "PRIVATE"},
            ]
        },
    ),
)
LAUNCHED = FLEETS.alike(
    answers(
        "takes another account's image that is shared for fleets",
        SHARING,
        members={"ImageName": None, "ImageArn": THEIRS},
        given=[shared_by(builder=False)],
        output=FLEETS.shown(ImageName="Theirs", ImageArn=THEIRS, FleetErrors=[]),
    ),
    refuses(
        "refuses another account's image that is shared for image builders alone",
        SHARING,
        chosen("the code is of those that the model declares"),
        members={"ImageName": None, "ImageArn": THEIRS},
        given=[shared_by(fleet=False)],
        code=NOT_PERMITTED,
        text="for image builders alone",
    ),
)
RULES = (*UPDATES, *DELETES, *DESCRIBES, *SEEN, *LAUNCHED)

"""TagResource, UntagResource and ListTagsForResource."""

from collections.abc import Mapping, Sequence

from tests.rules.acts import called, fleet, image, tagged
from tests.rules.codes import LIMIT, NOT_FOUND
from tests.rules.resources import BUILDERS, FLEETS, STACKS, tag_rows
from tests.rules.table import (
    Act,
    Is,
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
from tests.rules.tables.app_block_builders import ARN as BLOCK_BUILDER_ARN
from tests.rules.tables.app_block_builders import builder as block_builder
from tests.rules.tables.app_blocks import ARN as BLOCK_ARN
from tests.rules.tables.app_blocks import app_block
from tests.rules.tables.applications import ARN as APPLICATION_ARN
from tests.rules.tables.applications import application

IMAGE_ARN = "arn:aws:appstream:{region}:{account}:image/Mine"
NAMED = {"ResourceArn": FLEETS.arn}
ONE = {"Environment": "Test"}
MANY = {f"key-{number}": "" for number in range(50)}
ARN = model("The Amazon Resource Name (ARN) of the resource.")
LIST = model("To list the current tags for your resources, use ListTagsForResource.")
UNTAG = model("To disassociate tags from your resources, use UntagResource.")
TAGGABLE = model("You can tag WorkSpaces Applications image builders, images, fleets, and stacks.")
TAGS_SAID = (
    model(
        "Adds or overwrites one or more tags for the specified WorkSpaces Applications resource."
    ),
    model("The tags to associate."),
    TAGGABLE,
    ARN,
)
OTHERS: Mapping[str, tuple[str, Sequence[Act]]] = {
    "app block": (BLOCK_ARN, [app_block()]),
    "app block builder": (BLOCK_BUILDER_ARN, [block_builder()]),
    "application": (APPLICATION_ARN, [app_block(), application()]),
    "image": (IMAGE_ARN, [image("Mine")]),
    "image builder": (BUILDERS.arn, [BUILDERS.exists()]),
    "stack": (STACKS.arn, [STACKS.exists()]),
}


def exactly(tags: Mapping[str, str]) -> dict[str, Is]:
    """An answer that tells these tags and no others."""
    return {"Tags": Is(f"exactly {tags}", lambda told: told == tags)}


def listed(tags: Mapping[str, str]) -> Look:
    """ListTagsForResource tells these tags afterwards."""
    return look("ListTagsForResource", exactly(tags), **NAMED)


def tags_of(arn: str, tags: dict[str, str]) -> Act:
    """A call that gives the resource these tags."""
    return called("TagResource", ResourceArn=arn, Tags=tags)


def not_there(*sources: Source) -> list[Rule]:
    """The rows of ARNs that no resource of the caller's has."""
    arns = {
        "of a fleet that there is not": FLEETS.arn.replace("fleet/fleet", "fleet/nope"),
        "of another account": FLEETS.arn.replace("{account}", "999999999999"),
        "of another region": FLEETS.arn.replace("{region}", "eu-west-1"),
        "of another kind of resource": FLEETS.arn.replace("fleet/", "user/"),
    }
    return [
        refuses(
            f"refuses the ARN {of}",
            documented("the model's ResourceNotFoundException"),
            *sources,
            members={"ResourceArn": arn},
            code=NOT_FOUND,
            text=f"There is no resource {arn}",
        )
        for of, arn in arns.items()
    ]


TAGS = rules(
    "TagResource",
    *tag_rows("fleet", *TAGS_SAID, after=listed),
    *(
        answers(
            f"tags the {kind}",
            *TAGS_SAID,
            members={"ResourceArn": arn},
            given=exists,
            then=[tagged(arn, ONE)],
        )
        for kind, (arn, exists) in OTHERS.items()
    ),
    answers(
        "adds to the tags that there are and overwrites those of the same key",
        model("Each tag consists of a key and an optional value."),
        model(
            "If a resource already has a tag with the same key, this operation updates its value."
        ),
        LIST,
        UNTAG,
        given=[tags_of(FLEETS.arn, {"Environment": "Old", "Team": "Blue"})],
        then=[
            listed({"Environment": "Test", "Team": "Blue"}),
            look("UntagResource", TagKeys=["Team"], **NAMED),
            listed(ONE),
        ],
    ),
    refuses(
        "refuses a fifty-first tag",
        documented("AWS general reference, tagging: 50 tags a resource"),
        given=[tags_of(FLEETS.arn, MANY)],
        code=LIMIT,
        text="51 tags and may have 50",
        then=[listed(MANY)],
    ),
    answers(
        "overwrites one of fifty tags",
        documented("AWS general reference, tagging: 50 tags a resource"),
        members={"Tags": {"key-7": "new"}},
        given=[tags_of(FLEETS.arn, MANY)],
        then=[listed({**MANY, "key-7": "new"})],
    ),
    *not_there(ARN),
    members={**NAMED, "Tags": ONE},
    given=[fleet()],
)
UNTAGS = rules(
    "UntagResource",
    answers(
        "takes tags away by their keys",
        model(
            "Disassociates one or more specified tags from the specified WorkSpaces Applications"
            " resource."
        ),
        model("The tag keys for the tags to disassociate."),
        UNTAG,
        ARN,
        LIST,
        given=[tags_of(FLEETS.arn, {"Environment": "Test", "Team": "Blue"})],
        then=[listed({"Team": "Blue"})],
    ),
    answers(
        "passes over keys that the resource has not",
        chosen("what was asked for is so already; the model declares no error for it"),
        then=[listed({})],
    ),
    *not_there(ARN),
    members={**NAMED, "TagKeys": ["Environment"]},
    given=[fleet()],
)
LISTS = rules(
    "ListTagsForResource",
    answers(
        "tells all tags, those from creation too",
        model("Retrieves a list of all tags for the specified WorkSpaces Applications resource."),
        model("The information about the tags."),
        TAGGABLE,
        ARN,
        given=[fleet(Tags=ONE), tags_of(FLEETS.arn, {"Team": "Blue"})],
        output=exactly({"Environment": "Test", "Team": "Blue"}),
    ),
    answers(
        "tells an empty map of a resource without tags",
        chosen("whether AppStream leaves the member out is not known"),
        given=[fleet()],
        output=exactly({}),
    ),
    *not_there(ARN),
    members=NAMED,
)
RULES = (*TAGS, *UNTAGS, *LISTS)

"""The associations of app block builders with app blocks."""

from typing import Any

from tests.rules.acts import called
from tests.rules.codes import COMBINATION, IN_USE, LIMIT, NOT_FOUND
from tests.rules.resources import UNKNOWN
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
from tests.rules.tables.app_block_builders import (
    ASSOCIATED,
    NOPE,
    NOT_THERE,
    PAIR,
    block,
    builder,
)
from tests.rules.tables.app_blocks import ARN as BLOCK
from tests.rules.tables.app_blocks import app_block

OTHER = BLOCK.replace("/block", "/other")
SAID = (
    model("The name of the app block builder."),
    model("The ARN of the app block."),
)
ONE_AT_A_TIME = documented(
    "developer guide, app block builder: it creates and tests app blocks “one by one”"
)
NO_BLOCK = {
    "code": NOT_FOUND,
    "text": f"The app block {OTHER} for account {{account}} does not exist.",
}


def listed(*pairs: tuple[str, str]) -> dict[str, Any]:
    """An answer with these associations and no others."""
    entries = [{"AppBlockBuilderName": name, "AppBlockArn": arn} for name, arn in pairs]
    return {"AppBlockBuilderAppBlockAssociations": entries, "NextToken": ABSENT}


ONE = listed(("builder", BLOCK))
ASSOCIATES = rules(
    "AssociateAppBlockBuilderAppBlock",
    answers(
        "is seen from both sides",
        model("Associates the specified app block builder with the specified app block."),
        *SAID,
        given=[block(), builder()],
        output={"AppBlockBuilderAppBlockAssociation": PAIR},
        then=[
            look("DescribeAppBlockBuilderAppBlockAssociations", ONE, AppBlockArn=BLOCK),
            look("DescribeAppBlockBuilderAppBlockAssociations", ONE, AppBlockBuilderName="builder"),
        ],
    ),
    answers(
        "changes nothing when it is repeated",
        chosen("it is as asked, and the model declares no error for it"),
        given=ASSOCIATED,
        output={"AppBlockBuilderAppBlockAssociation": PAIR},
    ),
    refuses(
        "refuses an app block that is packaged by hand",
        UNKNOWN,
        given=[app_block(), builder()],
        code=COMBINATION,
        text="has the packaging type CUSTOM",
    ),
    refuses(
        "refuses a second app block",
        ONE_AT_A_TIME,
        given=[*ASSOCIATED, block("other")],
        members={"AppBlockArn": OTHER},
        code=LIMIT,
        text="may have one at a time",
    ),
    refuses(
        "refuses an app block that another app block builder has",
        chosen("both would write its package; what AppStream does is not known"),
        given=[*ASSOCIATED, builder("second")],
        members={"AppBlockBuilderName": "second"},
        code=LIMIT,
        text="is associated with the app block builder builder",
    ),
    refuses(
        "refuses an app block builder that there is not",
        NOT_THERE,
        given=[block()],
        members={"AppBlockBuilderName": "nope"},
        **NOPE,
    ),
    refuses(
        "refuses an app block that there is not",
        NOT_THERE,
        given=[builder()],
        members={"AppBlockArn": OTHER},
        **NO_BLOCK,
    ),
    members=PAIR,
)
DISASSOCIATES = rules(
    "DisassociateAppBlockBuilderAppBlock",
    answers(
        "takes the association away",
        model("Disassociates a specified app block builder from a specified app block."),
        *SAID,
        given=ASSOCIATED,
        then=[look("DescribeAppBlockBuilderAppBlockAssociations", listed())],
    ),
    refuses(
        "refuses two that are not associated",
        UNKNOWN,
        given=[block(), builder()],
        code=COMBINATION,
        text="is not associated with the app block block",
    ),
    refuses(
        "refuses an app block builder that there is not",
        NOT_THERE,
        given=[block()],
        members={"AppBlockBuilderName": "nope"},
        **NOPE,
    ),
    refuses(
        "refuses an app block that there is not",
        NOT_THERE,
        given=[builder()],
        members={"AppBlockArn": OTHER},
        **NO_BLOCK,
    ),
    members=PAIR,
)
TWO = (*ASSOCIATED, block("other"), builder("second"), builder("idle"))
TWO = (
    *TWO,
    called("AssociateAppBlockBuilderAppBlock", AppBlockArn=OTHER, AppBlockBuilderName="second"),
)
DESCRIBES = rules(
    "DescribeAppBlockBuilderAppBlockAssociations",
    *(
        answers(
            f"describes {what}",
            model("Retrieves a list that describes one or more app block builder associations."),
            *sources,
            members=members,
            output=listed(*pairs),
        )
        for what, sources, members, pairs in (
            ("those of an app block", SAID, {"AppBlockArn": BLOCK}, [("builder", BLOCK)]),
            (
                "those of an app block builder",
                SAID,
                {"AppBlockBuilderName": "second"},
                [("second", OTHER)],
            ),
            (
                "the one of both, which there is not",
                SAID,
                {"AppBlockArn": BLOCK, "AppBlockBuilderName": "second"},
                [],
            ),
            (
                "none of what there is not",
                (chosen("the model declares no ResourceNotFoundException"),),
                {"AppBlockBuilderName": "nope"},
                [],
            ),
            (
                "all where none is named",
                (chosen("the model requires neither member"),),
                {},
                [("builder", BLOCK), ("second", OTHER)],
            ),
        )
    ),
    answers(
        "gives no more in a page than asked for",
        model("The maximum size of each page of results."),
        model("The pagination token used to retrieve the next page of results for this operation."),
        members={"MaxResults": 1},
        output={
            "AppBlockBuilderAppBlockAssociations": [{"AppBlockBuilderName": "builder"}],
            "NextToken": PRESENT,
        },
    ),
    given=TWO,
)
DELETES = rules(
    "DeleteAppBlock",
    refuses(
        "refuses an app block that an app block builder has",
        documented("the model's ResourceInUseException"),
        given=ASSOCIATED,
        members={"Name": "block"},
        code=IN_USE,
        text="is associated with the app block builder builder",
    ),
)
RULES = (*ASSOCIATES, *DISASSOCIATES, *DESCRIBES, *DELETES)
NO_ROWS = (
    NoRow(
        "it says what a thing is, and no more",
        (
            "Describes an association between an app block builder and app block.",
            "The list of app block builders associated with app blocks.",
            "This list of app block builders associated with app blocks.",
        ),
    ),
)

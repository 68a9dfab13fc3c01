"""Rows about the tags that a resource is created with."""

from tests.rules.acts import tagged
from tests.rules.table import Rule, answers, chosen, model, refuses, shape

EVERY_CHARACTER = {"é 1_.:/=+-@": "ü 2_.:/=+-@"}


def tag_rows(kind: str, arn: str) -> tuple[Rule, ...]:
    """What holds of the tags of a new resource of this kind, which has this ARN."""
    return (
        answers(
            f"tags the {kind}",
            model(f"The tags to associate with the {kind}."),
            model("A tag is a key-value pair, and the value is optional."),
            model("For example, Environment=Test."),
            members={"Tags": {"Environment": "Test"}},
            then=[tagged(arn, {"Environment": "Test"})],
        ),
        answers(
            "takes an empty value of a tag",
            model("If you do not specify a value, Environment=."),
            model("If you do not specify a value, the value is set to an empty string."),
            members={"Tags": {"Environment": ""}},
            then=[tagged(arn, {"Environment": ""})],
        ),
        answers(
            "takes every character that tags may have",
            model(
                "Generally allowed characters are: letters, numbers, and spaces representable in"
                " UTF-8, and the following special characters:"
            ),
            model("_ . : / = + \\ - @"),
            chosen("the words name a backslash too, the tags' constraint does not: it is kept"),
            members={"Tags": EVERY_CHARACTER},
            then=[tagged(arn, EVERY_CHARACTER)],
        ),
        refuses(
            "refuses a tag whose key is AWS's own",
            shape("TagKey"),
            members={"Tags": {"aws:mine": "1"}},
            code="ValidationException",
            text="aws:",
        ),
    )

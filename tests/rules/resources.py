"""Rows that fleets and stacks have alike, at creation, at an update and when they are described."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.rules.acts import FLEET, fleet, stack, tagged
from tests.rules.builders import BUILDER, builder
from tests.rules.codes import ALREADY_EXISTS, LIMIT, NOT_FOUND, VALIDATION
from tests.rules.table import (
    ABSENT,
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
    observed,
    refuses,
    rules,
    shape,
)

UNKNOWN = chosen("AppStream's own answer is not known; this names what is wrong")
EVERY_CHARACTER = {"é 1_.:/=+-@": "ü 2_.:/=+-@"}


@dataclass(frozen=True)
class Resource:
    """A kind of resource. The one that rows are about has the kind's word as its name."""

    kind: str
    exists: Callable[..., Act]
    needs: Mapping[str, Any]  # what it cannot be created without, besides a name

    @property
    def named(self) -> Mapping[str, Any]:
        """The members that name it."""
        return {"Name": self.name}

    @property
    def name(self) -> str:
        """The name of the one that rows are about."""
        return self.kind.replace(" ", "-")

    @property
    def new(self) -> Mapping[str, Any]:
        """The members that create it."""
        return {**self.named, **self.needs}

    @property
    def arn(self) -> str:
        return f"arn:aws:appstream:{{region}}:{{account}}:{self.name}/{self.name}"

    def shown(self, **members: Any) -> Mapping[str, Any]:
        """An answer that has at least these members of it."""
        return {self._noun: members}

    def described(self, **members: Any) -> Look:
        """Afterwards it is described so."""
        return look(
            f"Describe{self._noun}s", self._listed({**self.named, **members}), Names=[self.name]
        )

    def kept(
        self,
        says: str,
        *sources: Source,
        missing: str = "",
        output: Mapping[str, Any] | None = None,
        **members: Any,
    ) -> Rule:
        """A row whose members it has afterwards as they were given, or as in this output."""
        after = {**members, **(output or {})}
        return answers(
            says,
            *sources,
            members=members,
            output=self.shown(**after),
            then=[self.described(**after)],
            missing=missing,
        )

    def alike(self, *rows: Rule, given: Sequence[Act] = ()) -> tuple[Rule, ...]:
        """These rows for its creation, and for an update of it as it was created."""
        return (
            *rules(f"Create{self._noun}", *rows, members=self.new, given=given),
            *rules(f"Update{self._noun}", *rows, members=self.named, given=(*given, self.exists())),
        )

    def not_there(self, *sources: Source) -> Rule:
        """The row of a call that names one that there is not."""
        return refuses(
            f"names a {self.kind} that there is not",
            *sources,
            self._observed_missing,
            members={"Name": "nope"},
            code=NOT_FOUND,
            text=f"The {self.kind} nope for account {{account}} does not exist.",
        )

    def created_once(self, source: Source) -> tuple[Rule, Rule]:
        """The rows of a creation that one too many stands in the way of."""
        return (
            refuses(
                f"refuses a name that a {self.kind} has already",
                source,
                given=[self.exists()],
                code=ALREADY_EXISTS,
                text=f"The {self.kind} {self.name} ",
            ),
            refuses(
                f"refuses an eleventh {self.kind} of a region",
                documented(
                    f"AWS general reference, quotas: 10 {self.kind}s; ownstream's can be set"
                ),
                given=[self.exists(f"{self.name}-{number}") for number in range(10)],
                code=LIMIT,
                text="10",
            ),
        )

    def described_by_name(self) -> tuple[Rule, ...]:
        """The rows of a description of those that are named, or of all."""
        other = [self.exists("c")]
        return (
            answers(
                f"describes the {self.kind}s named",
                model(
                    f"Retrieves a list that describes one or more specified {self.kind}s, if the"
                    f" {self.kind} names are provided."
                ),
                model(f"The names of the {self.kind}s to describe."),
                members={"Names": [self.name]},
                given=other,
                output=self._listed({**self.named, "Arn": self.arn}),
            ),
            answers(
                "keeps the order of the names and describes each once",
                chosen("the model leaves it open; it is what a caller has asked"),
                members={"Names": [self.name, "c", self.name]},
                given=other,
                output=self._listed(self.named, {"Name": "c"}),
            ),
            answers(
                f"describes all {self.kind}s of the account and region where none is named",
                model(f"Otherwise, all {self.kind}s in the account are described."),
                given=other,
                output={**self._listed({"Name": "c"}, self.named), "NextToken": ABSENT},
            ),
            refuses(
                "refuses the whole call for one name that there is not",
                self._observed_missing,
                members={"Names": [self.name, "nope"]},
                code=NOT_FOUND,
                text=f"The {self.kind} nope",
            ),
        )

    def tags(self) -> tuple[Rule, ...]:
        """The rows of the tags that it is created with."""
        source = model(f"The tags to associate with the {self.kind}.")
        return tag_rows(self.kind, source, after=lambda tags: tagged(self.arn, tags))

    @property
    def _noun(self) -> str:
        return self.kind.title().replace(" ", "")

    @property
    def _observed_missing(self) -> Source:
        return observed(f"Terraform takes a missing {self.kind} from ResourceNotFoundException")

    def _listed(self, *resources: Mapping[str, Any]) -> Mapping[str, Any]:
        return {f"{self._noun}s": list(resources)}


def tag_rows(
    kind: str,
    *sources: Source,
    after: Callable[[Mapping[str, str]], Look | Act],
    member: str = "Tags",
) -> tuple[Rule, ...]:
    """The rows of a call that tags a resource; `after` looks whether it has these tags."""
    return (
        answers(
            f"tags the {kind}",
            *sources,
            model("A tag is a key-value pair, and the value is optional."),
            model("For example, Environment=Test."),
            members={member: {"Environment": "Test"}},
            then=[after({"Environment": "Test"})],
        ),
        answers(
            "takes an empty value of a tag",
            model("If you do not specify a value, Environment=."),
            model("If you do not specify a value, the value is set to an empty string."),
            members={member: {"Environment": ""}},
            then=[after({"Environment": ""})],
        ),
        answers(
            "takes every character that tags may have",
            model(
                "Generally allowed characters are: letters, numbers, and spaces representable"
                " in UTF-8, and the following special characters:"
            ),
            model("_ . : / = + \\ - @"),
            chosen("the words name a backslash too, the tags' constraint does not: it is kept"),
            members={member: EVERY_CHARACTER},
            then=[after(EVERY_CHARACTER)],
        ),
        refuses(
            "refuses a tag whose key is AWS's own",
            shape("TagKey"),
            members={member: {"aws:mine": "1"}},
            code=VALIDATION,
            text="aws:",
        ),
    )


def without_effect(member: str, code: str) -> Is:
    """Errors of a stack of which one says that this member does nothing."""
    return Is(
        f"an error about {member}",
        lambda errors: any(
            error["ErrorCode"] == code and error["ErrorMessage"].startswith(f"{member} is kept")
            for error in errors
        ),
    )


FLEETS = Resource("fleet", fleet, FLEET)
STACKS = Resource("stack", stack, {})
BUILDERS = Resource("image builder", builder, BUILDER)

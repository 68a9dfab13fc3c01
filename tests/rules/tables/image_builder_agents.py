"""An image builder's AgentAccessConfig, at CreateImageBuilder and UpdateImageBuilder."""

from typing import Any

from tests.rules.builders import NAMED, builder_in
from tests.rules.codes import COMBINATION
from tests.rules.resources import BUILDERS, without_effect
from tests.rules.table import ABSENT, NoRow, answers, chosen, model, refuses, rules

NO_AGENTS = "no agent is let in: the image builder's ImageBuilderErrors say so"
SEES = {"AgentAction": "COMPUTER_VISION", "Permission": "ENABLED"}
TYPES = {"AgentAction": "COMPUTER_INPUT", "Permission": "ENABLED"}
AGENT: dict[str, Any] = {
    "Settings": [SEES],
    "ScreenResolution": "W_1280xH_720",
    "ScreenImageFormat": "PNG",
}
PICTURED = {**AGENT, "ScreenshotsUploadEnabled": True, "S3BucketArn": "arn:aws:s3:::bucket"}
BUCKET = (
    "The Amazon Resource Name (ARN) of the Amazon S3 bucket where agent screenshots are stored."
)
WRONG = (
    (
        "agents that may do nothing",
        "You must specify at least one setting, and at least one agent action must be enabled.",
        "The merged settings must have at least one agent action enabled.",
        {**AGENT, "Settings": [{**SEES, "Permission": "DISABLED"}]},
        "At least one",
    ),
    (
        "agents that type and do not see",
        "If you enable COMPUTER_INPUT, you must also enable COMPUTER_VISION.",
        "If you enable COMPUTER_INPUT, you must also enable COMPUTER_VISION.",
        {**AGENT, "Settings": [TYPES, {**SEES, "Permission": "DISABLED"}]},
        "COMPUTER_INPUT needs COMPUTER_VISION",
    ),
    (
        "screenshots that go nowhere",
        "Required when ScreenshotsUploadEnabled is true.",
        BUCKET,
        {**AGENT, "ScreenshotsUploadEnabled": True},
        "S3BucketArn",
    ),
)
CREATES = rules(
    "CreateImageBuilder",
    BUILDERS.kept(
        "keeps what agents may do, and says in ImageBuilderErrors that none is let in",
        model("The configuration for agent access on the image builder."),
        model("If specified, agent access is enabled for the image builder."),
        model("The agent access configuration of the image builder, if agent access is enabled."),
        model("Valid values are COMPUTER_VISION, COMPUTER_INPUT, and FORWARD_MCP_TOOLS."),
        model("This setting determines how users can interact with agent sessions."),
        AgentAccessConfig={**AGENT, "Settings": [SEES, TYPES]},
        output={
            "ImageBuilderErrors": without_effect("AgentAccessConfig", "INTERNAL_SERVICE_ERROR")
        },
        missing=NO_AGENTS,
    ),
    BUILDERS.kept(
        "keeps where screenshots are to go",
        model("Specifies whether screenshot uploads to Amazon S3 are enabled for agent sessions."),
        model("Required when ScreenshotsUploadEnabled is true."),
        model(BUCKET),
        AgentAccessConfig=PICTURED,
        missing=NO_AGENTS,
    ),
    *(
        refuses(
            f"refuses {what}",
            model(sentence),
            members={"AgentAccessConfig": config},
            code=COMBINATION,
            text=text,
        )
        for what, sentence, _, config, text in WRONG
    ),
    members=BUILDERS.new,
)
DESCRIBES = rules(
    "DescribeImageBuilders",
    answers(
        "shows what agents may do",
        model(
            "The description of each image builder includes its agent access configuration, if"
            " agent access is enabled."
        ),
        given=[BUILDERS.exists(AgentAccessConfig=AGENT)],
        output={"ImageBuilders": [{"AgentAccessConfig": AGENT}]},
    ),
)
UPDATES = rules(
    "UpdateImageBuilder",
    answers(
        "merges agents' settings by action",
        model("The configuration for agent access on the image builder."),
        model("Specify this to update agent access settings."),
        model("These settings are merged with the stored settings by agent action."),
        model("A setting that you specify replaces the stored setting for the same agent action."),
        model("Valid values are COMPUTER_VISION, COMPUTER_INPUT, and FORWARD_MCP_TOOLS."),
        model("This setting determines how users can interact with agent sessions."),
        members={"AgentAccessConfig": {"Settings": [TYPES]}},
        output=BUILDERS.shown(AgentAccessConfig={**PICTURED, "Settings": [SEES, TYPES]}),
    ),
    answers(
        "takes the bucket away with the screenshots",
        model(
            "If ScreenshotsUploadEnabled is false after the merge, the stored bucket ARN is"
            " removed."
        ),
        model("Specifies whether screenshot uploads to Amazon S3 are enabled for agent sessions."),
        members={"AgentAccessConfig": {"ScreenshotsUploadEnabled": False}},
        output=BUILDERS.shown(AgentAccessConfig={"S3BucketArn": ABSENT}),
    ),
    answers(
        "takes agents' access away by its name",
        model("To remove agent access, use AttributesToDelete with the AGENT_ACCESS_CONFIG value."),
        model(
            "An image builder attribute that you can delete by using the AttributesToDelete"
            " parameter of UpdateImageBuilder."
        ),
        model(
            "AGENT_ACCESS_CONFIG - Removes the stored agent access configuration from the image"
            " builder."
        ),
        model("The image builder attributes to delete."),
        members={"AttributesToDelete": ["AGENT_ACCESS_CONFIG"]},
        output=BUILDERS.shown(AgentAccessConfig=ABSENT),
    ),
    refuses(
        "refuses agents' access that is both set and deleted",
        chosen("the one says what the other denies"),
        members={
            "AttributesToDelete": ["AGENT_ACCESS_CONFIG"],
            "AgentAccessConfig": {"Settings": [TYPES]},
        },
        code=COMBINATION,
        text="cannot be set and deleted",
    ),
    *(
        refuses(
            f"refuses {what}",
            model(sentence),
            members={"AgentAccessConfig": config},
            code=COMBINATION,
            text=text,
        )
        for what, _, sentence, config, text in WRONG[:2]
    ),
    members=NAMED,
    given=builder_in("STOPPED", AgentAccessConfig=PICTURED),
)
BEGINS = rules(
    "UpdateImageBuilder",
    refuses(
        "refuses screenshots that go nowhere",
        model(BUCKET),
        members={"AgentAccessConfig": {**AGENT, "ScreenshotsUploadEnabled": True}},
        code=COMBINATION,
        text="S3BucketArn",
    ),
    members=NAMED,
    given=builder_in("STOPPED"),
)
RULES = (*CREATES, *DESCRIBES, *UPDATES, *BEGINS)
NO_ROWS = (
    NoRow(
        "no agent is let in, so nobody watches one",
        (
            "VIEW_ONLY - Users can view and observe agent actions as they happen.",
            "VIEW_STOP - Users can view agent actions and stop the agent if needed.",
            "DISABLED - Users cannot view or stop the agent session.",
            "PNG - PNG format.",
            "JPEG - JPEG format.",
            "W_1280xH_720 - 1280 x 720 pixels.",
        ),
        missing=True,
    ),
)

"""A stack's AgentAccessConfig, at CreateStack and UpdateStack."""

from typing import Any

from tests.rules.acts import stack
from tests.rules.codes import COMBINATION
from tests.rules.resources import STACKS, without_effect
from tests.rules.table import ABSENT, NoRow, answers, chosen, model, refuses, rules

NO_AGENTS = "no agent is let in: the stack's StackErrors say so"
KEY = "arn:aws:kms:{region}:123456789012:key/abc"
SEES = {"AgentAction": "COMPUTER_VISION", "Permission": "ENABLED"}
TYPES = {"AgentAction": "COMPUTER_INPUT", "Permission": "ENABLED"}
AGENT: dict[str, Any] = {
    "Settings": [SEES],
    "ScreenResolution": "W_1280xH_720",
    "ScreenImageFormat": "PNG",
}
RECORDED: dict[str, Any] = {
    **AGENT,
    "ReplaySessionEnabled": True,
    "S3BucketArn": "arn:aws:s3:::bucket",
    "KmsKeyArn": KEY,
}
BOTH = STACKS.alike(
    STACKS.kept(
        "keeps what agents may do, and says in StackErrors that none is let in",
        model("If specified, agent access is enabled for the stack."),
        model("Specify this to update agent access settings."),
        model("The configuration for agent access on the stack."),
        model("The agent access configuration of the stack, if agent access is enabled."),
        model("Valid values are COMPUTER_VISION, COMPUTER_INPUT, and FORWARD_MCP_TOOLS."),
        model("This setting determines how users can interact with agent sessions."),
        AgentAccessConfig={
            **AGENT,
            "Settings": [
                SEES,
                TYPES,
                {"AgentAction": "FORWARD_MCP_TOOLS", "Permission": "DISABLED"},
            ],
        },
        output={"StackErrors": without_effect("AgentAccessConfig", "INTERNAL_SERVICE_ERROR")},
        missing=NO_AGENTS,
    ),
    STACKS.kept(
        "keeps that sessions of agents are to be replayed",
        model(
            "WorkSpaces Applications delivers a video combining session screenshots, a transcript,"
            " and a report for each session."
        ),
        AgentAccessConfig=RECORDED,
        missing=NO_AGENTS,
    ),
    *(
        refuses(
            f"refuses {what}",
            *sources,
            members={"AgentAccessConfig": config},
            code=COMBINATION,
            text=text,
        )
        for what, sources, config, text in (
            (
                "agents that may do nothing",
                (
                    model(
                        "You must specify at least one setting, and at least one agent action must"
                        " be enabled."
                    ),
                    model("The merged settings must have at least one agent action enabled."),
                ),
                {**AGENT, "Settings": [{**SEES, "Permission": "DISABLED"}]},
                "At least one",
            ),
            (
                "agents that type and do not see",
                (model("If you enable COMPUTER_INPUT, you must also enable COMPUTER_VISION."),),
                {**AGENT, "Settings": [TYPES]},
                "COMPUTER_INPUT needs COMPUTER_VISION",
            ),
            (
                "screenshots that go nowhere",
                (model("Required when ScreenshotsUploadEnabled or ReplaySessionEnabled is true."),),
                {**AGENT, "ScreenshotsUploadEnabled": True},
                "S3BucketArn",
            ),
            (
                "replays that go nowhere",
                (model("Required when ScreenshotsUploadEnabled or ReplaySessionEnabled is true."),),
                {**AGENT, "ReplaySessionEnabled": True},
                "S3BucketArn",
            ),
            (
                "replays of agents that do not see",
                (model("Requires the COMPUTER_VISION agent action."),),
                {
                    **RECORDED,
                    "Settings": [{"AgentAction": "FORWARD_MCP_TOOLS", "Permission": "ENABLED"}],
                },
                "ReplaySessionEnabled needs COMPUTER_VISION",
            ),
            (
                "a key without replays",
                (
                    model(
                        "The key must be in the same Region as the stack, and ReplaySessionEnabled"
                        " must be true."
                    ),
                ),
                {**AGENT, "KmsKeyArn": KEY},
                "ReplaySessionEnabled",
            ),
            (
                "a key of another region",
                (
                    model(
                        "The key must be in the same Region as the stack, and ReplaySessionEnabled"
                        " must be true."
                    ),
                ),
                {**RECORDED, "KmsKeyArn": KEY.replace("{region}", "eu-west-9")},
                "is not in the stack's region {region}",
            ),
        )
    ),
)
UPDATES = rules(
    "UpdateStack",
    answers(
        "merges agents' settings by action",
        model("The merged settings must have at least one agent action enabled."),
        members={"AgentAccessConfig": {"Settings": [TYPES]}},
        output=STACKS.shown(AgentAccessConfig={**RECORDED, "Settings": [SEES, TYPES]}),
    ),
    answers(
        "takes the key away with the replays",
        model("Setting this attribute to false also removes the KmsKeyArn value from the stack."),
        members={"AgentAccessConfig": {"ReplaySessionEnabled": False}},
        output=STACKS.shown(
            AgentAccessConfig={"KmsKeyArn": ABSENT, "S3BucketArn": "arn:aws:s3:::bucket"}
        ),
    ),
    answers(
        "takes the key away by its name",
        model(
            "To remove the key, use AttributesToDelete with the AGENT_ACCESS_CONFIG_KMS_KEY_ARN"
            " value."
        ),
        model("AGENT_ACCESS_CONFIG_KMS_KEY_ARN"),
        members={"AttributesToDelete": ["AGENT_ACCESS_CONFIG_KMS_KEY_ARN"]},
        output=STACKS.shown(AgentAccessConfig={**RECORDED, "KmsKeyArn": ABSENT}),
    ),
    answers(
        "takes agents' access away by its name",
        model("To remove agent access, use AttributesToDelete with the AGENT_ACCESS_CONFIG value."),
        members={"AttributesToDelete": ["AGENT_ACCESS_CONFIG"]},
        output=STACKS.shown(AgentAccessConfig=ABSENT),
    ),
    members=STACKS.named,
    given=[stack(AgentAccessConfig=RECORDED)],
)
BEGINS = rules(
    "UpdateStack",
    refuses(
        "refuses a first configuration of agents that is made in part",
        chosen("the model requires the three of CreateStack and of a stack that it describes"),
        members={"AgentAccessConfig": {"Settings": [SEES]}},
        code=COMBINATION,
        text="ScreenResolution, ScreenImageFormat",
    ),
    members=STACKS.named,
    given=[stack()],
)
RULES = (*BOTH, *UPDATES, *BEGINS)
NO_ROWS = (
    NoRow(
        "it says what a member is, and no more",
        (
            "The user control mode for agent sessions.",
            "The image format for agent screen captures.",
            "The screen resolution for the agent streaming environment.",
            "The Amazon Resource Name (ARN) of the customer managed symmetric encryption KMS key"
            " that encrypts Replay Session artifacts while WorkSpaces Applications processes them.",
            "The Amazon Resource Name (ARN) of the Amazon S3 bucket where agent screenshots and"
            " Replay Session artifacts are stored.",
            "The agent action to configure.",
            "A permission setting for an agent action.",
            "Each setting specifies an agent action and whether it is enabled or disabled.",
            "Whether the agent action is enabled or disabled.",
            "The list of agent access settings that define permissions for each agent action.",
            "Indicates whether screenshot uploads to Amazon S3 are enabled for agent sessions.",
            "Indicates whether Replay Session is enabled for agent sessions.",
        ),
    ),
)

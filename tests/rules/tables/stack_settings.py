"""A stack's pages and user settings, at CreateStack and UpdateStack."""

from collections.abc import Mapping
from typing import Any

from ownstream.model.catalog import appstream
from tests.rules.codes import COMBINATION, VALUE
from tests.rules.resources import STACKS, UNKNOWN
from tests.rules.table import (
    Is,
    NoRow,
    answers,
    chosen,
    model,
    observed,
    refuses,
)

COPY_IN, COPY_OUT = "CLIPBOARD_COPY_FROM_LOCAL_DEVICE", "CLIPBOARD_COPY_TO_LOCAL_DEVICE"
MOST = 20_971_520
CLIPBOARD_ONLY = model(
    "This can be specified only for the CLIPBOARD_COPY_FROM_LOCAL_DEVICE and"
    " CLIPBOARD_COPY_TO_LOCAL_DEVICE actions."
)
LENGTH = model("The value can be between 1 and 20,971,520 (20 MB).")


def setting(action: str, permission: str = "ENABLED", **more: Any) -> dict[str, Any]:
    """One of a stack's UserSettings."""
    return {"Action": action, "Permission": permission, **more}


def user_setting(wanted: Mapping[str, Any]) -> Is:
    """A list of settings that has this one."""
    return Is(f"with {wanted}", lambda settings: wanted in settings)


PAGES = (
    STACKS.kept(
        "keeps the page that users are led to after their session",
        model("The URL that users are redirected to after their streaming session ends."),
        RedirectURL="https://example.com/bye",
    ),
    *(
        refuses(
            f"refuses {what} as a page",
            UNKNOWN,
            members={member: url},
            code=VALUE,
            text=member,
        )
        for what, member, url in (
            ("a script", "RedirectURL", "javascript:alert(1)"),
            ("an address without a host", "FeedbackURL", "https://"),
            ("an address with a space", "FeedbackURL", "https://a b/"),
            ("an address with a broken host", "RedirectURL", "https://[a/"),
        )
    ),
    STACKS.kept(
        "keeps the name to display", model("The stack name to display."), DisplayName="Shown"
    ),
)
SETTINGS = (
    STACKS.kept(
        "takes every action",
        model("The action you want to enable or disable."),
        model("Specifies whether to turn the action on or off."),
        model(
            "The actions that are enabled or disabled for users during their streaming sessions."
        ),
        *(model(action) for action in appstream().shape("Action").enum),
        UserSettings=[setting(action, "DISABLED") for action in appstream().shape("Action").enum],
        output={
            "UserSettings": Is(
                "all disabled",
                lambda settings: (
                    len(settings) == 9 and {each["Permission"] for each in settings} == {"DISABLED"}
                ),
            )
        },
    ),
    answers(
        "enables what is not named: clipboard, files, printing and passwords",
        model("By default, these actions are enabled."),
        model("By default these actions are enabled."),
        observed("AWS's PowerShell examples: a filled list for a stack of no more than a name"),
        members={"UserSettings": [setting("FILE_UPLOAD", "DISABLED")]},
        output=STACKS.shown(UserSettings=user_setting(setting("FILE_DOWNLOAD"))),
    ),
    answers(
        "leaves AUTO_TIME_ZONE_REDIRECTION disabled unless it is named",
        observed("Terraform #39754: a new entry, DISABLED, appeared in every stack"),
        output=STACKS.shown(
            UserSettings=user_setting(setting("AUTO_TIME_ZONE_REDIRECTION", "DISABLED"))
        ),
    ),
    answers(
        "leaves SMART_CARD_REDIRECTION disabled unless it is named",
        chosen("the model says ENABLED of stacks of Windows fleets that were there before it"),
        output=STACKS.shown(
            UserSettings=user_setting(setting("SMART_CARD_REDIRECTION", "DISABLED"))
        ),
    ),
    answers(
        "lets 20 MB be copied where no length is given",
        model(
            "This defaults to 20,971,520 (20 MB) when unspecified and the permission is ENABLED."
        ),
        members={"UserSettings": [setting(COPY_IN)]},
        output=STACKS.shown(UserSettings=user_setting(setting(COPY_IN, MaximumLength=MOST))),
    ),
    *(
        answers(
            f"takes {length} as a length",
            LENGTH,
            members={"UserSettings": [setting(COPY_OUT, MaximumLength=length)]},
            output=STACKS.shown(UserSettings=user_setting(setting(COPY_OUT, MaximumLength=length))),
        )
        for length in (1, MOST)
    ),
    *(
        refuses(
            f"refuses {length} as a length",
            LENGTH,
            members={"UserSettings": [setting(COPY_OUT, MaximumLength=length)]},
            code=VALUE,
            text="20971520",
        )
        for length in (0, MOST + 1)
    ),
    refuses(
        "refuses a length for anything but the clipboard",
        CLIPBOARD_ONLY,
        members={"UserSettings": [setting("FILE_UPLOAD", MaximumLength=1)]},
        code=COMBINATION,
        text="not for FILE_UPLOAD",
    ),
    refuses(
        "refuses a length for a disabled clipboard",
        model("This can't be specified when the permission is DISABLED."),
        members={"UserSettings": [setting(COPY_IN, "DISABLED", MaximumLength=1)]},
        code=COMBINATION,
        text="DISABLED",
    ),
    answers(
        "gives a disabled clipboard no length",
        model("This can't be specified when the permission is DISABLED."),
        members={"UserSettings": [setting(COPY_IN, "DISABLED")]},
        output=STACKS.shown(UserSettings=user_setting(setting(COPY_IN, "DISABLED"))),
    ),
    refuses(
        "refuses an action that is named twice",
        UNKNOWN,
        members={"UserSettings": [setting("FILE_UPLOAD")] * 2},
        code=COMBINATION,
        text="FILE_UPLOAD twice",
    ),
)
RULES = STACKS.alike(*PAGES, *SETTINGS)
NO_ROWS = (
    NoRow(
        "it says what a member is, and no more",
        (
            "GSuite domain for GDrive integration.",
            "The names of the domains for the account.",
            "The ARN of the storage connector.",
            "The type of storage connector.",
            "Specifies whether users' cloud storage authentication persists across streaming"
            " sessions.",
            "Indicates whether users' cloud storage authentication persists across streaming"
            " sessions.",
            "List of URL patterns that are allowed to be redirected.",
            "List of URL patterns that are denied from redirection.",
            "Whether URL redirection is enabled for this direction.",
            "Configuration for redirecting URLs from the remote desktop to the local client"
            " browser.",
            "The identifier (ID) of the VPC in which the interface endpoint is used.",
            "The type of interface endpoint.",
            "The list of interface VPC endpoint (interface endpoint) objects.",
            "The list of virtual private cloud (VPC) interface endpoint objects.",
            "The path prefix for the S3 bucket where users\N{RIGHT SINGLE QUOTATION MARK}"
            " persistent application settings are stored.",
            "Enables or disables persistent application settings for users during their streaming"
            " sessions.",
            "Specifies whether persistent application settings are enabled for users during their"
            " streaming sessions.",
            "The persistent application settings for users of a stack.",
            "The persistent application settings for users of the stack.",
            "Choose from the following:",
            "Describes an action and whether the action is enabled or disabled for users during"
            " their streaming sessions.",
            "Describes a stack error.",
            "The errors for the stack.",
            "The ARN of the stack.",
            "Information about the stack.",
            "Information about the stacks.",
            "Describes a stack.",
        ),
    ),
    NoRow(
        "kept and described, without effect: ownstream's instances join no domain, so nobody signs"
        " in to one",
        (
            "Controls whether you can sign in to a domain-joined streaming session by using your"
            " password.",
            "Controls whether you can sign in to a domain-joined streaming session by using a"
            " smart card.",
        ),
        missing=True,
    ),
    NoRow(
        "kept and described, without effect: browsers give no page the smart card itself, and AWS"
        " redirects it in its Windows client alone",
        (
            "Controls whether smart cards connected to your local device are redirected into the"
            " streaming session.",
            "Applications in the session can access the local smart card for use cases such as"
            " authentication, digital signing, and email encryption.",
        ),
        missing=True,
    ),
    NoRow(
        "kept and described, without effect: a session has no printer yet. Print to a file in My"
        " Files and download it",
        (
            "Controls whether you can print from the streaming session to a printer on your local"
            " device.",
        ),
        missing=True,
    ),
    NoRow(
        "in a session: TZ of what is started in it is the browser's time zone",
        (
            "Controls whether the streaming session's time zone matches the time zone of your"
            " local device.",
        ),
        tested_by="tests/scenarios/test_time_zones.py"
        "::test_applications_show_the_time_of_the_users_device",
    ),
    NoRow(
        "in a session: refused by the agent, whatever the page does",
        (
            "Controls whether you can download files from the streaming session to your local"
            " device.",
            "Controls whether you can upload files from your local device to the streaming"
            " session.",
        ),
        tested_by="tests/scenarios/test_files.py"
        "::test_a_stack_without_files_gives_and_takes_none_whatever_the_page_asks",
    ),
    NoRow(
        "in a session, where texts and PNG pictures pass",
        (
            "Controls whether you can copy data from your local device and paste it into the"
            " streaming session.",
        ),
        tested_by="tests/agent/test_clipboard.py"
        "::test_a_hostile_page_puts_nothing_into_a_session_that_takes_nothing",
    ),
    NoRow(
        "in a session, where texts and PNG pictures pass",
        (
            "Controls whether you can copy data from the streaming session and paste it to your"
            " local device.",
        ),
        tested_by="tests/agent/test_clipboard.py"
        "::test_a_hostile_page_gets_nothing_out_of_a_session_that_gives_nothing",
    ),
    NoRow(
        "in a session: a longer text is not copied at all, and the user is told the length;"
        " pictures have none, and end at 32 MiB as every text does",
        (
            "Specifies the number of characters that can be copied by end users from the local"
            " device to the remote session, and to the local device from the remote session.",
        ),
        tested_by="tests/agent/test_clipboard.py"
        "::test_a_text_over_the_length_is_not_copied_either_way",
    ),
    NoRow(
        "about the session's page",
        (
            "The URL that users are redirected to after they click the Send Feedback link.",
            "The URL that users are redirected to after they choose the Send Feedback link.",
            "If no URL is specified, no Send Feedback link is displayed.",
        ),
        tested_by="tests/scenarios/test_feedback.py::test_the_link_is_there_if_the_stack_has_one",
    ),
)

"""CreateThemeForStack, DescribeThemeForStack, UpdateThemeForStack and DeleteThemeForStack."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ownstream.model.catalog import appstream
from tests.rules.acts import called, located, stack
from tests.rules.codes import ALREADY_EXISTS, COMBINATION, NOT_FOUND, NOT_PERMITTED, VALUE
from tests.rules.table import (
    ABSENT,
    PRESENT,
    Is,
    NoRow,
    Rule,
    answers,
    chosen,
    documented,
    look,
    look_refused,
    model,
    refuses,
    rules,
)
from tests.support.pictures import picture

GUIDE = documented("administration guide, custom branding")
UNKNOWN = chosen("AppStream's own answer is not known; this names what is wrong")
LINKS = [
    {"DisplayName": "Help", "FooterLinkURL": "https://help.example.com/"},
    {"DisplayName": "Shop", "FooterLinkURL": "http://shop.example.com/"},
]
STACK = {"StackName": "stack"}


def at(key: str) -> Mapping[str, str]:
    return {"S3Bucket": "pictures", "S3Key": key}


NEW: Mapping[str, Any] = {
    **STACK,
    "TitleText": "Training",
    "ThemeStyling": "PINK",
    "OrganizationLogoS3Location": at("logo.png"),
    "FaviconS3Location": at("favicon.ico"),
}
PLACED = (
    stack(),
    located("logo.png", picture(1000, 500)),
    located("favicon.ico", picture(128, 128, "ICO")),
)
THEMED = (*PLACED, called("CreateThemeForStack", **NEW, FooterLinks=LINKS))
NEW_PICTURE = picture(16, 16, "GIF")
NEW_URL = Is("the new picture's address", lambda url: url.endswith(sha256(NEW_PICTURE).hexdigest()))
URL = Is("an address of the service", lambda value: "/themes/" in str(value))
SHOWN = {
    **STACK,
    "State": "ENABLED",
    "ThemeTitleText": "Training",
    "ThemeStyling": "PINK",
    "ThemeOrganizationLogoURL": URL,
    "ThemeFaviconURL": URL,
}


def described(**members: Any):
    """Afterwards the theme is described so."""
    return look("DescribeThemeForStack", {"Theme": members}, **STACK)


def no_stack() -> Rule:
    return refuses(
        "names a stack that there is not",
        documented("the model: every operation of themes declares ResourceNotFoundException"),
        members={"StackName": "nope"},
        code=NOT_FOUND,
        text="The stack nope for account {account} does not exist.",
    )


def no_theme() -> Rule:
    return refuses(
        "names a stack that has no theme",
        documented("the model: it declares ResourceNotFoundException"),
        given=[stack("bare")],
        members={"StackName": "bare"},
        code=NOT_FOUND,
        text="The theme of the stack bare",
    )


COLOURS = tuple(
    answers(
        f"takes the colours of {styling}",
        model("The color theme that is applied to website links, text, and buttons."),
        model(
            "These colors are also applied as accents in the background for the streaming"
            " application catalog page."
        ),
        model(
            "The color that is used for the website links, text, buttons, and catalog page"
            " background."
        ),
        members={"ThemeStyling": styling},
        output={"Theme": {"ThemeStyling": styling}},
    )
    for styling in appstream().shape("ThemeStyling").enum
)
PICTURES = (
    *(
        answers(
            f"takes a {kind} as a logo, whatever its name",
            model("The S3 bucket of the S3 object."),
            model("The S3 key of the S3 object."),
            GUIDE,
            members={"OrganizationLogoS3Location": at(f"logo of {kind}")},
            given=[located(f"logo of {kind}", picture(20, 20, kind))],
            output={"Theme": {"ThemeOrganizationLogoURL": URL}},
        )
        for kind in ("PNG", "JPEG", "GIF")
    ),
    *(
        refuses(
            f"refuses {what} as a {noun}",
            GUIDE,
            chosen("which error AppStream answers is not known"),
            members={member: at(key)},
            given=[located(key, content)],
            code=code,
            text=text,
        )
        for what, noun, member, key, content, code, text in (
            (
                "an SVG that is called a PNG",
                "logo",
                "OrganizationLogoS3Location",
                "svg.png",
                b'<svg xmlns="http://www.w3.org/2000/svg"/>',
                VALUE,
                "no picture of these kinds",
            ),
            (
                "an ICO",
                "logo",
                "OrganizationLogoS3Location",
                "logo.ico",
                picture(16, 16, "ICO"),
                VALUE,
                "no picture of these kinds",
            ),
            (
                "a page of HTML",
                "favicon",
                "FaviconS3Location",
                "page.ico",
                b"<!doctype html><script>alert(1)</script>",
                VALUE,
                "no picture of these kinds",
            ),
            (
                "more than 1000x500 pixels",
                "logo",
                "OrganizationLogoS3Location",
                "wide.png",
                picture(1001, 20),
                VALUE,
                "1001x20",
            ),
            (
                "more than 128x128 pixels",
                "favicon",
                "FaviconS3Location",
                "tall.png",
                picture(20, 129),
                VALUE,
                "20x129",
            ),
            (
                "more than 300 KB",
                "logo",
                "OrganizationLogoS3Location",
                "heavy.png",
                picture(20, 20) + bytes(300 * 1024),
                NOT_PERMITTED,
                "307200 bytes",
            ),
            (
                "more than 50 KB",
                "favicon",
                "FaviconS3Location",
                "heavy.ico",
                picture(20, 20) + bytes(50 * 1024),
                NOT_PERMITTED,
                "51200 bytes",
            ),
        )
    ),
    *(
        refuses(
            f"names {what}",
            model("This is required when used for the following:"),
            UNKNOWN,
            members={"FaviconS3Location": location},
            code=NOT_FOUND,
            text="s3://",
        )
        for what, location in (
            ("an object that there is not", at("none.ico")),
            ("a bucket that there is not", {"S3Bucket": "no-such-bucket", "S3Key": "a"}),
            ("a key that leads out of its bucket", at("../pictures/favicon.ico")),
            ("a bucket without a key", {"S3Bucket": "pictures"}),
        )
    ),
)
FOOTER = (
    answers(
        "keeps the links of its footer in their order",
        model("The URL of the websites that display in the catalog page footer."),
        model("The name of the websites that display in the catalog page footer."),
        model("The website links that display in the catalog page footer."),
        model(
            "The links that are displayed in the footer of the streaming application catalog page."
        ),
        model(
            "These links are helpful resources for users, such as the organization's IT support"
            " and product marketing sites."
        ),
        members={"FooterLinks": LINKS},
        output={"Theme": {"ThemeFooterLinks": LINKS}},
    ),
    refuses(
        "refuses a fourth link",
        GUIDE,
        chosen("which error AppStream answers is not known"),
        members={"FooterLinks": LINKS * 2},
        code=VALUE,
        text="3 footer links",
    ),
    *(
        refuses(
            f"refuses {what} as a link",
            GUIDE,
            chosen("which error AppStream answers is not known"),
            members={"FooterLinks": [link]},
            code=VALUE,
            text="FooterLinkURL",
        )
        for what, link in (
            ("a script", {"DisplayName": "x", "FooterLinkURL": "javascript:alert(1)"}),
            ("data", {"DisplayName": "x", "FooterLinkURL": "data:text/html,x"}),
            ("a name without an address", {"DisplayName": "x"}),
        )
    ),
)
CREATES = rules(
    "CreateThemeForStack",
    answers(
        "makes a theme, which is enabled",
        model(
            "Creates custom branding that customizes the appearance of the streaming application"
            " catalog page."
        ),
        model("The organization logo that appears on the streaming application catalog page."),
        model("The S3 location of the favicon."),
        model("The URL of the logo that displays in the catalog page header."),
        model(
            "The URL of the icon that displays at the top of a user's browser tab during streaming"
            " sessions."
        ),
        model("The time the theme was created."),
        model("The browser tab page title."),
        model("The name of the stack for the theme."),
        chosen("no state is asked for at creation; a theme that is made is meant to be seen"),
        output={"Theme": {**SHOWN, "CreatedTime": PRESENT, "ThemeFooterLinks": ABSENT}},
        then=[described(**SHOWN)],
    ),
    refuses(
        "refuses a second theme of a stack",
        documented("the model: it declares ResourceAlreadyExistsException"),
        given=[called("CreateThemeForStack", **NEW)],
        code=ALREADY_EXISTS,
        text="The theme of the stack stack",
    ),
    *COLOURS,
    *PICTURES,
    *FOOTER,
    no_stack(),
    members=NEW,
    given=PLACED,
)
DESCRIBES = rules(
    "DescribeThemeForStack",
    answers(
        "describes the theme",
        model("Retrieves a list that describes the theme for a specified stack."),
        model(
            "A theme is custom branding that customizes the appearance of the streaming application"
            " catalog page."
        ),
        model("The name of the stack for the theme."),
        output={"Theme": {**SHOWN, "ThemeFooterLinks": LINKS, "CreatedTime": PRESENT}},
    ),
    no_stack(),
    no_theme(),
    members=STACK,
    given=THEMED,
)
UPDATES = rules(
    "UpdateThemeForStack",
    answers(
        "changes what it names and leaves the rest",
        model(
            "Updates custom branding that customizes the appearance of the streaming application"
            " catalog page."
        ),
        model("The name of the stack for the theme."),
        members={"TitleText": "Another"},
        output={"Theme": {**SHOWN, "ThemeTitleText": "Another", "ThemeFooterLinks": LINKS}},
    ),
    *(
        answers(
            f"makes the theme {state}",
            model("Specifies whether custom branding should be applied to catalog page or not."),
            model("The state of the theme."),
            members={"State": state},
            output={"Theme": {**SHOWN, "State": state}},
            then=[described(State=state)],
        )
        for state in appstream().shape("ThemeState").enum
    ),
    answers(
        "deletes the links of the footer",
        model("The attributes to delete."),
        members={"AttributesToDelete": ["FOOTER_LINKS"]},
        output={"Theme": {"ThemeFooterLinks": ABSENT}},
    ),
    refuses(
        "refuses to set and delete the links at once",
        chosen("which of the two AppStream would do is not known"),
        members={"AttributesToDelete": ["FOOTER_LINKS"], "FooterLinks": LINKS},
        code=COMBINATION,
        text="FOOTER_LINKS",
    ),
    answers(
        "copies the pictures that it names anew",
        model("The organization logo that appears on the streaming application catalog page."),
        model("The S3 location of the favicon."),
        members={
            "OrganizationLogoS3Location": at("new.gif"),
            "FaviconS3Location": at("new.gif"),
        },
        given=[located("new.gif", NEW_PICTURE)],
        output={"Theme": {"ThemeOrganizationLogoURL": NEW_URL, "ThemeFaviconURL": NEW_URL}},
    ),
    *COLOURS,
    *PICTURES,
    *FOOTER,
    no_stack(),
    no_theme(),
    members=STACK,
    given=THEMED,
)
DELETES = rules(
    "DeleteThemeForStack",
    answers(
        "takes the theme away",
        model(
            "Deletes custom branding that customizes the appearance of the streaming application"
            " catalog page."
        ),
        model("The name of the stack for the theme."),
        then=[look_refused("DescribeThemeForStack", NOT_FOUND, "The theme", **STACK)],
    ),
    no_stack(),
    no_theme(),
    members=STACK,
    given=THEMED,
)
RULES = (*CREATES, *DESCRIBES, *UPDATES, *DELETES)
NO_ROWS = (
    NoRow(
        "it says what a member is, and no more",
        (
            "The stack that has the custom branding theme.",
            "The theme object that contains the metadata of the custom branding.",
        ),
    ),
    NoRow(
        "about the session's page",
        (
            "The title that is displayed at the top of the browser tab during users' application"
            " streaming sessions.",
            "The favicon enables users to recognize their application streaming site in a browser"
            " full of tabs or bookmarks.",
            "It is displayed at the top of the browser tab for the application streaming site"
            " during users' streaming sessions.",
        ),
        tested_by="tests/scenarios/test_themes.py::test_a_session_wears_its_stacks_theme",
    ),
)

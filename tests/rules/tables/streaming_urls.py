"""CreateStreamingURL."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.rules.acts import (
    PAIR,
    called,
    image,
    in_state,
    offered,
    opened,
    passed,
    stack,
    turned_away,
)
from tests.rules.codes import (
    COMBINATION,
    NOT_AVAILABLE,
    NOT_FOUND,
    NOT_PERMITTED,
    VALIDATION,
    VALUE,
)
from tests.rules.matching import differences
from tests.rules.subjects import Subject
from tests.rules.table import (
    Is,
    NoRow,
    Of,
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

CREATES = model(
    "Creates a temporary URL to start an WorkSpaces Applications streaming session for the"
    " specified user."
)
VALIDITY = model("Specify a value between 1 and 604800 seconds.")
EXPIRES = model("The elapsed time, in seconds after the Unix epoch, when this URL expires.")
LAUNCHES = model("The name of the application to launch after the session starts.")
NAMED_IN_IMAGE = model("This is the name that you specified as Name in the Image Assistant.")
DESKTOP = model("To do so, specify Desktop.")
DESKTOP_VIEW = model(
    "If your fleet is enabled for the Desktop stream view, you can also choose to launch directly"
    " to the operating system desktop."
)
BROKEN = {"Name": "broken", "LaunchPath": "/usr/bin/broken", "Enabled": False}
SLACK = timedelta(seconds=5)


def expires_in(seconds: int) -> Of:
    """So many seconds from now, in whole seconds, up to a slow call's length earlier."""

    def in_time(subject: Subject) -> Is:
        at = subject.service.clock.now() + timedelta(seconds=seconds)
        return Is(f"about {at}", lambda value: at - SLACK <= value <= at and not value.microsecond)

    return Of(in_time)


def ticket(url: str) -> Mapping[str, Any]:
    """What a streaming URL carries."""
    [parameters] = parse_qs(urlsplit(url).query)["parameters"]
    return json.loads(base64.b64decode(parameters))


def carrying(**fields: Any) -> Of:
    """A URL that leads to the gateway and carries at least these fields."""

    def url(subject: Subject) -> Is:
        wanted = subject.filled(fields)
        return Is(
            f"a URL that carries {wanted}",
            lambda text: (
                urlsplit(text).path == "/authenticate"
                and differences(wanted, ticket(text), "the ticket") == []
            ),
        )

    return Of(url)


RUNNING = rules(
    "CreateStreamingURL",
    answers(
        "makes a URL that carries what AppStream's own carry",
        CREATES,
        model("The URL to start the WorkSpaces Applications streaming session."),
        model("The identifier of the user."),
        observed("URLs published by AWS's developer guide and by others, decoded"),
        output={
            "StreamingURL": carrying(
                type="END_USER",
                awsAccountId="{account}",
                userId="ann",
                catalogSource="stack/stack",
                fleetRef="fleet/fleet",
                applicationId="",
                userContext="",
                maxUserDurationInSecs="57600",
            )
        },
    ),
    answers(
        "makes a URL that starts a session of the user",
        CREATES,
        model("A streaming URL enables application streaming to be tested without user setup."),
        then=[opened(), look("DescribeSessions", {"Sessions": [{"UserId": "ann"}]}, **PAIR)],
    ),
    answers(
        "reserves nothing: until the URL is opened there is no session",
        chosen("the model calls it a URL to start a session; the session is the opening's"),
        then=[look("DescribeSessions", {"Sessions": []}, **PAIR)],
    ),
    answers(
        "makes a URL that is good for 60 seconds by default",
        model("The default is 60 seconds."),
        EXPIRES,
        output={"Expires": expires_in(60)},
        then=[passed(50), opened()],
    ),
    answers(
        "makes a URL that nobody can open once it has expired",
        model("The time that the streaming URL will be valid, in seconds."),
        then=[passed(61), turned_away()],
    ),
    answers(
        "takes a validity of a second",
        VALIDITY,
        EXPIRES,
        members={"Validity": 1},
        output={"Expires": expires_in(1)},
    ),
    answers(
        "takes a validity of a week",
        VALIDITY,
        EXPIRES,
        members={"Validity": 604800},
        output={"Expires": expires_in(604800)},
    ),
    *(
        refuses(
            f"refuses a validity of {validity}",
            VALIDITY,
            chosen("the error's code, which the model does not name"),
            members={"Validity": validity},
            code=VALUE,
            text="604800",
        )
        for validity in (0, 604801)
    ),
    answers(
        "takes an application of the fleet's image",
        LAUNCHES,
        NAMED_IN_IMAGE,
        members={"ApplicationId": "firefox"},
        output={"StreamingURL": carrying(applicationId="firefox")},
    ),
    refuses(
        "names an application that the image has not",
        NAMED_IN_IMAGE,
        chosen("that it is refused here already, and not when the URL is opened"),
        members={"ApplicationId": "word"},
        code=NOT_FOUND,
        text="It offers xterm, firefox.",
    ),
    refuses(
        "refuses an application that is switched off",
        model("If there is a problem, the application can be disabled after image creation."),
        chosen("the error's code; it could not be launched"),
        given=[
            image(
                "Mended", Applications=[{"Name": "broken", "LaunchPath": "/b", "Enabled": False}]
            ),
            called("UpdateFleet", Name="fleet", ImageName="Mended"),
        ],
        members={"ApplicationId": "broken"},
        code=NOT_FOUND,
        text="no application broken",
    ),
    refuses(
        "refuses the desktop of a fleet whose stream view is APP",
        DESKTOP_VIEW,
        chosen("the error's code; the operation declares it"),
        members={"ApplicationId": "Desktop"},
        code=COMBINATION,
        text="stream view APP",
    ),
    answers(
        "takes a session context and shows it in the URL",
        model("The session context."),
        documented("developer guide, managing stacks and fleets: users can see it in the URL"),
        members={"SessionContext": "a context"},
        output={"StreamingURL": carrying(userContext="a context")},
    ),
    answers(
        "takes a context of 4096 bytes",
        chosen("the model has no limit; a longer one makes a URL that browsers cut"),
        members={"SessionContext": "😀" * 1024},
        output={"StreamingURL": carrying(userContext="😀" * 1024)},
        then=[opened()],
    ),
    refuses(
        "refuses a context of more than 4096 bytes",
        chosen("the model has no limit; a longer one makes a URL that browsers cut"),
        members={"SessionContext": "x" * 4097},
        code=VALUE,
        text="4096",
    ),
    refuses(
        "refuses a user id that the model's pattern does not have",
        shape("StreamingUrlUserId"),
        chosen("the real service takes it and fails when the URL is opened, as somebody observed"),
        members={"UserId": "ann b"},
        code=VALIDATION,
        text="userId",
    ),
    refuses(
        "names a fleet that there is not",
        documented("the model's ResourceNotFoundException"),
        members={"FleetName": "nope"},
        code=NOT_FOUND,
        text="The fleet nope",
    ),
    refuses(
        "names a stack that there is not",
        documented("the model's ResourceNotFoundException"),
        members={"StackName": "nope"},
        code=NOT_FOUND,
        text="The stack nope",
    ),
    refuses(
        "refuses a stack that does not offer the fleet",
        chosen("the real error is not known; the operation declares this one"),
        given=[stack("other")],
        members={"StackName": "other"},
        code=NOT_PERMITTED,
        text="The fleet fleet is not associated with the stack other. Call AssociateFleet",
    ),
    members={**PAIR, "UserId": "ann"},
    given=offered(),
)
NOT_RUNNING = rules(
    "CreateStreamingURL",
    *(
        refuses(
            f"refuses a fleet that is {state}",
            chosen("the real error is not known; the operation declares this one"),
            given=in_state(state),
            code=NOT_AVAILABLE,
            text=f"is {state}",
        )
        for state in ("STOPPED", "STARTING", "STOPPING")
    ),
    members={**PAIR, "UserId": "ann"},
    given=offered()[:-1],
)
ON_A_DESKTOP = rules(
    "CreateStreamingURL",
    answers(
        "takes the desktop of a fleet whose stream view is DESKTOP",
        DESKTOP_VIEW,
        DESKTOP,
        members={"ApplicationId": "Desktop"},
        output={"StreamingURL": carrying(applicationId="Desktop")},
    ),
    answers(
        "carries the longest time that the fleet gives a session",
        observed("URLs published by AWS's developer guide and by others, decoded"),
        output={"StreamingURL": carrying(maxUserDurationInSecs="3600")},
    ),
    members={**PAIR, "UserId": "ann"},
    given=offered(StreamView="DESKTOP", MaxUserDurationInSeconds=3600),
)
RULES = (*RUNNING, *NOT_RUNNING, *ON_A_DESKTOP)
NO_ROWS = (
    NoRow(
        "it says where to read more",
        (
            "For more information, see Session Context in the Amazon WorkSpaces Applications"
            " Administration Guide.",
        ),
    ),
)

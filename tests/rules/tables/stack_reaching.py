"""How a stack's sessions are reached, embedded and left, at CreateStack and UpdateStack."""

from tests.rules.codes import COMBINATION, VALIDATION
from tests.rules.resources import STACKS, without_effect
from tests.rules.table import (
    NoRow,
    chosen,
    documented,
    model,
    refuses,
    shape,
)

REACHING = (
    STACKS.kept(
        "keeps access endpoints, and says in StackErrors that they keep nobody out",
        model(
            "Users of the stack can connect to WorkSpaces Applications only through the specified"
            " endpoints."
        ),
        model(
            "When you specify an interface endpoint for a stack, users of the stack can connect to"
            " WorkSpaces Applications only through that endpoint."
        ),
        AccessEndpoints=[{"EndpointType": "STREAMING", "VpceId": "vpce-1"}],
        output={"StackErrors": without_effect("AccessEndpoints", "INTERNAL_SERVICE_ERROR")},
        missing="there is no VPC: restrict the address that the service listens on",
    ),
    refuses(
        "refuses UDP through an access endpoint",
        documented("Terraform's documentation of aws_appstream_stack"),
        members={
            "AccessEndpoints": [{"EndpointType": "STREAMING"}],
            "StreamingExperienceSettings": {"PreferredProtocol": "UDP"},
        },
        code=COMBINATION,
        text="UDP",
    ),
    *(
        STACKS.kept(
            f"keeps {protocol} as the protocol to prefer",
            model("The streaming protocol you want your stack to prefer."),
            model("This can be UDP or TCP."),
            model("The preferred protocol that you want to use while streaming your application."),
            StreamingExperienceSettings={"PreferredProtocol": protocol},
            missing=missing,
        )
        for protocol, missing in (
            ("TCP", ""),
            ("UDP", "browsers stream over TCP, and so does ownstream whatever is preferred"),
        )
    ),
    STACKS.kept(
        "keeps the domains that may embed a session, each exactly as it is written",
        model(
            "The domains where WorkSpaces Applications streaming sessions can be embedded in an"
            " iframe."
        ),
        model(
            "You must approve the domains that you want to host embedded WorkSpaces Applications"
            " streaming sessions."
        ),
        model("Specifies a valid domain that can embed AppStream."),
        chosen("whether hosts below a domain may, too, is not known; approved is what was named"),
        EmbedHostDomains=["testorigin.tt--com", "testingorigin.com.us", "test.com.us"],
    ),
    *(
        refuses(
            f"refuses {domain!r} as a domain that may embed a session",
            model(
                'Valid examples include: ["testorigin.tt--com", "testingorigin.com.us",'
                ' "test.com.us"] Invalid examples include: ["test,com", ".com", "h*llo.com". ""]'
            ),
            members={"EmbedHostDomains": [domain]},
            code=VALIDATION,
            text="embedHostDomains",
        )
        for domain in ("test,com", ".com", "h*llo.com", "")
    ),
)
REDIRECTED = {"StackErrors": without_effect("ContentRedirection", "INTERNAL_SERVICE_ERROR")}
NO_REDIRECTION = "no URL is redirected: the stack's StackErrors say so"
REDIRECTION = (
    STACKS.kept(
        "keeps which URLs open in the user's own browser, and says that none does",
        model(
            "Configuration for bidirectional URL redirection between the streaming session and the"
            " local client."
        ),
        model("Use HostToClient to redirect URLs from the remote desktop to the local browser."),
        model(
            "URLs matching these patterns will be redirected unless they also match a pattern in"
            " the denied list."
        ),
        model("This list takes precedence over the allowed list."),
        ContentRedirection={
            "HostToClient": {
                "Enabled": True,
                "AllowedUrls": ["https://*.example.com"],
                "DeniedUrls": ["https://www.example.com"],
            }
        },
        output=REDIRECTED,
        missing=NO_REDIRECTION,
    ),
    *(
        refuses(
            f"refuses {pattern!r} as a pattern of URLs",
            shape("UrlPattern"),
            chosen(
                "the model's words say that a pattern names no protocol, its constraint that it"
                " must: the constraint is kept"
            ),
            model(
                "A glob pattern using wildcards (* for zero or more characters, ? for exactly one"
                " character) to match URLs for redirection rules."
            ),
            model("Patterns do not include a protocol prefix; HTTPS is enforced automatically."),
            model(
                "Valid examples: *, *.example.com, github.com/myorg/*, api?.example.com Invalid"
                " examples: https://example.com (no protocol), empty string"
            ),
            members={
                "ContentRedirection": {"HostToClient": {"Enabled": True, "AllowedUrls": [pattern]}}
            },
            code=VALIDATION,
            text="allowedUrls",
        )
        for pattern in ("*.example.com", "")
    ),
)
RULES = STACKS.alike(*REACHING, *REDIRECTION)
NO_ROWS = (
    NoRow(
        "it tells of an endpoint's part in AWS's network, and of image builders",
        (
            "Describes an interface VPC endpoint (interface endpoint) that lets you create a"
            " private connection between the virtual private cloud (VPC) that you specify and"
            " WorkSpaces Applications.",
            "When you specify an interface endpoint for an image builder, administrators can"
            " connect to the image builder only through that endpoint.",
        ),
    ),
    NoRow(
        "it is about Windows: fleets here run Linux, and browsers stream over TCP",
        (
            "Currently, UDP is only supported in the Windows native client.",
            "Smart card redirection was on by default for existing streaming sessions that use a"
            " Windows single-session fleet.",
            "To preserve that behavior, SMART_CARD_REDIRECTION is ENABLED by default on existing"
            " stacks associated with Windows single-session fleets.",
            "To turn it off, call UpdateStack with SMART_CARD_REDIRECTION set to DISABLED, and use"
            " an image that includes the latest WorkSpaces Applications agent version.",
        ),
    ),
)

"""A fleet's capacity, instance types and kinds, at CreateFleet and UpdateFleet."""

from tests.rules.acts import (
    OFFERED,
    PAIR,
    connected,
    fleet,
    image,
    passed,
)
from tests.rules.codes import COMBINATION, LIMIT, VALUE
from tests.rules.resources import FLEETS, UNKNOWN
from tests.rules.sentences import asked
from tests.rules.table import (
    NoRow,
    answers,
    chosen,
    documented,
    look,
    model,
    observed,
    refuses,
    rules,
)

TYPES = [text for text in asked("CreateFleet") if text.startswith("stream.")]
FAMILIES = ["General Purpose", "Compute Optimized", "Memory Optimized", "Graphics"]
ROOM = documented("developer guide, troubleshooting fleets: its text")
EITHER = (
    model(
        "When you create a fleet, you must set either the DesiredSessions or DesiredInstances"
        " attribute, based on the type of fleet you create."
    ),
    model(
        "You can\N{RIGHT SINGLE QUOTATION MARK}t define both attributes or leave both attributes"
        " blank."
    ),
)
INSTANCE_TYPES = FLEETS.alike(
    *(
        answers(
            f"takes the instance type {instance_type}",
            model("The instance type to use when launching fleet instances."),
            model("The following instance types are available:"),
            model(instance_type),
            members={"InstanceType": instance_type, "ImageName": "Every"},
            output=FLEETS.shown(InstanceType=instance_type),
        )
        for instance_type in TYPES
    ),
    given=(image("Every", SupportedInstanceFamilies=FAMILIES),),
)
FITTING = FLEETS.alike(
    refuses(
        "refuses an instance type that there is not",
        UNKNOWN,
        members={"InstanceType": "m5.large"},
        code=VALUE,
        text="m5.large",
    ),
    *(
        refuses(
            f"refuses {instance_type} for an image of another instance family",
            observed("awslabs/aws-virtual-application-management #15, its text"),
            members={"InstanceType": instance_type, "ImageName": "Plain"},
            code=COMBINATION,
            text=f"The combination of instance type {instance_type} and image instance family"
            " General Purpose is not supported. Select an image that belongs to image instance"
            " family supported by this instance type.",
        )
        for instance_type in ("stream.graphics.g4dn.xlarge", "stream.memory.z1d.large")
    ),
    given=(image("Plain", SupportedInstanceFamilies=["General Purpose"]),),
)
CAPACITY = FLEETS.alike(
    answers(
        "takes the number of instances wanted",
        model("The desired number of streaming instances."),
        model("The desired capacity for the fleet."),
        members={"ComputeCapacity": {"DesiredInstances": 3}},
        output=FLEETS.shown(ComputeCapacityStatus={"Desired": 3, "Running": 0}),
    ),
    refuses(
        "refuses a number of instances together with one of sessions",
        *EITHER,
        members={"ComputeCapacity": {"DesiredInstances": 1, "DesiredSessions": 1}},
        code=COMBINATION,
        text="not both",
    ),
    refuses(
        "refuses a number of instances below nothing",
        UNKNOWN,
        members={"ComputeCapacity": {"DesiredInstances": -1}},
        code=VALUE,
        text="-1",
    ),
    refuses(
        "refuses more instances than the machine holds",
        ROOM,
        members={"ComputeCapacity": {"DesiredInstances": 600000}},
        code=LIMIT,
        # 524288, less one where a running service keeps memory for itself.
        text="The Instance type 'stream.standard.small' capacity limit for fleet fleet' was"
        " exceeded. Requested: 600000, Limit: 52428",
    ),
)
KINDS = rules(
    "CreateFleet",
    *(
        refuses(
            f"refuses {what}",
            *EITHER,
            members={"ComputeCapacity": capacity},
            code=COMBINATION,
            text="ComputeCapacity",
        )
        for what, capacity in (("a fleet without capacity", None), ("an empty capacity", {}))
    ),
    answers(
        "is always on unless it is told otherwise: users stream at once",
        chosen("the model does not say; a fleet that runs its instances is what most ask for"),
        model("The fleet type."),
        model("ALWAYS_ON"),
        model("Provides users with instant-on access to their apps."),
        output=FLEETS.shown(FleetType="ALWAYS_ON"),
        then=[
            *OFFERED,
            FLEETS.described(ComputeCapacityStatus={"Available": 2}),
            connected(),
            look("DescribeSessions", {"Sessions": [{"State": "ACTIVE"}]}, **PAIR),
        ],
    ),
    answers(
        "starts on demand when it is told to, and users stream once their instance is ready",
        model("ON_DEMAND"),
        model(
            "Provide users with access to applications after they connect, which takes one to two"
            " minutes."
        ),
        chosen("the wait is as long as a launch takes here, which is shorter"),
        members={"FleetType": "ON_DEMAND"},
        output=FLEETS.shown(FleetType="ON_DEMAND"),
        then=[
            *OFFERED,
            connected(),
            passed(5),
            look("DescribeSessions", {"Sessions": [{"State": "ACTIVE"}]}, **PAIR),
        ],
    ),
    members=FLEETS.new,
)
UPDATES = rules(
    "UpdateFleet",
    refuses(
        "refuses instances that are too large for the machine",
        ROOM,
        members={"InstanceType": "stream.memory.8xlarge", "ImageName": "Every"},
        given=[fleet(ComputeCapacity={"DesiredInstances": 5000})],
        code=LIMIT,
        text="Requested: 5000, Limit: ",
    ),
    members=FLEETS.named,
    given=[image("Every", SupportedInstanceFamilies=FAMILIES)],
)
RULES = (*INSTANCE_TYPES, *FITTING, *CAPACITY, *KINDS, *UPDATES)
NO_ROWS = (
    NoRow(
        "it is about prices",
        (
            "You are charged for all running instances in your fleet, even if no users are"
            " streaming apps.",
            "You are charged for instance streaming when users are connected and a small hourly fee"
            " for instances that are not streaming apps.",
        ),
    ),
)

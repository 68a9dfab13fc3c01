"""CreateImageBuilder, DescribeImageBuilders and UpdateImageBuilder."""

from tests.rules.acts import IMAGE, IMAGE_ARN, image
from tests.rules.builders import builder_in, comes_to
from tests.rules.codes import (
    COMBINATION,
    NOT_AVAILABLE,
    NOT_FOUND,
    NOT_PERMITTED,
    VALUE,
)
from tests.rules.resources import BUILDERS, UNKNOWN, without_effect
from tests.rules.table import (
    ABSENT,
    PRESENT,
    NoRow,
    answers,
    chosen,
    documented,
    model,
    refuses,
    rules,
)

TYPES = """
    standard.small standard.medium standard.large compute.large compute.xlarge compute.2xlarge
    compute.4xlarge compute.8xlarge memory.large memory.xlarge memory.2xlarge memory.4xlarge
    memory.8xlarge memory.z1d.large memory.z1d.xlarge memory.z1d.2xlarge memory.z1d.3xlarge
    memory.z1d.6xlarge memory.z1d.12xlarge
"""
GRAPHICS = "AppStream-Graphics-G4dn-06-17-2024"
GRAPHICS_TYPES = """
    g4dn.xlarge g4dn.2xlarge g4dn.4xlarge g4dn.8xlarge g4dn.12xlarge g4dn.16xlarge g5.xlarge
    g5.2xlarge g5.4xlarge g5.8xlarge g5.16xlarge g5.12xlarge g5.24xlarge g6.xlarge g6.2xlarge
    g6.4xlarge g6.8xlarge g6.16xlarge g6.12xlarge g6.24xlarge gr6.4xlarge gr6.8xlarge g6f.large
    g6f.xlarge g6f.2xlarge g6f.4xlarge gr6f.4xlarge g7.2xlarge g7.4xlarge g7.8xlarge g7.12xlarge
    g7.24xlarge g7.48xlarge
"""
OFFICES = """
    Office_2021_LTSC_Professional_Plus Office_2024_LTSC_Professional_Plus
    Visio_2021_LTSC_Professional Visio_2024_LTSC_Professional Project_2021_Professional
    Project_2024_Professional Office_2021_LTSC_Standard Office_2024_LTSC_Standard
    Visio_2021_LTSC_Standard Visio_2024_LTSC_Standard Project_2021_Standard Project_2024_Standard
"""
LICENSED = tuple(
    f"Microsoft_{product}_{bits}Bit" for product in OFFICES.split() for bits in (32, 64)
)
NO_LICENCES = "AWS's licensed software is for Windows; there is none of it for Linux"
CREATES = rules(
    "CreateImageBuilder",
    answers(
        "makes an image builder that is PENDING, and RUNNING when its instance is ready",
        model("Creates an image builder."),
        model("An image builder is a virtual machine that is used to create an image."),
        model("The initial state of the builder is PENDING."),
        model("When it is ready, the state is RUNNING."),
        model("The state of the image builder."),
        output=BUILDERS.shown(State="PENDING", Name="image-builder", Arn=BUILDERS.arn),
        then=[comes_to("RUNNING")],
    ),
    *(
        answers(
            f"takes the image by its {what}",
            model(sentence),
            model("The ARN of the image from which this builder was created."),
            members={"ImageName": None, **named},
            output=BUILDERS.shown(ImageArn=IMAGE_ARN, Platform="AMAZON_LINUX2"),
        )
        for what, sentence, named in (
            (
                "name",
                "The name of the image used to create the image builder.",
                {"ImageName": IMAGE},
            ),
            (
                "ARN",
                "The ARN of the public, private, or shared image to use.",
                {"ImageArn": IMAGE_ARN},
            ),
        )
    ),
    refuses(
        "refuses a request that names no image",
        chosen("the model requires neither; without one there is nothing to launch"),
        members={"ImageName": None},
        code=COMBINATION,
        text="ImageName or ImageArn is required",
    ),
    refuses(
        "names an image that there is not",
        documented("the model's ResourceNotFoundException"),
        members={"ImageName": "nope"},
        code=NOT_FOUND,
        text="The image nope",
    ),
    refuses(
        "refuses an image that is not AVAILABLE",
        UNKNOWN,
        given=[image("Young", State="PENDING")],
        members={"ImageName": "Young"},
        code=NOT_AVAILABLE,
        text="The image Young is PENDING",
    ),
    refuses(
        "refuses an image that image builders cannot be made of",
        model("Indicates whether an image builder can be launched from this image."),
        chosen("the error's code; the operation declares it"),
        given=[image("Closed", ImageBuilderSupported=False)],
        members={"ImageName": "Closed"},
        code="IncompatibleImageException",
        text="No image builder can be made of the image Closed",
    ),
    *(
        answers(
            f"takes the instance type stream.{size}",
            model("The instance type to use when launching the image builder."),
            model(f"stream.{size}"),
            members={"InstanceType": f"stream.{size}"},
            output=BUILDERS.shown(InstanceType=f"stream.{size}"),
        )
        for size in TYPES.split()
    ),
    *(
        answers(
            f"takes the instance type stream.graphics.{size} for an image for graphics",
            model(f"stream.graphics.{size}"),
            members={"ImageName": GRAPHICS, "InstanceType": f"stream.graphics.{size}"},
            output=BUILDERS.shown(InstanceType=f"stream.graphics.{size}"),
        )
        for size in GRAPHICS_TYPES.split()
    ),
    refuses(
        "refuses an instance type that there is not",
        model("The following instance types are available:"),
        UNKNOWN,
        members={"InstanceType": "stream.huge.large"},
        code=VALUE,
        text="There is no instance type",
    ),
    refuses(
        "refuses an instance type for graphics with an image that is not",
        documented("the text that AWS answers for fleets"),
        members={"InstanceType": "stream.graphics.g4dn.xlarge"},
        code=COMBINATION,
        text="is not supported. Select an image",
    ),
    *(
        BUILDERS.kept(
            f"takes {'an' if allowed else 'no'} internet access",
            model("Enables or disables default internet access for the image builder."),
            EnableDefaultInternetAccess=allowed,
        )
        for allowed in (True, False)
    ),
    BUILDERS.kept(
        "keeps the subnet and security groups",
        model("The VPC configuration for the image builder."),
        model("The VPC configuration of the image builder."),
        model("The identifiers of the security groups for the fleet or image builder."),
        model(
            "The identifiers of the subnets to which a network interface is attached from the fleet"
            " instance or image builder instance."
        ),
        model("Fleet instances use one or more subnets."),
        VpcConfig={"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-a"]},
        missing="kept without effect: there is no VPC",
    ),
    refuses(
        "refuses more than one subnet",
        model("You can specify only one subnet."),
        members={"VpcConfig": {"SubnetIds": ["subnet-a", "subnet-b"]}},
        code=COMBINATION,
        text="one subnet only",
    ),
    BUILDERS.kept(
        "keeps the role of its instance",
        model("The Amazon Resource Name (ARN) of the IAM role to apply to the image builder."),
        model("The ARN of the IAM role that is applied to the image builder."),
        IamRoleArn="arn:aws:iam::123456789012:role/builder",
        missing="kept without effect: there is no IAM to assume a role of",
    ),
    *(
        BUILDERS.kept(
            f"keeps {disabled} as whether IMDSv1 is disabled",
            model(
                "Set to true to disable Instance Metadata Service Version 1 (IMDSv1) and enforce"
                " IMDSv2."
            ),
            model("Set to false to enable both IMDSv1 and IMDSv2."),
            model(
                "Indicates whether Instance Metadata Service Version 1 (IMDSv1) is disabled for the"
                " image builder."
            ),
            DisableIMDSV1=disabled,
            missing="kept without effect: instances have no metadata service",
        )
        for disabled in (True, False)
    ),
    *(
        BUILDERS.kept(
            f"keeps a root volume of {size} GB",
            model("The configuration for the root volume of the image builder."),
            model("The default is 200 GB, which is included in the hourly instance rate."),
            model(
                "Use this to customize storage capacity from 200 GB up to 500 GB based on your"
                " application installation requirements."
            ),
            model(
                "The current configuration of the root volume for the image builder, including the"
                " storage size in GB."
            ),
            RootVolumeConfig={"VolumeSizeInGb": size},
            missing="kept without effect: volumes have the room that the data folder's disk has",
        )
        for size in (200, 500)
    ),
    *(
        refuses(
            f"refuses a root volume of {size} GB",
            model("Valid range is 200-500 GB."),
            members={"RootVolumeConfig": {"VolumeSizeInGb": size}},
            code=VALUE,
            text="between 200 and 500",
        )
        for size in (199, 501)
    ),
    BUILDERS.kept(
        "keeps its endpoints, and says in ImageBuilderErrors that they keep nobody out",
        model(
            "Administrators can connect to the image builder only through the specified endpoints."
        ),
        model("The image builder errors."),
        model(
            "When you specify an interface endpoint for a stack, users of the stack can connect to"
            " WorkSpaces Applications only through that endpoint."
        ),
        AccessEndpoints=[{"EndpointType": "STREAMING", "VpceId": "vpce-1"}],
        output={"ImageBuilderErrors": without_effect("AccessEndpoints", "INTERNAL_SERVICE_ERROR")},
        missing="there are no VPC endpoints here",
    ),
    refuses(
        "refuses to join a directory",
        model(
            "The name of the directory and organizational unit (OU) to use to join the image"
            " builder to a Microsoft Active Directory domain."
        ),
        chosen("it would run unjoined"),
        members={"DomainJoinInfo": {"DirectoryName": "corp.example.com"}},
        code=NOT_PERMITTED,
        text="corp.example.com",
        missing="no domain is joined",
    ),
    answers(
        "runs the latest agent where that is asked for",
        model("The version of the WorkSpaces Applications agent to use for this image builder."),
        model("To use the latest version of the WorkSpaces Applications agent, specify [LATEST]."),
        model(
            "The version of the WorkSpaces Applications agent that is currently being used by the"
            " image builder."
        ),
        model(
            "Indicates whether the image builder is using the latest WorkSpaces Applications agent"
            " version or not."
        ),
        members={"AppstreamAgentVersion": "LATEST"},
        output=BUILDERS.shown(AppstreamAgentVersion=PRESENT, LatestAppstreamAgentVersion="TRUE"),
    ),
    refuses(
        "refuses a version of the agent that is not there",
        chosen("instances run the service's own; the error's code is one that Start has, too"),
        members={"AppstreamAgentVersion": "06-17-2024"},
        code=NOT_AVAILABLE,
        text="no version 06-17-2024 of the agent",
    ),
    BUILDERS.kept(
        "keeps the name to display and the description",
        model("The image builder name to display."),
        DisplayName="Shown",
        Description="Told",
    ),
    *BUILDERS.created_once(model("A unique name for the image builder.")),
    *BUILDERS.tags(),
    members=BUILDERS.new,
)
DESCRIBES = rules(
    "DescribeImageBuilders",
    *BUILDERS.described_by_name(),
    answers(
        "gives as many to a page as are asked for",
        model("The maximum size of each page of results."),
        model(
            "The pagination token to use to retrieve the next page of results for this operation."
        ),
        members={"MaxResults": 1},
        given=[BUILDERS.exists("a")],
        output={"ImageBuilders": [{"Name": "a"}], "NextToken": PRESENT},
    ),
    answers(
        "says when it was made",
        model("The time stamp when the image builder was created."),
        output={"ImageBuilders": [{"CreatedTime": PRESENT, "StateChangeReason": ABSENT}]},
    ),
    given=[BUILDERS.exists()],
)
FAILS = rules(
    "DescribeImageBuilders",
    answers(
        "says why one has FAILED",
        model("The reason why the last state change occurred."),
        model("The state change reason code."),
        model("The state change reason message."),
        chosen("that it gives up, after a quarter of an hour: only so can it be deleted"),
        given=builder_in("FAILED"),
        output={
            "ImageBuilders": [
                {
                    "State": "FAILED",
                    "StateChangeReason": {"Code": "INTERNAL_ERROR", "Message": PRESENT},
                    "ImageBuilderErrors": [{"ErrorCode": PRESENT, "ErrorMessage": PRESENT}],
                }
            ]
        },
    ),
)
UPDATES = rules(
    "UpdateImageBuilder",
    BUILDERS.kept(
        "changes the name to display and the description",
        model("Updates the specified fields for the specified image builder."),
        model("The image builder name to display."),
        DisplayName="Shown",
        Description="Told",
    ),
    answers(
        "takes an empty name to display away",
        chosen("an empty text is none, as with fleets and stacks"),
        members={"DisplayName": ""},
        output=BUILDERS.shown(DisplayName=ABSENT),
    ),
    members=BUILDERS.named,
    given=builder_in("STOPPED", DisplayName="Before"),
)
ONLY_STOPPED = rules(
    "UpdateImageBuilder",
    *(
        refuses(
            f"refuses one that is {state}",
            model("The image builder must be in the STOPPED state."),
            given=builder_in(state),
            code=NOT_PERMITTED,
            text=f"is {state}, and only one that is STOPPED can be updated",
        )
        for state in ("PENDING", "RUNNING", "STOPPING")
    ),
    BUILDERS.not_there(),
    members={**BUILDERS.named, "DisplayName": "Shown"},
)
RULES = (*CREATES, *DESCRIBES, *FAILS, *UPDATES, *ONLY_STOPPED)
NO_ROWS = (
    NoRow(
        "it says what a member is, and no more",
        (
            "The ARN for the image builder.",
            "The name of the image builder.",
            "The operating system platform of the image builder.",
            "Describes a virtual machine that is used to create an image.",
            "Information about the image builder.",
            "Information about the image builders.",
            "The instance type for the image builder.",
        ),
    ),
    NoRow(NO_LICENCES, LICENSED, missing=True),
    NoRow(
        "instances have no network interface of a VPC",
        ("Describes the network details of the fleet or image builder instance.",),
        missing=True,
    ),
    NoRow(
        "there is no IAM and no STS AssumeRole here: IamRoleArn is kept without effect",
        (
            "To assume a role, the image builder calls the AWS Security Token Service (STS)"
            " AssumeRole API operation and passes the ARN of the role to use.",
        ),
        missing=True,
    ),
)

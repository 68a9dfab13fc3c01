"""What a fleet is made of besides its instances' number, at CreateFleet and UpdateFleet."""

from tests.rules.acts import IMAGE, IMAGE_ARN, directory, image
from tests.rules.codes import COMBINATION, NOT_AVAILABLE, NOT_FOUND, VALIDATION, VALUE
from tests.rules.resources import FLEETS, UNKNOWN
from tests.rules.table import (
    ABSENT,
    PRESENT,
    NoRow,
    answers,
    chosen,
    model,
    observed,
    refuses,
    rules,
    shape,
)

MINE = "arn:aws:appstream:{region}:{account}:image/Mine"
NO_VPC = "kept without effect: there are no VPCs here"
ELSEWHERE = "arn:aws:appstream:eu-west-9::image/" + IMAGE
NEW_FLEETS = rules(
    "CreateFleet",
    answers(
        "makes a fleet that is STOPPED, with AppStream's defaults",
        model("Creates a fleet."),
        model(
            "A fleet consists of streaming instances that your users access for their applications"
            " and desktops."
        ),
        model("A unique name for the fleet."),
        model("The default value is APP."),
        observed("AWS's PowerShell examples, for the times and the empty list of errors"),
        output=FLEETS.shown(
            Name="fleet",
            Arn=FLEETS.arn,
            ImageName=IMAGE,
            ImageArn=IMAGE_ARN,
            InstanceType="stream.standard.small",
            FleetType="ALWAYS_ON",
            StreamView="APP",
            Platform="AMAZON_LINUX2",
            State="STOPPED",
            ComputeCapacityStatus={"Desired": 2, "Running": 0, "InUse": 0, "Available": 0},
            MaxUserDurationInSeconds=57600,
            DisconnectTimeoutInSeconds=900,
            IdleDisconnectTimeoutInSeconds=0,
            EnableDefaultInternetAccess=False,
            CreatedTime=PRESENT,
            FleetErrors=[],
        ),
    ),
    *FLEETS.created_once(model("A unique name for the fleet.")),
    refuses(
        "refuses a fleet without an image",
        chosen("the model requires neither name nor ARN; its other fleets have nothing to run"),
        members={"ImageName": None},
        code=COMBINATION,
        text="ImageName or ImageArn is required",
    ),
    *FLEETS.tags(),
    members=FLEETS.new,
)
IMAGES = FLEETS.alike(
    answers(
        "takes an image by its name",
        model("The name of the image used to create the fleet."),
        members={"ImageName": "Mine"},
        output=FLEETS.shown(ImageName="Mine", ImageArn=MINE),
    ),
    answers(
        "takes an image by its ARN alone",
        model("The ARN of the public, private, or shared image to use."),
        model("The ARN for the public, private, or shared image."),
        members={"ImageName": None, "ImageArn": MINE},
        output=FLEETS.shown(ImageName="Mine", ImageArn=MINE),
    ),
    refuses(
        "refuses a name and an ARN of two images",
        UNKNOWN,
        members={"ImageName": "Mine", "ImageArn": IMAGE_ARN},
        code=COMBINATION,
        text="two images",
    ),
    refuses(
        "names an image that there is not",
        observed("Terraform #25875"),
        members={"ImageName": "Nope"},
        code=NOT_FOUND,
        text="The image Nope for account {account} does not exist.",
    ),
    refuses(
        "does not find another account's image",
        chosen("it is not shared with this account, for which there is none then"),
        members={"ImageName": "Theirs-{region}"},
        given=[image("Theirs-{region}", owner="210987654321")],
        code=NOT_FOUND,
        text="The image Theirs-{region}",
    ),
    refuses(
        "does not find an image's ARN of another region",
        UNKNOWN,
        members={"ImageName": None, "ImageArn": ELSEWHERE},
        code=NOT_FOUND,
        text="eu-west-9",
    ),
    refuses(
        "refuses an image that is not ready",
        chosen("of the codes that the model declares, it says why"),
        members={"ImageName": "Young"},
        given=[image("Young", State="PENDING")],
        code=NOT_AVAILABLE,
        text="The image Young is PENDING",
    ),
    answers(
        "has the platform of its image",
        model("The fleet platform."),
        model("The platform of the fleet."),
        members={"Platform": "AMAZON_LINUX2"},
        output=FLEETS.shown(Platform="AMAZON_LINUX2"),
    ),
    refuses(
        "refuses another platform than its image's",
        UNKNOWN,
        members={"Platform": "RHEL8"},
        code=COMBINATION,
        text="AMAZON_LINUX2, not RHEL8",
    ),
    given=(image("Mine"),),
)
PARTS = FLEETS.alike(
    FLEETS.kept(
        "keeps the name to display", model("The fleet name to display."), DisplayName="Shown"
    ),
    *(
        FLEETS.kept(
            f"takes the stream view {view}",
            model(
                "The WorkSpaces Applications view that is displayed to your users when they stream"
                " from the fleet."
            ),
            StreamView=view,
        )
        for view in ("APP", "DESKTOP")
    ),
    answers(
        "has the stream view APP unless it is told otherwise",
        model("The default value is APP."),
        output=FLEETS.shown(StreamView="APP"),
    ),
    *(
        FLEETS.kept(
            f"takes {'an' if allowed else 'no'} internet access",
            model("Enables or disables default internet access for the fleet."),
            model("Indicates whether default internet access is enabled for the fleet."),
            EnableDefaultInternetAccess=allowed,
        )
        for allowed in (True, False)
    ),
    FLEETS.kept(
        "keeps subnets and security groups",
        model("The VPC configuration for the fleet."),
        model("The identifiers of the security groups for the fleet or image builder."),
        model(
            "The identifiers of the subnets to which a network interface is attached from the fleet"
            " instance or image builder instance."
        ),
        model("Fleet instances use one or more subnets."),
        VpcConfig={"SubnetIds": ["subnet-a", "subnet-b"], "SecurityGroupIds": ["sg-a"]},
        missing=NO_VPC,
    ),
    refuses(
        "refuses more than five security groups",
        shape("SecurityGroupIdList"),
        members={"VpcConfig": {"SecurityGroupIds": [f"sg-{number}" for number in range(6)]}},
        code=VALIDATION,
        text="securityGroupIds",
    ),
    FLEETS.kept(
        "keeps the role of its instances",
        model("The Amazon Resource Name (ARN) of the IAM role to apply to the fleet."),
        model("The ARN of the IAM role that is applied to the fleet."),
        IamRoleArn="arn:aws:iam::123456789012:role/fleet",
        missing="kept without effect: there is no IAM to assume a role of",
    ),
    FLEETS.kept(
        "keeps which USB devices may be redirected",
        model(
            "The USB device filter strings that specify which USB devices a user can redirect to"
            " the fleet streaming session, when using the Windows native client."
        ),
        model("The USB device filter strings associated with the fleet."),
        UsbDeviceFilterStrings=["a,b,c,d,1,2,0,1"],
        missing="kept without effect: browsers redirect no USB devices",
    ),
    *(
        FLEETS.kept(
            f"keeps {disabled} as whether IMDSv1 is disabled",
            model(
                "Set to true to disable Instance Metadata Service Version 1 (IMDSv1) and enforce"
                " IMDSv2."
            ),
            model("Set to false to enable both IMDSv1 and IMDSv2."),
            model(
                "Indicates whether Instance Metadata Service Version 1 (IMDSv1) is disabled for the"
                " fleet."
            ),
            DisableIMDSV1=disabled,
            missing="kept without effect: instances have no metadata service",
        )
        for disabled in (True, False)
    ),
    *(
        FLEETS.kept(
            f"keeps a root volume of {size} GB",
            model("Valid range is 200-500 GB."),
            model(
                "Use this to customize storage capacity from 200 GB up to 500 GB based on your"
                " application requirements."
            ),
            RootVolumeConfig={"VolumeSizeInGb": size},
            missing="kept without effect: an instance's files are limited by the disk alone",
        )
        for size in (200, 500)
    ),
    *(
        refuses(
            f"refuses a root volume of {size} GB",
            model("Valid range is 200-500 GB."),
            members={"RootVolumeConfig": {"VolumeSizeInGb": size}},
            code=VALUE,
            text=f"VolumeSizeInGb is {size}. Specify a value between 200 and 500.",
        )
        for size in (199, 501)
    ),
    answers(
        "describes no root volume unless one is given",
        model("The default is 200 GB, which is included in the hourly instance rate."),
        chosen("whether AppStream describes its default is not known"),
        output=FLEETS.shown(RootVolumeConfig=ABSENT),
    ),
)
DIRECTORIES = FLEETS.alike(
    FLEETS.kept(
        "keeps the directory that its instances are to join",
        model(
            "The name of the directory and organizational unit (OU) to use to join the fleet to a"
            " Microsoft Active Directory domain."
        ),
        DomainJoinInfo={
            "DirectoryName": "corp.example.com",
            "OrganizationalUnitDistinguishedName": "OU=a",
        },
        missing="no domain is joined: StartFleet refuses such a fleet",
    ),
    refuses(
        "names a directory that there is not",
        chosen("a fleet of a directory that nobody configured could join nothing"),
        members={"DomainJoinInfo": {"DirectoryName": "nope.example.com"}},
        code=NOT_FOUND,
        text="nope.example.com",
    ),
    refuses(
        "refuses an organizational unit without a directory",
        UNKNOWN,
        members={"DomainJoinInfo": {"OrganizationalUnitDistinguishedName": "OU=a"}},
        code=COMBINATION,
        text="directory",
    ),
    answers(
        "takes an empty text or directory as if it were not given",
        observed("Terraform's acceptance test of an empty DomainJoinInfo"),
        members={"Description": "", "DisplayName": "", "DomainJoinInfo": {"DirectoryName": ""}},
        output=FLEETS.shown(Description=ABSENT, DisplayName=ABSENT, DomainJoinInfo=ABSENT),
        then=[FLEETS.described(DomainJoinInfo=ABSENT)],
    ),
    given=(directory(),),
)
RULES = (*NEW_FLEETS, *IMAGES, *PARTS, *DIRECTORIES)
NO_ROWS = (
    NoRow(
        "it says what a member is, and no more",
        (
            "Describes a fleet error.",
            "Describes a fleet.",
            "Information about the fleet.",
            "Information about the fleets.",
            "The size of the root volume in GB.",
            "The configuration for the root volume of fleet instances.",
            "The current configuration of the root volume for fleet instances, including the"
            " storage size in GB.",
            "The updated configuration for the root volume of fleet instances.",
        ),
    ),
    NoRow(
        "the browser shows it",
        (
            "When DESKTOP is specified, the standard desktop that is provided by the operating"
            " system displays.",
        ),
        tested_by="tests/scenarios/test_sessions.py::test_the_desktop_view_shows_a_desktop",
    ),
    NoRow(
        "the browser shows it",
        ("When APP is specified, only the windows of applications opened by users display.",),
        tested_by="tests/scenarios/test_sessions.py::test_in_app_view_without_an_application_the_catalog_offers_them",
    ),
    NoRow(
        "it is about prices",
        (
            "Additional storage beyond 200 GB incurs extra charges and applies to instances"
            " regardless of their running state.",
        ),
    ),
    NoRow("it is about image builders", ("Image builder instances use one subnet.",)),
    NoRow(
        "it says where to read more",
        (
            "For more information, see Tagging Your Resources in the Amazon WorkSpaces Applications"
            " Administration Guide.",
            "For more information, see Using an IAM Role to Grant Permissions to Applications and"
            " Scripts Running on WorkSpaces Applications Streaming Instances in the Amazon"
            " WorkSpaces Applications Administration Guide.",
        ),
    ),
    NoRow(
        "there is no IAM and no STS AssumeRole here: IamRoleArn is kept without effect",
        (
            "To assume a role, a fleet instance calls the AWS Security Token Service (STS)"
            " AssumeRole API operation and passes the ARN of the role to use.",
            "To assume a role, the fleet instance calls the AWS Security Token Service (STS)"
            " AssumeRole API operation and passes the ARN of the role to use.",
            "The operation creates a new session with temporary credentials.",
            "WorkSpaces Applications retrieves the temporary credentials and creates the"
            " appstream_machine_role credential profile on the instance.",
        ),
        missing=True,
    ),
    NoRow(
        "instances have no metadata service, whatever their image",
        (
            "Before disabling IMDSv1, ensure your WorkSpaces Applications images are running the"
            " agent version or managed image update released on or after January 16, 2024 to"
            " support IMDSv2 enforcement.",
        ),
    ),
    NoRow(
        "images here have no size of a volume",
        ("Note that volume size cannot be decreased below the image volume size.",),
        missing=True,
    ),
)

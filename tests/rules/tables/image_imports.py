"""CreateImportedImage."""

from datetime import timedelta

from tests.rules.acts import image, passed
from tests.rules.builders import changed
from tests.rules.codes import ALREADY_EXISTS, COMBINATION, LIMIT, NOT_FOUND
from tests.rules.image_acts import ROLE, ami_of, becomes, built, exported
from tests.rules.resources import tag_rows
from tests.rules.table import (
    NoRow,
    answers,
    chosen,
    documented,
    look,
    model,
    refuses,
    rules,
)

UNKNOWN = chosen("of the codes that the model declares, it says why")
APPLICATION = {
    "Name": "drawing",
    "DisplayName": "Drawing",
    "AbsoluteAppPath": "/usr/bin/drawing",
    "WorkingDirectory": "/tmp",
    "LaunchParameters": "--new file",
}
SHOWN = {
    "Name": "drawing",
    "DisplayName": "Drawing",
    "LaunchPath": "/usr/bin/drawing",
    "WorkingDirectory": "/tmp",
    "LaunchParameters": "--new file",
    "Enabled": True,
}


def described(**members: object):
    """Afterwards the image has at least these members."""
    return look("DescribeImages", {"Images": [{"Name": "Back", **members}]}, Names=["Back"])


RULES = rules(
    "CreateImportedImage",
    answers(
        "makes an image of the archive that has the AMI's id",
        model("Creates a custom WorkSpaces Applications image by importing an EC2 AMI."),
        model("The ID of the EC2 AMI to import."),
        model("A unique name for the imported image."),
        model(
            'Images created through AMI import have type "custom", while WorkSpaces Applications'
            ' provided images have type "native".'
        ),
        model("The type of the image."),
        chosen("an AMI is an archive that an export task has written, of this account"),
        output={"Image": {"Name": "Back", "State": "IMPORTING", "ImageType": "CUSTOM"}},
        then=[
            becomes("AVAILABLE", "Back"),
            described(
                ImageType="CUSTOM",
                Visibility="PRIVATE",
                Description="Mine's",
                Applications=[{"Name": "xterm"}, {"Name": "firefox"}],
            ),
        ],
    ),
    answers(
        "has FAILED where there is no such archive, and says why",
        model("The reason why the last state change occurred."),
        model("The state change reason code."),
        model("The state change reason message."),
        chosen("an AMI is looked for when it is imported, which the call does not wait for"),
        members={"SourceAmiId": "ami-00000000"},
        then=[
            becomes("FAILED", "Back"),
            described(StateChangeReason={"Code": "IMAGE_IMPORT_FAILURE"}),
        ],
    ),
    answers(
        "gives the image the texts asked for, whatever the archive says",
        model("An optional description for the imported image."),
        model("An optional display name for the imported image."),
        members={"Description": "Back again", "DisplayName": "Back"},
        then=[
            becomes("AVAILABLE", "Back"),
            described(Description="Back again", DisplayName="Back"),
        ],
    ),
    answers(
        "gives the image the applications asked for, in the place of the archive's",
        model("Configuration for the application catalog of the imported image."),
        model(
            "This allows you to specify applications available for streaming, including their"
            " paths, icons, and launch parameters."
        ),
        model("Configuration for an application in the imported image's application catalog."),
        model("This structure defines how applications appear and launch for users."),
        model("The name of the application."),
        model("The display name shown to users for this application."),
        model("The absolute path to the executable file that launches the application."),
        model("The launch parameters to pass to the application executable."),
        model("The working directory to use when launching the application."),
        members={"AppCatalogConfig": [APPLICATION]},
        then=[becomes("AVAILABLE", "Back"), described(Applications=[SHOWN])],
    ),
    refuses(
        "refuses two applications of one name",
        model(
            "This is a required field that must be unique within the application catalog and"
            " between 1-100 characters, matching the pattern ^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}$."
        ),
        members={"AppCatalogConfig": [APPLICATION, APPLICATION]},
        code=COMBINATION,
        text="drawing more than once",
    ),
    refuses(
        "refuses a path that is not absolute",
        model("The absolute path to the executable file that launches the application."),
        chosen("the code is of those that the model declares"),
        members={"AppCatalogConfig": [{"Name": "x", "AbsoluteAppPath": "C:\\x.exe"}]},
        code=COMBINATION,
        text="no absolute path of a Linux system",
    ),
    *tag_rows(
        "image",
        model("The tags to apply to the imported image."),
        after=lambda tags: look(
            "ListTagsForResource",
            {"Tags": tags},
            ResourceArn="arn:aws:appstream:{region}:{account}:image/Back",
        ),
    ),
    refuses(
        "makes nothing where only checks are asked for",
        model(
            "When set to true, performs validation checks without actually creating the imported"
            " image."
        ),
        model(
            "Use this to verify your configuration before executing the actual import operation."
        ),
        chosen("the archive is not looked at: a call touches nothing outside"),
        members={"DryRun": True},
        code="DryRunOperationException",
        text="can be imported",
        then=[look("DescribeImages", {"Images": [{"Name": "Mine"}]}, Type="PRIVATE")],
    ),
    refuses(
        "checks as much where only checks are asked for",
        model(
            "Use this to verify your configuration before executing the actual import operation."
        ),
        members={"DryRun": True},
        given=[image("Back")],
        code=ALREADY_EXISTS,
        text="The image Back",
    ),
    refuses(
        "refuses a call without a source",
        chosen("the model requires neither of the two"),
        members={"SourceAmiId": None},
        code=COMBINATION,
        text="either SourceAmiId or WorkspaceImageId",
    ),
    refuses(
        "refuses two sources",
        chosen("the model requires neither of the two"),
        members={"WorkspaceImageId": "wsi-12345678"},
        code=COMBINATION,
        text="either SourceAmiId or WorkspaceImageId",
    ),
    refuses(
        "names an image of WorkSpaces",
        model("The ID of the Workspaces Image to import."),
        members={"SourceAmiId": None, "WorkspaceImageId": "wsi-12345678"},
        code=NOT_FOUND,
        text="no WorkSpaces image wsi-12345678",
        missing="this service has no WorkSpaces, and so no images of theirs",
    ),
    refuses(
        "refuses a name that an image has",
        model("A unique name for the imported image."),
        given=[image("Back")],
        code=ALREADY_EXISTS,
        text="The image Back",
    ),
    refuses(
        "refuses an eleventh image",
        documented("AWS general reference, quotas: 10 images; ownstream's can be set"),
        given=[image(f"Image-{number}") for number in range(9)],
        code=LIMIT,
        text="10 images",
    ),
    answers(
        "takes either version of the agent",
        model("The version of the WorkSpaces Applications agent to use for the imported image."),
        model(
            "Choose CURRENT_LATEST to use the agent version available at the time of import, or"
            " ALWAYS_LATEST to automatically update to the latest agent version when new versions"
            " are released."
        ),
        members={"AgentSoftwareVersion": "CURRENT_LATEST"},
        then=[becomes("AVAILABLE", "Back")],
        missing="instances always have the agent of the service that runs them",
    ),
    answers(
        "takes any role",
        model("The ARN of the IAM role that allows WorkSpaces Applications to access your AMI."),
        members={"IamRoleArn": ROLE},
        then=[becomes("AVAILABLE", "Back")],
        missing="the role is not used: the service reads where its operator has said",
    ),
    answers(
        "tries the image on an instance of the type that it is meant for",
        model("Configuration for runtime validation of the imported image."),
        model("The instance type to use for runtime validation testing."),
        model(
            "When specified, WorkSpaces Applications provisions an instance to test streaming"
            " functionality, which helps ensure the image is suitable for use."
        ),
        chosen("what is tried is that the instance becomes ready for a session"),
        members={"RuntimeValidationConfig": {"IntendedInstanceType": "stream.standard.large"}},
        given=[changed(launch_takes=timedelta(seconds=10))],
        then=[becomes("VALIDATING", "Back"), passed(11), becomes("AVAILABLE", "Back")],
    ),
    refuses(
        "refuses a type that no instance here can be of",
        model("The instance type to use for runtime validation testing."),
        chosen("the code is of those that the model declares"),
        members={"RuntimeValidationConfig": {"IntendedInstanceType": "m5.metal.large"}},
        code=COMBINATION,
        text="m5.metal.large",
    ),
    members={"Name": "Back", "SourceAmiId": ami_of()},
    given=[built(Description="Mine's"), exported()],
)
NO_ROWS = (
    NoRow(
        "it is a shape's constraint in words; tests/conformance holds the operation to the shape",
        (
            "The name must be between 1 and 100 characters and can contain letters, numbers,"
            " underscores, periods, and hyphens.",
            "The description must match approved regex patterns and can be up to 256 characters.",
            "The display name must match approved regex patterns and can be up to 100 characters.",
            "This field is optional and can be 0-100 characters, matching the pattern"
            " ^[a-zA-Z0-9][a-zA-Z0-9_. -]{0,99}$.",
            "This is a required field that can be 1-32767 characters to support Windows extended"
            " file paths.",
            "This field is optional and can be 0-32767 characters.",
            "This field is optional and can be 0-1024 characters.",
            "This field is optional and can be 1-32767 characters.",
        ),
    ),
    NoRow(
        "it is advice, or about Windows alone",
        (
            r'Use escaped file path strings like "C:\\\\Windows\\\\System32\\\\notepad.exe".',
            r'Use escaped file path strings like "C:\\\\Path\\\\To\\\\Working\\\\Directory".',
            "Use escaped strings with the full list of required parameters, such as PowerShell"
            " script paths or command-line arguments.",
            "Tags help you organize and manage your WorkSpaces Applications resources.",
            "It's recommended to use the same instance type you plan to use for your fleet to"
            " ensure accurate validation results.",
            "Use PNG images with proper transparency for the best user experience.",
            "This field contains sensitive data.",
        ),
    ),
    NoRow(
        "files of layers are what simulated instances have not",
        (
            "The absolute path to the icon file for the application.",
            "If not provided, the icon is derived from the executable.",
        ),
        tested_by="tests/unit/control/test_image_archives.py"
        "::test_applications_have_the_icons_said_or_those_of_their_program",
    ),
    NoRow(
        "Instances are not warmed before their use: there is nothing to list files for.",
        (
            "The absolute path to the prewarm manifest file for this application.",
            "This field is optional and only applicable when using application-specific manifests.",
            "The path can be 1-32767 characters and should point to a text file containing file"
            " paths to prewarm.",
        ),
        missing=True,
    ),
    NoRow(
        "Images run on the types that the service has: there are none beyond stream.*.",
        (
            "This allows you to use your own customized AMI to create WorkSpaces Applications"
            " images that support additional instance types beyond the standard stream.*"
            " instances.",
        ),
        missing=True,
    ),
    NoRow(
        "The role is not used: the service reads where its operator has said.",
        (
            "The role must have permissions to modify image attributes and describe images, with a"
            " trust relationship allowing appstream.amazonaws.com to assume the role.",
        ),
        missing=True,
    ),
)

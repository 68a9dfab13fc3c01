"""CreateExportImageTask, GetExportImageTask and ListExportImageTasks."""

from tests.rules.acts import IMAGE, image, passed
from tests.rules.codes import NOT_AVAILABLE, NOT_FOUND, NOT_PERMITTED, VALUE
from tests.rules.image_acts import (
    ROLE,
    ami_of,
    answered_task,
    becomes,
    built,
    exported,
    shared_by,
    task_becomes,
    task_of,
)
from tests.rules.table import (
    ABSENT,
    PRESENT,
    Is,
    NoRow,
    answers,
    chosen,
    look,
    model,
    refuses,
    rules,
)

UNKNOWN = chosen("of the codes that the model declares, it says why")
MINE = "arn:aws:appstream:{region}:{account}:image/Mine"
AMI = Is("an AMI's id", lambda value: isinstance(value, str) and value.startswith("ami-"))
UNKNOWN_TASK = "12345678-1234-1234-1234-123456789012"


def listed(*names: str) -> dict[str, object]:
    """The tasks that make these AMIs, in this order, and no others."""
    return {"ExportImageTasks": [{"AmiName": name} for name in names]}


CREATES = rules(
    "CreateExportImageTask",
    answers(
        "answers a task that is EXPORTING, and is COMPLETED when the archive is written",
        model("Creates a task to export a WorkSpaces Applications image to an EC2 AMI."),
        model(
            "This allows you to use your customized WorkSpaces Applications images with other AWS"
            " services or for backup purposes."
        ),
        model("The name of the WorkSpaces Applications image to export."),
        model("The name for the exported EC2 AMI."),
        model(
            "Information about the export image task that was created, including the task ID and"
            " initial state."
        ),
        model("The unique identifier for the export image task."),
        model("The ARN of the WorkSpaces Applications image being exported."),
        model("The name of the EC2 AMI that will be created by this export task."),
        model("The date and time when the export image task was created."),
        model("This field is only populated when the task completes successfully."),
        model("The ID of the EC2 AMI that was created by this export task."),
        model("Use this ID to track the task's progress and retrieve its details."),
        chosen("the AMI is an archive in the bucket that the service's operator has named"),
        output={
            "ExportImageTask": {
                "TaskId": PRESENT,
                "ImageArn": MINE,
                "AmiName": "an-ami",
                "CreatedDate": PRESENT,
                "State": "EXPORTING",
                "AmiId": ABSENT,
                "ErrorDetails": ABSENT,
            }
        },
        then=[
            answered_task(),
            task_becomes("COMPLETED"),
            look(
                "GetExportImageTask",
                {"ExportImageTask": {"State": "COMPLETED", "AmiId": AMI, "ErrorDetails": ABSENT}},
                TaskId=task_of(),
            ),
        ],
    ),
    answers(
        "keeps the AMI's description and tags",
        model("An optional description for the exported AMI."),
        model("This description will be applied to the resulting EC2 AMI."),
        model("The description that will be applied to the exported EC2 AMI."),
        model("The tags to apply to the exported AMI."),
        model("The tags that will be applied to the exported EC2 AMI."),
        members={"AmiDescription": "Ours", "TagSpecifications": {"Team": "Blue"}},
        output={
            "ExportImageTask": {"AmiDescription": "Ours", "TagSpecifications": {"Team": "Blue"}}
        },
        then=[answered_task(), task_becomes("COMPLETED")],
    ),
    answers(
        "takes any role",
        model("The ARN of the IAM role that allows WorkSpaces Applications to create the AMI."),
        members={"IamRoleArn": "arn:aws:iam::{account}:role/none"},
        then=[answered_task(), task_becomes("COMPLETED")],
        missing="the role is not used: the service writes where its operator has said",
    ),
    refuses(
        "refuses a name that an AMI of the account and region has",
        model("This is a required field that must be unique within your account and region."),
        chosen("the code is of those that the model declares"),
        given=[exported()],
        code=NOT_PERMITTED,
        text="has the name an-ami already",
    ),
    refuses(
        "refuses an image that is not ready",
        model("The image must be in an available state and owned by your account."),
        members={"ImageName": "Young"},
        given=[image("Young", State="PENDING")],
        code=NOT_AVAILABLE,
        text="The image Young is PENDING",
    ),
    refuses(
        "names a public image",
        model("The image must be in an available state and owned by your account."),
        members={"ImageName": IMAGE},
        code=NOT_FOUND,
        text=IMAGE,
    ),
    refuses(
        "names an image that another account shares",
        model("The image must be in an available state and owned by your account."),
        members={"ImageName": "Theirs"},
        given=[shared_by()],
        code=NOT_FOUND,
        text="The image Theirs",
    ),
    refuses(
        "refuses an image without layers of its own",
        chosen("an archive carries layers over a host's own software, and this image has none"),
        members={"ImageName": "Bare"},
        given=[image("Bare")],
        code=NOT_PERMITTED,
        text="has nothing to export",
    ),
    members={"ImageName": "Mine", "AmiName": "an-ami", "IamRoleArn": ROLE},
    given=[built()],
)
GETS = rules(
    "GetExportImageTask",
    answers(
        "describes the task",
        model(
            "Retrieves information about an export image task, including its current state,"
            " progress, and any error details."
        ),
        model("The unique identifier of the export image task to retrieve information about."),
        model(
            "Information about the export image task, including its current state, created date,"
            " and any error details."
        ),
        model(
            "Information about an export image task, including its current state, timestamps, and"
            " any error details."
        ),
        members={"TaskId": task_of()},
        output={
            "ExportImageTask": {
                "TaskId": task_of(),
                "ImageArn": MINE,
                "State": "COMPLETED",
                "AmiId": ami_of(),
            }
        },
    ),
    refuses(
        "names a task that there is not",
        UNKNOWN,
        members={"TaskId": UNKNOWN_TASK},
        code=NOT_FOUND,
        text=UNKNOWN_TASK,
    ),
    refuses(
        "refuses a call that names no task",
        chosen("the model does not require TaskId, and says of no task what it would be"),
        code=NOT_FOUND,
        text="There is no export image task without a TaskId in account",
    ),
    given=[built(), exported()],
)
LISTS = rules(
    "ListExportImageTasks",
    answers(
        "lists the tasks of the account and region, newest first",
        model("Lists export image tasks, with optional filtering and pagination."),
        model("Use this operation to monitor the status of multiple export operations."),
        model("The list of export image tasks that match the specified criteria."),
        chosen("the order: the model leaves it open"),
        output={**listed("other", "an-ami"), "NextToken": ABSENT},
    ),
    answers(
        "lists those that a filter takes",
        model("Optional filters to apply when listing export image tasks."),
        model("Filters help you narrow down the results based on specific criteria."),
        model("A filter for narrowing down the results when listing export image tasks."),
        model("The name of the filter."),
        model("The values for the filter."),
        chosen("the names: AmiId, AmiName, ImageArn, ImageName, State and TaskId"),
        members={"Filters": [{"Name": "AmiId", "Values": [ami_of("other")]}]},
        output=listed("other"),
    ),
    answers(
        "takes any of a filter's values",
        model("Multiple values can be specified for a single filter name."),
        members={"Filters": [{"Name": "AmiName", "Values": ["an-ami", "other", "third"]}]},
        output=listed("other", "an-ami"),
    ),
    answers(
        "lists what every filter takes",
        model("Filters allow you to specify criteria such as task state or creation date."),
        chosen("several filters together narrow down; there is none of a creation date"),
        members={
            "Filters": [
                {"Name": "State", "Values": ["COMPLETED"]},
                {"Name": "ImageName", "Values": ["Nope"]},
            ]
        },
        output=listed(),
    ),
    refuses(
        "refuses a filter that there is not",
        model("Valid filter names depend on the operation being performed."),
        chosen("the code: the operation declares none for it"),
        members={"Filters": [{"Name": "Colour", "Values": ["blue"]}]},
        code=VALUE,
        text="There is no filter Colour",
    ),
    answers(
        "gives no more tasks in a page than asked for",
        model("The maximum number of export image tasks to return in a single request."),
        model("The pagination token to use for retrieving the next page of results."),
        model("This field is only present when there are more results available."),
        members={"MaxResults": 1},
        output={**listed("other"), "NextToken": PRESENT},
    ),
    given=[built(), exported(), passed(1), exported(ami="other")],
)
USED = rules(
    "DeleteImage",
    answers(
        "deletes an image that was exported; its archive stays",
        chosen("the archive is its own from then on"),
        given=[exported()],
        then=[
            look(
                "CreateImportedImage",
                {"Image": {"State": "IMPORTING"}},
                Name="Back",
                SourceAmiId=ami_of(),
            ),
            becomes("AVAILABLE", "Back"),
        ],
    ),
    members={"Name": "Mine"},
    given=[built()],
)
RULES = (*CREATES, *GETS, *LISTS, *USED)
NO_ROWS = (
    NoRow(
        "it says what a member is, and no more",
        ("Details about any errors that occurred during the export process.",),
    ),
    NoRow(
        "no part of it has to do with this service: its tags are a task's own, as they were given",
        ("These tags help you organize and manage your EC2 AMIs.",),
    ),
    NoRow(
        "The role is not used: the service writes where its operator has said.",
        (
            "The role must have permissions to copy images, describe images, and create tags, with"
            " a trust relationship allowing appstream.amazonaws.com to assume the role.",
        ),
        missing=True,
    ),
    NoRow(
        "it contradicts the model's own enum, which the service keeps to",
        (
            "The current state of the export image task, such as PENDING, RUNNING, COMPLETED, or"
            " FAILED.",
        ),
    ),
    NoRow(
        "it is a rule that another test proves",
        ("This field is only populated when the task fails.",),
        tested_by="tests/unit/control/test_image_archives.py"
        "::test_an_export_that_cannot_be_written_says_why",
    ),
    NoRow(
        "every list is paged so, by the framework",
        (
            "The pagination token from a previous request.",
            "Use this to retrieve the next page of results when there are more tasks than the"
            " MaxResults limit.",
            "The valid range is 1-500, with a default of 50.",
        ),
        tested_by="tests/unit/operations/test_image_exports.py"
        "::test_a_page_of_tasks_has_fifty_unless_told_otherwise",
    ),
)

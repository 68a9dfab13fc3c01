"""Tasks that export images, many of them."""

import pytest

from ownstream.model.errors import ResourceNotFoundException
from ownstream.store import ImageExportRow
from tests.support.services import NOON, PRINCIPAL
from tests.unit.operations.world import OTHERS, World


def test_a_page_of_tasks_has_fifty_unless_told_otherwise(world: World) -> None:
    for number in range(60):
        world.add(
            ImageExportRow(
                id=f"12345678-1234-1234-1234-{number:012}",
                account=PRINCIPAL.account,
                region=PRINCIPAL.region,
                image="Mine",
                document={
                    "AmiName": f"ami-{number}",
                    "ImageArn": PRINCIPAL.scope.arn("image", "Mine"),
                },
                state="COMPLETED",
                ami_id=f"ami-{number:017}",
                errors=[],
                created_at=NOON,
            )
        )
    first = world.call("ListExportImageTasks", {})
    rest = world.call("ListExportImageTasks", {"NextToken": first["NextToken"]})
    names = [task["AmiName"] for task in (*first["ExportImageTasks"], *rest["ExportImageTasks"])]
    assert (len(first["ExportImageTasks"]), "NextToken" in rest) == (50, False)
    assert names == [f"ami-{number}" for number in reversed(range(60))]
    assert len(world.call("ListExportImageTasks", {"MaxResults": 60})["ExportImageTasks"]) == 60


def test_nobody_else_sees_a_task(world: World) -> None:
    task_id = "12345678-1234-1234-1234-000000000000"
    world.add(
        ImageExportRow(
            id=task_id,
            account=PRINCIPAL.account,
            region=PRINCIPAL.region,
            image="Mine",
            document={"AmiName": "mine", "ImageArn": PRINCIPAL.scope.arn("image", "Mine")},
            state="COMPLETED",
            ami_id="ami-00000000",
            errors=[],
            created_at=NOON,
        )
    )
    assert world.call("ListExportImageTasks", {}, OTHERS)["ExportImageTasks"] == []
    with pytest.raises(ResourceNotFoundException, match=task_id):
        world.call("GetExportImageTask", {"TaskId": task_id}, OTHERS)

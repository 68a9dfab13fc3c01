"""What is done to images besides making them in image builders: copies, updates, imports."""

from collections.abc import Mapping
from typing import Any

from ownstream.control.image_archives import AGENT, ImageArchives
from ownstream.control.images import JOBS, Job, Work
from ownstream.store import ImageRow, resources


def image_jobs(archives: ImageArchives | None) -> Mapping[str, Job]:
    """The jobs by the names that operations give to tasks."""
    imports: Mapping[str, Job] = {"import": archives.take_in} if archives else {}
    return {**JOBS, "copy": copy, "update": update, **imports}


async def copy(work: Work) -> None:
    """The copy is AVAILABLE: its layers are those of what it was copied from."""
    await work.offload(_finish, work)


async def update(work: Work) -> None:
    """The image lies over what this host has now, and is AVAILABLE."""
    base = await work.driver.disks.base()
    await work.offload(_finish, work, base, **AGENT)


def _finish(work: Work, base: str = "", **document: Any) -> None:
    with work.store.transaction() as tx:
        row = resources.find(tx, ImageRow, work.scope, work.image)
        if row is not None and base:
            row.layers = [base, *row.layers[1:]]
        work.done(tx, **document, State="AVAILABLE")

"""The end of an instance: its processes, its limits and its files, in that order."""

import os
import subprocess

from ownstream.drivers.base import Transient
from ownstream.drivers.process import cgroups, processes
from ownstream.drivers.process.layout import Layout
from ownstream.drivers.process.processes import Process
from ownstream.drivers.process.record import Record

_WITHIN_S = 10.0
_RM = "/bin/rm"  # unlike shutil.rmtree, it takes a tree of any depth
_CHMOD = "/bin/chmod"


def end(layout: Layout, record: Record | None, groups: tuple[str, ...]) -> None:
    """Nothing of the instance is left; Transient says what is.

    `groups` are control groups that it may have besides those in its record.
    """
    known = (*record.groups, *record.shared) if record else ()
    groups = tuple(dict.fromkeys((*known, *groups)))
    left = processes.end_all(lambda: _remaining(layout, record, groups), within_s=_WITHIN_S)
    if left:
        numbers = ", ".join(str(process.pid) for process in left)
        raise Transient(f"processes of instance {layout.id} do not end: {numbers}")
    try:
        cgroups.remove(groups)
    except OSError as error:
        raise Transient(f"control groups of instance {layout.id} are busy: {error}") from error
    _remove_files(layout)


def _remaining(layout: Layout, record: Record | None, groups: tuple[str, ...]) -> set[Process]:
    """All that runs of it, by each way there is to know; any one of them may know nothing."""
    marks = processes.marks()
    found = {process for process, mark in marks.items() if mark == layout.mark}
    found |= cgroups.members(groups)
    if record:
        found |= {
            process for process in record.all_processes().values() if processes.alive(process)
        }
        if record.user is not None:
            owned = processes.owned_by(record.user.uids)
            # A dead instance's user ids may have been given to one of another service by now.
            found |= {process for process in owned if marks.get(process) in (None, layout.mark)}
    return found


def _remove_files(layout: Layout) -> None:
    """Neither command follows a link, and nobody who could plant one runs any more."""
    if not os.path.lexists(layout.top):
        return
    if os.geteuid() != 0:  # who is not root may have been locked out of folders by applications
        _run(layout, [_CHMOD, "-R", "u+rwX", "--", str(layout.top)])
    _run(layout, [_RM, "-rf", "--one-file-system", "--", str(layout.top)])
    if os.path.lexists(layout.top):
        raise Transient(f"the files of instance {layout.id} are not all gone: {layout.top}")


def _run(layout: Layout, argv: list[str]) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        words = done.stderr.strip().splitlines()[-1:]
        raise Transient(f"the files of instance {layout.id} cannot be removed: {words}")

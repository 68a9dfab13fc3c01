"""What this machine, or the part of it given to the service, can carry."""

import os
import socket
from pathlib import Path

from ownstream.drivers.base import Node
from ownstream.drivers.process.cgroups import Tree, memory_limit

_MEMINFO = Path("/proc/meminfo")


def node(tree: Tree) -> Node:
    """This machine with its name, the processors allowed to us, and its memory."""
    limit = memory_limit(tree)
    memory = _total_memory_bytes()
    return Node(
        name=socket.gethostname(),
        cpus=float(len(os.sched_getaffinity(0))),
        memory_bytes=min(memory, limit) if limit else memory,
    )


def _total_memory_bytes() -> int:
    fields = dict(line.split(":", 1) for line in _MEMINFO.read_text().splitlines())
    return int(fields["MemTotal"].split()[0]) * 1024

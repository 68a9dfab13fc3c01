"""The link between browser and service, as the sheet holds it: bytes counted, shape set, cut."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.support.service import free_port

from benchmarks.sheet.shape import FREE, Shape

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Link:
    """A running relay: the browser connects to `port`, the service listens on `target`."""

    port: int
    target: int
    _process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """What the browser opens."""
        return f"http://127.0.0.1:{self.port}"

    def down_bytes(self) -> int:
        """What has come from the service since the relay began: TCP's payload, not its headers."""
        return self._order({"do": "count"})["down"]

    def cut(self) -> None:
        """Every connection is reset; new ones are taken."""
        self._order({"do": "cut"})

    def swallow(self) -> None:
        """Every connection is dead, and neither side is told; new ones are whole."""
        self._order({"do": "swallow"})

    def set_shape(self, shape: Shape) -> None:
        """The link is like this from now on."""
        self._order({"do": "shape", **asdict(shape)})

    def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def link(shape: Shape = FREE) -> Iterator[Link]:
    """A link of this shape to a port that is free now."""
    port, target = free_port(), free_port()
    argv = [sys.executable, "-m", "benchmarks.sheet.relay", str(port), str(target)]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True, cwd=_ROOT) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()  # it listens
        made = Link(port, target, process)
        made.set_shape(shape)
        try:
            yield made
        finally:
            process.stdin.close()
            process.wait(10)

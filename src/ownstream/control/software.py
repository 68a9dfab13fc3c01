"""Puts software into image builders, and takes it away: one image builder at a time."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ownstream.control.inside import NotRun
from ownstream.control.pace import Offload
from ownstream.domain import image_builders, owners
from ownstream.domain import software as rules
from ownstream.domain.keys import SoftwareKey
from ownstream.log import Log
from ownstream.store import ImageBuilderRow, SoftwareRow, Store, resources, software, streaming

WITHIN_S = 1800.0
WAIT_S = 1.0
MOST_OUTPUT_BYTES = 8192
MOST_WORDS = 1000
ENVIRONMENT: Mapping[str, str] = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
# What packages there are; where this fails, those that are known may do.
UPDATE = ("apt-get", "update")


class Inside(Protocol):
    """Runs commands in an image builder, as `inside.run` does."""

    async def __call__(
        self,
        endpoint: str,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        on_output: Callable[[bytes], None] = ...,
        within_s: float = ...,
    ) -> int:
        """The status that the command ended with; NotRun if it did not run to its end."""
        ...


@dataclass(frozen=True)
class Deployment:
    """What is to be done in an image builder whose agent is at this endpoint, if it is there."""

    endpoint: str
    steps: Sequence[tuple[str, str]]  # statuses and names


@dataclass
class SoftwareReconciler:
    """Works on one image builder at a time, as its key comes up."""

    store: Store
    inside: Inside
    offload: Offload = asyncio.to_thread
    within_s: float = WITHIN_S  # for one package

    async def reconcile(self, key: SoftwareKey) -> float | None:
        """After how many seconds to look again; None when nothing is to be done."""
        deployment = await self.offload(self._deployment, key)
        if deployment is None:
            return None
        if not deployment.endpoint:
            return WAIT_S
        await self._run(deployment.endpoint, UPDATE)
        for status, name in deployment.steps:
            why = await self._run(deployment.endpoint, rules.command(status, name))
            await self.offload(self._end, key, name, why)
        return None

    def _deployment(self, key: SoftwareKey) -> Deployment | None:
        _, scope, name = key
        arn = scope.arn("image-builder", name)
        with self.store.transaction() as tx:
            builder = resources.find(tx, ImageBuilderRow, scope, name)
            if builder is None:
                software.forget(tx, arn)
                return None
            pending = [row for row in software.of_resource(tx, arn) if row.status in rules.ENDED]
            if builder.goal != image_builders.RUNNING or builder.failed:
                for row in pending:
                    _fail(row, "The image builder was not RUNNING any more.")
                return None
            instances = streaming.fleet_instances(tx, scope, owners.image_builder(name))
            ready = [row.endpoint for row in instances if row.seen == "ready"]
            steps = [(row.status, row.name) for row in pending]
            return Deployment(ready[0] if ready else "", steps) if steps else None

    async def _run(self, endpoint: str, argv: Sequence[str]) -> str:
        """Empty, or why the command did not do what it was to do."""
        output = bytearray()

        def keep(piece: bytes) -> None:
            output.extend(piece)
            del output[:-MOST_OUTPUT_BYTES]

        try:
            status = await self.inside(
                endpoint,
                argv,
                environment=ENVIRONMENT,
                on_output=keep,
                within_s=self.within_s,
            )
        except NotRun as error:
            return str(error)
        return "" if status == 0 else _words(output.decode(errors="replace"), status)

    def _end(self, key: SoftwareKey, name: str, why: str) -> None:
        _, scope, builder = key
        log = Log("control").bind(builder=builder, software=name)
        log.warning("software not deployed", why=why) if why else log.info("software deployed")
        with self.store.transaction() as tx:
            arn = {"arn": scope.arn("image-builder", builder), "name": name}
            row = tx.get(SoftwareRow, arn)
            if row is None or row.status not in rules.ENDED:
                return
            done, _ = rules.ENDED[row.status]
            if why:
                _fail(row, why)
            elif done is None:
                tx.delete(row)
            else:
                row.status, row.errors = done, []


def _fail(row: SoftwareRow, why: str) -> None:
    _, failed = rules.ENDED[row.status]
    row.status = failed
    row.errors = [{"ErrorCode": "DEPLOYMENT_FAILED", "ErrorMessage": why}]


def _words(output: str, status: int) -> str:
    """apt's own errors, or the last that it said."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("E:")]
    said = " ".join(errors or lines[-1:]) or "It said nothing."
    return f"It ended with the status {status}. {said}"[:MOST_WORDS]


async def nowhere(
    endpoint: str,
    argv: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    on_output: Callable[[bytes], None] = lambda _: None,
    within_s: float = 0.0,
) -> int:
    """What runs in instances that are nowhere: everything, with no effect."""
    return 0

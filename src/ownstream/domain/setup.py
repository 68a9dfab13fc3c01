"""What makes the applications of an Elastic fleet's session ready: folders shown, scripts run."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ownstream.domain import app_block_rules

BLOCKS = "AppBlocks"  # below where instances see what they are shown
SCRIPTS = "SessionScripts"


@dataclass(frozen=True)
class Run:
    """One program that is run in the session's sandbox before its applications, or after them."""

    name: str  # of what it is, for its user
    argv: tuple[str, ...]
    within_s: float
    log: str = ""  # the key of what it prints, in the bucket for logs; empty: it is not kept


@dataclass(frozen=True)
class Block:
    """An app block as a session needs it."""

    name: str
    source: tuple[str, str]  # bucket and key
    script: tuple[str, str] | None
    run: Run | None

    @property
    def path(self) -> str:
        """Where it is shown."""
        return f"{BLOCKS}/{self.name}"


class NotReady(Exception):
    """The applications cannot be made ready; the text is for the session's user."""


def block(name: str, document: Mapping[str, Any]) -> Block:
    """The app block of this document; NotReady while it has no package."""
    if document["State"] != app_block_rules.ACTIVE:
        raise NotReady(f"The app block {name} is {document['State']}: it has no package yet.")
    details = app_block_rules.script(document)
    return Block(
        name=name,
        source=_place(document["SourceS3Location"]),
        script=_place(details["ScriptS3Location"]) if details else None,
        run=_setup(name, details) if details else None,
    )


def run_document(run: Run) -> Mapping[str, Any]:
    """The run as JSON has it."""
    return {**asdict(run), "argv": list(run.argv)}


def run_of(document: Mapping[str, Any]) -> Run:
    """The run of which this is the JSON."""
    return Run(
        document["name"], tuple(document["argv"]), document["within_s"], document.get("log", "")
    )


def _place(location: Mapping[str, str]) -> tuple[str, str]:
    return location["S3Bucket"], location["S3Key"]


def _setup(name: str, details: Mapping[str, Any]) -> Run:
    what = f"The setup script of the app block {name}"
    path = str(details["ExecutablePath"])
    # The script lies in the folder that it is run in, which no PATH has.
    here = details["ScriptS3Location"]["S3Key"].rpartition("/")[2] == path
    try:
        parameters: Sequence[str] = shlex.split(details.get("ExecutableParameters", ""))
    except ValueError as error:
        raise NotReady(f"{what} has parameters with a quotation mark too few.") from error
    argv = (f"./{path}" if here else path, *parameters)
    return Run(what, argv, float(details["TimeoutInSeconds"]))

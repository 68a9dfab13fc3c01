"""What ought to exist after the calls so far: plain sets, kept by the answers alone.

It says as well which calls cannot have been answered, and which cannot have been refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Members = Mapping[str, Any]
Pair = tuple[str, str]  # a fleet and a stack


@dataclass
class Expected:
    """The names of what exists."""

    fleets: set[str] = field(default_factory=set[str])
    stacks: set[str] = field(default_factory=set[str])
    directories: set[str] = field(default_factory=set[str])
    pairs: set[Pair] = field(default_factory=set[Pair])

    def lacking(self, operation: str, members: Members) -> list[str]:
        """What the request names and is not there."""
        if operation not in JUDGED:
            return []
        asked = {kind: set(names) for kind, names in _named(operation, members).items()}
        if operation.startswith("Create") and operation != "CreateStreamingURL":
            asked.pop(_KINDS[operation.removeprefix("Create")], None)
        there = {"fleet": self.fleets, "stack": self.stacks, "directory": self.directories}
        missing = [f"{kind} {n}" for kind in asked for n in sorted(asked[kind] - there[kind])]
        if operation in ("DisassociateFleet", "CreateStreamingURL") and not missing:
            pair = (members["FleetName"], members["StackName"])
            missing += [f"association {pair}"] if pair not in self.pairs else []
        return missing

    def in_the_way(self, operation: str, members: Members) -> list[str]:
        """What is there and must not be."""
        name = members.get("Name", members.get("DirectoryName"))
        match operation:
            case "CreateFleet" if name in self.fleets:
                return [f"fleet {name}"]
            case "CreateStack" if name in self.stacks:
                return [f"stack {name}"]
            case "CreateDirectoryConfig" if name in self.directories:
                return [f"directory {name}"]
            case "DeleteFleet":
                return [f"association {pair}" for pair in self.pairs if pair[0] == name]
            case "DeleteStack":
                return [f"association {pair}" for pair in self.pairs if pair[1] == name]
            case _:
                return []

    def note(self, operation: str, members: Members) -> None:
        """The call was answered, and has had its effect."""
        name = members.get("Name", members.get("DirectoryName", ""))
        match operation:
            case "CreateFleet":
                self.fleets.add(name)
            case "CreateStack":
                self.stacks.add(name)
            case "CreateDirectoryConfig":
                self.directories.add(name)
            case "DeleteFleet":
                self.fleets.remove(name)
            case "DeleteStack":
                self.stacks.remove(name)
            case "DeleteDirectoryConfig":
                self.directories.remove(name)
            case "AssociateFleet":
                self.pairs.add((members["FleetName"], members["StackName"]))
            case "DisassociateFleet":
                self.pairs.remove((members["FleetName"], members["StackName"]))
            case _:
                pass


_KINDS = {"Fleet": "fleet", "Stack": "stack", "DirectoryConfig": "directory"}
# Of these it is known what they need and what may be in their way; of others it is not, or they
# answer that there is nothing.
JUDGED = (
    "AssociateFleet", "CreateDirectoryConfig", "CreateFleet", "CreateStack", "CreateStreamingURL",
    "DeleteDirectoryConfig", "DeleteFleet", "DeleteStack", "DescribeDirectoryConfigs",
    "DescribeFleets", "DescribeStacks", "DisassociateFleet", "StartFleet", "StopFleet",
    "UpdateDirectoryConfig", "UpdateFleet", "UpdateStack",
)  # fmt: skip


def _named(operation: str, members: Members) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    own = next((kind for noun, kind in _KINDS.items() if noun in operation), "")
    if "Name" in members or members.get("Names"):
        named[own] = [*members.get("Names", ()), *([members["Name"]] if "Name" in members else [])]
    for member, kind in (("FleetName", "fleet"), ("StackName", "stack")):
        if member in members:
            named[kind] = [members[member]]
    directories = [*members.get("DirectoryNames", ())]
    directories += [members["DirectoryName"]] if "DirectoryName" in members else []
    if directories:
        named["directory"] = directories
    return named

"""Faults to inject into a service under test: `service.faults.add(...)` takes any of these."""

from collections.abc import Collection
from functools import cache

from ownstream.domain import faults
from ownstream.domain.fault_rules import Names
from ownstream.domain.faults import Added as Added
from ownstream.domain.faults import Error as Error
from ownstream.domain.faults import Fault as Fault
from ownstream.domain.faults import InstanceDeath as InstanceDeath
from ownstream.domain.faults import LaunchFailure as LaunchFailure
from ownstream.domain.faults import NoCapacity as NoCapacity
from ownstream.domain.faults import SlowAnswer as SlowAnswer
from ownstream.domain.faults import StorageConnectorFailure as StorageConnectorFailure
from ownstream.domain.faults import Throttling as Throttling
from ownstream.domain.faults import as_document as as_document
from ownstream.domain.faults import from_document as from_document
from ownstream.model.catalog import appstream
from ownstream.model.common_errors import common_errors


class Faults(faults.Faults):
    """Faults whose names are those of the installed service model."""

    def __init__(self) -> None:
        super().__init__(model_names)


@cache
def model_names() -> Names:
    """The names of the installed service model; reading them takes a moment, once."""
    model = appstream()
    return Names(
        errors={
            name: tuple(shape.error_code for shape in operation.error_shapes)
            for name, operation in model.operations.items()
        },
        common=tuple(common_errors()),
        fleet_codes=_values("FleetErrorCode"),
        stack_codes=_values("StackErrorCode"),
        connector_types=_values("StorageConnectorType"),
    )


def _values(shape: str) -> Collection[str]:
    return tuple(appstream().shape(shape).metadata["enum"])

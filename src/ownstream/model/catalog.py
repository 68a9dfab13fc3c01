"""The service model of the installed botocore: operations, shapes, errors, paginators and waiters.

Facts are read here at run time and never retyped. It says nothing of what an operation does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Protocol, cast

from botocore import xform_name
from botocore.model import ServiceModel

from ownstream.model.loader import SharedLoader, shared_loader

SERVICE = "appstream"
NEXT_TOKEN = "NextToken"  # noqa: S105 - the name of a member, no secret
PAGE_SIZE_MEMBERS = ("MaxResults", "Limit")


class Shape(Protocol):
    """A type of the model, as botocore reads it; which members it has follows from its kind."""

    name: str
    type_name: str
    metadata: Mapping[str, Any]
    serialization: Mapping[str, Any]
    required_members: Sequence[str]
    members: Mapping[str, "Shape"]
    member: "Shape"
    key: "Shape"
    value: "Shape"
    error_code: str
    documentation: str  # HTML


class OperationModel(Protocol):
    """An operation of the model, as botocore reads it."""

    name: str
    input_shape: Shape
    output_shape: Shape
    error_shapes: Sequence[Shape]


@dataclass(frozen=True)
class Paging:
    """How an operation gives its list in pages."""

    items_member: str
    size_member: str | None

    @property
    def asking_members(self) -> frozenset[str]:
        """The members of a request that say which page it wants."""
        return frozenset({NEXT_TOKEN, self.size_member or NEXT_TOKEN})


class Catalog:
    """What the service model says; every answer is looked up once and kept."""

    def __init__(self, service: str, loader: SharedLoader) -> None:
        description = loader.load_service_model(service, "service-2")
        self._service = service
        self._model = cast("Any", ServiceModel(description, service))
        self._loader = loader

    @cached_property
    def operations(self) -> Mapping[str, OperationModel]:
        """All operations by name, in the model's order."""
        names = cast("list[str]", self._model.operation_names)
        return {name: self._model.operation_model(name) for name in names}

    @cached_property
    def python_names(self) -> Mapping[str, str]:
        """Each operation's name by the name of botocore's client method."""
        return {python_name(name): name for name in self._model.operation_names}

    @cached_property
    def errors(self) -> Mapping[str, Shape]:
        """All modelled exceptions by code."""
        return {shape.error_code: shape for shape in self._model.error_shapes}

    @cached_property
    def target_prefix(self) -> str:
        """What stands before the dot in X-Amz-Target, and names the service in a path."""
        return self._model.metadata["targetPrefix"]

    @cached_property
    def signing_name(self) -> str:
        """The service's name in a signature's credential scope."""
        return self._model.signing_name

    @cached_property
    def json_version(self) -> str:
        """The version in the content type of AWS JSON."""
        return self._model.metadata["jsonVersion"]

    @cached_property
    def protocols(self) -> Sequence[str]:
        """The wire protocols that the model names."""
        return self._model.metadata["protocols"]

    @cached_property
    def paginators(self) -> Mapping[str, Any]:
        """Botocore's paginators by operation name."""
        return self._loader.load_service_model(self._service, "paginators-1")["pagination"]

    @cached_property
    def waiters(self) -> Mapping[str, Any]:
        """Botocore's waiters by name."""
        return self._loader.load_service_model(self._service, "waiters-2")["waiters"]

    def shape(self, name: str) -> Shape:
        """The shape of this name; botocore's NoShapeFoundError if there is none."""
        return self._model.shape_for(name)

    def error_status(self, code: str) -> int:
        """The HTTP status that the model gives an exception; 400 where it gives none."""
        error: Mapping[str, Any] = self.errors[code].metadata.get("error", {})
        return error.get("httpStatusCode", 400)


@cache
def catalog(service: str) -> Catalog:
    """The installed botocore's catalog of this service, read from disk at the first call."""
    return Catalog(service, shared_loader())


def appstream() -> Catalog:
    """AppStream's catalog."""
    return catalog(SERVICE)


def python_name(name: str) -> str:
    """The snake-cased name that botocore gives an operation or a member."""
    return cast("Any", xform_name)(name)


def paging(operation: OperationModel) -> Paging | None:
    """How the operation pages; None if it answers at once."""
    inputs, outputs = operation.input_shape.members, operation.output_shape.members
    if NEXT_TOKEN not in inputs or NEXT_TOKEN not in outputs:
        return None
    [items] = [name for name, shape in outputs.items() if shape.type_name == "list"]
    size = next((name for name in PAGE_SIZE_MEMBERS if name in inputs), None)
    return Paging(items_member=items, size_member=size)

"""How an operation is written: one decorated function, held to the service model at import."""

import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from ownstream.model.catalog import OperationModel, appstream, paging, python_name
from ownstream.model.paging import Page
from ownstream.operations.context import Context

Answer = Mapping[str, Any] | Page[Any] | None
P = ParamSpec("P")
R = TypeVar("R", bound=Answer)


class AuthoringError(TypeError):
    """An operation's function does not fit the service model."""


@dataclass(frozen=True)
class Operation(Generic[P, R]):
    """An operation that ownstream has; calling it calls its function."""

    model: OperationModel
    function: Callable[..., R]
    parameters: Mapping[str, str]
    takes_rest: bool

    def __call__(self, ctx: Context, *args: P.args, **kwargs: P.kwargs) -> R:
        """What the function returns."""
        return self.function(ctx, *args, **kwargs)

    def answer(self, ctx: Context, members: Mapping[str, Any]) -> Answer:
        """What the function returns for these model-shaped members.

        A member that has a parameter is passed by the parameter's name, the rest by their own.
        """
        named = {self.parameters[k]: v for k, v in members.items() if k in self.parameters}
        rest = {k: v for k, v in members.items() if k not in self.parameters}
        paged = _paging_members(self.model)
        kept = {k: v for k, v in rest.items() if k not in paged} if self.takes_rest else {}
        return self.function(ctx, **named, **kept)


def operation(function: Callable[Concatenate[Context, P], R]) -> Operation[P, R]:
    """The operation that the function is named for, its parameters held to the input's members.

    A parameter is a member in snake case; an absent member leaves the parameter's default. A
    function with `**members` is given the members without a parameter by their own names.
    NextToken, MaxResults and Limit of a paged operation are the framework's and need none.
    AuthoringError, at import, for an unknown operation or parameter, for a member that the
    function does not take, and for an optional member without a default.
    """
    model = _model_of(function)
    takes = list(inspect.signature(function).parameters.values())[1:]
    named = {p.name: p for p in takes if p.kind is not inspect.Parameter.VAR_KEYWORD}
    takes_rest = len(named) < len(takes)
    parameters = {
        member: python_name(member)
        for member in model.input_shape.members
        if python_name(member) in named
    }
    _refuse_unknown(model, set(named) - set(parameters.values()))
    if not takes_rest:
        _refuse_untaken(model, set(model.input_shape.members) - set(parameters))
    _refuse_undefaulted(model, {m: named[p] for m, p in parameters.items()})
    return Operation(model, function, parameters, takes_rest)


@cache
def written_operations() -> Mapping[str, Operation[..., Any]]:
    """The operations of this package's modules by the service model's names."""
    package = import_module(__package__ or "ownstream.operations")
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    return collect(import_module(f"{package.__name__}.{name}") for name in names)


def collect(modules: Iterable[ModuleType]) -> Mapping[str, Operation[..., Any]]:
    """The operations found in the modules; AuthoringError if one is written twice."""
    found: dict[str, Operation[..., Any]] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Operation):
                written: Operation[..., Any] = value
                if found.setdefault(written.model.name, written) is not written:
                    raise AuthoringError(f"{written.model.name} is written twice")
    return found


def _model_of(function: Callable[..., Any]) -> OperationModel:
    known = appstream().python_names
    name = function.__name__
    if name not in known:
        near = ", ".join(get_close_matches(name, known)) or "none is near it"
        raise AuthoringError(f"The service model has no operation {name}: {near}")
    return appstream().operations[known[name]]


def _paging_members(model: OperationModel) -> frozenset[str]:
    pages = paging(model)
    return pages.asking_members if pages else frozenset()


def _refuse_unknown(model: OperationModel, parameters: set[str]) -> None:
    if parameters:
        known = [python_name(member) for member in model.input_shape.members]
        raise AuthoringError(f"{model.name} has no members {sorted(parameters)}, only {known}")


def _refuse_untaken(model: OperationModel, members: set[str]) -> None:
    untaken = members - _paging_members(model)
    if untaken:
        raise AuthoringError(f"{model.name} must take {sorted(untaken)}, or the rest as **members")


def _refuse_undefaulted(model: OperationModel, members: Mapping[str, inspect.Parameter]) -> None:
    optional = set(members) - set(model.input_shape.required_members)
    bare = sorted(m for m in optional if members[m].default is inspect.Parameter.empty)
    if bare:
        raise AuthoringError(f"{model.name}: {bare} may be absent and need a default")

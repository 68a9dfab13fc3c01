"""Requests made from the service model: such as keep to it, and such as break it in one place.

Names come from small pools, so that calls meet. What the model leaves open and a fleet needs, such
as a number of instances that is not absurd, is in `HINTS`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from ownstream.model.catalog import appstream

Strategy = st.SearchStrategy[Any]
Path = tuple[str | int, ...]

FLEETS = ("f", "F")  # names are told apart by case
STACKS = ("s", "S.1_-")
DIRECTORIES = ("corp.example.com", "Büro ✓")
USERS = ("ann", "bob", "cid")
IMAGES = (
    "AppStream-AmazonLinux2-02-11-2025",
    "AppStream-WinServer2019-06-12-2023",
    "AppStream-Graphics-G4dn-06-17-2024",
)
NO_SESSION = "00000000-0000-4000-8000-000000000000"
MOST_TEXT = 40  # characters of free text; breaches alone are longer
ABSENT = object()

_TEXT = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
_ASCII = st.characters(min_codepoint=32, max_codepoint=126)


def _few(*often: Any, rarely: tuple[Any, ...]) -> Strategy:
    return st.sampled_from((*often, *often, *often, *rarely))


_NUMBERS = _few(1, 2, 3, rarely=(0, -1, 2_000_000))
_CAPACITY = st.one_of(
    st.fixed_dictionaries({"DesiredInstances": _NUMBERS}),
    st.fixed_dictionaries({"DesiredInstances": _NUMBERS}),
    st.fixed_dictionaries({"DesiredSessions": _NUMBERS}),
)
HINTS: Mapping[str, Strategy] = {
    "Fleet.Name": st.sampled_from(FLEETS),
    "Stack.Name": st.sampled_from(STACKS),
    "FleetName": st.sampled_from(FLEETS),
    "StackName": st.sampled_from(STACKS),
    "DirectoryName": st.sampled_from(DIRECTORIES),
    "UserId": st.sampled_from(USERS),
    "SessionId": st.just(NO_SESSION),
    "ImageName": _few(*IMAGES[:2], rarely=("none", IMAGES[2])),
    "InstanceType": _few(
        "stream.standard.small", rarely=("stream.graphics.g4dn.xlarge", "stream.none")
    ),
    "FleetType": _few("ALWAYS_ON", "ON_DEMAND", rarely=("ELASTIC",)),
    "ComputeCapacity": _CAPACITY,
    "MaxSessionsPerInstance": _few(2, 3, rarely=(1, 50, 51)),
    "Fleet.Names": st.lists(st.sampled_from((*FLEETS, "none")), max_size=3),
    "Stack.Names": st.lists(st.sampled_from((*STACKS, "none")), max_size=3),
    "Image.Names": st.lists(st.sampled_from((*IMAGES, "none")), max_size=3),
    "DirectoryNames": st.lists(st.sampled_from((*DIRECTORIES, "none")), max_size=3),
    "MaxUserDurationInSeconds": _few(600, 3600, 7200, rarely=(599, 432000, 432001)),
    "DisconnectTimeoutInSeconds": _few(60, 300, 900, rarely=(59, 36000, 36001)),
    "IdleDisconnectTimeoutInSeconds": _few(0, 60, 90, 600, rarely=(1, 59, 36000, 36001)),
    "MaxResults": st.sampled_from((1, 2, 25)),
    "Limit": st.sampled_from((1, 2, 50)),
    "Validity": _few(1, 60, 600, rarely=(0, -1, 604800, 604801)),
    "ApplicationId": _few("XTerm", "Desktop", rarely=("none", "Notepad")),
}
# What the model does not require, and without which nearly every such call is refused.
USUAL = {"CreateFleet": ("ImageName", "ComputeCapacity"), "UpdateFleet": ("Name",)}


@dataclass(frozen=True)
class Breach:
    """A request that breaks the model in one place."""

    members: Mapping[str, Any]
    where: str


@cache
def fitting_request(operation: str) -> Strategy:
    """Members that keep to the model. A page's token is left out: there is none to be made up."""
    return _request(operation)


@st.composite
def breaching_request(draw: st.DrawFn, operation: str) -> Breach:
    """Members that keep to the model but for one; what is sent may not even be of its type."""
    members = draw(fitting_request(operation))
    shape = appstream().operations[operation].input_shape
    places = list(_breaches(shape, members, ()))
    assume(places)  # a request without members has none
    path, bad = draw(st.sampled_from(places))
    value = draw(bad)
    return Breach(_replaced(members, path, value), f"{'.'.join(map(str, path))}: {value!r:.60}")


@st.composite
def _request(draw: st.DrawFn, operation: str) -> dict[str, Any]:
    shape = appstream().operations[operation].input_shape
    usual = [name for name in USUAL.get(operation, ()) if draw(st.integers(0, 11))]
    return _members(draw, shape, usual, noun=_noun(operation))


@st.composite
def _structures(draw: st.DrawFn, shape: Any) -> dict[str, Any]:
    return _members(draw, shape, [], noun="")


def _members(draw: st.DrawFn, shape: Any, usual: list[str], *, noun: str) -> dict[str, Any]:
    asked = [*shape.required_members, *usual]
    optional = [name for name in shape.members if name not in {*asked, "NextToken"}]
    if optional:
        asked += draw(st.lists(st.sampled_from(optional), max_size=3, unique=True))
    return {name: draw(_hinted(noun, name, shape.members[name])) for name in asked}


def _hinted(noun: str, name: str, shape: Any) -> Strategy:
    for known in (f"{noun}.{name}", name):
        if known in HINTS:
            return HINTS[known]
    return _fitting(shape)


def _noun(operation: str) -> str:
    return next((noun for noun in ("Fleet", "Stack", "Image") if noun in operation), "")


def _fitting(shape: Any) -> Strategy:
    return _KINDS[shape.type_name](shape)


def _strings(shape: Any) -> Strategy:
    facts = shape.metadata
    if "enum" in facts:
        return st.sampled_from(facts["enum"])
    if "pattern" in facts:
        least, most = facts.get("min", 0), facts.get("max", 10_000)
        return st.from_regex(_plain(facts["pattern"]), fullmatch=True, alphabet=_ASCII).filter(
            lambda text: least <= len(text) <= most
        )
    most = min(facts.get("max", MOST_TEXT), MOST_TEXT)
    return st.text(_TEXT, min_size=facts.get("min", 0), max_size=most)


def _plain(pattern: str) -> str:
    """The pattern without the classes that Python's own expressions lack."""
    classes = {r"\p{L}": "a-zA-Z", r"\p{Z}": " ", r"\p{N}": "0-9"}
    classes |= {r"\p{M}": "", r"\p{S}": "+=", r"\p{P}": "._"}
    for class_, letters in classes.items():
        pattern = pattern.replace(class_, letters)
    return pattern


def _integers(shape: Any) -> Strategy:
    facts = shape.metadata
    return st.integers(facts.get("min", -(2**31)), facts.get("max", 2**31 - 1))


def _lists(shape: Any) -> Strategy:
    least = shape.metadata.get("min", 0)
    most = min(shape.metadata.get("max", 3), 3)
    return st.lists(_fitting(shape.member), min_size=least, max_size=most)


def _maps(shape: Any) -> Strategy:
    least = shape.metadata.get("min", 0)
    return st.dictionaries(_fitting(shape.key), _fitting(shape.value), min_size=least, max_size=3)


_KINDS = {
    "structure": _structures,
    "list": _lists,
    "map": _maps,
    "string": _strings,
    "integer": _integers,
    "long": _integers,
    "boolean": lambda _: st.booleans(),
}
_OF_OTHER_TYPES: Mapping[str, tuple[Any, ...]] = {
    "structure": ([], "x", 3, True),
    "map": ([], "x", 3, True),
    "list": ({}, "x", 3, True),
    "string": (3, [], {}, True),
    "integer": ("1", [], {}, 1.5, True),
    "long": ("1", [], {}, 1.5, True),
    "boolean": ("true", 1, [], {}),
}


def _breaches(shape: Any, value: Any, path: Path) -> Iterator[tuple[Path, Strategy]]:
    """Places in the value, and what breaks the model there."""
    if path:
        yield path, st.sampled_from(_OF_OTHER_TYPES[shape.type_name])
        yield from ((path, bad) for bad in _beyond(shape))
    match shape.type_name:
        case "structure":
            for name in shape.required_members:
                yield (*path, name), st.sampled_from((ABSENT, None))
            for name, member in value.items():
                yield from _breaches(shape.members[name], member, (*path, name))
        case "list":
            for place, item in enumerate(value):
                yield from _breaches(shape.member, item, (*path, place))
        case "map":
            for key, item in value.items():
                yield from _breaches(shape.value, item, (*path, key))
        case _:
            pass


def _beyond(shape: Any) -> Iterator[Strategy]:
    """Values of the right type that the shape's constraints exclude."""
    facts = shape.metadata
    match shape.type_name:
        case "string":
            yield st.sampled_from(("\0", "a\0b", "\ud800", "ab\udfff"))
            if "enum" in facts:
                yield st.sampled_from(
                    ("", "none", facts["enum"][0].lower(), facts["enum"][0] + " ")
                )
            if "pattern" in facts:
                yield _unlike(facts["pattern"])
            if "min" in facts and facts["min"] > 0:
                yield st.just("a" * (facts["min"] - 1))
            if "max" in facts:
                yield st.sampled_from(("a" * (facts["max"] + 1), "é" * (facts["max"] + 1)))
        case "integer" | "long":
            size = 31 if shape.type_name == "integer" else 63
            least, most = facts.get("min", -(2**size)), facts.get("max", 2**size - 1)
            yield st.sampled_from((least - 1, most + 1, 10**30, -(10**30)))
        case "list" if "max" in facts:
            yield st.just(["a"] * (facts["max"] + 1))
        case "list" if facts.get("min"):
            yield st.just([])
        case "map" if "max" in facts:
            yield st.just({f"k{place}": "v" for place in range(facts["max"] + 1)})
        case _:
            pass


@cache
def _unlike(pattern: str) -> Strategy:
    strange = (
        "",
        " ",
        "\n",
        "a\n",
        "/",
        "é",
        "\uff41",
        "a" * 102,
        "-",
        "{}",
        "\u202e",
        "🜁",
        "a b\t",
    )
    return st.sampled_from(
        [text for text in strange if not re.fullmatch(_plain(pattern), text, re.ASCII)]
    )


def _replaced(value: Any, path: Path, bad: Any) -> Any:
    if not path:
        return bad
    step, *rest = path
    if isinstance(value, list):
        return [*value[:step], _replaced(value[step], tuple(rest), bad), *value[step + 1 :]]
    below = _replaced(value.get(step), tuple(rest), bad)
    return {k: v for k, v in {**value, step: below}.items() if v is not ABSENT}

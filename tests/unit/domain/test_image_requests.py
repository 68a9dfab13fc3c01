"""What an Image Assistant may ask: whatever else is said is refused in words."""

import base64
from collections.abc import Mapping
from typing import Any

import pytest

from ownstream.domain.image_requests import LARGEST_ICON_BYTES, BadRequest, image_request

PNG = b"\x89PNG\r\n\x1a\nrest"
TOOL: Mapping[str, Any] = {"name": "tool", "path": "/usr/bin/tool"}
ASKED: Mapping[str, Any] = {"do": "create-image", "name": "i", "applications": [TOOL]}


def icon(data: bytes, media_type: str = "image/png") -> Mapping[str, str]:
    return {"type": media_type, "data": base64.b64encode(data).decode()}


def with_tool(**members: Any) -> Mapping[str, Any]:
    return {**ASKED, "applications": [{**TOOL, **members}]}


def test_a_request_is_read_as_the_model_has_it() -> None:
    request = image_request(
        {
            **with_tool(
                displayName="The Tool", parameters="-a 'b c'", directory="/opt", icon=icon(PNG)
            ),
            "description": "d",
            "displayName": "shown",
            "tags": {"a": ""},
        }
    )
    assert (request.name, request.display_name, request.description) == ("i", "shown", "d")
    assert (request.tags, request.dry_run) == ({"a": ""}, False)
    (entry,) = request.applications
    assert entry.document == {
        "Name": "tool",
        "DisplayName": "The Tool",
        "LaunchPath": "/usr/bin/tool",
        "LaunchParameters": "-a 'b c'",
        "WorkingDirectory": "/opt",
        "Enabled": True,
    }
    assert entry.icon
    assert (entry.icon.media_type, entry.icon.data) == ("image/png", PNG)


def test_what_is_left_out_has_a_default() -> None:
    (entry,) = image_request(ASKED).applications
    assert entry.document == {
        "Name": "tool",
        "DisplayName": "tool",
        "LaunchPath": "/usr/bin/tool",
        "Enabled": True,
    }
    assert entry.icon is None


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        ("image/png", PNG),
        ("image/jpeg", b"\xff\xd8\xff\xe0"),
        ("image/bmp", b"BM12"),
        ("image/svg+xml", b"\n<?xml version='1.0'?><svg/>"),
        ("image/svg+xml", b"<svg/>"),
    ],
)
def test_pictures_that_browsers_show_are_icons(media_type: str, data: bytes) -> None:
    (entry,) = image_request(with_tool(icon=icon(data, media_type))).applications
    assert entry.icon


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {**ASKED, "do": "delete-image"},
        {**ASKED, "name": ""},
        {**ASKED, "name": "../i"},
        {**ASKED, "name": "a b"},
        {**ASKED, "name": "x" * 102},
        {**ASKED, "name": 1},
        {**ASKED, "description": "d" * 257},
        {**ASKED, "displayName": "two\nlines"},
        {**ASKED, "tags": {"aws:x": "1"}},
        {**ASKED, "tags": {"": "1"}},
        {**ASKED, "tags": {"a": 1}},
        {**ASKED, "tags": ["a"]},
        {**ASKED, "tags": {str(n): "" for n in range(51)}},
        {**ASKED, "applications": []},
        {**ASKED, "applications": "tool"},
        {**ASKED, "applications": ["tool"]},
        {**ASKED, "applications": [TOOL, TOOL]},
        {**ASKED, "applications": [{**TOOL, "name": f"t{n}"} for n in range(51)]},
        with_tool(name="a b"),
        with_tool(name=None),
        with_tool(path="tool"),
        with_tool(path="/a\0b"),
        with_tool(path="/" + "a" * 1024),
        with_tool(directory="opt"),
        with_tool(parameters=["-a"]),
        with_tool(icon="icon.png"),
        with_tool(icon={"type": "image/png", "data": "%"}),
        with_tool(icon=icon(b"<html>")),
        with_tool(icon=icon(PNG, "text/html")),
        with_tool(icon=icon(PNG, "image/svg+xml")),
        with_tool(icon=icon(PNG + b"x" * LARGEST_ICON_BYTES)),
    ],
)
def test_anything_else_is_refused(asked: Mapping[str, Any]) -> None:
    with pytest.raises(BadRequest):
        image_request(asked)

"""What a session may start on an instance, as the gateway tells the agent."""

from typing import Any

import pytest

from ownstream.agent.catalog import Application, Granted
from ownstream.agent.messages import opening
from ownstream.channel.framing import FramingError, json_message
from ownstream.channel.tags import FromGateway

EDITOR = Application("Editor", "An editor", "", ("edit",), False, "")
SHELL = Application("Shell", "A shell", "", ("bash",), True, "")
HERE = {"Editor": EDITOR, "Shell": SHELL}
CAD = {"name": "Cad", "command": ["/blocks/cad", "-v"], "directory": "/blocks", "icon": "/icon"}


def granted(catalog: Any) -> Granted:
    body = {"session": "s", "catalog": catalog}
    return opening(json_message(FromGateway.OPEN, body)).granted


def test_what_is_not_granted_may_not_be_started() -> None:
    assert opening(json_message(FromGateway.OPEN, {"session": "s"})).granted.of(HERE) == {}
    assert granted({"own": [], "more": []}).of(HERE) == {}


def test_names_grant_what_the_instance_has_of_them() -> None:
    assert granted({"own": ["Shell", "Unknown"], "more": []}).of(HERE) == {"Shell": SHELL}
    assert granted({"own": None, "more": []}).of(HERE) == HERE


def test_an_application_of_the_fleet_brings_what_starts_it() -> None:
    catalog = granted({"own": [], "more": [CAD]}).of(HERE)
    assert [*catalog] == ["Cad"]
    assert catalog["Cad"].public == {
        "name": "Cad",
        "displayName": "Cad",
        "description": "",
        "icon": "/icon",
    }
    assert catalog["Cad"].argv[-3:] == ("/blocks", "/blocks/cad", "-v")


@pytest.mark.parametrize(
    "catalog",
    [
        [],
        {"own": None},
        {"own": "Shell", "more": []},
        {"own": [5], "more": []},
        {"own": [], "more": ["Cad"]},
        {"own": [], "more": [{"name": "Cad", "command": []}]},
        {"own": [], "more": [{"name": "Cad", "command": "cad"}]},
        {"own": [], "more": [{"name": "Cad", "command": ["cad", 5]}]},
    ],
)
def test_what_is_no_catalog_is_refused(catalog: Any) -> None:
    with pytest.raises(FramingError, match="catalog"):
        granted(catalog)

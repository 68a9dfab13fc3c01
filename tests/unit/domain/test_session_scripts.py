"""config.json of session scripts, in both of the spellings that AWS shows."""

import json
from typing import Any

import pytest

from ownstream.domain.session_scripts import BadConfig, Event, Script, session_scripts

DOCUMENTED = {
    "SessionStart": {
        "executables": [
            {"context": "system", "filename": "/s/one", "arguments": "a", "s3LogEnabled": False},
            {"context": "user", "filename": "", "arguments": "", "s3LogEnabled": True},
        ],
        "waitingTime": 30,
    },
    "SessionTermination": {
        "Executables": [{"Context": "user", "Filename": "/s/two", "Arguments": "'b c' d"}],
        "WaitingTime": 20,
    },
}


def test_both_spellings_are_read_and_a_script_without_a_file_is_none() -> None:
    scripts = session_scripts(json.dumps(DOCUMENTED))
    assert scripts.start == Event((Script("system", ("/s/one", "a"), logged=False),), 30)
    assert scripts.end == Event((Script("user", ("/s/two", "b c", "d")),), 20)


def test_what_is_left_out_is_nothing() -> None:
    assert session_scripts("{}").start == session_scripts("{}").end == Event((), 60)


def with_script(**members: Any) -> dict[str, Any]:
    return {"SessionStart": {"executables": [{"context": "user", "filename": "/s", **members}]}}


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ([], "not an object"),
        ({"SessionStart": []}, "SessionStart is not an object"),
        ({"SessionStart": {"waitingTime": 0}}, "waitingTime"),
        ({"SessionStart": {"waitingTime": 61}}, "waitingTime"),
        ({"SessionStart": {"waitingTime": True}}, "waitingTime"),
        ({"SessionStart": {"waitingTime": "30"}}, "waitingTime"),
        ({"SessionStart": {"executables": {}}}, "executables is not a list"),
        ({"SessionStart": {"executables": [1]}}, "what is not an object"),
        (with_script(context="root"), "neither system nor user"),
        (with_script(context=None), "neither system nor user"),
        (with_script(filename="/" * 1001), "filename is not a text of at most 1000"),
        (with_script(filename=1), "filename"),
        (with_script(arguments="a" * 1001), "arguments is not a text"),
        (with_script(arguments="'a"), "quotation mark"),
        (with_script(s3LogEnabled="yes"), "s3LogEnabled"),
        (
            {"SessionTermination": {"executables": [{"context": "user"}, {"context": "user"}]}},
            "SessionTermination has two scripts of one context",
        ),
    ],
    ids=str,
)
def test_what_is_no_configuration_is_told(config: Any, why: str) -> None:
    with pytest.raises(BadConfig, match=why):
        session_scripts(json.dumps(config))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_what_is_no_json_is_told(text: str) -> None:
    with pytest.raises(BadConfig, match="not JSON"):
        session_scripts(text)

"""What of a user's files may be asked by whom: every request under every policy."""

import json
from typing import Any

import pytest

from ownstream.agent.file_requests import Visit, bytes_after, refusal, request, visit
from ownstream.agent.policy import Policy
from ownstream.channel.framing import FramingError, json_message
from ownstream.channel.tags import FromBrowser, FromGateway
from ownstream.domain.user_settings import complete_settings

IN = ("arrived", "write", "cancel", "folder", "rename", "delete")
OUT = ("look", "read")
EITHER = ("list",)
CONTROLS = ("scan", "digest", "read", "write", "folder", "tell")
ALL = sorted({*IN, *OUT, *EITHER, *CONTROLS})


def asked(do: str, **members: Any) -> Any:
    body = {"do": do, "path": ["TemporaryFiles", "a"], **members}
    return request(json_message(FromGateway.ASK, body))


@pytest.mark.parametrize("do", ALL)
@pytest.mark.parametrize("upload", [True, False])
@pytest.mark.parametrize("download", [True, False])
def test_browsers_may_what_their_session_may(do: str, upload: bool, download: bool) -> None:
    may = (
        (do in IN and upload) or (do in OUT and download) or (do in EITHER and (upload or download))
    )
    refused = refusal(asked(do), Visit("s", Policy(upload=upload, download=download)))
    assert (refused is None) == may
    if refused and do in (*IN, *OUT, *EITHER):
        assert refused["error"] == "not_allowed"


@pytest.mark.parametrize("do", ALL)
def test_control_may_what_keeps_a_home_folder(do: str) -> None:
    assert (refusal(asked(do), Visit("s", None)) is None) == (do in CONTROLS)


def test_browsers_make_no_folder_of_my_files_itself() -> None:
    everything = Visit("s", Policy(upload=True, download=True))
    assert refusal(asked("folder", path=["HomeFolder"]), everything) is not None
    assert refusal(asked("folder", path=["HomeFolder"]), Visit("s", None)) is None


def test_a_visit_has_the_policy_that_it_opens_with() -> None:
    settings = complete_settings([{"Action": "FILE_UPLOAD", "Permission": "DISABLED"}])
    body = {"session": "s", "userSettings": settings}
    opened = visit(json_message(FromGateway.FILES, body))
    assert opened.session == "s"
    assert opened.policy is not None
    assert (opened.policy.upload, opened.policy.download) == (False, True)


def test_a_visit_without_settings_may_nothing() -> None:
    assert visit(json_message(FromGateway.FILES, {"session": "s"})).policy == Policy()


@pytest.mark.parametrize(
    "body",
    [
        *({}, {"session": ""}, {"session": 1}, {"session": "x" * 65}),
        *({"session": "s", "userSettings": {"a": 1}}, {"session": "s", "userSettings": ["x"]}),
    ],
    ids=str,
)
def test_what_opens_no_visit_is_refused(body: dict[str, Any]) -> None:
    if "userSettings" not in body:
        with pytest.raises(FramingError):
            visit(json_message(FromGateway.KEEP, body))
    with pytest.raises(FramingError):
        visit(json_message(FromGateway.FILES, body))


@pytest.mark.parametrize(
    "message",
    [
        json_message(FromGateway.FILES, {"session": "s"}),
        json_message(FromBrowser.LAUNCH, {"do": "list"}),
        bytes([FromGateway.ASK]) + b"{",
        *(
            json_message(FromGateway.ASK, body)
            for body in (
                *({}, {"do": 1}, {"do": "write", "length": -1}, {"do": "write", "length": True}),
                *({"do": "write", "length": "1"}, {"do": "list", "length": 1}),
            )
        ),
    ],
    ids=lambda message: repr(message[:30]),
)
def test_what_is_no_request_is_refused(message: bytes) -> None:
    with pytest.raises(FramingError):
        request(message)


@pytest.mark.parametrize("do", ALL)
def test_a_sandbox_sends_bytes_only_where_a_file_was_asked_for(do: str) -> None:
    assert bytes_after(asked(do), {}) == 0
    if do in ("read", "scan"):
        assert bytes_after(asked(do), {"length": 5}) == 5
    else:
        with pytest.raises(FramingError):
            bytes_after(asked(do), {"length": 5})


@pytest.mark.parametrize("length", [-1, "5", True, None, 1.5], ids=json.dumps)
def test_a_sandbox_has_to_say_how_much_it_sends(length: Any) -> None:
    with pytest.raises(FramingError):
        bytes_after(asked("read"), {"length": length})


@pytest.mark.parametrize("do", ALL)
def test_settings_of_applications_are_no_browsers(do: str) -> None:
    everything = Visit("s", Policy(upload=True, download=True))
    setting = asked(do, path=["Settings", ".config"], **{"in": "settings"})
    refused = refusal(setting, everything)
    assert refused is not None
    assert refused["error"] == "bad_request"
    assert (refusal(setting, Visit("s", None)) is None) == (do in CONTROLS)

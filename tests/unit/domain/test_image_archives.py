"""What an archive says of an image, and what is made of what a stranger says."""

import re
from typing import Any

import pytest

from ownstream.domain.image_archives import archive_key, carried, image_of, new_ami_id

ICON = "/icons/abc"
DOCUMENT = {
    "Name": "Mine",
    "State": "AVAILABLE",
    "DisplayName": "Drawing",
    "Description": "For drawing",
    "Platform": "UBUNTU_PRO_2404",
    "SupportedInstanceFamilies": ["General Purpose"],
    "Applications": [
        {
            "Name": "inkscape",
            "DisplayName": "Inkscape",
            "LaunchPath": "/usr/bin/inkscape",
            "LaunchParameters": "--new",
            "WorkingDirectory": "/tmp",
            "Enabled": True,
            "Metadata": {"Terminal": "true"},
            "IconURL": ICON,
        },
        {"Name": "plain", "LaunchPath": "/usr/bin/plain", "Enabled": False},
    ],
}


def test_what_an_image_is_comes_back_under_another_name() -> None:
    said = carried(DOCUMENT, {ICON: "sum"})
    assert "State" not in said
    back = image_of(said, {"sum": "/icons/other"})
    applications: Any = DOCUMENT["Applications"]
    first, second = applications
    kept = {name: value for name, value in DOCUMENT.items() if name not in ("Name", "State")}
    assert back == {**kept, "Applications": [{**first, "IconURL": "/icons/other"}, second]}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"Applications": None},
        {"Applications": "all"},
        {"Applications": [None, 5, "x", []]},
        {"Applications": [{"Name": "../x", "LaunchPath": "/bin/x"}]},
        {"Applications": [{"Name": "x", "LaunchPath": "bin/x"}]},
        {"Applications": [{"Name": ["x"], "LaunchPath": "/bin/x"}]},
        {"Applications": [{"Name": "x" * 257, "LaunchPath": "/bin/x"}]},
        {"State": "FAILED", "Visibility": "PUBLIC", "Arn": "mine", "Platform": "<b>"},
        {"DisplayName": "a\0b", "Description": "a" * 5000},
        {"SupportedInstanceFamilies": {"a": "b"}},
    ],
    ids=str,
)
def test_what_is_not_as_it_has_to_be_is_left_out(said: dict[str, Any]) -> None:
    assert image_of(said, {}) == {"SupportedInstanceFamilies": [], "Applications": []}


def test_an_icon_is_one_of_the_archives_own() -> None:
    entry = {"Name": "x", "LaunchPath": "/x", "IconURL": "https://evil.example", "icon": "no"}
    [application] = image_of({"Applications": [entry]}, {"sum": "/icons/a"})["Applications"]
    assert application == {"Name": "x", "LaunchPath": "/x", "Enabled": True}


def test_an_account_finds_only_its_own_archives() -> None:
    assert archive_key("123456789012", "ami-0") == "123456789012/ami-0.tar"
    first, second = new_ami_id(), new_ami_id()
    assert first != second
    assert re.fullmatch("ami-[a-z0-9]{17}", first)

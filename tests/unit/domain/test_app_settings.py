"""Where application settings are kept, and how much of them."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownstream.domain.app_settings import bounded, bucket, group, settings_folder
from ownstream.domain.home_folders import Seen, Tree
from ownstream.domain.scope import Scope

SCOPE = Scope("123456789012", "us-east-1")
ANN = hashlib.sha256(b"ann").hexdigest()


def test_the_bucket_is_named_as_appstreams_and_for_the_account_and_region() -> None:
    name = bucket(SCOPE)
    assert re.fullmatch("appstream-app-settings-us-east-1-123456789012-[0-9a-f]{7}", name)
    assert bucket(Scope("123456789012", "eu-west-1")) != name
    assert bucket(Scope("210987654321", "us-east-1")) != name


def test_settings_are_kept_by_group_and_user() -> None:
    folder = settings_folder(SCOPE, "office", "ann")
    assert folder == f"{bucket(SCOPE)}/Linux/v1/office/custom/{ANN}"
    pool = settings_folder(SCOPE, "office", "ann", authentication_type="USERPOOL")
    assert pool.endswith(f"/office/userpool/{ANN}")


@given(st.text(min_size=1, max_size=100))
def test_a_group_is_one_folder_whatever_its_text(text: str) -> None:
    *_, version, name, kind, user = settings_folder(SCOPE, text, "ann").split("/")
    assert (version, kind, user) == ("v1", "custom", ANN)
    assert name not in ("", ".", "..")
    assert len(name.encode()) <= 255
    assert "\0" not in name


@pytest.mark.parametrize(("one", "other"), [("..", "%2E."), ("a/b", "a%2Fb"), ("ä" * 99, "ä" * 98)])
def test_two_groups_are_two_folders(one: str, other: str) -> None:
    assert settings_folder(SCOPE, one, "ann") != settings_folder(SCOPE, other, "ann")


def test_a_stack_without_settings_has_no_group() -> None:
    assert group({"ApplicationSettings": {"Enabled": False}}) == ""
    assert group({"ApplicationSettings": {"Enabled": True, "SettingsGroup": "g"}}) == "g"


def seen(size: int) -> Seen:
    return Seen(size, 0, 0, 0)


def test_the_largest_files_are_left_out_where_all_are_too_much() -> None:
    tree = Tree({"a": seen(5), "b": seen(90), "c": seen(10)}, {"d/"}, {"e/"}, 7)
    assert bounded(tree, 105) is tree
    kept = bounded(tree, 100)
    assert kept == Tree({"a": seen(5), "c": seen(10)}, {"d/"}, {"b", "e/"}, 7)

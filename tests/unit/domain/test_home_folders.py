"""Where home folders are, and what there is to do to keep one."""

import pytest

from ownstream.domain.home_folders import (
    LATEST_NS,
    SETTLED_NS,
    Kept,
    Seen,
    Tree,
    changes,
    folder_of,
    is_path,
    parents,
)
from ownstream.domain.scope import Scope

NOW = 1_800_000_000_000_000_000
OLD = NOW - 10 * SETTLED_NS


def seen(size: int = 1, changed: int = OLD) -> Seen:
    return Seen(size, OLD, changed, 7)


def tree(**files: Seen) -> Tree:
    return Tree(files, at=NOW)


def test_a_user_s_folder_is_where_appstream_has_it() -> None:
    # The example of AWS's administration guide, "Home Folder Formats".
    folder = folder_of(Scope("123456789012", "us-west-2"), "testuser@mydomain.com")
    digest = "a0bcb1da11f480d9b5b3e90f91243143eac04cfccfbdc777e740fab628a1cd13"
    assert folder == f"appstream2-36fb080bb8-us-west-2-123456789012/user/custom/{digest}"


def test_users_accounts_regions_and_ways_in_are_apart() -> None:
    scopes = [Scope("1" * 12, "us-east-1"), Scope("2" * 12, "us-east-1"), Scope("1" * 12, "eu")]
    folders = {folder_of(scope, user) for scope in scopes for user in ("ann", "Ann", "../ann")}
    folders.add(folder_of(scopes[0], "ann", authentication_type="SAML"))
    assert len(folders) == 10
    assert all(".." not in folder for folder in folders)


@pytest.mark.parametrize("path", ["a", "a/b", "a/", "a/b/", "ünï/.hidden", "a b", "..a", "a.."])
def test_a_path(path: str) -> None:
    assert is_path(path)


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/a", "a//b", "a//", "..", "../a", "a/../b", ".", "a/.", "a/./b", "a/../"),
        *("a\0", "a\nb", "\x7f", "x" * 256, "é" * 128, "\ud800"),
    ],
    ids=repr,
)
def test_what_is_no_path(path: str) -> None:
    assert not is_path(path)


def test_the_folders_of_a_path() -> None:
    assert parents("a/b/c") == ["a/", "a/b/"]
    assert parents("a/b/") == ["a/"]
    assert parents("a") == []


def test_what_is_new_or_different_is_to_be_saved() -> None:
    kept = {"same": Kept(seen()), "longer": Kept(seen(size=2))}
    found = changes(tree(same=seen(), longer=seen(size=3), new=seen()), kept, since={})
    assert (found.files, found.gone, found.unsettled) == (("new", "longer"), (), ())


def test_what_is_gone_is_to_be_removed_the_inner_first() -> None:
    kept = {"a/": None, "a/b/": None, "a/b/c": Kept(seen()), "d": Kept(seen())}
    assert changes(tree(), kept, since={}).gone == ("d", "a/b/c", "a/b/", "a/")


def test_folders_are_to_be_made_the_outer_first() -> None:
    found = changes(Tree(folders={"b/c/", "a/", "b/"}), {"a/": None}, since={})
    assert found.folders == ("b/", "b/c/")


def test_what_nobody_can_look_into_is_not_taken_for_gone() -> None:
    kept = {"a/": None, "a/b": Kept(seen()), "c": Kept(seen())}
    assert changes(Tree(closed={"a/"}), kept, since={}).gone == ("c",)


def test_what_changes_just_now_waits_until_it_has_settled() -> None:
    young = seen(changed=NOW - SETTLED_NS + 1)
    found = changes(tree(young=young, old=seen(changed=NOW - SETTLED_NS)), {}, since={})
    assert (found.files, found.unsettled) == (("old",), ("young",))


def test_what_changes_all_the_time_is_saved_nevertheless() -> None:
    busy = tree(busy=seen(changed=NOW))
    assert changes(busy, {}, since={"busy": NOW - LATEST_NS + 1}).files == ()
    assert changes(busy, {}, since={"busy": NOW - LATEST_NS}).files == ("busy",)


def test_at_last_nothing_waits() -> None:
    found = changes(tree(young=seen(changed=NOW)), {}, last=True, since={})
    assert (found.files, found.unsettled) == (("young",), ())

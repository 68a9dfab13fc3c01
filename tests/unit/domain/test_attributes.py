"""Users' attributes as they are stated in JSON."""

import re

import pytest

from ownstream.domain.attributes import NAMES, Stated, Unstated, read_directory
from ownstream.model.catalog import appstream


def test_values_are_divided_by_colons_or_listed() -> None:
    stated = read_directory({"ann": {"groups": "cad::office", "roles": ["a:b", "c"]}})
    assert stated == {
        "ann": {"groups": frozenset({"cad", "office"}), "roles": frozenset({"a:b", "c"})}
    }


def test_a_user_of_whom_nothing_is_stated_has_no_attributes() -> None:
    assert Stated({}).of("ann") == {}
    assert Unstated().of("ann") is None


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ([], "an object with a member for each user"),
        ({"ann": ["cad"]}, "'ann' is not an object"),
        ({"ann": {"Department": "Sales"}}, "'ann' has 'Department'"),
        ({"ann": {"groups": 5}}, "'ann', groups is neither"),
        ({"ann": {"groups": ["cad", None]}}, "'ann', groups: a value is not a text: None"),
        ({"": {}}, "a user is not a text"),
    ],
)
def test_what_is_wrong_is_said(stated: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_directory(stated)


def test_the_attributes_are_those_that_the_service_model_names() -> None:
    said = appstream().shape("EntitlementAttribute").members["Name"].documentation
    assert tuple(re.findall(r"<li>\s*<p>\s*(\w+)\s*</p>", said)) == NAMES

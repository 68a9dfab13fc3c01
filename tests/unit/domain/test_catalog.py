"""What a session sees and may start, by entitlements and attributes."""

import pytest

from ownstream.domain.attributes import Attributes
from ownstream.domain.catalog import (
    DESKTOP,
    Catalog,
    Entitlement,
    Offer,
    command,
    of_image,
    of_offers,
    permitted,
)

SALES = Entitlement("ASSOCIATED", (("department", "Sales"),), frozenset({"crm"}))
CAD = Entitlement("ASSOCIATED", (("groups", "cad"),), frozenset({"cad", "viewer"}))
BOSSES = Entitlement("ALL", (("title", "Boss"),), frozenset())
STRICT = Entitlement("ASSOCIATED", (("department", "Sales"), ("title", "Lead")), frozenset({"x"}))
EITHER = Entitlement("ASSOCIATED", (("groups", "a"), ("groups", "b")), frozenset({"x"}))


def user(**attributes: str) -> Attributes:
    return {name: frozenset(value.split(":")) for name, value in attributes.items()}


@pytest.mark.parametrize(
    ("entitlements", "attributes", "allowed"),
    [
        pytest.param([], user(), None, id="a stack with none entitles everybody to all"),
        pytest.param([SALES], None, None, id="they do not apply where nobody states attributes"),
        pytest.param([SALES], user(), set(), id="nothing without an attribute"),
        pytest.param([SALES], user(department="HR"), set(), id="nothing by another value"),
        pytest.param([SALES], user(groups="Sales"), set(), id="nothing by another attribute"),
        pytest.param([SALES], user(department="sales"), set(), id="nothing by another case"),
        pytest.param([SALES], user(department="Sales"), {"crm"}, id="what matches entitles"),
        pytest.param([CAD], user(groups="x:cad"), {"cad", "viewer"}, id="any of several values"),
        pytest.param(
            [SALES, CAD],
            user(department="Sales", groups="cad"),
            {"crm", "cad", "viewer"},
            id="several that match entitle to the union",
        ),
        pytest.param([SALES, BOSSES], user(title="Boss"), None, id="all applications"),
        pytest.param([SALES, BOSSES], user(department="Sales"), {"crm"}, id="all, but for another"),
        pytest.param([STRICT], user(department="Sales"), set(), id="every attribute is to match"),
        pytest.param([STRICT], user(department="Sales", title="Lead"), {"x"}, id="and does"),
        pytest.param([EITHER], user(groups="b"), {"x"}, id="one of an attribute's values"),
    ],
)
def test_entitlements(
    entitlements: list[Entitlement], attributes: Attributes | None, allowed: set[str] | None
) -> None:
    assert permitted(entitlements, attributes) == allowed


IMAGE = [{"Name": "crm"}, {"Name": "off", "Enabled": False}, {"Name": "cad", "Enabled": True}]
HERE = Offer("here", "arn:here", "Here", "", ("/here",), "", "")
THERE = Offer("there", "arn:there", "There", "", ("/there",), "", "")


def test_an_image_without_disabled_applications_is_seen_whole_by_whoever_may_all() -> None:
    assert of_image([{"Name": "crm"}], None) == Catalog(None)


def test_disabled_applications_are_seen_by_nobody() -> None:
    assert of_image(IMAGE, None).names == ("crm", "cad")
    assert of_image(IMAGE, frozenset({"off", "cad"})).names == ("cad",)


def test_a_fleets_own_applications_are_all_that_it_offers() -> None:
    assert of_offers([HERE, THERE], None) == Catalog((), (HERE, THERE))


@pytest.mark.parametrize("identifier", ["there", "arn:there"])
def test_they_are_entitled_by_name_or_arn(identifier: str) -> None:
    assert of_offers([HERE, THERE], frozenset({identifier})).names == ("there",)


def test_the_desktop_may_be_started_by_anybody() -> None:
    assert Catalog(()).has(DESKTOP)
    assert not Catalog(()).has("crm")


def test_launch_parameters_are_words_as_a_shell_has_them() -> None:
    document = {
        "LaunchPath": "/opt/my app",
        "LaunchParameters": "--title 'two words' -v",
        "Platforms": ["AMAZON_LINUX2"],
    }
    assert command(document) == ("/opt/my app", "--title", "two words", "-v")


def test_those_of_an_application_for_windows_alone_are_left_as_they_are() -> None:
    document = {
        "LaunchPath": "C:\\app.exe",
        "LaunchParameters": r"C:\O'Brien /v",
        "Platforms": ["WINDOWS_SERVER_2019"],
    }
    assert command(document) == ("C:\\app.exe", r"C:\O'Brien", "/v")

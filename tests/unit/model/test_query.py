"""Members that botocore has moved from a body to a presigned URL's query."""

from typing import Any

import pytest

from ownstream.model.catalog import appstream
from ownstream.model.codecs.query import parse_query
from ownstream.model.errors import SerializationException

FLEET = appstream().operations["CreateFleet"].input_shape


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("Name", "True", "True"),
        ("EnableDefaultInternetAccess", "True", True),
        ("EnableDefaultInternetAccess", "false", False),
        ("MaxUserDurationInSeconds", "600", 600),
        ("ComputeCapacity", "{'DesiredInstances': 3}", {"DesiredInstances": 3}),
        ("Tags", '{"Team": "a"}', {"Team": "a"}),
    ],
)
def test_a_member_is_read_as_what_the_model_says(name: str, text: str, value: Any) -> None:
    assert parse_query([(name, text)], FLEET) == {name: value}


def test_a_list_is_every_parameter_of_its_name() -> None:
    shape = appstream().operations["DescribeFleets"].input_shape
    assert parse_query([("Names", "a"), ("X-Amz-Date", "1"), ("Names", "b")], shape) == {
        "Names": ["a", "b"]
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ComputeCapacity", "__import__('os').abort()"),
        ("ComputeCapacity", "{"),
        ("ComputeCapacity", "{[]: 1}"),
        ("ComputeCapacity", "(" * 20_000),
        ("ComputeCapacity", "3"),
        ("MaxUserDurationInSeconds", "3 3"),
        ("MaxUserDurationInSeconds", "many"),
        ("MaxUserDurationInSeconds", "1e999"),
        ("EnableDefaultInternetAccess", "1"),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_value_of_the_member_is_refused(name: str, text: str) -> None:
    with pytest.raises(SerializationException):
        parse_query([(name, text)], FLEET)


def test_a_member_that_is_said_twice_is_refused() -> None:
    with pytest.raises(SerializationException, match="more than once"):
        parse_query([("Name", "a"), ("Name", "b")], FLEET)

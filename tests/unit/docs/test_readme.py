"""The README's table: a row for every operation that is written and every client method."""

import re
from typing import Any

from botocore import xform_name

from ownstream.operations.registry import written_operations
from ownstream.settings import Settings
from tests.support.readme import README, python_example

CLIENT_METHODS = {"can_paginate", "generate_presigned_url", "get_paginator", "get_waiter"}


def test_the_table_has_a_row_for_each_operation_and_client_method() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| works", README.read_text(), re.MULTILINE)
    written = {xform_name(name) for name in written_operations()}
    assert sorted(rows) == sorted(written | CLIENT_METHODS)


def test_every_setting_is_in_the_readme() -> None:
    text = README.read_text()
    missing = [name for name in Settings.model_fields if f"`OWNSTREAM_{name.upper()}`" not in text]
    assert missing == []


def test_the_example_of_a_test_runs_as_written() -> None:
    example = python_example("In a test")
    names: dict[str, Any] = {}
    exec(example, names)
    names["session"].close()
    assert "assert not user.connected" in example

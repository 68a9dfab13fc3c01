"""The page on faults: it has every fault with all its members, and its example runs."""

import re
import textwrap
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import pytest

from ownstream.domain.faults import KINDS

PAGE = Path(__file__).parents[3] / "docs" / "faults.md"


def written(member: Field[Any]) -> str:
    if member.default is MISSING:
        return member.name
    default = f'"{member.default}"' if isinstance(member.default, str) else repr(member.default)
    return f"{member.name}={default}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_there_with_its_members(kind: str) -> None:
    members = ", ".join(written(member) for member in fields(KINDS[kind]))
    assert f"| `{kind}({members})` |" in PAGE.read_text()


def test_the_example_runs_as_written() -> None:
    [example] = re.findall(r"^((?:    .*\n)+)", PAGE.read_text(), re.MULTILINE)
    names: dict[str, Any] = {}
    exec(textwrap.dedent(example), names)
    assert names["throttled"].hits == 2
    assert names["faults"].added() == []
    names["session"].close()

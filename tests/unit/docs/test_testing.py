"""The page on testing: its examples are whole, and pass as written."""

import re
from pathlib import Path

import pytest

from ownstream import pytest_plugin
from tests.support.suites import passes

pytest_plugins = ["pytester"]
PAGE = Path(__file__).parents[3] / "docs" / "testing.md"
EXAMPLES = dict(
    re.findall(r"^## (.*?)\n\n```python\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_passes(name: str, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(EXAMPLES[name])
    passes(pytester, passed=EXAMPLES[name].count("def test_"))


def test_there_are_six_examples() -> None:
    assert len(EXAMPLES) == 6


def test_they_pass_side_by_side(pytester: pytest.Pytester) -> None:
    for number, text in enumerate(EXAMPLES.values()):
        pytester.makepyfile(**{f"test_{number}": text})
    tests = sum(text.count("def test_") for text in EXAMPLES.values())
    passes(pytester, "-n", "2", passed=tests)


@pytest.mark.parametrize("name", [name for name in dir(pytest_plugin) if "appstream" in name])
def test_every_fixture_is_on_the_page(name: str) -> None:
    assert f"| `{name}` |" in PAGE.read_text()

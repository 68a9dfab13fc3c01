"""Suites of tests that use the pytest plugin, run as their owners would."""

import pytest

STRICT = ("-q", "-p", "no:cacheprovider", "-W", "error")


def passes(pytester: pytest.Pytester, *options: str, passed: int = 1) -> None:
    """Pytest in a process of its own passes so many tests here, and nothing else happens."""
    pytester.runpytest_subprocess(*STRICT, *options).assert_outcomes(passed=passed)

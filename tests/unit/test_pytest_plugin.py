"""The plugin for pytest, as a project that has ownstream installed meets it."""

import pytest

from tests.support.suites import passes

pytest_plugins = ["pytester"]


def test_a_suite_that_asks_for_nothing_imports_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing():
            loaded = [name for name in sys.modules if name.startswith(("ownstream", "botocore"))]
            assert loaded == ["ownstream", "ownstream.pytest_plugin"]
        """
    )
    passes(pytester)


def test_each_test_has_a_service_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(3))
        def test_alone(appstream, number):
            appstream.create_stack(Name="stack")
            assert len(appstream.describe_stacks()["Stacks"]) == 1
        """
    )
    passes(pytester, passed=3)


def test_a_project_may_have_a_clock_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import datetime, ownstream, pytest

        @pytest.fixture
        def appstream_clock():
            return ownstream.TurnedClock(datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC))
        """
    )
    pytester.makepyfile(
        """
        def test_then(appstream, appstream_service):
            appstream_service.clock.advance(days=1)
            stack = appstream.create_stack(Name="stack")["Stack"]
            assert stack["CreatedTime"].isoformat() == "2030-01-02T00:00:00+00:00"
        """
    )
    passes(pytester)


def test_boto3s_default_session_is_given_back(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3

        def test_within(appstream_boto3, appstream):
            boto3.client("appstream").create_stack(Name="stack")
            assert [stack["Name"] for stack in appstream.describe_stacks()["Stacks"]] == ["stack"]

        def test_after():
            assert boto3.DEFAULT_SESSION is None
        """
    )
    passes(pytester, passed=2)

"""Every row of the table, on the embedded client and on a running service."""

import pytest

from tests.rules.collected import RULES
from tests.rules.subjects import Subject
from tests.rules.table import Rule


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_rule(rule: Rule, subject: Subject) -> None:
    subject.check(rule)

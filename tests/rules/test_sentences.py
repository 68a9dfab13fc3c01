"""Every sentence of the model's documentation has a row, or the table says why it has none."""

from pathlib import Path

import pytest

from tests.rules import sentences
from tests.rules.collected import NO_ROWS, RULES
from tests.rules.table import Kind, Rule

ROOT = Path(__file__).parents[2]
WITHOUT_ROW = {text for entry in NO_ROWS for text in entry.sentences}


def cited(rules: tuple[Rule, ...]) -> set[str]:
    """The sentences that the rows cite."""
    return {
        source.text
        for rule in rules
        for source in rule.sources
        if source.kind is Kind.MODEL and not source.text.startswith("the shape ")
    }


@pytest.mark.parametrize("operation", sentences.OPERATIONS)
def test_what_is_said_of_an_operation_and_its_input_is_in_the_table(operation: str) -> None:
    rows = tuple(rule for rule in RULES if rule.operation == operation)
    said = sentences.asked(operation)
    left = {text: said[text] for text in said if text not in cited(rows) | WITHOUT_ROW}
    assert left == {}


@pytest.mark.parametrize("operation", sentences.OPERATIONS)
def test_what_is_said_of_an_operations_output_is_in_the_table(operation: str) -> None:
    said = sentences.answered(operation)
    left = {text: said[text] for text in said if text not in cited(RULES) | WITHOUT_ROW}
    assert left == {}


def test_every_sentence_cited_or_left_out_is_the_models() -> None:
    assert (cited(RULES) | WITHOUT_ROW) - sentences.everything() == set()


def test_no_sentence_is_left_out_twice() -> None:
    every = [text for entry in NO_ROWS for text in entry.sentences]
    assert len(every) == len(set(every))


def test_what_another_test_is_said_to_prove_it_is_there_to_prove() -> None:
    for entry in NO_ROWS:
        if entry.tested_by:
            path, _, name = entry.tested_by.partition("::")
            assert name in (ROOT / path).read_text(), entry.tested_by


def test_no_two_rows_say_the_same() -> None:
    every = [str(rule) for rule in RULES]
    assert len(every) == len(set(every))

"""`python -m tests.rules page` writes the page; `... left OPERATION` lists what has no row yet."""

import sys

from tests.rules import sentences
from tests.rules.collected import RULES
from tests.rules.page import PAGE, page
from tests.rules.test_sentences import WITHOUT_ROW, cited


def left(operation: str) -> None:
    """Sentences that no row of the operation cites and that nothing leaves out."""
    rows = tuple(rule for rule in RULES if rule.operation == operation)
    for text, where in sentences.asked(operation).items():
        if text not in cited(rows) | WITHOUT_ROW:
            print(f"in   {where}: {text}")
    for text, where in sentences.answered(operation).items():
        if text not in cited(RULES) | WITHOUT_ROW:
            print(f"out  {where}: {text}")


if sys.argv[1:] == ["page"]:
    PAGE.write_text(page())
elif sys.argv[1:2] == ["left"] and len(sys.argv) == 3:
    left(sys.argv[2])
else:
    sys.exit(__doc__)

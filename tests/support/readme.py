"""The README's examples, as they stand there."""

import re
import textwrap
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def python_example(heading: str) -> str:
    """The first block of Python under this heading of the second level."""
    [section] = re.findall(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", README.read_text(), re.M | re.S
    )
    blocks = re.findall(r"(?:^    .*\n)+", section, re.M)
    return textwrap.dedent(next(block for block in blocks if "import " in block))

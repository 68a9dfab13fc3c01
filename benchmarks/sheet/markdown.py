"""Tables in Markdown."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """The table, ended by a line break."""
    rule = "|".join("---" for _ in head)
    return "\n".join([_line(head), f"|{rule}|", *map(_line, lines), ""])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"

"""Tables and lists in Markdown."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """The table, ended by a line break."""
    rule = "|".join("---" for _ in head)
    return "\n".join([_line(head), f"|{rule}|", *map(_line, lines), ""])


def listed(title: str, texts: Iterable[str]) -> str:
    """The texts as a list under its title, ended by a line break; empty if there are none."""
    lines = [f"* {' '.join(text.split())}" for text in texts]
    return "\n".join([f"{title}\n", *lines, ""]) if lines else ""


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"

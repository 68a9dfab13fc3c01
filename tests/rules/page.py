"""The page that says, operation by operation, what is exact, what is chosen and what is missing."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ownstream.model.catalog import appstream
from ownstream.operations.registry import written_operations
from tests.rules import sentences
from tests.rules.collected import NO_ROWS, RULES
from tests.rules.table import Kind, NoRow, Rule, Source, Standing

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
OPENING = """\
# Operation by operation

What of each operation is as the real service has it, what we chose where the real service is not
known, and what is missing. `make docs` makes this page from the operations that there are and from
the table of cases in `tests/rules`, each row of which `make test` tries on the embedded client and
on a running service.

* **Exact**: the service model, AWS's other documents or somebody's observation says so.
* **Chosen**: the real service's behaviour is not known here. What we do, and why.
* **Missing**: the real service has it, ownstream has not.

Types, lengths, patterns and enums are the service model's for every operation and are not listed;
`tests/conformance` holds every operation to them.
"""
HEADINGS = {
    Standing.EXACT: ("Exact", "where from"),
    Standing.CHOSEN: ("Chosen", "why"),
    Standing.MISSING: ("Missing", "what"),
}


def page() -> str:
    """The whole page."""
    written = sorted(written_operations())
    parts = [OPENING, _summary(written), *map(_section, sentences.OPERATIONS)]
    parts += [_untold(written), _unwritten(written)]
    return "\n".join(parts)


def _summary(written: Sequence[str]) -> str:
    told = [name for name in written if name in sentences.OPERATIONS]
    rows = (
        f"| [{name}](#{name.lower()}) | "
        + " | ".join(str(len(list(_lines(name, standing)))) for standing in Standing)
        + " |"
        for name in told
    )
    return "\n".join(["| operation | exact | chosen | missing |", "|---|--:|--:|--:|", *rows, ""])


def _section(operation: str) -> str:
    lines = [f"## {operation}", ""]
    for standing, (heading, column) in HEADINGS.items():
        found = list(_lines(operation, standing))
        if found:
            lines += [f"| {heading} | {column} |", "|---|---|", *found, ""]
    return "\n".join(lines)


def _lines(operation: str, standing: Standing) -> Iterator[str]:
    for rule in RULES:
        if rule.operation == operation and rule.standing is standing:
            yield _line(rule)
    for entry in NO_ROWS:
        if _standing(entry) is standing:
            where = entry.why if entry.missing else f"model; proven by `{entry.tested_by}`"
            said = sentences.asked(operation)
            yield from (_cells(f"“{text}”", where) for text in entry.sentences if text in said)


def _standing(entry: NoRow) -> Standing | None:
    if entry.missing:
        return Standing.MISSING
    return Standing.EXACT if entry.tested_by else None


def _line(rule: Rule) -> str:
    if rule.missing:
        return _cells(rule.says, rule.missing)
    wanted = [s for s in rule.sources if s.kind is Kind.CHOSEN] or rule.sources
    return _cells(rule.says, "; ".join(dict.fromkeys(map(_source, wanted))))


def _source(source: Source) -> str:
    if source.kind is Kind.MODEL and not source.text.startswith("the shape "):
        return f"model: “{source.text}”"
    return source.text if source.kind is Kind.CHOSEN else f"{source.kind}: {source.text}"


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _untold(written: Iterable[str]) -> str:
    names = [name for name in written if name not in sentences.OPERATIONS]
    if not names:
        return ""
    return f"## Written, not in the table yet\n\n{', '.join(names)}.\n"


def _unwritten(written: Iterable[str]) -> str:
    left = sorted(set(appstream().operations) - set(written))
    return (
        "## Not written yet\n\nThey answer NotImplementedException, which names them: "
        f"{', '.join(left)}.\n"
    )

"""What is copied into sandboxes runs on whatever Python the host's /usr has."""

import ast
from pathlib import Path

import pytest

import ownstream.agent

AGENT = Path(ownstream.agent.__file__).parent
OLDEST = (3, 9)
MODULES = [AGENT / "sandbox_init.py", *sorted((AGENT / "inside").glob("*.py"))]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_it_is_written_in_the_language_of_the_oldest(module: Path) -> None:
    tree = ast.parse(module.read_text(), feature_version=OLDEST)
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else name.name) or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0)
        for name in node.names
    }
    assert not [name for name in imported if name.startswith("ownstream")]

"""The whole table, from the modules of `tables`."""

import pkgutil
from importlib import import_module

from tests.rules import tables
from tests.rules.table import NoRow, Rule

_MODULES = [
    import_module(f"{tables.__name__}.{module.name}")
    for module in pkgutil.iter_modules(tables.__path__)
]
RULES: tuple[Rule, ...] = tuple(rule for module in _MODULES for rule in module.RULES)
NO_ROWS: tuple[NoRow, ...] = tuple(
    entry for module in _MODULES for entry in getattr(module, "NO_ROWS", ())
)

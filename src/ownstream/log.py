"""What the package has to say of itself: events with fields, on the standard library's `logging`.

Who runs it decides where they go. The service writes lines of logfmt to standard error; as a
library it hands them to `logging` as they are, and is silent where nobody has set that up.
"""

import logging
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

ROOT = "ownstream"
STANDARD = ("exc_info", "stack_info", "stacklevel", "extra")  # keywords of logging's own

# Else `logging` writes warnings to standard error by itself.
logging.getLogger(ROOT).addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Event:
    """What has happened, and to what: the `msg` of a record."""

    name: str
    fields: Mapping[str, Any]

    def __str__(self) -> str:
        return " ".join([self.name, *(f"{name}={value}" for name, value in self.fields.items())])


class Log(logging.LoggerAdapter[logging.Logger]):
    """A logger below `ownstream` whose keywords are fields: log.warning("not found", fleet="f")."""

    def __init__(self, name: str, **fields: Any) -> None:
        super().__init__(logging.getLogger(f"{ROOT}.{name}"), fields)
        self._name, self._fields = name, fields

    def bind(self, **fields: Any) -> "Log":
        """The same logger, which adds these fields to every event."""
        return Log(self._name, **self._fields, **fields)

    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        """logging's hook: the event, and what of the keywords is logging's own."""
        fields = {name: value for name, value in kwargs.items() if name not in STANDARD}
        own = {name: value for name, value in kwargs.items() if name in STANDARD}
        return Event(msg, {**self._fields, **fields}), own

"""An AppStream that its users own."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ownstream.clock import TurnedClock as TurnedClock
    from ownstream.domain.limits import Limits as Limits
    from ownstream.embed.session import Session as Session

__version__ = "0.1.0"
__all__ = ["Limits", "Session", "TurnedClock", "__version__"]

# Imported when they are asked for: the agent and the command line need neither.
_HOMES = {
    "Limits": "ownstream.domain.limits",
    "Session": "ownstream.embed.session",
    "TurnedClock": "ownstream.clock",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)

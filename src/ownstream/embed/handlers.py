"""botocore's own event handlers, registered once for all sessions of a process."""

from copy import copy
from functools import cache

import botocore.session
from botocore.hooks import HierarchicalEmitter


def builtin_handlers() -> HierarchicalEmitter:
    """An emitter of its own with the handlers that every session of botocore has.

    Registering them takes botocore as long as two calls to an embedded service; a copy takes none.
    """
    return copy(_registered())


@cache
def _registered() -> HierarchicalEmitter:
    emitter = HierarchicalEmitter()
    botocore.session.Session(event_hooks=emitter)
    return emitter

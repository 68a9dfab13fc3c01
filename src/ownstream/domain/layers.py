"""The names of layers and volumes: what images and image builders are made of.

A layer is what was changed of a system, and never changes again; an image is a list of them, the
lowest first, over the host's own /usr. A volume is what an image builder is changing now.
"""

import re
import secrets

_ID = re.compile(r"[a-z]-[0-9a-f]{16,64}")


def new_layer_id() -> str:
    """A name that no other layer has."""
    return f"l-{secrets.token_hex(8)}"


def new_volume_id() -> str:
    """A name that no other volume has."""
    return f"v-{secrets.token_hex(8)}"


def base_layer_id(digest: str) -> str:
    """The name of the layer below all others, by a hexadecimal digest of what it was made of."""
    return f"b-{digest[:32]}"


def is_id(name: str) -> bool:
    """Whether a layer or a volume can have this name: it is one folder's name and no path."""
    return _ID.fullmatch(name) is not None


def is_base(name: str) -> bool:
    """Whether this is the name of a layer below all others."""
    return name.startswith("b-")

"""Whose an instance or a session is: a fleet's, by its name, or a builder's.

Both are written in one column: a fleet's name has no slash, a builder's owner has one. It is also
how a streaming URL names a builder.
"""

FLEET, IMAGE_BUILDER, APP_BLOCK_BUILDER = "fleet", "image-builder", "app-block-builder"


def image_builder(name: str) -> str:
    """The owner that an image builder of this name is."""
    return f"{IMAGE_BUILDER}/{name}"


def app_block_builder(name: str) -> str:
    """The owner that an app block builder of this name is."""
    return f"{APP_BLOCK_BUILDER}/{name}"


def is_builder(owner: str) -> bool:
    """Whether this is a builder, whose sessions are its administrator's."""
    return "/" in owner


def kind(owner: str) -> str:
    """What this owner is, as ARNs and AppStream's variables name it."""
    return owner.partition("/")[0] if is_builder(owner) else FLEET


def name_of(owner: str) -> str:
    """The fleet's or builder's own name."""
    return owner.rpartition("/")[2]

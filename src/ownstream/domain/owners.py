"""Whose an instance or a session is: a fleet's, by its name, or an image builder's.

Both are written in one column: a fleet's name has no slash, an image builder's owner has one. It
is also how a streaming URL names an image builder.
"""

IMAGE_BUILDER = "image-builder/"


def image_builder(name: str) -> str:
    """The owner that an image builder of this name is."""
    return f"{IMAGE_BUILDER}{name}"


def builder_name(owner: str) -> str:
    """The name of the image builder that this owner is; empty if it is a fleet."""
    return owner.removeprefix(IMAGE_BUILDER) if owner.startswith(IMAGE_BUILDER) else ""

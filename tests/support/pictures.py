"""Pictures for tests: small files of each kind, of any size in pixels."""

import io

from PIL import Image

MAGENTA = (214, 40, 180)


def picture(width: int, height: int, kind: str = "PNG", colour: tuple[int, int, int] = MAGENTA):
    """The bytes of a picture of one colour."""
    target = io.BytesIO()
    options = {"sizes": [(width, height)]} if kind == "ICO" else {}
    Image.new("RGB", (width, height), colour).save(target, kind, **options)
    return target.getvalue()

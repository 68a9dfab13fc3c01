"""The example of docs/images.md, as it stands there: a file that says how an image is made."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "images.md"
GREETING = "welcome.txt"


def written_example(folder: Path) -> Path:
    """The image file of the page, with what it names beside it."""
    text = PAGE.read_text()
    [image] = re.findall(r"^```toml\n# image.toml\n(.*?)^```", text, re.M | re.S)
    [script] = re.findall(r"^```sh\n(#!/bin/sh\n# paint\n.*?)^```", text, re.M | re.S)
    (folder / "profile").mkdir(parents=True)
    (folder / "profile" / GREETING).write_text("welcome\n")
    (folder / "paint").write_text(script)
    place = folder / "image.toml"
    place.write_text(image)
    return place

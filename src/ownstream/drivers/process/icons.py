"""Where the picture of an application's icon is, by the freedesktop icon theme rules in short."""

import re
from collections.abc import Sequence
from glob import escape
from pathlib import Path

ICON_FOLDERS = (Path("/usr/local/share/icons"), Path("/usr/share/icons"))
PIXMAP_FOLDERS = (Path("/usr/local/share/pixmaps"), Path("/usr/share/pixmaps"))
_THEMES = ("hicolor", "Adwaita")
_KINDS = (".svg", ".png")  # what every browser shows; .xpm is not
_LARGEST = 256


def icon_path(
    name: str,
    *,
    icons: Sequence[Path] = ICON_FOLDERS,
    pixmaps: Sequence[Path] = PIXMAP_FOLDERS,
) -> str:
    """The file of this icon, scalable or else the largest; empty if there is none."""
    if not name:
        return ""
    if name.startswith("/"):
        path = Path(name)
        return name if path.suffix in _KINDS and path.is_file() else ""
    stem = name.removesuffix(".png").removesuffix(".svg")
    if "/" in stem:
        return ""
    themed = (
        path
        for theme in _THEMES
        for folder in icons
        for path in _largest_first(folder / theme, stem)
    )
    plain = (folder / f"{stem}{kind}" for folder in pixmaps for kind in _KINDS)
    return next((str(path) for path in (*themed, *plain) if path.is_file()), "")


def _largest_first(theme: Path, stem: str) -> list[Path]:
    found = [path for kind in _KINDS for path in theme.glob(f"*/*/{escape(stem)}{kind}")]
    return sorted(found, key=_pixels, reverse=True)


def _pixels(path: Path) -> int:
    size = re.match(r"(\d+)x\d+", path.parts[-3])
    if size is None:
        return _LARGEST + 1 if path.suffix == ".svg" else 0
    pixels = int(size[1])
    return pixels if pixels <= _LARGEST else 1

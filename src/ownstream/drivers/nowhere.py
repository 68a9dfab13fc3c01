"""Layers and volumes of drivers whose instances are nowhere: names without content."""

from collections.abc import Sequence
from pathlib import Path

from ownstream.domain.layers import base_layer_id

BASE = base_layer_id("0" * 32)


class DisksNowhere:
    """Names that are remembered as long as this object is."""

    def __init__(self) -> None:
        self._layers: dict[str, None] = {}
        self._volumes: dict[str, None] = {}

    async def base(self) -> str:
        self._layers[BASE] = None
        return BASE

    async def freeze(self, volume: str, layer: str) -> None:
        self._layers[layer] = None

    async def discard(self, volume: str) -> None:
        self._volumes.pop(volume, None)

    async def remove(self, layer: str) -> None:
        self._layers.pop(layer, None)

    async def pack(self, layer: str, target: Path) -> None:
        _write(target, layer)

    async def unpack(self, source: Path, layer: str, *, most_bytes: int) -> None:
        self._layers[layer] = None

    async def read(self, layers: Sequence[str], path: str, *, most_bytes: int) -> bytes | None:
        return None

    async def system(self) -> str:
        return "nowhere"

    async def layers(self) -> Sequence[str]:
        return sorted(self._layers)

    async def volumes(self) -> Sequence[str]:
        return sorted(self._volumes)

    def written(self, volume: str) -> None:
        """An instance has this volume, unless it is empty."""
        if volume:
            self._volumes[volume] = None


def _write(target: Path, layer: str) -> None:
    """An archive of nothing: of a layer here there is but its name."""
    target.write_text(layer)

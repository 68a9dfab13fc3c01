"""An image as one archive: a tar of a manifest, icons and layers, the manifest first.

manifest.json         what it is, and the SHA-256 of every other member
icons/SHA-256
layers/0.tar.gz ...   as `packing` writes them, the lowest first
"""

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from ownstream.archive.bounds import CHUNK_BYTES, BadArchive, Forward, Source, members, opened, told

FORMAT = "ownstream-image-1"
MANIFEST = "manifest.json"
MEDIA_TYPES = ("image/png", "image/svg+xml", "image/jpeg", "image/bmp")
MOST_MANIFEST_BYTES = 1 << 20
MOST_ICON_BYTES = 1 << 20
MOST_ICONS_BYTES = 1 << 26  # of all of an image, which are in memory together
MOST_LAYERS = 100
MOST_MEMBERS = 1000
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Icon:
    """What an application looks like."""

    media_type: str
    data: bytes


@dataclass(frozen=True)
class Contents:
    """What an archive has."""

    image: Mapping[str, Any]  # the model's Image, as far as it says what the image is
    system: str  # what kind of host its layers lie over
    layers: Sequence[Path]  # archives of the layers, the lowest first
    icons: Mapping[str, Icon]  # by the SHA-256 of each


def write(contents: Contents, target: IO[bytes]) -> None:
    """The archive is written to the target."""
    manifest = {
        "format": FORMAT,
        "system": contents.system,
        "image": contents.image,
        "icons": {digest: icon.media_type for digest, icon in contents.icons.items()},
        "layers": [_sum(layer) for layer in contents.layers],
    }
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())
        for digest, icon in contents.icons.items():
            _add(tar, f"icons/{digest}", icon.data)
        for number, layer in enumerate(contents.layers):
            with layer.open("rb") as content:
                member = tarfile.TarInfo(_layer_name(number))
                member.size = layer.stat().st_size
                tar.addfile(member, content)


def read(source: Source, folder: Path, *, most_bytes: int) -> Contents:
    """What the archive has; its layers' archives are put into the folder, which is the caller's.

    Every checksum has been found right. BadArchive if anything is wrong.
    """
    bounded = Forward(source, most_bytes)
    with told(), opened(bounded) as tar:
        reading = _Reading(tar, bounded, folder)
        for member in members(tar, bounded, MOST_MEMBERS):
            reading.take(member)
        bounded.finish()
        return reading.contents()


class _Reading:
    """Takes member by member what the manifest has told of."""

    def __init__(self, tar: tarfile.TarFile, bounded: Forward, folder: Path) -> None:
        self._tar = tar
        self._bounded = bounded
        self._folder = folder
        self._manifest: _Manifest | None = None
        self._icons: dict[str, Icon] = {}
        self._layers: dict[str, Path] = {}

    def take(self, member: tarfile.TarInfo) -> None:
        if member.type != tarfile.REGTYPE or member.issparse():
            raise BadArchive(f"{member.name[:100]!r} is no file")
        self._bounded.allow(member.size)
        if self._manifest is None:
            self._manifest = self._read_manifest(member)
        elif member.name in self._manifest.icons and member.name not in self._icons:
            self._icons[member.name] = self._read_icon(member, self._manifest.icons[member.name])
        elif member.name in self._manifest.layers and member.name not in self._layers:
            self._layers[member.name] = self._keep_layer(member)
        else:
            raise BadArchive(f"{member.name[:100]!r} is not in its manifest, or there twice")

    def contents(self) -> Contents:
        manifest = self._manifest
        if manifest is None:
            raise BadArchive("it has no manifest")
        missing = [*manifest.icons.keys() - self._icons, *manifest.layers.keys() - self._layers]
        if missing:
            raise BadArchive(f"it has no {sorted(missing)[0]}")
        return Contents(
            image=manifest.image,
            system=manifest.system,
            layers=[self._layers[name] for name in manifest.layers],
            icons={name.partition("/")[2]: icon for name, icon in self._icons.items()},
        )

    def _read_manifest(self, member: tarfile.TarInfo) -> "_Manifest":
        if member.name != MANIFEST or member.size > MOST_MANIFEST_BYTES:
            raise BadArchive("it does not begin with a manifest")
        return _Manifest.of(b"".join(self._pieces(member)))

    def _read_icon(self, member: tarfile.TarInfo, media_type: str) -> Icon:
        if member.size > MOST_ICON_BYTES:
            raise BadArchive(f"{member.name} is larger than icons may be")
        if member.size + sum(len(icon.data) for icon in self._icons.values()) > MOST_ICONS_BYTES:
            raise BadArchive(f"its icons are larger in all than {MOST_ICONS_BYTES} bytes")
        data = b"".join(self._pieces(member))
        self._check(member.name, hashlib.sha256(data).hexdigest(), member.name.partition("/")[2])
        return Icon(media_type, data)

    def _keep_layer(self, member: tarfile.TarInfo) -> Path:
        assert self._manifest is not None  # it comes first
        place = self._folder / member.name.rpartition("/")[2]
        summed = hashlib.sha256()
        with place.open("xb") as file:
            for piece in self._pieces(member):
                summed.update(piece)
                file.write(piece)
        self._check(member.name, summed.hexdigest(), self._manifest.layers[member.name])
        return place

    def _pieces(self, member: tarfile.TarInfo) -> Iterator[bytes]:
        content = self._tar.extractfile(member)
        assert content is not None  # it is a file's
        while piece := content.read(CHUNK_BYTES):
            yield piece

    def _check(self, name: str, digest: str, said: str) -> None:
        if digest != said:
            raise BadArchive(f"{name} is not what was written: its checksum is another")


@dataclass(frozen=True)
class _Manifest:
    image: Mapping[str, Any]
    system: str
    icons: Mapping[str, str]  # media types by the members' names
    layers: Mapping[str, str]  # checksums by the members' names, the lowest first

    @staticmethod
    def of(data: bytes) -> "_Manifest":
        said = json.loads(data)
        try:
            if said["format"] != FORMAT:
                raise BadArchive(f"its format is not {FORMAT}")
            image, system = _table(said["image"]), said["system"]
            icons, layers = _table(said["icons"]), list(said["layers"])
        except (KeyError, TypeError) as error:
            raise BadArchive(f"its manifest lacks {error}") from error
        sums = [*icons, *layers]
        if not all(isinstance(digest, str) and _SHA256.fullmatch(digest) for digest in sums):
            raise BadArchive("its manifest has a checksum that is none")
        if not all(media_type in MEDIA_TYPES for media_type in icons.values()):
            raise BadArchive(f"its manifest has icons that are not {' or '.join(MEDIA_TYPES)}")
        if not layers or len(layers) > MOST_LAYERS or not isinstance(system, str):
            raise BadArchive(f"its manifest does not have 1 to {MOST_LAYERS} layers and a system")
        return _Manifest(
            image=image,
            system=system,
            icons={f"icons/{digest}": str(media_type) for digest, media_type in icons.items()},
            layers={_layer_name(number): digest for number, digest in enumerate(layers)},
        )


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("a table")
    return cast("dict[str, Any]", value)


def _layer_name(number: int) -> str:
    return f"layers/{number}.tar.gz"


def _sum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))

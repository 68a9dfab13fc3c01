"""Images as archives: there and back, and those that somebody has changed."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ownstream.archive.bounds import BadArchive
from ownstream.archive.images import Contents, Icon, read, write

PNG = b"\x89PNG a picture"
DIGEST = hashlib.sha256(PNG).hexdigest()
IMAGE = {"DisplayName": "Drawing", "Applications": [{"Name": "xterm"}]}
MOST = 1 << 20


@pytest.fixture
def contents(tmp_path: Path) -> Contents:
    """An image of two layers and an icon."""
    layers = [tmp_path / name for name in ("lower", "upper")]
    for layer in layers:
        layer.write_bytes(layer.name.encode() * 1000)
    return Contents(IMAGE, "debian 12 x86_64", layers, {DIGEST: Icon("image/png", PNG)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "read"
    made.mkdir()
    return made


def written(contents: Contents) -> bytes:
    target = io.BytesIO()
    write(contents, target)
    return target.getvalue()


def changed(archive: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The archive with other members."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        held = {name: tar.extractfile(name).read() for name in tar.getnames()}  # type: ignore[union-attr]
    change(held)
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for name, data in held.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return target.getvalue()


def saying(**said: Any) -> Callable[[dict[str, bytes]], None]:
    """The manifest says this instead."""

    def change(held: dict[str, bytes]) -> None:
        held["manifest.json"] = json.dumps({**json.loads(held["manifest.json"]), **said}).encode()

    return change


def lacking(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(held: dict[str, bytes]) -> None:
        del held[name]

    return change


def holding(name: str, data: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda held: held.update({name: data})


def test_an_image_comes_back_as_it_was(contents: Contents, folder: Path) -> None:
    back = read(io.BytesIO(written(contents)), folder, most_bytes=MOST)
    assert (back.image, back.system, back.icons) == (IMAGE, contents.system, contents.icons)
    assert [layer.read_bytes() for layer in back.layers] == [
        layer.read_bytes() for layer in contents.layers
    ]


def test_the_manifest_can_be_read_by_any_tool(contents: Contents) -> None:
    with tarfile.open(fileobj=io.BytesIO(written(contents))) as tar:
        first = tar.next()
        assert first is not None
        manifest = json.load(tar.extractfile(first))  # type: ignore[arg-type]
    assert first.name == "manifest.json"
    assert manifest["layers"][0] == hashlib.sha256(b"lower" * 1000).hexdigest()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (holding("layers/1.tar.gz", b"other"), "layers/1.tar.gz is not what was written"),
        (holding(f"icons/{DIGEST}", b"other"), "is not what was written"),
        (lacking("layers/1.tar.gz"), "it has no layers/1.tar.gz"),
        (lacking(f"icons/{DIGEST}"), "it has no icons/"),
        (lacking("manifest.json"), "does not begin with a manifest"),
        (holding("layers/2.tar.gz", b"more"), "is not in its manifest"),
        (holding("../../outside", b"more"), "is not in its manifest"),
        (holding("manifest.json", b"{"), "means nothing"),
        (holding("manifest.json", b"[]"), "manifest lacks"),
        (holding("manifest.json", b'{"format": "ownstream-image-1"}'), "lacks 'image'"),
        (holding("manifest.json", b"[" * 100_000), "broken|means nothing"),
        (holding("manifest.json", b" " * (1 << 20) + b"{}"), "does not begin with a manifest"),
        (saying(format="oci"), "format is not ownstream-image-1"),
        (saying(image=[]), "manifest lacks"),
        (saying(layers=[]), "1 to 100 layers"),
        (saying(layers=["0" * 64] * 101), "1 to 100 layers"),
        (saying(layers=["../x"]), "a checksum that is none"),
        (saying(layers=[None]), "a checksum that is none"),
        (saying(icons={"../../x": "image/png"}), "a checksum that is none"),
        (saying(icons={DIGEST: "text/html"}), "icons that are not"),
        (saying(system=5), "a system"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_changed_is_refused(
    contents: Contents, folder: Path, change: Callable[[dict[str, bytes]], None], why: str
) -> None:
    archive = changed(written(contents), change)
    with pytest.raises(BadArchive, match=why):
        read(io.BytesIO(archive), folder, most_bytes=4 * MOST)
    assert {place.name for place in folder.iterdir()} <= {"0.tar.gz", "1.tar.gz"}
    assert {place.name for place in folder.parent.iterdir()} == {"read", "lower", "upper"}


def test_more_than_allowed_is_refused(contents: Contents, folder: Path) -> None:
    with pytest.raises(BadArchive, match="more than this service takes"):
        read(io.BytesIO(written(contents)), folder, most_bytes=8000)


def test_an_icon_is_no_larger_than_icons_may_be(contents: Contents, folder: Path) -> None:
    large = bytes(1 + (1 << 20))
    icons = {hashlib.sha256(large).hexdigest(): Icon("image/png", large)}
    archive = written(Contents(IMAGE, "x", contents.layers, icons))
    with pytest.raises(BadArchive, match="larger than icons may be"):
        read(io.BytesIO(archive), folder, most_bytes=4 * MOST)


def test_the_icons_of_an_image_are_not_more_than_fit_in_memory(
    contents: Contents, folder: Path
) -> None:
    each = [number.to_bytes(1) * (1 << 20) for number in range(65)]
    icons = {hashlib.sha256(data).hexdigest(): Icon("image/png", data) for data in each}
    archive = written(Contents(IMAGE, "x", contents.layers, icons))
    with pytest.raises(BadArchive, match="larger in all"):
        read(io.BytesIO(archive), folder, most_bytes=len(archive))


def test_a_link_is_no_layer(contents: Contents, folder: Path) -> None:
    target = io.BytesIO(written(contents))
    with tarfile.open(fileobj=target, mode="a") as tar:
        link = tarfile.TarInfo("layers/1.tar.gz")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/shadow"
        tar.addfile(link)
    with pytest.raises(BadArchive, match="is no file"):
        read(io.BytesIO(target.getvalue()), folder, most_bytes=MOST)

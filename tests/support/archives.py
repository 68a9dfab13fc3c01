"""Archives for tests, those too that no tool would make."""

import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping

Files = Mapping[str, bytes | str]  # a text is where a link leads


def zipped(files: Files, *, executable: Iterable[str] = ()) -> bytes:
    """A zip archive; a path that ends in a slash is a folder."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            info = zipfile.ZipInfo(path)
            info.create_system = 3  # Unix
            kind = 0o120000 if isinstance(content, str) else 0o100000
            info.external_attr = (kind | (0o755 if path in executable else 0o644)) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return data.getvalue()


def tarred(*entries: tuple[str, bytes] | tarfile.TarInfo, packed: str = "gz") -> bytes:
    """A tar archive of files and of whatever else there is to be in it."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=f"w:{packed}") as archive:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                archive.addfile(entry)
                continue
            info = tarfile.TarInfo(entry[0])
            info.size = len(entry[1])
            info.mode = 0o755
            archive.addfile(info, io.BytesIO(entry[1]))
    return data.getvalue()


def entry(path: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """An entry of a tar archive that is no file with a content; kinds are tarfile's own."""
    info = tarfile.TarInfo(path)
    info.type, info.linkname, info.mode = kind, target, 0o777
    return info

"""The file that says how an image is made: read, checked as a whole, and digested."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

WITHIN_S = 1800
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+(:[a-z0-9]+)?(=[A-Za-z0-9.+~:-]+)?")
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}")
_MODE = re.compile(r"0?[0-7]{3}")


class ImageFileError(Exception):
    """The file cannot be used; the text names each entry that is wrong, and why."""


@dataclass(frozen=True)
class File:
    """A file or a folder that is copied into the image."""

    source: Path
    target: str
    mode: int | None = None  # None: as it is here


@dataclass(frozen=True)
class Command:
    """A command that is run in the image builder, as its administrator."""

    argv: tuple[str, ...]
    directory: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    within_s: int = WITHIN_S


@dataclass(frozen=True)
class Offered:
    """An application of the image's catalog."""

    name: str
    path: str
    display_name: str = ""
    parameters: str = ""
    working_directory: str = ""
    icon: str = ""  # a path in the image; empty: as the application's desktop entry has it


@dataclass(frozen=True)
class ImageFile:
    """How an image is made."""

    place: Path
    name: str
    base: str = ""  # an image's name or ARN; empty: the service's public image
    display_name: str = ""
    description: str = ""
    instance_type: str = "stream.standard.medium"
    internet: bool = True  # whether the builder may reach it
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    packages: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    commands: tuple[Command, ...] = ()
    default_profile: Path | None = None
    applications: tuple[Offered, ...] = ()


def read_image_file(place: Path, *, name: str = "") -> ImageFile:
    """The file at this place, with this name for the image if one is given.

    ImageFileError names all that is wrong with it.
    """
    try:
        content = tomllib.loads(place.read_text())
    except OSError as error:
        raise ImageFileError(f"{place} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImageFileError(f"{place}: {error}") from error
    reader = _Reader(place, {**content, **({"name": name} if name else {})})
    made = reader.image()
    if reader.wrong:
        raise ImageFileError("\n".join(f"{place}: {each}" for each in reader.wrong))
    return made


def digest(image: ImageFile, base: str) -> str:
    """A digest of all that the image is made of here: what it says and the files that it names.

    `base` says which image it begins with: its ARN, say, and when it was made.
    """
    summed = hashlib.sha256()
    said = [base, image.packages, image.commands, image.applications, image.internet]
    summed.update(repr(said).encode())
    sources = [(file.source, file.target, file.mode) for file in image.files]
    if image.default_profile is not None:
        sources.append((image.default_profile, "", None))
    for source, target, mode in sources:
        summed.update(repr((target, mode)).encode())
        for path in _every(source):
            info = path.stat()
            summed.update(repr((str(path.relative_to(source)), info.st_mode)).encode())
            if path.is_file():
                with path.open("rb") as content:
                    summed.update(hashlib.file_digest(content, "sha256").digest())
    return summed.hexdigest()


def _every(source: Path) -> Sequence[Path]:
    return sorted(source.rglob("*")) if source.is_dir() else [source]


class _Reader:
    """Reads entry by entry, and goes on after what is wrong, to name all of it."""

    def __init__(self, place: Path, content: Mapping[str, Any]) -> None:
        self.wrong: list[str] = []
        self._place = place
        self._folder = place.resolve().parent
        self._content = content

    def image(self) -> ImageFile:
        """The image, without what is wrong."""
        top = _Entry(self, "", self._content)
        image = ImageFile(
            self._place,
            name=top.text("name", needed=True, like=_NAME),
            base=top.text("base"),
            display_name=top.text("display_name"),
            description=top.text("description"),
            instance_type=top.text("instance_type") or ImageFile.instance_type,
            internet=top.of("internet", bool, True),
            tags=top.texts_by_name("tags"),
            packages=tuple(top.texts("packages", like=_PACKAGE)),
            files=tuple(top.each("files", self._file)),
            commands=tuple(top.each("run", self._command)),
            default_profile=top.folder("default_profile"),
            applications=tuple(top.each("applications", self._application)),
        )
        if not image.applications:
            self.say("applications", "at least one is needed")
        names = [application.name for application in image.applications]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.say("applications", f"{name} is there {names.count(name)} times")
        top.refuse_unknown()
        return image

    def say(self, path: str, what: str) -> None:
        """This entry is wrong."""
        self.wrong.append(f"{path}: {what}" if path else what)

    def there(self, path: str, name: str) -> Path:
        """The file or folder of this name beside the file."""
        found = self._folder / name
        if not found.exists():
            self.say(path, f"there is no {found}")
        return found

    def _file(self, entry: "_Entry") -> File:
        source = entry.text("from", needed=True)
        mode = entry.text("mode", like=_MODE)
        return File(
            source=self.there(entry.path_of("from"), source) if source else self._folder,
            target=entry.place("to", needed=True),
            mode=int(mode, 8) if mode else None,
        )

    def _command(self, entry: "_Entry") -> Command:
        return Command(
            argv=entry.command("command"),
            directory=entry.place("directory") or "/",
            environment=entry.texts_by_name("environment"),
            within_s=entry.of("within_s", int, WITHIN_S),
        )

    def _application(self, entry: "_Entry") -> Offered:
        return Offered(
            name=entry.text("name", needed=True, like=_NAME),
            path=entry.place("path", needed=True),
            display_name=entry.text("display_name"),
            parameters=entry.text("parameters"),
            working_directory=entry.place("working_directory"),
            icon=entry.place("icon"),
        )


class _Entry:
    """One table of the file. What nobody has asked for is an entry that there is not."""

    def __init__(self, reader: _Reader, path: str, content: Any) -> None:
        self._reader = reader
        self._path = path
        self._content: Mapping[str, Any] = content if isinstance(content, Mapping) else {}
        self._asked: list[str] = []
        if not isinstance(content, Mapping):
            reader.say(path, "has to be a table")

    def path_of(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def of(self, name: str, kind: type[Any], default: Any) -> Any:
        """The entry of this name, which has to be of this kind."""
        self._asked.append(name)
        value = self._content.get(name, default)
        if type(value) is not kind:
            kinds = {str: "a text", bool: "true or false", int: "a whole number", list: "a list"}
            self._reader.say(self.path_of(name), f"has to be {kinds.get(kind, 'a table')}")
            return default
        return value

    def text(self, name: str, *, needed: bool = False, like: re.Pattern[str] | None = None) -> str:
        value: str = self.of(name, str, "")
        if needed and not value:
            self._reader.say(self.path_of(name), "is needed")
        elif value and like is not None and not like.fullmatch(value):
            self._reader.say(self.path_of(name), f"is {value!r}; it has to match {like.pattern}")
        return value

    def place(self, name: str, *, needed: bool = False) -> str:
        """An absolute path in the image."""
        value = self.text(name, needed=needed)
        path = PurePosixPath(value)
        if value and (not path.is_absolute() or ".." in path.parts or "\0" in value):
            self._reader.say(
                self.path_of(name), f"is {value!r}; it has to be an absolute path without .."
            )
        return value

    def folder(self, name: str) -> Path | None:
        """A folder beside the file."""
        value = self.text(name)
        if not value:
            return None
        found = self._reader.there(self.path_of(name), value)
        if found.exists() and not found.is_dir():
            self._reader.say(self.path_of(name), "has to be a folder")
        return found

    def texts(self, name: str, *, like: re.Pattern[str] | None = None) -> Iterator[str]:
        values: list[Any] = self.of(name, list, [])
        for number, value in enumerate(values):
            where = f"{self.path_of(name)}[{number}]"
            if not isinstance(value, str) or not value:
                self._reader.say(where, "has to be a text")
            elif like is not None and not like.fullmatch(value):
                self._reader.say(where, f"is {value!r}; it has to match {like.pattern}")
            else:
                yield value

    def texts_by_name(self, name: str) -> Mapping[str, str]:
        values: dict[str, Any] = self.of(name, dict, {})
        for key, value in values.items():
            if not isinstance(value, str):
                self._reader.say(f"{self.path_of(name)}.{key}", "has to be a text")
        return {key: value for key, value in values.items() if isinstance(value, str)}

    def command(self, name: str) -> tuple[str, ...]:
        """A list of words, or a text for the shell."""
        if isinstance(self._content.get(name), list):
            words = tuple(self.texts(name))
            if not words:
                self._reader.say(self.path_of(name), "is needed")
            return words
        text = self.text(name, needed=True)
        return ("/bin/sh", "-ec", text)

    def each(self, name: str, read: "Callable[[_Entry], Any]") -> Iterator[Any]:
        """What the function makes of each table of a list."""
        values: list[Any] = self.of(name, list, [])
        for number, value in enumerate(values):
            entry = _Entry(self._reader, f"{self.path_of(name)}[{number}]", value)
            yield read(entry)
            entry.refuse_unknown()

    def refuse_unknown(self) -> None:
        """What was not asked for is wrong."""
        for name in self._content.keys() - set(self._asked):
            near = get_close_matches(name, self._asked, 1)
            hint = f"; {near[0]} is" if near else f"; there are {', '.join(self._asked)}"
            self._reader.say(self.path_of(name), f"is nothing that can be said here{hint}")

"""The command `image-assistant`, also called AppStreamImageAssistant: AppStream's operations."""

from __future__ import annotations

import argparse
import json
import os
import sys

from . import catalog, making

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    Answer = Mapping[str, Any]

SUCCESS = {"status": 0, "message": "Success"}
NOT_ROOT = "Administrator privileges are required to perform this operation"
UNEXPECTED = 255


def main(argv: Sequence[str]) -> int:
    """The exit code: the status of the answer that was printed."""
    parser = _parser()
    if not argv or argv[0] == "help":
        parser.print_help()
        return 0
    asked = parser.parse_args(argv)
    answer = _answer(asked)
    sys.stdout.write(json.dumps(answer) + "\n")
    return int(answer["status"])


def _answer(asked: argparse.Namespace) -> Answer:
    work: Callable[[argparse.Namespace], Answer] = asked.work
    if os.geteuid() != 0:
        return {"status": 1, "message": NOT_ROOT}
    try:
        return work(asked)
    except catalog.Refused as refused:
        return {"status": 1, "message": str(refused)}
    except (OSError, ValueError, KeyError) as error:
        return {"status": UNEXPECTED, "message": str(error)}


def _add(asked: argparse.Namespace) -> Answer:
    path = asked.absolute_app_path
    catalog.add(
        {
            "Name": asked.name,
            "DisplayName": asked.display_name or catalog.display_name(path),
            "AbsoluteAppPath": path,
            "AbsoluteIconPath": asked.absolute_icon_path,
            "WorkingDirectory": asked.working_directory,
            "LaunchParameters": asked.launch_parameters,
            "AbsoluteManifestPath": asked.absolute_manifest_path,
        }
    )
    return SUCCESS


def _remove(asked: argparse.Namespace) -> Answer:
    catalog.remove(asked.name)
    return SUCCESS


def _list(_: argparse.Namespace) -> Answer:
    return {**SUCCESS, "applications": list(catalog.applications())}


def _update_profile(_: argparse.Namespace) -> Answer:
    making.update_default_profile()
    return SUCCESS


def _create(asked: argparse.Namespace) -> Answer:
    if len(asked.tags) % 2:
        return {"status": 1, "message": "Invalid value (tags)"}
    if asked.dynamic_app_catalog:
        words = "Dynamic application providers are not supported"
        return {"status": 1, "message": f"{words}: leave --enable-dynamic-app-catalog out"}
    return making.create_image(
        asked.name,
        description=asked.description,
        display_name=asked.display_name,
        tags={key: asked.tags[at + 1] for at, key in enumerate(asked.tags) if at % 2 == 0},
        latest_agent=asked.latest_agent,
        dry_run=asked.dry_run,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="image-assistant", description="Choose the applications of an image, and make it."
    )
    operations = parser.add_subparsers(title="operations", metavar="OPERATION", required=True)
    operations.add_parser("help", help="print this")

    def operation(name: str, words: str, work: Callable[..., Answer]) -> argparse.ArgumentParser:
        made = operations.add_parser(name, help=words, description=words)
        made.set_defaults(work=work)
        return made

    add = operation("add-application", "Add an application to the image's catalog.", _add)
    add.add_argument("--name", required=True)
    add.add_argument("--absolute-app-path", required=True)
    for option in ("display-name", "absolute-icon-path", "working-directory"):
        add.add_argument(f"--{option}", default="")
    for option in ("launch-parameters", "absolute-manifest-path"):
        add.add_argument(f"--{option}", default="")
    remove = operation("remove-application", "Remove an application from the catalog.", _remove)
    remove.add_argument("--name", required=True)
    operation("list-applications", "List the applications of the catalog.", _list)
    words = "Let new users of the image begin with the settings in your home folder."
    operation("update-default-profile", words, _update_profile)
    create = operation("create-image", "Make the image; this image builder is stopped.", _create)
    create.add_argument("--name", required=True)
    for option in ("description", "display-name"):
        create.add_argument(f"--{option}", default="")
    create.add_argument("--tags", nargs="*", default=[], metavar="KEY VALUE")
    create.add_argument("--dry-run", action="store_true")
    _switch(create, "use-latest-agent-version", "latest_agent")
    _switch(create, "enable-dynamic-app-catalog", "dynamic_app_catalog")
    return parser


def _switch(parser: argparse.ArgumentParser, option: str, place: str) -> None:
    either = parser.add_mutually_exclusive_group()
    either.add_argument(f"--{option}", dest=place, action="store_true")
    either.add_argument(f"--no-{option}", dest=place, action="store_false")


def run() -> None:
    """The command as a program."""
    sys.exit(main(sys.argv[1:]))

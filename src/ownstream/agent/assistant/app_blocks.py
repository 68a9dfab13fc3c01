"""The command `app-block-assistant`: makes an app block of what is in its folder."""

from __future__ import annotations

import sys

from . import service

REQUEST = {"do": "finish-app-block"}


def run() -> None:
    """Asks the service, prints what it answers and waits to be read if that is in a window."""
    sys.stdout.write("The app block is being made of what is in its folder ...\n")
    sys.stdout.flush()
    answer = service.ask(REQUEST)
    sys.stdout.write(f"{answer['message']}\n")
    if sys.stdin.isatty():
        sys.stdout.write("Press Enter to close this window.\n")
        sys.stdout.flush()
        sys.stdin.readline()
    sys.exit(int(answer["status"]))

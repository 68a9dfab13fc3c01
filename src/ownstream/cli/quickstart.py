"""`ownstream quickstart`: serve, with something to open at once."""

import logging
import threading
from pathlib import Path
from typing import Any

import click

from ownstream import profile, wiring
from ownstream.cli.demo import DemoFailed, make_demo
from ownstream.cli.doctor import report_lacks
from ownstream.cli.serve import serve
from ownstream.cli.status import api_client


def quickstart(options: dict[str, Any]) -> int:
    """The exit status: 0 after a clean stop, or when another run serves already."""
    if report_lacks():
        return 1
    folder: Path = options["data_dir"].resolve() / "aws"
    if _is_served(folder):
        return 0 if _show_demo(folder) else 1

    def ready(service: wiring.Service) -> None:
        # A thread, since it waits for answers of the very loop that calls this.
        threading.Thread(target=_show_demo, args=[folder], daemon=True).start()

    return serve(options, ready, log_level=logging.WARNING)


def _is_served(folder: Path) -> bool:
    from botocore.exceptions import BotoCoreError, ClientError

    if profile.key_pair(folder) is None:
        return False
    try:
        api_client(folder).describe_stacks()
    except (BotoCoreError, ClientError):
        return False
    return True


def _show_demo(folder: Path) -> bool:
    from botocore.exceptions import BotoCoreError, ClientError

    client = api_client(folder)
    try:
        url = make_demo(client, lambda text: click.echo(f"==> {text}"))
    except (BotoCoreError, ClientError, DemoFailed) as error:
        click.echo(f"The demonstration could not be started: {error}", err=True)
        click.echo("The service runs all the same; `ownstream status` shows its fleets.", err=True)
        return False
    variables = " ".join(f"{key}={value}" for key, value in profile.environment(folder).items())
    click.echo(
        f"""
ownstream is running. Stop it with Ctrl-C.

  Endpoint     {client.meta.endpoint_url}
  AWS profile  {variables}
               e.g. put this in front of: aws appstream describe-fleets

  Open this in a browser (the link works once, within an hour; run this again for another):

  {url}
"""
    )
    return True

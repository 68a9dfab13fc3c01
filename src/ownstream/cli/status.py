"""`ownstream status`: the service as its own API tells it."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from ownstream import profile

WIDTH = 100


def status(data_dir: Path) -> int:
    """The exit status: 0 if the service answers, 1 if it does not."""
    from botocore.exceptions import BotoCoreError, ClientError

    folder = data_dir.resolve() / "aws"
    if profile.key_pair(folder) is None:
        click.echo(f"No service has run on {data_dir} yet. Start one: ownstream serve", err=True)
        return 1
    client = api_client(folder)
    try:
        _show(client)
    except (BotoCoreError, ClientError) as error:
        click.echo(f"The service does not answer: {error}", err=True)
        click.echo(f"Start it: ownstream serve --data-dir {data_dir}", err=True)
        return 1
    return 0


def api_client(folder: Path) -> Any:
    """botocore's AppStream client for the profile in this folder."""
    from botocore.config import Config
    from botocore.session import Session

    session = Session()
    for name, value in (
        ("config_file", str(folder / "config")),
        ("credentials_file", str(folder / "credentials")),
        ("profile", profile.NAME),
    ):
        session.set_config_variable(name, value)
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=3, read_timeout=30)
    return session.create_client("appstream", config=config)


def _show(client: Any) -> None:
    console = Console(width=max(WIDTH, Console().width))
    console.print(f"endpoint  {client.meta.endpoint_url}")
    fleets = list(client.get_paginator("describe_fleets").paginate().search("Fleets[]"))
    stacks = {
        fleet["Name"]: client.list_associated_stacks(FleetName=fleet["Name"])["Names"]
        for fleet in fleets
    }
    _show_fleets(console, fleets, stacks)
    _show_sessions(console, client, stacks)


def _show_fleets(
    console: Console, fleets: list[dict[str, Any]], stacks: dict[str, list[str]]
) -> None:
    columns = ("Fleet", "State", "Type", "Desired", "Running", "In use", "Available", "Stacks")
    table = Table(*columns, title="Fleets", title_justify="left")
    for fleet in fleets:
        capacity = fleet["ComputeCapacityStatus"]
        numbers = [str(capacity.get(name, 0)) for name in ("Desired", "Running", "InUse")]
        table.add_row(
            fleet["Name"],
            fleet["State"],
            fleet["InstanceType"],
            *numbers,
            str(capacity.get("Available", 0)),
            ", ".join(stacks[fleet["Name"]]),
        )
    console.print(table if fleets else "No fleets.")
    for fleet in fleets:
        for error in fleet.get("FleetErrors", []):
            console.print(f"{fleet['Name']}: {error['ErrorMessage']}", style="red", markup=False)


def _show_sessions(console: Console, client: Any, stacks: dict[str, list[str]]) -> None:
    columns = ("User", "Stack", "Fleet", "State", "Connection", "Started")
    table = Table(*columns, title="Sessions", title_justify="left")
    for fleet, names in stacks.items():
        for stack in names:
            pages = client.get_paginator("describe_sessions").paginate(
                FleetName=fleet, StackName=stack
            )
            for session in pages.search("Sessions[]"):
                table.add_row(
                    session["UserId"],
                    stack,
                    fleet,
                    session["State"],
                    session.get("ConnectionState", ""),
                    str(session.get("StartTime", "")),
                )
    console.print(table if table.row_count else "No sessions.")

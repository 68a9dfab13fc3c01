"""The command line: what each command takes. What they do is in modules of their own."""

from pathlib import Path
from typing import Any

import click

from ownstream import __version__

data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data"),
    envvar="OWNSTREAM_DATA_DIR",
    show_default=True,
    help="The folder where everything that lasts is kept.",
)
listen = click.option(
    "--listen",
    default="127.0.0.1:8095",
    envvar="OWNSTREAM_LISTEN",
    show_default=True,
    metavar="HOST:PORT",
    help="Where to serve; on an address other than loopback it serves TLS.",
)
public_url = click.option(
    "--public-url",
    default="",
    envvar="OWNSTREAM_PUBLIC_URL",
    metavar="URL",
    help="The URL that browsers and clients reach the service by, if not that of --listen.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """An AppStream that its users own: the AppStream 2.0 API on your own machine."""


@cli.command()
@data_dir
@listen
@public_url
@click.option(
    "--driver",
    type=click.Choice(["process", "simulated"]),
    help="Where instances run: in processes of this machine (the default), or nowhere.",
)
@click.option(
    "--test-mode",
    is_flag=True,
    help="Let whoever has a key turn the clock, lose instances and make calls fail.",
)
@click.option("--tls-certificate", type=click.Path(exists=True, path_type=Path), help="PEM file.")
@click.option("--tls-key", type=click.Path(exists=True, path_type=Path), help="PEM file.")
def serve(**options: Any) -> None:
    """Serve the API and the streams until stopped."""
    from ownstream.cli.serve import serve as run

    raise SystemExit(run(options))


@cli.command()
@data_dir
@listen
@public_url
def quickstart(**options: Any) -> None:
    """Serve, with a demonstration fleet that is started and a URL to open."""
    from ownstream.cli.quickstart import quickstart as run

    raise SystemExit(run(options))


@cli.command()
@data_dir
def status(data_dir: Path) -> None:
    """Show whether the service runs, its fleets, stacks and sessions."""
    from ownstream.cli.status import status as run

    raise SystemExit(run(data_dir))


@cli.command()
def doctor() -> None:
    """Show what this machine lacks, and the command that mends it."""
    from ownstream.cli.doctor import doctor as run

    raise SystemExit(run())


@cli.group()
def image() -> None:
    """Images that are made without a window."""


@image.command("build")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--name", default="", help="The image's name, in the place of the file's.")
@data_dir
def image_build(file: Path, name: str, data_dir: Path) -> None:
    """Make the image that FILE describes, on this machine's running service."""
    from ownstream.cli.image_build import build

    raise SystemExit(build(file, name=name, data_dir=data_dir))


@cli.command()
def version() -> None:
    """Show the version."""
    click.echo(f"ownstream {__version__}")

"""Where `ownstream` and `python -m ownstream` begin."""

from ownstream.cli.app import cli


def main() -> None:
    """Runs the command line."""
    cli()


if __name__ == "__main__":
    main()

"""`ownstream doctor`: what this machine lacks, and what mends it."""

import click

from ownstream.drivers.process.requirements import findings


def doctor() -> int:
    """The exit status: 0 if fleets can run here, 1 if something needed is missing."""
    needed_missing = False
    for finding in findings():
        click.echo(f"{'ok  ' if finding.ok else 'LACK'}  {finding.name}")
        if not finding.ok:
            click.echo(f"      {finding.why}\n      mend it: {finding.mend}")
            needed_missing |= finding.needed
    return int(needed_missing)


def report_lacks() -> bool:
    """Whether something is missing without which no fleet runs; it is shown."""
    lacks = [finding for finding in findings() if finding.needed and not finding.ok]
    for finding in lacks:
        click.echo(f"{finding.name}: {finding.why}\n  mend it: {finding.mend}", err=True)
    return bool(lacks)

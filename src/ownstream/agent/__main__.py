"""The agent's command line: `python -m ownstream.agent`, run by a driver for each instance."""

import argparse
import asyncio
import importlib
import logging
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

from Xlib import ext as x_extensions

from ownstream.agent import app, desktop
from ownstream.agent.catalog import read_catalog
from ownstream.agent.fate import AgentEnded
from ownstream.agent.freed import let_go_of_large

LOG = logging.getLogger("ownstream.agent")


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 after SIGTERM, 1 with the reason on stderr otherwise."""
    let_go_of_large()
    asked = _parser().parse_args(arguments)
    _log_to_stderr()
    _import_all()
    if asked.uid is not None:
        _become(asked.uid, asked.gid)
    try:
        asyncio.run(app.run(_options(asked)))
    except AgentEnded as error:
        LOG.error("ended: %s", error)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ownstream.agent")
    parser.add_argument("--socket", type=Path, required=True, help="where to listen when ready")
    parser.add_argument("--control-fd", type=int, required=True, help="to the sandbox init")
    parser.add_argument("--xauthority", type=Path, required=True, help="the X server's cookie")
    parser.add_argument("--view", choices=(desktop.APP, desktop.DESKTOP), required=True)
    parser.add_argument("--catalog", type=Path, required=True, help="the applications, as JSON")
    parser.add_argument(
        "--administrator", action="store_true", help="the user makes an image of this instance"
    )
    parser.add_argument("--uid", type=int, help="who to become, when started by root")
    parser.add_argument("--gid", type=int, help="the group to become")
    return parser


def _options(asked: argparse.Namespace) -> app.Options:
    try:
        catalog = read_catalog(asked.catalog)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AgentEnded(f"the catalog {asked.catalog} cannot be read: {error!r}") from error
    return app.Options(
        socket=asked.socket,
        control_fd=asked.control_fd,
        xauthority=asked.xauthority,
        view=asked.view,
        catalog=catalog,
        administrator=asked.administrator,
    )


def _log_to_stderr() -> None:
    """Our own lines go to stderr; what the encoder prints at each start goes nowhere."""
    own = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8")
    logging.basicConfig(
        stream=own, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


def _import_all() -> None:
    """Everything is in memory: the new user may not be able to read where the code lies."""
    for module in pkgutil.iter_modules(x_extensions.__path__, f"{x_extensions.__name__}."):
        importlib.import_module(module.name)


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

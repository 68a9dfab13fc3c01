"""The way from control to an agent."""

import asyncio
import os
from pathlib import Path


async def reached(endpoint: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the agent at this endpoint; OSError if it does not answer.

    The kernel limits the paths of unix sockets to 108 bytes, so it goes by the folder's descriptor.
    """
    path = Path(endpoint.removeprefix("unix:"))
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        return await asyncio.open_unix_connection(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)

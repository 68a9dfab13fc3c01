"""A service that does nothing but launch one instance, a step for each line that it is sent.

Run as `python -m tests.support.launcher FOLDER`; prints each handle. It is there to be killed.
"""

import asyncio
import json
import sys
from pathlib import Path

from ownstream.drivers.process import ProcessDriver
from tests.support.instances import spec


async def main() -> None:
    driver = ProcessDriver(Path(sys.argv[1]))
    async for handle in driver.launch(spec()):
        print(json.dumps(dict(handle)), flush=True)
        await asyncio.to_thread(sys.stdin.readline)


asyncio.run(main())

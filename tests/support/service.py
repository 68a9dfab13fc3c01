"""A real `ownstream serve` for a test: started, spoken to, stopped or killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

READY_WITHIN_S = 40
STOP_WITHIN_S = 30


@dataclass
class Served:
    """A service's process and where it is."""

    data_dir: Path
    instances_dir: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    arguments: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    prefix: tuple[str, ...] = ()  # a command that the service is run by
    python: str = sys.executable
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.data_dir / "service.log"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What an AWS client's process needs to reach it."""
        aws = self.data_dir / "aws"
        return {
            "AWS_CONFIG_FILE": str(aws / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(aws / "credentials"),
            "AWS_PROFILE": "ownstream",
        }

    def client(self, **options: Any) -> Any:
        """boto3's AppStream client, unmodified, by the profile that the service has written."""
        core = botocore.session.Session()
        core.set_config_variable("config_file", self.environment["AWS_CONFIG_FILE"])
        core.set_config_variable(
            "credentials_file", self.environment["AWS_SHARED_CREDENTIALS_FILE"]
        )
        core.set_config_variable("profile", "ownstream")
        config = Config(retries={"total_max_attempts": 1})
        return boto3.Session(botocore_session=core).client("appstream", config=config, **options)

    def start(self) -> None:
        """The service answers when this returns."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        read_end, write_end = os.pipe()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *self.prefix,
                    *(self.python, "-m", "ownstream", "serve"),
                    *("--data-dir", str(self.data_dir), "--listen", f"{self.host}:{self.port}"),
                    *self.arguments,
                ],
                stdout=log,
                stderr=log,
                env={
                    **os.environ,
                    "OWNSTREAM_INSTANCES_DIR": str(self.instances_dir),
                    "OWNSTREAM_READY_FD": str(write_end),
                },
                pass_fds=[write_end],
            )
        os.close(write_end)
        watchdog = threading.Timer(READY_WITHIN_S, self.process.kill)
        watchdog.start()
        try:
            ready = os.read(read_end, 1)  # empty when the process ends
        finally:
            watchdog.cancel()
            os.close(read_end)
        if not ready:
            raise AssertionError(f"the service did not start:\n{self.log.read_text()}")

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        return self._end(signal.SIGTERM)

    def hand_over(self) -> int:
        """SIGHUP: it ends, and what runs is left to the next; the exit status."""
        return self._end(signal.SIGHUP)

    def kill(self) -> None:
        """SIGKILL: no chance to write or clean up anything."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        status = self.process.wait(STOP_WITHIN_S)
        self.process = None
        return status

    def processes(self) -> list[str]:
        """Command lines of all processes that name the service's folders."""
        found: list[str] = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(self.instances_dir) in line:
                found.append(line)
        return found


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(data_dir: Path, instances_dir: Path, **options: Any) -> Iterator[Served]:
    """A running service; it is stopped at the end if it still runs."""
    service = Served(data_dir, instances_dir, free_port(), **options)
    service.start()
    try:
        yield service
    finally:
        if service.process is not None:
            service.stop()


def simulated(folder: Path, *arguments: str, **options: Any) -> AbstractContextManager[Served]:
    """A running service whose instances are simulated, its folders in this one."""
    with_driver = ("--driver", "simulated", *arguments)
    return served(folder / "data", folder / "instances", arguments=with_driver, **options)

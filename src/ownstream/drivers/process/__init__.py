"""Instances as sandboxed processes of the machine that the service runs on."""

from ownstream.drivers.process.driver import ProcessDriver
from ownstream.drivers.process.tools import Tools

__all__ = ["ProcessDriver", "Tools"]

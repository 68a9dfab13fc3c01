"""Instances that are entries of a dictionary: whole fleets with nothing behind them."""

from ownstream.drivers.simulated.agent import Agent
from ownstream.drivers.simulated.catalog import CATALOG
from ownstream.drivers.simulated.driver import SimulatedDriver

__all__ = ["CATALOG", "Agent", "SimulatedDriver"]

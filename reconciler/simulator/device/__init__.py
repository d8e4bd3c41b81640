"""Simulated terminals: the "Device control interface", written from its manual."""

from reconciler.simulator.device.commands import COMMANDS
from reconciler.simulator.device.record import Happening, Record
from reconciler.simulator.device.seed import SeedDepartment, SeedRecord, SeedUser, TerminalSeed
from reconciler.simulator.device.switches import Capabilities, Capacity, Switches, device_switches
from reconciler.simulator.device.terminal import Terminal
from reconciler.simulator.device.terminals import Terminals

__all__ = [
    "COMMANDS",
    "Capabilities",
    "Capacity",
    "Happening",
    "Record",
    "SeedDepartment",
    "SeedRecord",
    "SeedUser",
    "Switches",
    "Terminal",
    "TerminalSeed",
    "Terminals",
    "device_switches",
]

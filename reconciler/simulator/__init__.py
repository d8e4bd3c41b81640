"""Servers that behave like the real ones, for trials and tests: written from the manuals, sharing no code with the
client.

    with Server("biotime-8.5", switches={"page_size_max": 100}) as server:
        server.generate(employees=1000)
        server.faults.add(Fault(effect="status", status=503, path="/employees/", nth=2))
        ...  # talk to server.url
        assert server.calls("GET", "/personnel/api/employees/") == 3

Terminals are served by the thousand on one port:

    with Terminals() as terminals:
        lobby = terminals.add("lobby", capabilities={"palm": False})
        ...  # talk to lobby.url
        assert terminals.record.violations() == []
"""

from reconciler.simulator.config import Entry, ServerConfig, read, run
from reconciler.simulator.device import Terminal, Terminals, TerminalSeed, device_switches
from reconciler.simulator.device.config import FleetConfig, TerminalConfig
from reconciler.simulator.errors import SimulatorError
from reconciler.simulator.faults import EFFECTS, Fault
from reconciler.simulator.profile import Profile
from reconciler.simulator.server import Server
from reconciler.simulator.systems import PROFILES, switches

__all__ = [
    "EFFECTS",
    "PROFILES",
    "Entry",
    "Fault",
    "FleetConfig",
    "Profile",
    "Server",
    "ServerConfig",
    "SimulatorError",
    "Terminal",
    "TerminalConfig",
    "TerminalSeed",
    "Terminals",
    "device_switches",
    "read",
    "run",
    "switches",
]

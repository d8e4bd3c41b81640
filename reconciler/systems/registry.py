"""The systems by name. Each module is imported when a project asks for it: HTTP clients are slow to start."""

from importlib import import_module

from reconciler.systems.base import System

_MODULES = {
    "biotime": "reconciler.systems.biotime",
    "utimemaster": "reconciler.systems.biotime",
    "zkbiotime": "reconciler.systems.biotime",
    "cvsecurity": "reconciler.systems.cvsecurity",
    "device": "reconciler.systems.device",
}

NAMES = tuple(_MODULES)

SERVERS = tuple(name for name in NAMES if name != "device")
"""The systems of the targets that stand in reconciler.yaml."""


def system(name: str) -> System:
    """The system called `name`. Raises KeyError for a name that is not in `NAMES`."""
    systems: dict[str, System] = import_module(_MODULES[name]).SYSTEMS
    return systems[name]

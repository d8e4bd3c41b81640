"""Terminals as a user runs them: a project on disk, simulated terminals, and the real commands."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from conformance import Project, Run

from reconciler.simulator import Terminals
from reconciler.simulator.device import Terminal, TerminalSeed
from reconciler.simulator.device.seed import seed

LOBBY, GATE = "lobby", "gate"
INTRODUCED = Counter({"GetDeviceUid": 1, "GetDeviceCapabilities": 1})
"""How every run makes sure that it is the terminal that it takes it for."""

OFFICE = {
    ("area", "HQ"): {"name": "Headquarters"},
    ("area", "LAB"): {"name": "Laboratory"},
    ("shift", "day"): {"periods": ["09:00-12:00", "13:00-18:00"]},
    ("shift", "night"): {"periods": ["00:00-06:00", "22:00-23:59"]},
    ("department", "OPS"): {"name": "Operations", "roster": {"mon-fri": "day", "sat-sun": "holiday"}},
    ("department", "RND"): {"name": "Research", "roster": {"mon-thu": "day", "fri": "night", "sat-sun": "leave"}},
    ("access_level", "Office hours"): {"week": {"mon-fri": "08:00-18:00"}},
    ("access_level", "Saturdays"): {"week": {"sat": ["09:00-12:00", "13:00-15:00"]}},
    ("access_level", "Guards"): {"week": {"fri-sun": "22:00-06:00"}},
}
"""What people on terminals refer to."""

WHOLE = {
    "first_name": "Ana",
    "last_name": "Silva",
    "department": "OPS",
    "areas": ["HQ"],
    "access_levels": ["Office hours"],
    "card": "1234567",
    "device_password": {"env": "SECRET_4711"},
    "privilege": "manager",
    "valid": {"from": "2026-01-05", "until": "2026-12-31"},
    "roster": {"from": "2026-01-05", "cycle": ["day", "night", "holiday"]},
}
"""An employee with everything that a terminal holds of people."""

BODY = {"fp": ("finger one", "finger two"), "face": "a face", "palm": ("a palm",)}
"""What is enrolled at a terminal: templates that no file has."""


class Site(Project):
    """A project and its terminals: each is at the address that the files say, and has the area HQ at first."""

    def __init__(self, terminals: Terminals, root: Path) -> None:
        super().__init__(root)
        self.terminals = terminals
        self.settings = {**self.settings, "retries": 0}

    def targets(self) -> dict[str, Any]:
        return {"devices": self.settings}

    def install(self, name: str = LOBBY, area: str = "HQ", **how: Any) -> Terminal:
        """One terminal more, in the files too, without a setting."""
        terminal = self.terminals.add(name, **how)
        self.objects["device", name] = {"url": terminal.url, "area": area, "settings": {}}
        return terminal

    def held(self) -> int:
        """Of each terminal its settings, all shifts, its people and their departments."""
        shifts = sum(kind == "shift" for kind, _ in self.objects)
        found = 0
        for (kind, _), device in self.objects.items():
            if kind == "device":
                found += len(device["settings"])
                if device.get("manages") == ["settings"]:
                    continue
                people = self.people(device["area"])
                found += shifts + len(people)
                found += len({self._department(self.objects["employee", key]) for key in people})
        return found

    def people(self, area: str) -> list[str]:
        """The codes of the employees of an area."""
        return [key for (kind, key), each in self.objects.items() if kind == "employee" and area in each["areas"]]

    def _department(self, employee: dict[str, Any]) -> str:
        return self.objects["department", employee["department"]]["name"]

    def set(self, **settings: Any) -> None:
        """Settings of the lobby, over what it has."""
        self.objects["device", LOBBY]["settings"] |= settings

    def calls(self, name: str = LOBBY) -> Counter[str]:
        """How often each command arrived since the record was cleared."""
        return Counter(each.command for each in self.terminals.record.entries(name, event="call"))

    def payloads(self, command: str, name: str = LOBBY) -> list[Any]:
        """What arrived with a command since the record was cleared."""
        return [each.payload for each in self.terminals.record.entries(name, command, "call")]

    def cost(self, run: Callable[[], Run], name: str = LOBBY) -> Counter[str]:
        """The calls of one run, by command."""
        self.terminals.record.clear()
        run()
        return self.calls(name)


@contextmanager
def site(root: Path) -> Iterator[Site]:
    """Terminals and their project. At the end none must have stumbled, been called twice at once, or be locked."""
    with Terminals() as terminals:
        here = Site(terminals, root / "project")
        here.objects |= _copy(OFFICE)
        yield here
        locked = [name for name in terminals.dump() if terminals[name].locked]
    assert (terminals.errors, terminals.record.violations(), locked) == ([], [], [])


def _copy(given: Any) -> Any:
    """The same, to be changed."""
    return {key: _copy(value) for key, value in given.items()} if isinstance(given, dict) else given


def employee(**values: Any) -> dict[str, Any]:
    """An employee of the lobby's area, who has little."""
    return {"department": "OPS", "areas": ["HQ"], **values}


def whole(**values: Any) -> dict[str, Any]:
    """An employee with everything, each their own."""
    return {**_copy(WHOLE), **values}


def put(terminal: Terminal, **rows: Any) -> None:
    """Put rows into a terminal, as people at its own menu do."""
    with terminal.lock:
        seed(terminal.unit, msgspec.convert(rows, TerminalSeed))


def enrol(terminal: Terminal, key: str) -> None:
    """Somebody's fingers, face and palm are taken at the terminal."""
    change_user(terminal, key, **BODY)


def body(terminal: Terminal, key: str) -> dict[str, Any]:
    """What is enrolled of a user."""
    return {name: getattr(terminal.unit.state.users[key], name) for name in BODY}


def change_user(terminal: Terminal, key: str, **values: Any) -> None:
    """Somebody changes a user at the terminal's own menu."""
    with terminal.lock:
        users = terminal.unit.state.users
        users[key] = msgspec.structs.replace(users[key], **values)


def week(terminal: Terminal, key: str) -> list[list[str]]:
    """When a user may pass, by what the terminal holds: the ranges of each day, Sunday first."""
    zones = msgspec.json.decode(terminal.unit.state.zones)
    access = terminal.unit.state.users[key].access
    return [] if access is None else [_ranges(zones[number]) for number in access.zones]


def _ranges(pairs: Sequence[dict[str, str]]) -> list[str]:
    return [f"{each['start']}-{each['end']}" for each in pairs if each["start"] != each["end"]]


def roster(terminal: Terminal, numbers: Sequence[int]) -> list[list[str] | int]:
    """What the numbers of a roster mean: the periods of a shift, or the number that means none."""
    shifts = msgspec.json.decode(terminal.unit.state.shifts)
    return [_ranges(shifts[number]) if number < len(shifts) else number for number in numbers]

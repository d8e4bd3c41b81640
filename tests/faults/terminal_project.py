"""What the tests of terminals' faults share: a project that has simulated terminals as its devices, what these hold
then, and a stop at an exact call."""

import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from command_line import Ran
from fault_process import finish, start
from fault_project import Objects, run, write_project
from fork_server import Process

from reconciler.simulator import Fault, Terminal, Terminals
from reconciler.simulator.faults import Faults
from reconciler.simulator.messages import Request

PIN = {"file": "private/pin"}
PEOPLE: dict[str, list[dict[str, Any]]] = {
    "areas": [{"code": "HQ", "name": "Head"}],
    "departments": [{"code": "10", "name": "Ops", "roster": {"mon-fri": "day", "sat-sun": "holiday"}}],
    "shifts": [{"name": "day", "periods": ["08:00-16:00"]}],
    "access_levels": [{"name": "Office", "week": {"mon-fri": "08:00-18:00"}}],
    "employees": [
        {
            "code": code,
            "nickname": name,
            "department": "10",
            "areas": ["HQ"],
            "access_levels": ["Office"],
            "roster": {"from": "2027-01-01", "cycle": ["day"]},
            "device_password": PIN,
        }
        for code, name in (("7", "Ana"), ("8", "Ben"))
    ],
}
CHANGED = {"volume": 9}
"""Settings that differ from the factory's."""


@contextmanager
def serving(**more: Any) -> Iterator[Terminals]:
    """Terminals that are asked one thing at a time, and have no error of their own."""
    with Terminals(**more) as terminals:
        yield terminals
    assert terminals.errors == []
    assert terminals.record.violations() == []


def device(terminal: Terminal, **members: Any) -> dict[str, Any]:
    return {"name": terminal.name, "url": terminal.url, "area": "HQ", "settings": CHANGED, **members}


def write_devices(root: Path, devices: Sequence[Mapping[str, Any]], objects: Objects = PEOPLE, **defaults: Any) -> Path:
    """A project of these devices. Nothing is tried twice, so that each fault is met."""
    write_project(root, {}, {**objects, "devices": [dict(each) for each in devices]}, **{"retries": 0, **defaults})
    secret(root, "pin", "4711")
    return root


def secret(root: Path, name: str, text: str) -> dict[str, str]:
    """A reference to a secret of the project."""
    path = root / "private" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return {"file": f"private/{name}"}


def outcomes(ran: Ran) -> dict[str, str]:
    """What became of each change, by its address."""
    return {each["address"]: each["status"] for each in ran.document["outcomes"]}


def assert_settled(root: Path) -> None:
    """A plan made now is complete and empty, and has nothing to say."""
    ran = run(root, "plan", "--json")
    told = ran.document
    assert (ran.status, told["complete"], told["resource_changes"], told["diagnostics"]) == (0, True, [], [])


class AtCall(Faults):
    """Instead of a terminal's faults: `act` is called when the n-th call of a command arrives, before the terminal
    works on it. With `drop` that call is then not carried out."""

    def __init__(
        self, terminal: Terminal, command: str, act: Callable[[], object], *, number: int = 1, drop: bool = False
    ) -> None:
        super().__init__()
        self._command = command
        self._left = number
        self._act = act
        self._drop = [Fault(effect="drop")] if drop else []
        terminal.faults = self

    def take(self, request: Request) -> list[Fault]:
        self._left -= request.command == self._command
        if request.command != self._command or self._left != 0:
            return super().take(request)
        self._act()
        return self._drop


def killed_at_call(root: Path, terminal: Terminal, command: str, *, number: int = 1, commit: bool) -> Ran:
    """An apply that is killed (SIGKILL) when the n-th call of a command has arrived: before, or else after, the
    terminal carries it out."""
    processes: list[Process] = []

    def kill() -> None:
        processes[0].kill()
        processes[0].wait()

    home = terminal.url
    AtCall(terminal, command, kill, number=number, drop=not commit)
    processes.append(start(root, "apply", "--auto-approve"))
    ran = finish(processes[0])
    _idle(home)
    terminal.faults = Faults()
    return ran


def _idle(url: str) -> None:
    """Waits until the one thread of the terminals has done what it was at: it answers this after that."""
    with suppress(OSError):  # the terminal is not there any more, and that was the answer
        urllib.request.urlopen(url, timeout=15).close()

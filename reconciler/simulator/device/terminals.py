"""Simulated terminals on one port: by distinct loopback addresses, and by name below /t/."""

import hashlib
import ipaddress
import re
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from reconciler.simulator.device.checks import Refused, Unit
from reconciler.simulator.device.facts import VERSIONS
from reconciler.simulator.device.record import Record
from reconciler.simulator.device.security import context
from reconciler.simulator.device.seed import TerminalSeed, generate, seed
from reconciler.simulator.device.serving import Serving
from reconciler.simulator.device.state import Security, factory
from reconciler.simulator.device.switches import Capabilities, Capacity, Switches, switches_with
from reconciler.simulator.device.terminal import Terminal
from reconciler.simulator.errors import SimulatorError
from reconciler.simulator.faults import Faults
from reconciler.simulator.keep import Keeper, read

T = TypeVar("T")

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_FIRST = "127.0.0.1"
_FLEET = "127.1.0.1"
_FLEET_SECONDS = 5.0


class Terminals:
    """A server of simulated terminals, with the faults of all and the record of what happened to them.

    Each is at its own loopback address on the same port, and at `http://127.0.0.1:PORT/t/NAME` (for systems whose
    loopback is one address; there is no https by name but where 127.0.0.1 is a terminal). http and https share the
    port. Port 0 takes any free port. All loopback addresses are listened on by one socket, which turns everything else
    away. With `control`, POST, GET and DELETE on /_simulator/faults add, list and clear faults. `clock` gives the
    seconds since 1970. `errors` are the simulator's own: a test that ends with one has found a bug here.

        with Terminals() as terminals:
            lobby = terminals.add("lobby", capabilities={"palm": False})
            ...  # talk to lobby.url
            assert terminals.record.violations() == []

    Use it as a context manager, or call `start` and `stop`. Raises SimulatorError for what it can't use."""

    def __init__(self, *, port: int = 0, control: bool = False, clock: Callable[[], float] = time.time) -> None:
        self.record = Record()
        self.faults = Faults()
        self._terminals: dict[str, Terminal] = {}
        self._places: dict[str, Terminal] = {}
        self._clock = clock
        self._port = port
        self._files: list[_File] = []
        self._keepers: list[Keeper] = []
        self._serving = Serving(self._terminals, self._places, self.faults, control=control)
        self.errors = self._serving.errors

    def add(
        self,
        name: str,
        *,
        address: str | None = None,
        api_key: str = "",
        switches: Switches | dict[str, object] | None = None,
        capabilities: Capabilities | dict[str, bool] | None = None,
        capacity: Capacity | dict[str, int] | None = None,
        uid: str | None = None,
        clock_offset: float = 0.0,
        certificate: Path | None = None,
        key: Path | None = None,
        data: Path | None = None,
    ) -> Terminal:
        """One terminal, at any moment. `address` is its own in 127.0.0.0/8 (left out: the next that is free); `api_key`
        is its key now; the factory's is empty. `clock_offset` is by how many seconds its clock is off UTC.
        `certificate` and `key` (PEM files) are the factory's, for https. With `data` it is kept in that file."""
        if not _NAME.fullmatch(name):
            raise SimulatorError(f"The name {name!r} is none of a terminal: letters, digits, _ and - are.")
        if name in self._terminals:
            raise SimulatorError(f"There are two terminals of the name {name!r}.")
        found = switches if isinstance(switches, Switches) else switches_with(switches)
        kept = _kept(data)
        delivered = _delivered(certificate, key)
        state = factory(found, uid or hashlib.sha256(name.encode()).hexdigest()[:16], delivered)
        state.security = msgspec.structs.replace(delivered, api_key=api_key)
        state.clock_offset = clock_offset
        unit = Unit(
            state=state,
            switches=found,
            capabilities=_made(Capabilities, capabilities),
            capacity=_made(Capacity, capacity),
            versions=VERSIONS,
            clock=self._clock,
            home=self._address(address),
            delivered=delivered,
        )
        terminal = Terminal(name, unit, self.record, self._located)
        terminal.port = self._port if self._serving.running else 0
        if name in kept:
            terminal.load(kept[name])
            terminal.restored = True
        self._terminals[name] = terminal
        self._located(terminal, None)
        if data:
            self._keep(_File(data, (terminal,), 1.0))
        return terminal

    def fleet(
        self,
        prefix: str,
        count: int,
        *,
        address: str = _FLEET,
        users: int = 0,
        rows: TerminalSeed | None = None,
        api_key: str = "",
        switches: Switches | dict[str, object] | None = None,
        capabilities: Capabilities | dict[str, bool] | None = None,
        capacity: Capacity | dict[str, int] | None = None,
        data: Path | None = None,
    ) -> list[Terminal]:
        """That many terminals PREFIX-0001, PREFIX-0002, … at `address` and those that follow it. Each has the rows, and
        so many made-up users, always the same. With `data` all are kept in that one file."""
        first = ipaddress.IPv4Address(_loopback(address))
        _loopback(str(first + count - 1))
        found = switches if isinstance(switches, Switches) else switches_with(switches)
        has, holds = _made(Capabilities, capabilities), _made(Capacity, capacity)
        made = []
        kept = _kept(data)
        for number, name in enumerate(names_of(prefix, count)):
            here = str(first + number)
            terminal = self.add(name, address=here, api_key=api_key, switches=found, capabilities=has, capacity=holds)
            seed(terminal.unit, rows or TerminalSeed())
            generate(terminal.unit, users)
            if name in kept:
                terminal.load(kept[name])
                terminal.restored = True
            made.append(terminal)
        if data:
            self._keep(_File(data, tuple(made), _FLEET_SECONDS))
        return made

    def __getitem__(self, name: str) -> Terminal:
        return self._terminals[name]

    def __contains__(self, name: object) -> bool:
        return name in self._terminals

    def __len__(self) -> int:
        return len(self._terminals)

    def by_name(self, name: str) -> str:
        """The address of a terminal by its name, the same for ever. Raises SimulatorError if it does not run."""
        if not self._serving.running:
            raise SimulatorError("The terminals do not run, so that they have no address.")
        return f"http://127.0.0.1:{self._port}/t/{self._terminals[name].name}"

    def dump(self) -> dict[str, object]:
        """All that the terminals remember, by their names, secrets included."""
        return {name: terminal.dump() for name, terminal in sorted(self._terminals.items())}

    def load(self, dump: dict[str, object]) -> None:
        """Replace what the terminals of a dump remember. Raises SimulatorError for anything else."""
        unknown = sorted(set(dump) - set(self._terminals))
        if unknown:
            raise SimulatorError(f"There is no terminal {unknown[0]!r} for what the dump has.")
        for name, remembered in dump.items():
            self._terminals[name].load(remembered)

    def start(self) -> Self:
        """Begin to serve; again after a stop, at the same port. Raises SimulatorError if the port can't be had."""
        self._port = self._serving.start(self._port)
        for terminal in self._terminals.values():
            terminal.port = self._port
        for file in self._files:
            self._save(file)
        return self

    def stop(self) -> None:
        """Close every connection, and save what is kept in files."""
        self._serving.stop()
        for terminal in self._terminals.values():
            terminal.port = 0
        keepers, self._keepers = self._keepers, []
        for keeper in keepers:
            keeper.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _address(self, wanted: str | None) -> str:
        if wanted is None:
            candidate = ipaddress.IPv4Address(_FIRST)
            while str(candidate) in self._places:
                candidate += 1
            return str(candidate)
        if _loopback(wanted) in self._places:
            raise SimulatorError(f"There are two terminals at the address {wanted}.")
        return wanted

    def _located(self, terminal: Terminal, before: str | None) -> None:
        """A terminal is somewhere else now; of two at one address the later is there."""
        if before is not None and self._places.get(before) is terminal:
            del self._places[before]
        if terminal.place is not None:
            self._places[terminal.place] = terminal

    def _keep(self, file: "_File") -> None:
        self._files.append(file)
        if self._serving.running:
            self._save(file)

    def _save(self, file: "_File") -> None:
        """Begin to save what changes."""
        keeper = Keeper(file.path, file.dump, file.seconds)
        self._keepers.append(keeper)
        for terminal in file.terminals:
            self._serving.changed[terminal.name] = keeper.changed
        keeper.start()


class _File(msgspec.Struct, frozen=True, eq=False):
    """A data file, the terminals that are kept in it, and how many seconds apart it is written at least."""

    path: Path
    terminals: tuple[Terminal, ...]
    seconds: float

    def dump(self) -> dict[str, object]:
        return {"terminals": {terminal.name: terminal.dump() for terminal in self.terminals}}


def names_of(prefix: str, count: int) -> list[str]:
    """The names of a fleet's terminals: PREFIX-0001, PREFIX-0002, …"""
    width = max(4, len(str(count)))
    return [f"{prefix}-{number:0{width}}" for number in range(1, count + 1)]


def _kept(path: Path | None) -> dict[str, object]:
    """What a data file remembers of terminals, by their names. Raises SimulatorError."""
    if path is None:
        return {}
    if not path.parent.is_dir():
        raise SimulatorError(f"The folder of the data file {path} is not there.")
    kept = (read(path) or {}).get("terminals", {})
    if not isinstance(kept, dict):
        raise SimulatorError(f"The data file {path} has no terminals.")
    return kept


def _delivered(certificate: Path | None, key: Path | None) -> Security:
    """A terminal's security as the factory made it. Raises SimulatorError for files that can't be used."""
    if certificate is None and key is None:
        return Security()
    if certificate is None or key is None:
        raise SimulatorError("A certificate and its key belong together; one of the two is missing.")
    try:
        found = Security(device_cert=certificate.read_text("utf-8"), device_key=key.read_text("utf-8"))
        context(found)
    except (OSError, UnicodeDecodeError) as error:
        raise SimulatorError(f"The certificate {certificate} or its key can't be read: {error}.") from None
    except Refused:
        raise SimulatorError(f"The certificate {certificate} and the key {key} do not belong together.") from None
    return found


def _loopback(address: str) -> str:
    try:
        if ipaddress.IPv4Address(address).is_loopback:
            return address
    except ValueError:
        pass
    raise SimulatorError(f"The address {address!r} is none of a terminal: those from 127.0.0.1 to 127.255.255.254 are.")


def _made(kind: type[T], given: T | dict[str, bool] | dict[str, int] | None) -> T:
    try:
        return given if isinstance(given, kind) else msgspec.convert(given or {}, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SimulatorError(f"A terminal's {kind.__name__.lower()} can't be used: {error}.") from None

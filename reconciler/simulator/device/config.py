"""The entries `terminals:` and `fleets:` of the file of `reconciler simulate`."""

from pathlib import Path
from typing import Annotated

import msgspec

from reconciler.simulator.device.seed import SeedDepartment, SeedRecord, SeedUser, TerminalSeed, seed
from reconciler.simulator.device.switches import Capabilities, Capacity, switches_with
from reconciler.simulator.device.terminals import Terminals, names_of
from reconciler.simulator.errors import SimulatorError
from reconciler.simulator.faults import Fault

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class TerminalConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of `terminals:`. Those of one port share a server, and so do those of port 0 (any free one). `address`
    is the terminal's own in 127.0.0.0/8; left out, the next that is free. `data` is a file, relative to the YAML file;
    once it is there, `users`, `departments` and `records` are not used again. `certificate` and `key` are PEM files,
    relative to the YAML file, too: the factory's, for https."""

    name: str
    port: Port = 0
    address: str | None = None
    api_key: str = ""
    uid: str | None = None
    clock_offset: float = 0.0
    data: str | None = None
    certificate: str | None = None
    key: str | None = None
    control: bool = False
    switches: dict[str, object] = {}
    capabilities: Capabilities = Capabilities()
    capacity: Capacity = Capacity()
    faults: list[Fault] = []
    users: list[SeedUser] = []
    departments: list[SeedDepartment] = []
    records: list[SeedRecord] = []

    def add(self, terminals: Terminals) -> None:
        """Put the terminal that this entry describes among others. Raises SimulatorError."""
        terminal = terminals.add(
            self.name,
            address=self.address,
            api_key=self.api_key,
            switches=self.switches,
            capabilities=self.capabilities,
            capacity=self.capacity,
            uid=self.uid,
            clock_offset=self.clock_offset,
            certificate=Path(self.certificate) if self.certificate else None,
            key=Path(self.key) if self.key else None,
            data=Path(self.data) if self.data else None,
        )
        if not terminal.restored:
            rows = TerminalSeed(users=self.users, departments=self.departments, records=self.records)
            seed(terminal.unit, rows)
        terminal.faults.add(*self.faults)


class FleetConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of `fleets:`: `count` terminals PREFIX-0001, …, at `address` and those after it, each with the
    users, the departments and `made_up_users` more. `data` is one file for all."""

    prefix: str
    count: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    port: Port = 0
    address: str = "127.1.0.1"
    api_key: str = ""
    made_up_users: Annotated[int, msgspec.Meta(ge=0)] = 0
    data: str | None = None
    control: bool = False
    switches: dict[str, object] = {}
    capabilities: Capabilities = Capabilities()
    capacity: Capacity = Capacity()
    faults: list[Fault] = []
    users: list[SeedUser] = []
    departments: list[SeedDepartment] = []

    def add(self, terminals: Terminals) -> None:
        """Put the terminals that this entry describes among others. Raises SimulatorError."""
        made = terminals.fleet(
            self.prefix,
            self.count,
            address=self.address,
            users=self.made_up_users,
            rows=TerminalSeed(users=self.users, departments=self.departments),
            api_key=self.api_key,
            switches=self.switches,
            capabilities=self.capabilities,
            capacity=self.capacity,
            data=Path(self.data) if self.data else None,
        )
        for terminal in made:
            terminal.faults.add(*self.faults)


def name_of(entry: object) -> str:
    """What an entry is called: a fleet by its prefix."""
    return entry.prefix if isinstance(entry, FleetConfig) else str(getattr(entry, "name", ""))


def checked(config: TerminalConfig | FleetConfig) -> None:
    """Refuse switches that there are not. Raises SimulatorError."""
    switches_with(config.switches)


def grouped(terminals: list[TerminalConfig], fleets: list[FleetConfig]) -> list[Terminals]:
    """The servers for these entries, one a port, not started yet. Raises SimulatorError that names the entry."""
    entries: list[TerminalConfig | FleetConfig] = [*terminals, *fleets]
    servers = {}
    for port in sorted({entry.port for entry in entries}):
        control = any(entry.control for entry in entries if entry.port == port)
        servers[port] = Terminals(port=port, control=control)
    # Those with an address of their own come first, lest another is given it.
    for entry in sorted(entries, key=lambda it: it.address is None):
        try:
            entry.add(servers[entry.port])
        except SimulatorError as error:
            raise SimulatorError(f"Terminal {name_of(entry)}: {error}") from None
    return list(servers.values())


def announced(terminals: list[TerminalConfig], fleets: list[FleetConfig], servers: list[Terminals]) -> list[str]:
    """A line for each entry, with the address of its terminals; they must run."""
    lines = []
    for config in terminals:
        server = next(it for it in servers if config.name in it)
        lines.append(f"{config.name} (terminal): {server[config.name].url}")
    for fleet in fleets:
        names = names_of(fleet.prefix, fleet.count)
        server = next(it for it in servers if names[0] in it)
        first, last = server[names[0]], server[names[-1]]
        span = first.url if fleet.count == 1 else f"{first.url} to {last.url}"
        lines.append(f"{fleet.prefix} ({fleet.count} terminals): {span}; also {server.by_name(names[0])} and so on")
    return lines

"""The file of `reconciler simulate`, and running what it says."""

import re
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated

import msgspec
import yaml

from reconciler.simulator.device.config import (
    FleetConfig,
    TerminalConfig,
    announced,
    checked,
    grouped,
    name_of,
)
from reconciler.simulator.errors import SimulatorError
from reconciler.simulator.faults import Fault
from reconciler.simulator.seed import Generate, Seed
from reconciler.simulator.server import Server
from reconciler.simulator.systems import profile


class ServerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of `servers:`. `data` is a file, relative to the YAML file; once it is there, `seed` and `generate`
    are not used again. `certificate` and `key` are PEM files, relative to the YAML file, too. The BioTime family takes
    `username` and `password`, CVSecurity `token`."""

    name: str
    profile: str = "biotime-8.5"
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    username: str = "admin"
    password: str = "admin"  # noqa: S105  a simulator's
    token: str = "apitoken"  # noqa: S105
    data: str | None = None
    save_every_write: bool = False
    certificate: str | None = None
    key: str | None = None
    control: bool = False
    switches: dict[str, object] = {}
    faults: list[Fault] = []
    seed: Seed = {}
    generate: Generate = Generate()

    def server(self) -> Server:
        """The server that this entry describes, with its data and faults, not started yet. Raises SimulatorError."""
        built = Server(
            self.profile,
            switches=self.switches,
            username=self.username,
            password=self.password,
            token=self.token,
            host=self.host,
            port=self.port,
            data=Path(self.data) if self.data else None,
            save_every_write=self.save_every_write,
            certificate=Path(self.certificate) if self.certificate else None,
            key=Path(self.key) if self.key else None,
            control=self.control,
        )
        if not built.restored:
            wanted = {name: getattr(self.generate, name) for name in Generate.__struct_fields__}
            built.generate(**wanted)
            built.seed(self.seed)
        built.faults.add(*self.faults)
        return built


Entry = ServerConfig | TerminalConfig | FleetConfig


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    servers: list[ServerConfig] = []
    terminals: list[TerminalConfig] = []
    fleets: list[FleetConfig] = []


def read(path: Path) -> list[Entry]:
    """The servers, terminals and fleets of a YAML file. Raises SimulatorError that names the file, and the line where
    that is known."""
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
        value = _plain(root) if root is not None else None
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise SimulatorError(f"{path} can't be read: {why}.") from None
    except UnicodeDecodeError:
        raise SimulatorError(f"{path} can't be read: it is not UTF-8 text.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise SimulatorError(f"{path}{line}: This is no YAML: {getattr(error, 'problem', error)}.") from None
    except RecursionError:
        raise SimulatorError(f"{path}: The file refers to itself.") from None
    if root is None:
        raise SimulatorError(f"{path} is empty; it must have `servers:`.")
    try:
        found = msgspec.convert(value, _File, strict=False)
        entries: list[tuple[str, int, Entry]] = [("servers", at, it) for at, it in enumerate(found.servers)]
        entries += [("terminals", at, it) for at, it in enumerate(found.terminals)]
        entries += [("fleets", at, it) for at, it in enumerate(found.fleets)]
        if not entries:
            missing = "Object missing required field `servers`. It may also be `terminals` or `fleets`"
            raise msgspec.ValidationError(missing)
    except msgspec.ValidationError as error:
        raise SimulatorError(f"{path}:{_line(root, str(error))}: {error}.") from None
    names: set[str] = set()
    for member, index, config in entries:
        try:
            _unlike(config, member, names)
            profile(config.profile, config.switches) if isinstance(config, ServerConfig) else checked(config)
        except SimulatorError as error:
            at = "name" if name_of(config) in names else ""
            raise SimulatorError(f"{path}:{_line(root, f'$.{member}[{index}].{at}')}: {error}") from None
        names.add(name_of(config))
    return [_located(path, config) for _, _, config in entries]


def run(configs: Sequence[Entry], announce: Callable[[str], None], stop: threading.Event) -> None:
    """Start the servers and terminals, announce each address, and serve until `stop` is set. Raises SimulatorError if
    one can't be started; none is left running then."""
    with ExitStack() as running:
        for config in configs:
            if isinstance(config, ServerConfig):
                try:
                    server = running.enter_context(config.server())
                except SimulatorError as error:
                    raise SimulatorError(f"Server {config.name}: {error}") from None
                announce(f"{config.name} ({config.profile}): {server.url}")
        single = [config for config in configs if isinstance(config, TerminalConfig)]
        fleets = [config for config in configs if isinstance(config, FleetConfig)]
        if fleets:
            _many_files()
        terminals = [running.enter_context(server) for server in grouped(single, fleets)]
        for line in announced(single, fleets, terminals):
            announce(line)
        stop.wait()


def _many_files() -> None:
    """Let this process have as many connections as its system allows: a client may keep one to each terminal."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _unlike(config: Entry, member: str, names: set[str]) -> None:
    if name_of(config) in names:
        raise SimulatorError(f"There are two {member} of the name {name_of(config)!r}.")


def _located(path: Path, config: Entry) -> Entry:
    """The same with files relative to the YAML file's folder."""
    files = {name: getattr(config, name, None) for name in ("data", "certificate", "key")}
    placed = {name: str(path.parent / value) for name, value in files.items() if value}
    return msgspec.structs.replace(config, **placed)


def _plain(node: yaml.Node) -> object:
    """A node's value, where scalars stay text: a code such as 007 means what it looks like."""
    if isinstance(node, yaml.MappingNode):
        return {str(_plain(key)): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if node.tag == "tag:yaml.org,2002:null":
        return None
    return str(node.value)


def _line(root: yaml.Node, message: str) -> int:
    """The line of what a message complains of, such as "... - at `$.servers[0].port`", counted from 1."""
    node = root
    found = re.search(r"\$((?:\.\w+|\[\d+\]|\[\.\.\.\])*)", message)
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", found[1] if found else ""):
        below = _child(node, name) if name else _item(node, int(index))
        if below is None:
            break
        node = below
    unknown = re.search(r"unknown field `([^`]*)`", message)
    if unknown and isinstance(node, yaml.MappingNode):
        node = next((key for key, _ in node.value if key.value == unknown[1]), node)
    return int(node.start_mark.line) + 1


def _child(node: yaml.Node, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _item(node: yaml.Node, index: int) -> yaml.Node | None:
    return node.value[index] if isinstance(node, yaml.SequenceNode) and index < len(node.value) else None

"""What the tests of a terminal's settings share: a terminal that says what it is told to, simulated ones, changes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.fields import Value
from reconciler.model.plan import Change, FieldChange
from reconciler.model.project import Target
from reconciler.model.secret import Secret
from reconciler.simulator import Terminals
from reconciler.simulator.device import Terminal as Simulated
from reconciler.systems.device.client import ApiKey, WritingTerminal
from reconciler.systems.device.facts import Capabilities, Facts
from reconciler.systems.device.settings import read_settings, write_setting
from reconciler.transport.failure import Failure, Sent

UID = "e09c1d1fd6ac34a7"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
EVERYTHING = Capabilities(True, True, True, True, True, True, True, True, True)


def facts(*, capabilities: Capabilities = EVERYTHING, url: str = "http://192.168.0.5", key: str = "") -> Facts:
    return Facts(UID, url, Secret(key), capabilities)


class Told:
    """A terminal with these answers. `calls` are all that it was asked and told, secrets as they are."""

    def __init__(self, answers: Mapping[str, object] = {}, known: Facts | None = None, refuses: object = None) -> None:
        self.facts = known or facts()
        self.calls: list[tuple[str, object]] = []
        self._answers = answers
        self._refuses = refuses

    def ask(self, command, payload=None):
        assert command.startswith("Get")
        self.calls.append((command, payload))
        return self._answers[command]

    def do(self, command, payload=None, *, repeatable=True):
        self.calls.append((command, payload))
        if self._refuses is not None and self._refuses(payload):
            raise Failure(Sent.REFUSED, "RC0701", f"refused: {sorted(payload)}")

    def senseless(self, command, why):
        return Failure(Sent.REFUSED, "RC0505", f"{command}: {why}")


def change(name: str, after: Mapping[str, Value], changed: tuple[str, ...] | None = None) -> Change:
    """The update of a setting to these values; all of them differ, if nothing else is said."""
    return Change(
        address=Address("lobby", "settings", name),
        reason=None,
        before={},
        after=dict(after),
        fields=tuple(FieldChange(path, None, after[path]) for path in changed or after),
        id=UID,
    )


def read(terminal, name: str) -> dict[str, Value]:
    """The values of one setting."""
    return read_settings(terminal, {name: frozenset()}, lambda: NOON)[0][name].values


def write(terminal, name: str, after: Mapping[str, Value], wanted: Mapping[str, Value] = {}) -> None:
    write_setting(terminal, change(name, after), wanted, lambda: NOON)


@contextmanager
def simulated(key: str = "", retries: int = 0, **options) -> Iterator[tuple[Simulated, WritingTerminal]]:
    """A terminal of the simulator, and a connection to it."""
    with Terminals(clock=NOON.timestamp) as terminals:
        terminal = terminals.add("lobby", api_key=key, **options)
        with connected(terminal, key, retries) as client:
            yield terminal, client
    assert terminals.errors == []
    assert terminals.record.violations() == []


@contextmanager
def connected(terminal: Simulated, key: str = "", retries: int = 0) -> Iterator[WritingTerminal]:
    span = Span("devices.yaml", 2, 5)
    where = Target(name="lobby", system="device", url=terminal.url, span=span, retries=retries, timeout=20.0)
    client = WritingTerminal.open(where, ApiKey(Secret(key)))
    try:
        yield client
    finally:
        client.close()

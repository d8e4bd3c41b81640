"""Two terminals full of distinctive secrets, and all that the program says and leaves behind about them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import command_line
from command_line import Ran
from planted import Records, found

from reconciler.simulator import Terminals
from reconciler.simulator.device.seed import SeedUser, TerminalSeed, seed
from reconciler.simulator.device.terminal import Done
from reconciler.simulator.messages import Request

PEM = Path(__file__).parents[1] / "simulator"
KEY = (PEM / "localhost.key").read_text("utf-8")
CARD = "8831011111"
SECRETS = {
    "present API key": "keyPresentA7f3",
    "desired API key": "keyDesiredB8e2",
    "API key of a table": "keyTableC9d1",
    "PIN by reference": "pin-Ref/1+ä",
    "PIN of a table": "pin-Tab/2+ä",
    "PIN that the terminal has": "pin-Live/3+ä",
    "card": CARD,
    "card by reference": "8831022222",
    "card that the terminal has": "8831033333",
    "Wi-Fi key": 'wifi "Key&1"/ß',
    "Wi-Fi key that the terminal has": 'wifi "Live&2"/ß',
    "private key": KEY.splitlines()[5],
    "key of the state": "planted-key-of-the-terminals-0123456789",
}
ENVIRONMENT = {
    "LOBBY_KEY": SECRETS["present API key"],
    "NEW_KEY": SECRETS["desired API key"],
    "PIN_1": SECRETS["PIN by reference"],
    "CARD_2": SECRETS["card by reference"],
    "WIFI": SECRETS["Wi-Fi key"],
    "RECONCILER_KEY": SECRETS["key of the state"],
}
SOURCES = {"org.yaml", "private/pins.csv", "private/keys.csv", "private/lobby.key"}
PROJECT = """\
version: 1
project: planted
resources: [org.yaml]
secrets: {pins: {file: private/pins.csv}, keys: {file: private/keys.csv}}
limits: {delete: 100, change: 100}
defaults: {retries: 0, timeout: 5s}
targets: {}
"""
ORGANISATION = """\
areas: [{{code: HQ, name: Head}}]
departments: [{{code: "10", name: Ops}}]
employees:
  - {{code: "1", nickname: Ana, department: "10", areas: [HQ], card: "{card}", device_password: {{env: PIN_1}}}}
  - {{code: "2", nickname: Ben, department: "10", areas: [HQ], card: {{env: CARD_2}}, device_password: {{table: pins}}}}
devices:
  - name: lobby
    url: {lobby}
    api_key: {{env: LOBBY_KEY}}
    area: HQ
    settings:
      volume: 9
      network: {{wifi: {{dhcp: true, access_points: [{{ssid: home, key: {{env: WIFI}}}}]}}}}
      security:
        api_key: {{env: NEW_KEY}}
        https: true
        certificate: certificate.pem
        key: {{file: private/lobby.key}}
  - {{name: gate, url: {gate}, api_key: {{table: keys}}, settings: {{volume: 9}}}}
"""


class PlantedTerminals:
    """The project. Ana is on the terminal with another card and PIN, and it joins another Wi-Fi."""

    def __init__(self, root: Path, terminals: Terminals) -> None:
        self.root = root
        self.lobby = terminals.add("lobby", api_key=SECRETS["present API key"])
        self.gate = terminals.add("gate", api_key=SECRETS["API key of a table"])
        live = self.lobby.unit.state
        ana = SeedUser(
            id="1", card=SECRETS["card that the terminal has"], password=SECRETS["PIN that the terminal has"]
        )
        seed(self.lobby.unit, TerminalSeed(users=[ana]))
        live.wlan = type(live.wlan)(access_points=(("home", SECRETS["Wi-Fi key that the terminal has"]),))
        (root / "private").mkdir(parents=True)
        self.write("reconciler.yaml", PROJECT)
        self.write("org.yaml", ORGANISATION.format(card=CARD, lobby=self.lobby.url, gate=self.gate.url))
        self.write("certificate.pem", (PEM / "localhost.pem").read_text("utf-8"))
        self.write("private/lobby.key", KEY)
        self.write("private/pins.csv", f"key,value\n2,{SECRETS['PIN of a table']}\n")
        self.write("private/keys.csv", f"key,value\ngate,{SECRETS['API key of a table']}\n")
        self.said: list[str] = []
        self._records = Records()

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, "utf-8")

    def path(self, name: str) -> str:
        return str(self.root / name)

    def run(self, *arguments: str, environment: Mapping[str, str] = {}) -> Ran:
        with self._records.kept():
            ran = command_line.run("-C", str(self.root), *arguments, environment={**ENVIRONMENT, **environment})
        self.said += [ran.out, ran.err]
        return ran

    def answer(self, command: str, reply: Callable[[Request, Any], Done]) -> None:
        """From now on the lobby answers such calls so, in place of its work."""
        handle = self.lobby.handle

        def instead(request: Request, message: Any) -> Done:
            return reply(request, message) if request.command == command else handle(request, message)

        self.lobby.handle = instead  # type: ignore[method-assign]

    def leaks(self) -> list[str]:
        return found(self.root, self.said + self._records.texts, SECRETS, SOURCES, in_files={CARD})


@contextmanager
def planted(root: Path) -> Iterator[PlantedTerminals]:
    with Terminals() as terminals:
        yield PlantedTerminals(root, terminals)
    assert terminals.errors == []

"""One simulated terminal: requests in, responses out (manual: Device control interface)."""

import ipaddress
import ssl
import threading
from collections.abc import Callable
from urllib.parse import unquote_plus

import msgspec

from reconciler.simulator.device import commands, facts, network, security
from reconciler.simulator.device.checks import Refused, Reply, Unit
from reconciler.simulator.device.record import Happening, Record
from reconciler.simulator.device.state import Json, dumped, factory, loaded
from reconciler.simulator.device.state import Record as AttendRecord
from reconciler.simulator.errors import SimulatorError
from reconciler.simulator.faults import Faults
from reconciler.simulator.messages import Request, Response

PATH = "/control"
_MID = 32
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "*",
}
_PAGE = (
    "\ufeff<!DOCTYPE html>\n<html><head>"
    "<title>Attendance & Access machine development test interface</title></head></html>"
)
_ENCODER = msgspec.json.Encoder(order="sorted")


class Done(msgspec.Struct, frozen=True):
    """A response, and what it says if it is of a command: the result and the code of an Error."""

    response: Response
    result: str = ""
    code: str = ""


class Terminal:
    """One terminal with its data, its own faults and its own part of the record. Made by `Terminals.add`.

    `unit.state` is what it remembers; hold `lock` while you look at it or change it. `url` is where it is."""

    def __init__(
        self, name: str, unit: Unit, record: Record, located: Callable[["Terminal", str | None], None]
    ) -> None:
        self.name = name
        self.unit = unit
        self.record = record
        self.faults = Faults()
        self.lock = threading.RLock()
        self.version = 0
        self.restored = False
        self.place: str | None = unit.home
        self.port = 0
        self._located = located
        self._tls: tuple[object, ssl.SSLContext] | None = None

    @property
    def url(self) -> str:
        """Where the terminal is, without a slash at the end: https only where http is off. Raises SimulatorError if it
        does not run, or can't be reached."""
        live = self.unit.state.security
        if not self.port or self.place is None or not (live.http or live.https):
            raise SimulatorError(f"The terminal {self.name} has no address.")
        return f"{'http' if live.http else 'https'}://{self.place}:{self.port}"

    @property
    def locked(self) -> bool:
        """Whether the use of the machine is prohibited (LockDevice)."""
        with self.lock:
            self._unlock()
            return self.unit.state.locked_at is not None

    def dump(self) -> Json:
        """All that the terminal remembers as plain data, secrets included."""
        with self.lock:
            return dumped(self.unit.state)

    def load(self, dump: object) -> None:
        """Replace everything by a dump. Raises SimulatorError for anything else, and keeps what it had."""
        with self.lock:
            self.unit.state = loaded(dump)
            self._happened("load")

    def factory_reset(self, uid: str | None = None) -> None:
        """The terminal as the factory made it: the empty API key, http, no users. With another `uid` it is another
        machine in the same place."""
        with self.lock:
            self.unit.state = factory(self.unit.switches, uid or self.unit.state.device_uid, self.unit.delivered)
            self._happened("factory_reset")

    def restart(self) -> None:
        """Switch the terminal off and on: its jobs are forgotten, and the lock too if the switch lock_kept says so."""
        with self.lock:
            self.unit.state.jobs = {}
            if not self.unit.switches.lock_kept:
                self.unit.state.locked_at = None
            self._happened("restart")

    def punch(self, user_id: str, mode: str = "face") -> None:
        """An attendance record of now, as if the user had stood there; the oldest goes when the terminal is full."""
        with self.lock:
            state = self.unit.state
            state.logs.append(AttendRecord(user_id, self.unit.now(), mode))
            if len(state.logs) > self.unit.capacity.attend_logs:
                del state.logs[0]
                state.logs_from += 1
            self.version += 1

    def calls(self, command: str = "*") -> int:
        """How many calls of a command (may have `*`) arrived."""
        return self.record.calls(self.name, command)

    def context(self) -> ssl.SSLContext | None:
        """The TLS context of the terminal's https interface; None while that is off."""
        live = self.unit.state.security
        if not live.https:
            return None
        if self._tls is None or self._tls[0] != live:
            self._tls = (live, security.context(live))
        return self._tls[1]

    def handle(self, request: Request, message: Json | None) -> Done:
        """The answer to one request; `message` is its body as `read` has it. The key comes before all else."""
        if request.method == "OPTIONS":
            return Done(Response(200, b"", _CORS))
        if request.path == "/" and request.method == "GET":
            return Done(Response(200, _PAGE.encode(), _CORS | {"Content-Type": "text/html"}))
        if request.path != PATH:
            return Done(Response(404, b"Not Found", _CORS | {"Content-Type": "text/plain"}))
        if not self._opens(request.query):
            return Done(Response(self.unit.switches.wrong_key, b"", _CORS))
        if request.method != "POST":
            return Done(Response(405, b"", _CORS | {"Allow": "POST, OPTIONS"}))
        if message is None:
            return Done(Response(400, b"", _CORS))
        with self.lock:
            self._unlock()
            mid = message.get("mid", "")
            result, payload = self._run(mid, message)
            self._placed()
        body = _ENCODER.encode({"mid": mid, "result": result, "payload": payload})
        code = str(payload.get("code", "")) if result == "Error" and isinstance(payload, dict) else ""
        return Done(Response(200, body, _CORS | {"Content-Type": "application/json"}), result, code)

    def _run(self, mid: object, message: Json) -> Reply:
        try:
            bad = not isinstance(mid, str) or "mid" not in message or len(mid) > _MID
            if bad and self.unit.switches.bad_mid == "refused":
                raise Refused("invalid_mid")
            payload = message.get("payload")
            if not isinstance(payload, dict):
                raise Refused("invalid_payload")
            result = commands.run(self.unit, message.get("cmd"), payload)
        except Refused as refusal:
            return "Error", {"code": refusal.code, "arguments": refusal.arguments}
        self.version += 1
        return result

    def _opens(self, query: str) -> bool:
        """Whether a request's key is the terminal's: left out, it is the empty one that the factory gives."""
        given = ""
        for part in query.split("&"):
            name, _, value = part.partition("=")
            if name == "api_key":
                given = unquote_plus(value) if self.unit.switches.key_decoding else value
        return given == self.unit.state.security.api_key

    def _unlock(self) -> None:
        if facts.unlocked_by_itself(self.unit):
            self.happened(event="unlocked")

    def _happened(self, event: str) -> None:
        self.version += 1
        self.happened(event=event)
        self._placed()

    def happened(self, **what: object) -> None:
        """Put something into the record."""
        now = {"terminal": self.name, "at": self.unit.clock(), "time": self.unit.now()}
        self.record.add(Happening(**(now | what)))  # type: ignore[arg-type]

    def _placed(self) -> None:
        """Take notice of where the network's configuration puts the terminal."""
        found = _place(self.unit)
        if found != self.place:
            before, self.place = self.place, found
            self._located(self, before)
            self.happened(event="moved" if found else "stopped")


def _place(unit: Unit) -> str | None:
    """The loopback address where a terminal can be reached; None for nowhere (switch address_change)."""
    if unit.switches.address_change == "stay":
        return unit.home
    address = network.static_address(unit)
    if address and ipaddress.IPv4Address(address).is_loopback:
        return address
    return None if address and unit.switches.address_change == "stop" else unit.home


def read(request: Request) -> Json | None:
    """The JSON object in a request's body; None if it is none."""
    try:
        message = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return message if isinstance(message, dict) else None

"""A terminal's answers with the faults that a test or a trial injects."""

import zlib

import msgspec

from reconciler.simulator.device.record import Happening
from reconciler.simulator.device.state import Json, User
from reconciler.simulator.device.terminal import Done, Terminal
from reconciler.simulator.faults import REPLACING, Fault
from reconciler.simulator.faulty import changed, replaced
from reconciler.simulator.messages import Request, Response, error_page

_ANSWER = frozenset({"code", "cut", "miscount", "endless", "repeat"})
_ENCODER = msgspec.json.Encoder(order="sorted")


def delay(terminal: Terminal, faults: list[Fault]) -> float:
    """The seconds until a terminal looks at a call."""
    return terminal.unit.switches.latency + sum(fault.seconds for fault in faults if fault.effect == "latency")


def answer(terminal: Terminal, request: Request, message: Json | None, faults: list[Fault]) -> tuple[Response, str]:
    """The response to a call that these faults happen to, put into the record; and the text of an error of the
    simulator's own, "" if there was none."""
    locked = terminal.locked
    replacing = next((fault for fault in faults if fault.effect in REPLACING), None)
    done, error = Done(Response(0, wire="drop")), ""
    if replacing is None or replacing.commit:
        place, version = terminal.place, terminal.unit.state.security
        try:
            done = terminal.handle(request, message)
        except Exception as problem:
            error = f"{type(problem).__name__}: {problem}"
            done = Done(error_page(request, error))
        response = _lost(
            terminal, done, moved=terminal.place != place, secured=version is not terminal.unit.state.security
        )
        for fault in faults:
            response = _with(terminal, request, message or {}, response, fault)
    if replacing is not None:
        response = replaced(request, replacing)
    _recorded(terminal, request, response, done, locked=locked)
    return response, error


def _lost(terminal: Terminal, done: Done, *, moved: bool, secured: bool) -> Response:
    """The answer, unless the switches say that it is lost with the connection that carries it."""
    switches = terminal.unit.switches
    if (moved and switches.network_reply == "lost") or (secured and switches.security_reply == "lost"):
        return Response(0, wire="drop")
    return done.response


def _recorded(terminal: Terminal, request: Request, response: Response, done: Done, *, locked: bool) -> None:
    # What a terminal reads of security is written by one command, and nobody else needs it.
    secret = request.command == "SetSecurityConfig"
    unit = terminal.unit
    terminal.record.add(
        Happening(
            event="call",
            terminal=terminal.name,
            at=unit.clock(),
            time=unit.now(),
            command=request.command or f"{request.method} {request.path}",
            body=b"" if secret else zlib.compress(request.body, 1),
            status=0 if response.wire in {"drop", "hang"} else response.status,
            result=done.result,
            code=done.code,
            locked=locked,
        )
    )


def _with(terminal: Terminal, request: Request, message: Json, response: Response, fault: Fault) -> Response:
    if fault.effect == "shift":
        _shift(terminal, request, response, fault)
        return response
    if fault.effect not in _ANSWER:
        return changed(response, fault)
    if response.headers.get("Content-Type") != "application/json":
        return response
    value = msgspec.json.decode(response.body)
    given = message.get("payload")
    start = given.get("start_pos", 0) if isinstance(given, dict) else 0
    return msgspec.structs.replace(response, body=_ENCODER.encode(_changed(terminal, value, start, fault)))


def _changed(terminal: Terminal, value: Json, start: object, fault: Fault) -> Json:
    if fault.effect == "code":
        return value | {"result": "Error", "payload": {"code": fault.code, "arguments": []}}
    payload = value["payload"]
    if not isinstance(payload, dict):
        return value
    if fault.effect == "cut":
        rows = {name: item[: -fault.rows] for name, item in payload.items() if isinstance(item, list)}
        return value | {"payload": payload | rows}
    if fault.effect == "miscount":
        counts = {name: item + fault.rows for name, item in payload.items() if name.endswith("_count")}
        return value | {"payload": payload | counts}
    names = {"UserIdList": ("next_page_pos", terminal.unit.switches.user_page)}
    names["AttendLog"] = ("next_pos", terminal.unit.switches.log_page)
    name, size = names.get(str(value["result"]), ("", 0))
    if not name or not isinstance(start, int):
        return value
    return value | {"payload": payload | {name: start + size if fault.effect == "endless" else start}}


def _shift(terminal: Terminal, request: Request, response: Response, fault: Fault) -> None:
    """Between a list of users and what is asked next: the first one listed is gone, or another stands before all."""
    if request.command != "GetUserIdList" or response.status != 200:
        return
    shown = msgspec.json.decode(response.body)["payload"].get("user_id", [])
    with terminal.lock:
        state = terminal.unit.state
        if fault.change == "delete" and shown:
            state.users.pop(shown[0], None)
        elif fault.change == "insert":
            state.users = {f"!{len(state.users)}": User(depart=state.departments[0].name), **state.users}
        terminal.version += 1

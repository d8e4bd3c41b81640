"""The socket and the event loop of simulated terminals: one thread, however many connections there are."""

import asyncio
import contextlib
import socket
import ssl
import threading
import traceback
from collections import deque
from collections.abc import Callable, Mapping

import msgspec

from reconciler.simulator.control import CONTROL, controlled
from reconciler.simulator.device.answers import answer, delay
from reconciler.simulator.device.connection import Connection
from reconciler.simulator.device.state import Json
from reconciler.simulator.device.terminal import Terminal, read
from reconciler.simulator.errors import SimulatorError
from reconciler.simulator.faults import Fault, Faults
from reconciler.simulator.messages import Request, Response

_BACKLOG = 2048
_BODY = 64 * 1024 * 1024
_TURNS = 10  # of the event loop: more than a new connection takes to be known, and to go


class _Call(msgspec.Struct, frozen=True, eq=False):
    """One request to one terminal, from the connection that waits for its answer."""

    connection: Connection
    terminal: Terminal
    request: Request
    message: Json | None


class Serving:
    """Takes requests for terminals, each by the address that it came to or by the name in its path."""

    def __init__(
        self, terminals: Mapping[str, Terminal], places: Mapping[str, Terminal], faults: Faults, *, control: bool
    ) -> None:
        self.connections: set[Connection] = set()
        self.errors: list[str] = []
        self.changed: dict[str, Callable[[], None]] = {}
        self._terminals = terminals
        self._places = places
        self._faults = faults
        self._control = control
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._in_hand: dict[str, int] = {}
        self._waiting: dict[str, deque[_Call]] = {}

    @property
    def running(self) -> bool:
        """Whether requests are taken."""
        return self._loop is not None

    def start(self, port: int) -> int:
        """Begin; the port that was taken. Raises SimulatorError if it can't be had."""
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # No smaller range of addresses can be listened on than all; connections turn away what is no loopback.
            listening.bind(("0.0.0.0", port))  # noqa: S104
            listening.listen(_BACKLOG)
        except (OSError, OverflowError) as error:
            listening.close()
            why = getattr(error, "strerror", None) or error
            raise SimulatorError(f"Terminals can't be started on port {port}: {why}.") from None
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(self._failed)
        server = loop.run_until_complete(loop.create_server(lambda: Connection(self), sock=listening, backlog=_BACKLOG))
        self._loop = loop
        self._thread = threading.Thread(target=self._run, args=(loop, server), daemon=True)
        self._thread.start()
        return int(listening.getsockname()[1])

    def stop(self) -> None:
        """Close every connection, and the socket."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        self._loop = None
        loop.call_soon_threadsafe(loop.stop)
        thread.join()

    def context(self, local: str) -> ssl.SSLContext | None:
        """The TLS context of the terminal at an address."""
        terminal = self._places.get(local)
        return terminal.context() if terminal else None

    def limit(self, local: str, request: Request) -> int:
        """The most bytes of a request's body."""
        terminal, _ = self._found(local, request)
        return terminal.unit.switches.body_max if terminal else _BODY

    def arrived(self, connection: Connection, request: Request) -> None:
        """Answer a request, or begin to; one that comes to nobody has its connection closed."""
        if self._control and request.path == CONTROL:
            connection.send(controlled(self._faults, request))
            return
        terminal, path = self._found(connection.local, request)
        if terminal is None and request.path.startswith("/t/"):
            connection.send(Response(404, b"There is no terminal of this name.", {"Content-Type": "text/plain"}))
            return
        if terminal is None or not _speaks(terminal, request.scheme):
            connection.send(Response(0, wire="drop"))
            return
        message = read(request)
        command = message.get("cmd") if message else None
        call = _Call(
            connection,
            terminal,
            msgspec.structs.replace(
                request, path=path, terminal=terminal.name, command=command if isinstance(command, str) else ""
            ),
            message,
        )
        if self._in_hand.get(terminal.name):
            self._second(call)
        else:
            self._begin(call)

    def _second(self, call: _Call) -> None:
        """A call while the terminal has another in hand."""
        call.terminal.happened(event="parallel", command=call.request.command)
        way = call.terminal.unit.switches.parallel
        if way == "refuse":
            call.connection.send(Response(0, wire="drop"))
        elif way == "delay":
            self._waiting.setdefault(call.terminal.name, deque()).append(call)
        else:
            self._begin(call)

    def _begin(self, call: _Call) -> None:
        name = call.terminal.name
        self._in_hand[name] = self._in_hand.get(name, 0) + 1
        faults = call.terminal.faults.take(call.request) + self._faults.take(call.request)
        seconds = delay(call.terminal, faults)
        if seconds:
            asyncio.get_running_loop().call_later(seconds, self._later, call, faults)
        else:
            self._finish(call, faults)

    def _later(self, call: _Call, faults: list[Fault]) -> None:
        self._finish(call, faults)
        call.connection.advance()

    def _finish(self, call: _Call, faults: list[Fault]) -> None:
        before = call.terminal.version
        response, error = answer(call.terminal, call.request, call.message, faults)
        if error:
            self.errors.append(error)
        if call.terminal.version != before and call.terminal.name in self.changed:
            self.changed[call.terminal.name]()
        if response.wire == "hang" and call.connection.open:
            # The terminal is at it until the client gives up.
            call.connection.released = lambda: self._released(call.terminal.name)
            call.connection.send(response)
        else:
            call.connection.send(response)
            self._released(call.terminal.name)

    def _released(self, name: str) -> None:
        self._in_hand[name] -= 1
        waiting = self._waiting.get(name)
        if waiting and not self._in_hand[name]:
            # It counts as in hand until its turn, so that nothing comes in between.
            self._in_hand[name] += 1
            asyncio.get_running_loop().call_soon(self._turn, waiting.popleft())

    def _turn(self, call: _Call) -> None:
        self._in_hand[call.terminal.name] -= 1
        self._begin(call)
        call.connection.advance()

    def _found(self, local: str, request: Request) -> tuple[Terminal | None, str]:
        """The terminal that a request is for, and the path on it."""
        if request.path.startswith("/t/"):
            name, slash, rest = request.path[3:].partition("/")
            terminal = self._terminals.get(name)
            return (terminal if terminal is None or terminal.place else None), slash + rest
        return self._places.get(local), request.path

    def _run(self, loop: asyncio.AbstractEventLoop, server: asyncio.AbstractServer) -> None:
        loop.run_forever()
        server.close()
        loop.run_until_complete(_closed(self.connections))
        self.connections.clear()
        self._in_hand.clear()
        self._waiting.clear()
        loop.close()

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        if isinstance(error, ConnectionError):
            return  # a client that goes away is none of our errors
        told = traceback.format_exception(error) if isinstance(error, BaseException) else [str(context.get("message"))]
        self.errors.append("".join(told))


async def _closed(connections: set[Connection]) -> None:
    """Sends everybody away, also who was accepted a moment ago and is not among the connections yet."""
    for _ in range(_TURNS):
        for connection in list(connections):
            with contextlib.suppress(OSError):
                connection.abort()
        await asyncio.sleep(0)


def _speaks(terminal: Terminal, scheme: str) -> bool:
    live = terminal.unit.state.security
    return live.https if scheme == "https" else live.http

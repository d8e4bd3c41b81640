"""HTTP/1.1 over sockets: one thread per connection, kept alive, with the misbehaviour that faults ask for.

The standard library's own request parser costs more than the whole answer; this one takes what clients send."""

import contextlib
import select
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from reconciler.simulator.messages import Request, Response

if TYPE_CHECKING:
    import ssl

Answer = Callable[[Request], Response]
Failed = Callable[[BaseException], None]

_LINE = 65536
_BODY = 64 * 1024 * 1024


class BadRequest(Exception):
    """Bytes that are no HTTP request; the connection is closed."""


class Listener(socketserver.ThreadingTCPServer):
    """Accepts connections on `address` until `close`. Raises OSError if the address can't be had."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], answer: Answer, failed: Failed, tls: "ssl.SSLContext | None") -> None:
        super().__init__(address, Connection)
        self.answer = answer
        self.tls = tls
        self.failed = failed
        self._open: dict[threading.Thread, socket.socket] = {}
        self._closing = False
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def begin(self) -> None:
        """Serve, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Stop accepting, close every connection and wait for their threads."""
        self._closing = True
        host, port = self.server_address[:2]
        # A last connection wakes the thread that accepts: it waits for one without looking up.
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1" if host == "0.0.0.0" else str(host), int(port)), timeout=5).close()  # noqa: S104
        self._thread.join(timeout=5)
        self.server_close()
        for thread, connection in list(self._open.items()):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)

    def _accept(self) -> None:
        while True:
            try:
                connection, address = self.socket.accept()
            except OSError:  # too many open files, or a client that was gone at once
                if self._closing:
                    return
                time.sleep(0.05)
                continue
            if self._closing:
                connection.close()
                return
            self.process_request(connection, address)

    def opened(self, connection: socket.socket) -> None:
        """The socket of this thread's connection, to be closed at the end."""
        self._open[threading.current_thread()] = connection

    def process_request(self, request: object, client_address: object) -> None:
        """Begin a connection's thread."""
        assert isinstance(request, socket.socket)  # noqa: S101  the library's own
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        self._open[thread] = request
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """All of a connection's life."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            connection = self._open.pop(threading.current_thread(), None)
            if connection is not None:
                connection.close()

    def shutdown_request(self, request: object) -> None:
        """Close without a farewell: a reset would otherwise look like a proper end."""
        assert isinstance(request, socket.socket)  # noqa: S101  the library's own
        request.close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Tell of an error of the simulator's own; a client that fails a handshake or goes away is none."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            self.failed(error)


class Connection(socketserver.StreamRequestHandler):
    """One connection of a client."""

    server: Listener
    disable_nagle_algorithm = True
    rbufsize = 65536

    def setup(self) -> None:
        """Make the connection ready, with the TLS handshake in this thread, not in the one that accepts."""
        if self.server.tls is not None:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
            self.server.opened(self.request)
            self.request.settimeout(10)
            self.request.do_handshake()
            self.request.settimeout(None)
        super().setup()

    def handle(self) -> None:
        """Answer requests until one side has had enough."""
        try:
            while (request := self._read()) is not None and self._send(request, self.server.answer(request)):
                pass
        except BadRequest:
            self.connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except OSError:
            pass  # the client is gone: nobody is left to be told

    def _read(self) -> Request | None:
        line = self.rfile.readline(_LINE)
        while line in {b"\r\n", b"\n"}:
            line = self.rfile.readline(_LINE)
        if not line:
            return None
        parts = line.decode("latin-1").split()
        if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
            raise BadRequest
        headers = self._headers()
        if headers.get("expect", "").lower() == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if parts[2] == "HTTP/1.0":
            headers.setdefault("connection", "close")
        path, _, query = parts[1].partition("?")
        scheme = "https" if self.server.tls is not None else "http"
        return Request(parts[0], unquote(path), query, headers, self._body(headers), scheme)

    def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        while (line := self.rfile.readline(_LINE)) not in {b"\r\n", b"\n"}:
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or len(headers) > 200:
                raise BadRequest
            headers[name.strip().lower()] = value.strip()
        return headers

    def _body(self, headers: dict[str, str]) -> bytes:
        try:
            if "chunked" in headers.get("transfer-encoding", "").lower():
                return b"".join(iter(self._chunk, b""))
            size = int(headers.get("content-length") or 0)
        except ValueError:
            raise BadRequest from None
        if not 0 <= size <= _BODY:
            raise BadRequest
        body = self.rfile.read(size)
        if len(body) < size:
            raise ConnectionError
        return body

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline(_LINE).split(b";")[0], 16)
        if not 0 <= size <= _BODY:
            raise BadRequest
        data = self.rfile.read(size)
        self.rfile.readline(_LINE)
        return data

    def _send(self, request: Request, response: Response) -> bool:
        """Send a response; whether the connection stays open."""
        if response.wire == "hang":
            select.select([self.connection], [], [], response.limit)
        if response.wire in {"drop", "hang"}:
            return False
        close = request.headers.get("connection", "").lower() == "close" or response.wire != "send"
        data = head(response, close=close)
        if request.method != "HEAD":
            data += response.body[: int(response.limit)] if response.wire != "send" else response.body
        self.connection.sendall(data)
        if response.wire == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return not close


def head(response: Response, *, close: bool, server: str = "nginx") -> bytes:
    """The status line and the headers of a response; `server` is what the server calls itself."""
    lines = [f"HTTP/1.1 {response.status} {_reason(response.status)}", f"Server: {server}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    if response.status != HTTPStatus.NO_CONTENT:
        lines.append(f"Content-Length: {len(response.body)}")
    lines.append(f"Connection: {'close' if close else 'keep-alive'}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"

"""An HTTP server on loopback that counts its requests, and fails at those that it is told to fail at."""

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self


class Reply(NamedTuple):
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}


Fault = Callable[[int, str], "str | Reply | None"]
"""Told a request's number, from 0, and its method; gives "before" or "after", when the connection is dropped before or
after the work is done, or a reply to give in place of the work."""


class FaultyServer:
    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        self.fault: Fault = lambda number, method: None
        self._counter = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> Reply:
        raise NotImplementedError

    def failing(self, fault: Fault) -> None:
        """From now on it fails so, and counts from 0."""
        with self._counter:
            self.requests.clear()
            self.fault = fault

    def count(self, request: BaseHTTPRequestHandler) -> "str | Reply | None":
        with self._counter:
            self.requests.append((request.command, request.path))
            return self.fault(len(self.requests) - 1, request.command)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler_of(server: FaultyServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # a reply leaves in one piece
        disable_nagle_algorithm = True

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            fault = server.count(self)
            if fault == "before":
                self.close_connection = True
                return
            reply = fault if isinstance(fault, Reply) else server.answer(self, body)
            if fault == "after":
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)
            self.wfile.flush()

        def log_message(self, *arguments: object) -> None:
            pass

    return Handler

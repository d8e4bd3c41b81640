"""Loopback servers made of raw sockets, which can break in the middle of a reply, and a clock that nobody waits for."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import IO, NamedTuple

import pytest

from reconciler.transport.failure import Failure
from reconciler.transport.http import open_reader, open_writer
from reconciler.transport.retry import Timing


class Request(NamedTuple):
    number: int  # 1 is the first that the server got
    method: str
    path: str  # with the query
    headers: Mapping[str, str]  # lower case names
    body: bytes


DROP = None
"""A handler's answer that closes the connection without a byte."""

Handler = Callable[[Request], bytes | None]


def reply(status: int, body: object = b"", **headers: str) -> bytes:
    """A whole reply; anything but bytes goes as JSON. Underscores in header names stand for dashes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(content)}", *lines])
    return head.encode("latin-1") + b"\r\n\r\n" + content


class Server:
    """Answers on loopback with what `handler` gives, and remembers every request. A reply that is shorter than its
    Content-Length is cut off there, since the connection is closed after a `DROP` or when `closing` is set."""

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None = None, *, closing: bool = False) -> None:
        self.requests: list[Request] = []
        self._handler = handler
        self._tls = tls
        self._closing = closing
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port: int = self._socket.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def stop(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._threads[0].join()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        with plain:
            try:
                connection = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
                with connection, connection.makefile("rb") as stream:
                    while (request := self._read(stream)) is not None:
                        answer = self._handler(request)
                        if answer is not None:
                            connection.sendall(answer)
                        if answer is None or self._closing:
                            return
            except (OSError, ValueError):
                return

    def _read(self, stream: IO[bytes]) -> Request | None:
        first = stream.readline().decode("latin-1").split()
        if len(first) != 3:
            return None
        headers = {}
        while (line := stream.readline().decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        with self._lock:
            request = Request(len(self.requests) + 1, first[0], first[1], headers, body)
            self.requests.append(request)
        return request


class FakeTime:
    """Time passes only by sleeping. Chance is always 1, so that each wait is the longest that it can be."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sleeps: list[float] = []
        self.timing = Timing(clock=lambda: self.now, wall=lambda: self.now, sleep=self.sleep, chance=lambda: 1.0)

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


def write(target, auth=None):
    """The failure of a create."""
    with pytest.raises(Failure) as caught, open_writer(target, auth) as writer:
        writer.send("POST", "x/", {}, repeatable=False)
    return caught.value


def read(target, auth=None):
    """The failure of a read."""
    with pytest.raises(Failure) as caught, open_reader(target, auth) as reader:
        reader.get("x/")
    return caught.value


def about(failure):
    """What decides over a repeat."""
    return failure.sent, failure.code, failure.status

"""One connection of a client to a simulated terminal: no thread of its own, since there may be thousands."""

import asyncio
import contextlib
import ipaddress
import socket
import ssl
import struct
from collections.abc import Callable
from typing import Protocol

from reconciler.simulator.device.parsing import Head, TooLarge, body, head
from reconciler.simulator.device.secure import HANDSHAKE, Secure
from reconciler.simulator.messages import Request, Response
from reconciler.simulator.wire import BadRequest
from reconciler.simulator.wire import head as written

_SERVER = "Boost.Beast/144"


class Host(Protocol):
    """What a connection asks of the server that it belongs to."""

    connections: set["Connection"]

    def context(self, local: str) -> ssl.SSLContext | None:
        """The TLS context of the terminal at a local address; None if no https is spoken there."""

    def limit(self, local: str, request: Request) -> int:
        """The most bytes of the body of a request."""

    def arrived(self, connection: "Connection", request: Request) -> None:
        """A request is complete: `connection.send` is called for it, now or later."""


class Connection(asyncio.Protocol):
    """Reads requests, one after the other; the next is looked at when the one before is answered."""

    def __init__(self, host: Host) -> None:
        self.local = ""
        self.released: Callable[[], None] | None = None
        self._host = host
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._secure: Secure | None = None
        self._begun = False
        self._head: Head | None = None
        self._busy = False

    @property
    def open(self) -> bool:
        """Whether the client is still there."""
        return self._transport is not None

    @property
    def _listens(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Only loopback is served, whatever the socket listens on."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  of a TCP server
        self._transport = transport
        self.local = str(transport.get_extra_info("sockname")[0])
        if not ipaddress.ip_address(self.local).is_loopback:
            transport.abort()
        self._host.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone, or was sent away."""
        self._transport = None
        self._host.connections.discard(self)
        self._release()

    def data_received(self, data: bytes) -> None:
        """Bytes arrived."""
        try:
            self._buffer += self._plain(data)
        except ssl.SSLError:
            self.abort()
            return
        self.advance()

    def advance(self) -> None:
        """Look at the next request, if the one before is answered and this one is all there."""
        try:
            while not self._busy and self._listens and (request := self._read()) is not None:
                self._busy = True
                self._host.arrived(self, request)
        except BadRequest:
            self._refuse(400)
        except TooLarge:
            self._refuse(413)

    def send(self, response: Response) -> None:
        """Answer the request in hand."""
        if self._transport is None:
            return
        if response.wire == "hang":
            asyncio.get_running_loop().call_later(response.limit, self.abort)
            return
        self._busy = False
        if response.wire == "drop":
            self._transport.close()
            return
        assert self._head is not None  # noqa: S101  a request is in hand
        close = self._head.close or response.wire != "send"
        content = response.body if response.wire == "send" else response.body[: int(response.limit)]
        if self._head.request.method == "HEAD":
            content = b""
        self._head = None
        self._write(written(response, close=close, server=_SERVER) + content)
        if response.wire == "reset":
            # The socket's own option: its close then sends a reset.
            found = self._transport.get_extra_info("socket")
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.abort()
        elif close:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def _release(self) -> None:
        if self.released is not None:
            self.released()
            self.released = None

    def _plain(self, data: bytes) -> bytes:
        if not self._begun:
            self._begun = True
            if data[0] == HANDSHAKE:
                context = self._host.context(self.local)
                if context is None:
                    raise ssl.SSLError("No https is spoken here.")
                self._secure = Secure(context)
        if self._secure is None:
            return data
        try:
            return self._secure.received(data)
        finally:
            self._write(b"")

    def _read(self) -> Request | None:
        if self._head is None:
            self._head = head(self._buffer, "https" if self._secure else "http")
            if self._head is None:
                return None
            if self._head.request.headers.get("expect", "").lower() == "100-continue":
                self._write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request = self._head.request
        found = body(self._buffer, request.headers, self._host.limit(self.local, request))
        if found is None:
            return None
        return Request(request.method, request.path, request.query, request.headers, found, request.scheme)

    def _refuse(self, status: int) -> None:
        self._write(written(Response(status), close=True, server=_SERVER))
        if self._transport is not None:
            self._transport.close()

    def _write(self, data: bytes) -> None:
        if self._transport is None or not self._listens:
            return
        with contextlib.suppress(ssl.SSLError):  # a handshake that failed has nothing to say any more
            data = self._secure.sealed(data) if self._secure else data
            if data:
                self._transport.write(data)

"""HTTP/1.1 requests out of the bytes of a connection that have arrived so far."""

from urllib.parse import unquote

import msgspec

from reconciler.simulator.messages import Request
from reconciler.simulator.wire import BadRequest

_HEAD = 65536


class TooLarge(Exception):
    """A body beyond the limit."""


class Head(msgspec.Struct, frozen=True):
    """A request without its body."""

    request: Request
    close: bool


def head(buffer: bytearray, scheme: str) -> Head | None:
    """Take the first request's line and headers out of the buffer; None if they are not all there. Raises
    BadRequest."""
    while buffer[:2] == b"\r\n":
        del buffer[:2]
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > _HEAD:
            raise BadRequest
        return None
    first, *lines = bytes(buffer[:end]).decode("latin-1").split("\r\n")
    del buffer[: end + 4]
    parts = first.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequest
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadRequest
        headers[name.strip().lower()] = value.strip()
    path, _, query = parts[1].partition("?")
    wish = headers.get("connection", "keep-alive" if parts[2] == "HTTP/1.1" else "close")
    return Head(Request(parts[0], unquote(path), query, headers, scheme=scheme), wish.lower() == "close")


def body(buffer: bytearray, headers: dict[str, str], limit: int) -> bytes | None:
    """Take a request's body out of the buffer; None if it is not all there. Raises BadRequest and TooLarge."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _chunks(buffer, limit)
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise BadRequest
    size = int(length)
    if size > limit:
        raise TooLarge
    if len(buffer) < size:
        return None
    found = bytes(buffer[:size])
    del buffer[:size]
    return found


def _chunks(buffer: bytearray, limit: int) -> bytes | None:
    found, at = bytearray(), 0
    while (end := buffer.find(b"\r\n", at)) >= 0:
        try:
            size = int(buffer[at:end].split(b";")[0], 16)
        except ValueError:
            raise BadRequest from None
        if size < 0 or len(found) + size > limit:
            raise TooLarge
        at = end + 2 + size + 2
        if len(buffer) < at:
            return None
        found += buffer[end + 2 : end + 2 + size]
        if size == 0:
            del buffer[:at]
            return bytes(found)
    return None

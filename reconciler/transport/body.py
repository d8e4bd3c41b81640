"""Bodies of replies, read within bounds: a hostile or broken server must not fill the memory or hold a call up."""

import zlib
from collections.abc import Callable, Iterator

import httpx

LIMIT = 256 * 1024 * 1024  # bytes, unpacked
_PIECE = 1024 * 1024  # bytes unpacked at a time


class TooLarge(Exception):
    """A body of more than LIMIT bytes."""


def bounded(response: httpx.Response, *, timeout: float, clock: Callable[[], float], limit: int = LIMIT) -> None:
    """Lets the body of a reply that just began be read within `limit` bytes and, from now on, `timeout` seconds.

    It unpacks gzip itself, since httpx would do so without a limit. Reading raises TooLarge or an httpx.HTTPError.
    """
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing in ("gzip", "x-gzip"):
        del response.headers["content-encoding"]
    elif packing != "identity":
        raise httpx.DecodingError(f"the body has the encoding {packing[:20]!r}, which was not asked for")
    raw = response.stream
    assert isinstance(raw, httpx.SyncByteStream)  # noqa: S101  a synchronous client's is
    response.stream = _Bounded(raw, packing != "identity", limit, clock() + timeout, clock)


class _Bounded(httpx.SyncByteStream):
    def __init__(
        self, raw: httpx.SyncByteStream, packed: bool, limit: int, deadline: float, clock: Callable[[], float]
    ) -> None:
        self._raw = raw
        self._packed = packed
        self._limit = limit
        self._deadline = deadline
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        total = 0
        for piece in _unpacked(self._raw) if self._packed else self._raw:
            total += len(piece)
            if total > self._limit:
                raise TooLarge
            yield piece
            if self._clock() > self._deadline:
                raise httpx.ReadTimeout("the body takes too long")

    def close(self) -> None:
        self._raw.close()


def _unpacked(raw: httpx.SyncByteStream) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    anything = False
    try:
        for piece in raw:
            anything = True
            while piece and not unpacker.eof:
                yield unpacker.decompress(piece, _PIECE)
                piece = unpacker.unconsumed_tail
    except zlib.error:
        raise httpx.DecodingError("the body is not gzip") from None
    if anything and not unpacker.eof:
        raise httpx.RemoteProtocolError("the body was cut off")

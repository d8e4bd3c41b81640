"""What arrived at a server, for tests to count."""

import re
import threading
from collections import Counter, deque
from fnmatch import fnmatchcase

import msgspec

from reconciler.simulator.messages import Request, Response

_KEPT = 200_000
_TOKEN = re.compile(r"(access_token=)[^&]*")


class Entry(msgspec.Struct, frozen=True):
    """One request and the status of its answer (0: the connection was closed without one). `at` is the server's
    clock, in seconds since 1970; the body of a login is left out, since it has the password, and an access token in the
    query is shown as ***."""

    method: str
    path: str
    query: str
    status: int
    at: float
    raw: bytes = b""

    @property
    def body(self) -> object:
        """The body's JSON; None if there was none, and text if it was none."""
        if not self.raw:
            return None
        try:
            return msgspec.json.decode(self.raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self.raw.decode("utf-8", "replace")


class Journal:
    """The latest requests, and counts of all. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._open = 0
        self._peak = 0

    def opened(self) -> None:
        """A request has arrived."""
        with self._lock:
            self._open += 1
            self._peak = max(self._peak, self._open)

    def closed(self, request: Request, response: Response, at: float) -> None:
        """The request is answered."""
        status = 0 if response.wire in {"drop", "hang"} else response.status
        raw = b"" if request.path.endswith(("-token-auth/", "-token-refresh/")) else request.body
        query = _TOKEN.sub(r"\1***", request.query)
        with self._lock:
            self._open -= 1
            self._entries.append(Entry(request.method, request.path, query, status, at, raw))
            self._counts[request.method, request.path] += 1
            self._lock.notify_all()

    def idle(self, seconds: float) -> bool:
        """Wait until no request is being answered; whether that came within so many seconds."""
        with self._lock:
            return self._lock.wait_for(lambda: self._open == 0, seconds)

    def entries(self, method: str = "*", path: str = "*") -> list[Entry]:
        """The requests of a method and path (both may have `*`), the oldest first."""
        with self._lock:
            found = list(self._entries)
        return [entry for entry in found if fnmatchcase(entry.method, method) and fnmatchcase(entry.path, path)]

    def calls(self, method: str = "*", path: str = "*") -> int:
        """How many requests of a method and path (both may have `*`) arrived since the last `clear`."""
        with self._lock:
            counts = list(self._counts.items())
        return sum(count for (how, where), count in counts if fnmatchcase(how, method) and fnmatchcase(where, path))

    @property
    def peak(self) -> int:
        """The most requests that were being answered at one moment."""
        return self._peak

    def clear(self) -> None:
        """Forget what arrived."""
        with self._lock:
            self._entries.clear()
            self._counts.clear()
            self._peak = self._open

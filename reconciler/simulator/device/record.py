"""What happened to terminals, for tests to look at: every call, and what was no call."""

import threading
import zlib
from collections import Counter, deque
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

_KEPT = 200_000


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One call, or something else that happened to a terminal.

    `event` is `call`; `parallel`: a call arrived while another was in hand; `moved` and `stopped`: its address
    changed, or it can't be reached any more; `unlocked`: its lock ran out; `restart`, `factory_reset`, `load`: somebody
    did that. `at` is the simulator's clock in seconds since 1970, `time` the terminal's own. `status` is 0 if the
    connection was closed without an answer; `result` and `code` are those of the work done, whether or not the client
    came to know. `locked` is whether the terminal was locked when the call arrived. `body` is what arrived, compressed:
    all day templates of thousands of terminals may be in it. The API key is never here, nor the body of
    SetSecurityConfig."""

    event: Literal["call", "parallel", "moved", "stopped", "unlocked", "restart", "factory_reset", "load"]
    terminal: str
    at: float
    time: str
    command: str = ""
    body: bytes = b""
    status: int = 0
    result: str = ""
    code: str = ""
    locked: bool = False

    @property
    def payload(self) -> object:
        """The payload of the call; None if it had none, or was no JSON."""
        try:
            message = msgspec.json.decode(zlib.decompress(self.body))
        except (zlib.error, msgspec.DecodeError, UnicodeDecodeError):
            return None
        return message.get("payload") if isinstance(message, dict) else None


class Record:
    """The latest happenings of all terminals of a server, and counts of all calls. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._happenings: deque[Happening] = deque(maxlen=_KEPT)
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, happening: Happening) -> None:
        """It happened."""
        with self._lock:
            self._happenings.append(happening)
            if happening.event == "call":
                self._counts[happening.terminal, happening.command] += 1

    def entries(self, terminal: str = "*", command: str = "*", event: str = "*") -> list[Happening]:
        """What happened to a terminal, by command and event (all may have `*`), the oldest first."""
        with self._lock:
            found = list(self._happenings)
        return [
            it
            for it in found
            if fnmatchcase(it.terminal, terminal) and fnmatchcase(it.command, command) and fnmatchcase(it.event, event)
        ]

    def calls(self, terminal: str = "*", command: str = "*") -> int:
        """How many calls of a command arrived at a terminal (both may have `*`) since the last `clear`."""
        with self._lock:
            counts = list(self._counts.items())
        return sum(count for (who, what), count in counts if fnmatchcase(who, terminal) and fnmatchcase(what, command))

    def violations(self, terminal: str = "*") -> list[Happening]:
        """The calls that arrived at a terminal while it had another in hand."""
        return self.entries(terminal, event="parallel")

    def locks(self, terminal: str = "*") -> list[bool]:
        """How the terminal's lock changed: True for each lock that LockDevice set, False for each it took away, and
        for one that ran out."""
        found = []
        for it in self.entries(terminal):
            if it.event == "unlocked":
                found.append(False)
            elif it.command == "LockDevice" and it.result == "Success" and isinstance(it.payload, dict):
                found.append(it.payload.get("is_locked") in {"yes", "on", True})
        return found

    def clear(self) -> None:
        """Forget what happened."""
        with self._lock:
            self._happenings.clear()
            self._counts.clear()
